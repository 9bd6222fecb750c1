"""Reads a YAML declaration with the line of every key, so that each fault names its file and line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from openjustice.ground import errors

Location = tuple[str | int, ...]
# The C loader reads the same language about ten times faster; where it was not built, the plain one serves.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SCALARS = yaml.SafeLoader("")


FOR_READERS = "for readers"
# A text that readers of the public pages meet: it is translated wherever a jurisdiction has a second language.
Words = Annotated[str, FOR_READERS]


class Declared(BaseModel):
    """The root of every declared thing: frozen, and a key that is not known is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


@dataclass(frozen=True)
class Declaration:
    """A YAML file as plain values, with the line on which each value stands."""

    path: Path
    label: str
    content: Any
    lines: Mapping[Location, int]

    def place(self, location: Location = (), *, rule: str | None = None) -> errors.Place:
        """Return the safe place of a location: the line of its nearest declared ancestor."""
        known = next(location[:end] for end in range(len(location), -1, -1) if location[:end] in self.lines)
        name = ".".join(str(part) for part in location) or None
        return errors.Place(file=self.label, line=self.lines[known], field=name, rule=rule)

    def fault(self, code: str, what: str, *, at: Location = (), why: str = "", way_out: str = "") -> errors.Fault:
        """Make a fault that stands at a location of this file."""
        owner = errors.RegistryRefused.who_must_act
        return errors.Fault(code=code, what=what, why=why, way_out=way_out, ask=owner, place=self.place(at))


def read_declaration(path: Path, *, label: str) -> Declaration:
    """Read one YAML file; raises RegistryRefused where it cannot be read, is not YAML, or repeats a key."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as problem:
        mark = getattr(problem, "problem_mark", None)
        place = errors.Place(file=label, line=mark.line + 1 if mark else None)
        raise errors.RegistryRefused.because(
            "not_yaml",
            "This file cannot be read as YAML.",
            why=_short(problem),
            way_out="Correct it there.",
            place=place,
        ) from None
    lines: dict[Location, int] = {(): 1}
    content = {} if node is None else _value(node, location=(), lines=lines, label=label)
    return Declaration(path=path, label=label, content=content, lines=lines)


def validate(declaration: Declaration, model: type[Declared], faults: list[errors.Fault]) -> Any:
    """Return the declaration as its model, or None after adding every fault to `faults`."""
    try:
        return model.model_validate(declaration.content)
    except ValidationError as problem:
        faults.extend(_as_fault(declaration, item) for item in problem.errors(include_url=False, include_input=False))
        return None


def read_values(content: Mapping[str, Any], model: type[Declared], *, label: str) -> Any:
    """Return plain values as a model; raises RegistryRefused with every fault, placed by field under the label."""
    faults: list[errors.Fault] = []
    read = validate(Declaration(path=Path(), label=label, content=dict(content), lines={(): 0}), model, faults)
    if faults:
        raise errors.RegistryRefused(faults)
    return read


def _as_fault(declaration: Declaration, item: Any) -> errors.Fault:
    location: Location = tuple(part for part in item["loc"] if not str(part).startswith("function-"))
    named = str(location[-1]) if location else "the file"
    match item["type"]:
        case "missing":
            code, what = "missing_key", f"'{named}' is not declared."
            way_out = "Every field needs a role; there is no default." if named == "role" else "Declare it."
        case "extra_forbidden":
            code, what, way_out = "unknown_key", f"'{named}' is not a known key.", "Correct its spelling or remove it."
        case _:
            code, what, way_out = "wrong_value", f"'{named}' is not valid: {item['msg']}.", "Correct it."
    return declaration.fault(code, what, at=location, way_out=way_out)


def _value(node: yaml.Node, *, location: Location, lines: dict[Location, int], label: str) -> Any:
    lines.setdefault(location, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, location=location, lines=lines, label=label)
    if isinstance(node, yaml.SequenceNode):
        return [
            _value(item, location=(*location, index), lines=lines, label=label) for index, item in enumerate(node.value)
        ]
    return _SCALARS.construct_object(node)


def _mapping(node: yaml.MappingNode, *, location: Location, lines: dict[Location, int], label: str) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        # YAML 1.1 reads the words on, off, yes and no as Booleans; as a key, a word is a word.
        is_word = key_node.tag == "tag:yaml.org,2002:bool"
        key = key_node.value if is_word else _SCALARS.construct_object(key_node)
        line = key_node.start_mark.line + 1
        if key in made:
            raise errors.RegistryRefused.because(
                "repeated_key",
                f"'{key}' is declared twice.",
                place=errors.Place(file=label, line=line),
                way_out="Keep one of the two.",
            )
        lines[(*location, key)] = line
        made[key] = _value(value_node, location=(*location, key), lines=lines, label=label)
    return made


def _short(problem: Exception) -> str:
    return str(getattr(problem, "problem", "") or type(problem).__name__)
