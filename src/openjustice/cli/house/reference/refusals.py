"""The page of refusals: every family with its exit code, and every code with the sentence it says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from openjustice.cli.house.reference import markdown
from openjustice.ground import errors

SOURCES = Path(__file__).parents[3]
_FAULT_MAKERS = {"because": 0, "Fault": 0, "fault": 0, "_fault": 0, "refuse": 0, "_refuse": 0}


@dataclass(frozen=True)
class Refusable:
    """One code that can be refused with, where it is raised, and the start of what it says."""

    code: str
    room: str
    says: str


def make_page() -> str:
    """Write the page of refusals from the families and from the sources themselves."""
    families = [(item.family, item.exit_code, _first_line(item), item.who_must_act) for item in errors.FAMILIES]
    codes = [(f"`{item.code}`", item.room, item.says) for item in find_codes()]
    return markdown.page(
        "Refusals",
        "What the system says no to, and how. A refusal carries every fault of its kind at once: a stable code, what could "
        "not be done, why, what to do next, whom to ask, and a safe place (file, line, field, rule). Never a record's value.",
        "## Families and exit codes",
        markdown.table(["family", "exit code", "raised when", "who must act"], families),
        "## Codes",
        markdown.table(["code", "room", "what it says"], codes),
    )


def find_codes() -> list[Refusable]:
    """Return every literal refusal code in the sources, by code and room, once each."""
    found = {(item.code, item.room): item for path in sorted(SOURCES.rglob("*.py")) for item in _codes_in(path)}
    return [found[key] for key in sorted(found)]


def _codes_in(path: Path) -> Iterator[Refusable]:
    room = ".".join(path.relative_to(SOURCES).parts[:2]).removesuffix(".py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and _name_of(node.func) in _FAULT_MAKERS:
            code, says = _text_of(node, 0, "code"), _text_of(node, 1, "what")
            if code and code.isidentifier() and code.islower():
                yield Refusable(code=code, room=room, says=says)


def _name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _text_of(call: ast.Call, position: int, keyword: str) -> str:
    given = {item.arg: item.value for item in call.keywords}
    node = given.get(keyword) or (call.args[position] if len(call.args) > position else None)
    return _words(node) if node is not None else ""


def _words(node: ast.expr) -> str:
    """Return the literal words of an expression, with … for what is filled in when it is said."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_words(part) for part in parts)
        case ast.IfExp(body=one, orelse=other):
            return f"{_words(one)} Or: {_words(other)}"
        case ast.BinOp(left=left, right=right):
            return _words(left) + _words(right)
        case _:
            return "…"


def _first_line(family: type[errors.Refusal]) -> str:
    return (family.__doc__ or "").strip().partition("\n")[0]
