"""Writes a draft of a source's declaration: what was proposed, how sure it is, and what a clerk must decide."""

from __future__ import annotations

import json
from collections.abc import Iterable

from openjustice.confidential.collect.profile.clusters import cluster, nearest_code
from openjustice.confidential.collect.profile.columns import Column, Kind
from openjustice.confidential.collect.profile.knowledge import Known
from openjustice.confidential.collect.profile.profiled import Profiled
from openjustice.confidential.collect.profile.propose import Proposal, formats_of
from openjustice.contracts.dataset import FieldType

_SEPARATORS = (";", ",", "/", "|")
_HOLDS_SEVERAL = 0.1


def as_draft(profiled: Profiled, *, source: str, title: str) -> str:
    """Return the text of a source.yaml that loads: every column has its place, and each guess says how sure it is.

    A text of a column that has a code list stands in the draft, with the code proposed for it; a text that no code fits
    stands as a comment. Texts of other columns may tell of a person, and are never written.
    """
    chosen = [item for item in profiled.proposals if item.field is not None]
    left = [item for item in profiled.proposals if item.field is None]
    repeating = [item for item in chosen if profiled.knowledge.fields[item.field or ""].repeats]
    single = [item for item in chosen if item not in repeating]
    lines = [
        "# A draft: look at every line, correct what is wrong, and take the marks away.",
        f"source: {source}",
        f"title: {_text(title)}",
        f"files: [{', '.join(_text(name) for name in profiled.files)}]",
        "fields:" if single else "fields: {}",
    ]
    for name in dict.fromkeys(item.field or "" for item in single):
        lines += _field(name, [item for item in single if item.field == name], profiled)
    lines += _repeats(repeating, profiled)
    lines.append("ignore:" if left else "ignore: {}")
    for item in left:
        lines.append(f"  {_text(item.column.name)}: {_text('To be decided: ' + _others(item))}")
    return "\n".join(lines) + "\n"


def _field(name: str, items: list[Proposal], profiled: Profiled) -> list[str]:
    known, column = profiled.knowledge.fields[name], items[0].column
    mark = (
        ""
        if min(item.confidence for item in items) >= profiled.settings.sure_from
        else "  # not sure: " + _others(items[0])
    )
    lines = [f"  {name}:{mark}"]
    if all(item.is_flag for item in items):
        flags = ", ".join(f"{_text(item.column.name)}: {_text(_flag_code(item.column, known))}" for item in items)
        return [*lines, f"    flags: {{{flags}}}"]
    lines.append(f"    columns: [{', '.join(_text(item.column.name) for item in items)}]")
    if known.declared.type is FieldType.DATE or known.part:
        forms = formats_of(column, known)
        lines.append(f"    formats: [{', '.join(_text(form) for form in forms) or _text('%Y-%m-%d')}]")
    if known.part:
        lines.append(f"    part: {known.part}")
    if known.declared.type is FieldType.CODE:
        lines += _codes(column, known, profiled, indent="    ", separator=None)
    return lines


def _repeats(items: list[Proposal], profiled: Profiled) -> list[str]:
    if not items:
        return []
    name = items[0].field or ""
    known = profiled.knowledge.fields[name]
    numbered = profiled.knowledge.counted
    flags = [item for item in items if item.column.kind is Kind.FLAG]
    cells = [item for item in items if item.column.kind is not Kind.FLAG]
    lines = ["repeats:", f"  field: {name}", f"  number: {numbered[0] if numbered else name}"]
    if cells:
        lines.append(f"  columns: [{', '.join(_text(item.column.name) for item in cells)}]")
        separator = _separator(cells[0].column)
        lines += [f"  separator: {_text(separator)}"] if separator else []
        lines += _codes(cells[0].column, known, profiled, indent="  ", separator=separator)
    if flags:
        lines.append("  flags:")
        lines += [f"    {_text(item.column.name)}: {_text(_flag_code(item.column, known))}" for item in flags]
    return lines


def _codes(column: Column, known: Known, profiled: Profiled, *, indent: str, separator: str | None) -> list[str]:
    """Return the texts of a column with the code proposed for each; spellings of one word stand together."""
    found: list[str] = []
    open_texts: list[str] = []
    once = 0
    for group in cluster(_texts(column, separator), neighbor_from=profiled.settings.neighbor_from):
        leader = group[0][0]
        near = nearest_code(leader, known.texts, neighbor_from=profiled.settings.neighbor_from)
        code, sure = near or (known.found_in(leader), 0.5)
        for text, count in group:
            if code is None and count == 1:
                once += 1  # what stands once may be a person's own words
            elif code is None:
                open_texts.append(f"{indent}  # {_text(text)}: ?  # {count} times")
            else:
                mark = "" if sure == 1.0 else f"  # not sure ({sure:.0%})"
                found.append(f"{indent}  {_text(text)}: {_text(code)}{mark}")
    if once:
        open_texts.append(f"{indent}  # and {once} that stand once each")
    return [f"{indent}codes:" if found else f"{indent}codes: {{}}", *found, *open_texts]


def _texts(column: Column, separator: str | None) -> Iterable[tuple[str, int]]:
    if separator is None:
        return column.texts
    counts: dict[str, int] = {}
    for text, count in column.texts:
        for part in text.split(separator):
            if part.strip():
                counts[part.strip()] = counts.get(part.strip(), 0) + count
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _separator(column: Column) -> str | None:
    """Return the mark that parts several values in a cell: it stands in many texts, and its parts are texts again."""
    for mark in _SEPARATORS:
        whole = {text for text, _ in column.texts if mark not in text}
        parted = [[part.strip() for part in text.split(mark)] for text, _ in column.texts if mark in text]
        if parted and len(parted) >= _HOLDS_SEVERAL * len(column.texts):
            again = sum(any(part in whole for part in parts) for parts in parted)
            if again >= len(parted) / 2:
                return mark
    return None


def _flag_code(column: Column, known: Known) -> str:
    """Return the code that a yes-or-no column stands for: the nearest, or the first of the list for the clerk to change."""
    if known.declared.type is not FieldType.CODE:
        return column.name
    near = nearest_code(column.name, known.texts, neighbor_from=0.0)
    return known.found_in(column.name) or (near[0] if near else next(iter(known.texts.values())))


def _others(item: Proposal) -> str:
    told = [f"{name} ({sure:.0%})" for name, sure in item.others if sure > 0.2]
    return ("perhaps " + ", ".join(told)) if told else "nothing known is like it"


def _text(value: str | None) -> str:
    return json.dumps(value or "", ensure_ascii=False)
