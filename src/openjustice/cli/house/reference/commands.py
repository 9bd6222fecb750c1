"""The page of commands: each journey with its arguments and options, as the command line itself declares them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openjustice.cli.house.reference import markdown


def make_page(journeys: Mapping[str, Any]) -> str:
    """Write the page of commands from the commands themselves, by name."""
    parts = [_command(name, command) for name, command in journeys.items()]
    return markdown.page(
        "Commands",
        "Every journey is a command of `openjustice`. A refusal ends with the exit code of its family (see `refusals.md`).",
        *parts,
    )


def _command(name: str, command: Any) -> str:
    if children := getattr(command, "commands", None):
        return "\n\n".join(
            [f"## {name}", _help(command), *(_command(f"{name} {key}", children[key]) for key in children)]
        )
    rows = [(_shown(item), item.help or "", _default(item)) for item in command.params if item.name != "help"]
    listed = markdown.table(["argument or option", "what it is", "otherwise"], rows) if rows else ""
    level = "###" if " " in name else "##"
    return f"{level} {name}\n\n{_help(command)}\n\n{listed}".strip("\n")


def _help(command: Any) -> str:
    return (command.help or "").replace("\n", " ").strip()


def _shown(item: Any) -> str:
    if item.param_type_name == "argument":
        return f"`{item.name.upper()}`"
    return f"`{', '.join([*item.opts, *item.secondary_opts])}`"


def _default(item: Any) -> str:
    if item.required:
        return "must be given"
    given = item.default
    return "" if given is None or callable(given) or given in (False, (), []) else f"`{given}`"
