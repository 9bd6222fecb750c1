"""Which layout a file has: its header matched to the dataset's mappings, or to the contract's own names."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass, field

from openjustice.confidential.collect.findings import Tally
from openjustice.confidential.collect.ingest import faults
from openjustice.contracts.dataset import Mapping
from openjustice.contracts.jurisdiction import Dataset
from openjustice.ground import errors

OWN_NAMES = "contract"


@dataclass(frozen=True)
class Layout:
    """How the columns of a layout become fields: what the header must have, and what it may have besides."""

    name: str
    mapping: Mapping
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Return every column that is read."""
        return (*self.required, *self.optional)


@dataclass(frozen=True)
class Match:
    """A header matched to a layout: at which place (from 0) each column stands, and what is wrong with it."""

    layout: Layout
    places: MappingType[str, int]
    width: int
    faults: tuple[Tally, ...] = field(default=())

    def column_of(self, name: str) -> str | None:
        """Return the declared column that fills a field, if one column alone does."""
        for column, target in self.layout.mapping.columns.items():
            if target == name:
                return column
        return None


def layouts_of(dataset: Dataset, *, only: str | None = None) -> list[Layout]:
    """Return the layouts a dataset may come in, the contract's own names last; `only` limits them to one by name."""
    known = [Layout(name, item, item.source_columns) for name, item in sorted(dataset.mappings.items())]
    fields = dataset.contract.fields
    own = Mapping(mapping=OWN_NAMES, title="The contract's own names", columns={name: name for name in fields})
    required = tuple(name for name, item in fields.items() if item.required)
    known.append(Layout(OWN_NAMES, own, required, tuple(name for name in fields if name not in required)))
    if only is not None and only not in [item.name for item in known]:
        raise errors.SubmissionRefused.because(
            "layout_unknown", f"{dataset.address} has no layout '{only}'.",
            way_out=f"It has: {', '.join(item.name for item in known)}.",
        )  # fmt: skip
    return [item for item in known if only in (None, item.name)]


def match_header(cells: Sequence[str], *, layouts: Sequence[Layout], share: float, line: int) -> Match | None:
    """Return the layout that a header fits best, with its faults; None where it fits no layout by at least `share`.

    Case, spaces and underscores are forgiven where only one column can be meant. Faults name a column of the layout, or
    the place of a column in the file: never the text of a header that no layout knows, which might be a record.
    """
    fits = [(_fit(cells, item), index, item) for index, item in enumerate(layouts)]
    best, _, layout = max(fits, key=lambda fit: (fit[0], -fit[1]), default=(0.0, 0, None))
    if layout is None or best < share or best == 0:
        return None
    places, doubled = _places(cells, layout)
    found = [_missing(column, layout, line) for column in layout.required if column not in places]
    found += [_doubled(place, line) for place in doubled]
    taken = {*places.values(), *doubled}
    ignored = {plain(name) for name in layout.mapping.ignore}
    found += [
        _unknown(place, line)
        for place, cell in enumerate(cells)
        if place not in taken and plain(cell) not in ignored
    ]  # fmt: skip
    return Match(layout=layout, places=places, width=len(cells), faults=tuple(found))


def plain(name: str) -> str:
    """Return a column name without what two spellings of it may differ in: case, spaces, underscores, marks."""
    return re.sub(r"[\s_\-.\ufeff\u00a0\u200b]+", "_", name.strip("\ufeff \t\u00a0\u200b").casefold()).strip("_")


def _fit(cells: Sequence[str], layout: Layout) -> float:
    places, _ = _places(cells, layout)
    wanted = layout.required or layout.columns
    share = sum(column in places for column in wanted) / len(wanted)
    exact = sum(column in cells for column in wanted) / len(wanted)
    return share + exact / 1000  # of two layouts that differ only in spelling, the one spelled as in the file


def _places(cells: Sequence[str], layout: Layout) -> tuple[dict[str, int], list[int]]:
    """Find the place of each column, and the places that name a column a second time."""
    exact: dict[str, list[int]] = {}
    loose: dict[str, list[int]] = {}
    for place, cell in enumerate(cells):
        exact.setdefault(cell.strip("\ufeff "), []).append(place)
        loose.setdefault(plain(cell), []).append(place)
    forms = [plain(column) for column in layout.columns]
    places: dict[str, int] = {}
    doubled: list[int] = []
    for column, form in zip(layout.columns, forms, strict=True):
        found = exact.get(column) or (loose.get(form, []) if forms.count(form) == 1 else [])
        if found:
            places[column] = found[0]
            doubled += found[1:]
    return places, doubled


def _missing(column: str, layout: Layout, line: int) -> Tally:
    target = layout.mapping.columns.get(column)
    return faults.fault("missing_column", line=line, field=target or column, says=f"The column '{column}' is missing.")


def _doubled(place: int, line: int) -> Tally:
    says = f"Column {place + 1} has the name of an earlier column, so it is not clear which one is meant."
    return faults.fault("duplicate_column", line=line, field=f"column {place + 1}", says=says)


def _unknown(place: int, line: int) -> Tally:
    says = f"Column {place + 1} is in no known layout and was not read."
    return faults.fault("unknown_column", line=line, field=f"column {place + 1}", says=says)
