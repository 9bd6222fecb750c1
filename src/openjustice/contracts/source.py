"""What a source is: how the files of one agency, as it publishes or exports them, become the records of a contract."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, model_validator
from pydantic import Field as Key

from openjustice.contracts.dataset import Code, Codelist, Contract
from openjustice.contracts.declaration import Declaration, Declared, Location, read_declaration, validate
from openjustice.ground import errors
from openjustice.standards.definitions import Definitions, Standing, find_position_faults, read_definitions

FOLDER = "sources"
Codes = Mapping[str, Codelist]


def _readable(patterns: Mapping[str, str]) -> Mapping[str, str]:
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error:
            raise ValueError("a pattern is not a regular expression") from None
    return patterns


Patterns = Annotated[Mapping[str, str], AfterValidator(_readable)]


class FieldSource(Declared):
    """Where a field's text stands in a row, and how it becomes the field's value.

    `columns` are the names the column had over the years: the first that is filled is read. `codes` translate a text
    (whatever its case and spacing), `patterns` one that a regular expression finds, in their order, and `otherwise` any
    text that is left. With a `separator` the text holds several parts, which must agree. `flags` fold one-hot columns:
    the one marked with a word of `yes` gives the code. `extract` keeps the part in its parentheses; `prefix`
    stands before a text that would mean something else alone (a number that begins with a minus, say).
    """

    columns: tuple[str, ...] = ()
    flags: Mapping[str, str] = Key(default_factory=dict)
    yes: tuple[str, ...] = ("yes", "true", "1", "y")
    codes: Mapping[str, str] = Key(default_factory=dict)
    patterns: Patterns = Key(default_factory=dict)
    otherwise: str | None = None
    blank: tuple[str, ...] = ()
    separator: str | None = None
    extract: str | None = None
    prefix: str = ""
    formats: tuple[str, ...] = ()
    part: Literal["year", "hour"] | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_column(cls, given: Any) -> Any:
        """Read a name, or a list of names, as the columns."""
        if isinstance(given, str):
            return {"columns": (given,)}
        return {"columns": tuple(given)} if isinstance(given, list) else given

    @model_validator(mode="after")
    def _reads_something(self) -> FieldSource:
        if bool(self.columns) == bool(self.flags):
            raise ValueError("a field is read from columns, or folded from flags")
        return self

    @property
    def source_columns(self) -> tuple[str, ...]:
        """Return every column that it reads."""
        return (*self.columns, *self.flags)


class Repeats(Declared):
    """A field that a row may state several times: in several columns, parts of one cell, or one column for each code.

    Each statement becomes a record of its own, numbered in `number`. The fields `aligned` with it hold as many parts, in
    the same order.
    """

    field: str
    number: str
    columns: tuple[str, ...] = ()
    separator: str | None = None
    flags: Mapping[str, str] = Key(default_factory=dict)
    yes: tuple[str, ...] = ("yes", "true", "1", "y")
    codes: Mapping[str, str] = Key(default_factory=dict)
    patterns: Patterns = Key(default_factory=dict)
    otherwise: str | None = None
    blank: tuple[str, ...] = ()
    aligned: Mapping[str, FieldSource] = Key(default_factory=dict)

    @model_validator(mode="after")
    def _reads_something(self) -> Repeats:
        if not self.columns and not self.flags:
            raise ValueError("a repeated field is read from columns or folded from flags")
        return self

    @property
    def source_columns(self) -> tuple[str, ...]:
        """Return every column that it reads."""
        aligned = (name for item in self.aligned.values() for name in item.source_columns)
        return (*self.columns, *self.flags, *aligned)


class Overlap(Declared):
    """Files that hold what earlier ones held: of one key within one series, the rows of the last file stand."""

    key: tuple[str, ...]
    series: str


class Repeated(Declared):
    """Rows that stand twice: equal in every column but the ignored, in `files` of different names, or in `any` place."""

    within: Literal["files", "any"]
    ignore: tuple[str, ...] = ()


class FromFile(Declared):
    """A field that a file states once for all its rows: in its name, or in a title above the header."""

    place: Literal["name", "title"]
    pattern: str


class SourceDeclaration(Declared):
    """The source.yaml of one folder: which files, which rows of them, and how their columns become fields."""

    source: str
    title: str
    says: str = ""
    place: str = ""
    files: tuple[str, ...]
    fields: Mapping[str, FieldSource] = Key(default_factory=dict)
    repeats: Repeats | None = None
    constants: Mapping[str, str] = Key(default_factory=dict)
    from_file: Mapping[str, FromFile] = Key(default_factory=dict)
    filled: tuple[str, ...] = ()
    not_rows: Mapping[str, tuple[str, ...]] = Key(default_factory=dict)
    overlap: Overlap | None = None
    repeated: Repeated | None = None
    ignore: Mapping[str, str] = Key(default_factory=dict)

    @property
    def source_columns(self) -> tuple[str, ...]:
        """Return every column that is read, each once."""
        read = [name for item in self.fields.values() for name in item.source_columns]
        read += self.repeats.source_columns if self.repeats else ()
        read += [*self.filled, *self.not_rows, *(self.overlap.key if self.overlap else ())]
        return tuple(dict.fromkeys(read))

    def all_targets(self) -> dict[str, frozenset[str]]:
        """Return the fields that each column fills; a column that fills none, or is left out, is not in it."""
        found: dict[str, set[str]] = {}
        every = [*self.fields.items(), *(self.repeats.aligned.items() if self.repeats else ())]
        for name, item in every:
            for column in item.source_columns:
                found.setdefault(column, set()).add(name)
        if self.repeats:
            for column in (*self.repeats.columns, *self.repeats.flags):
                found.setdefault(column, set()).add(self.repeats.field)
        return {column: frozenset(names) for column, names in found.items()}


class Profile(Declared):
    """The profile.yaml of one source: how the agency defines what it counts, dimension by dimension."""

    profile: str
    dataset: str
    years: str
    positions: Mapping[str, str]
    says: str = ""
    drift: str = ""
    source: str = ""


class Measured(Declared):
    """The measured.yaml of one source: what was counted in its files, so that a definition can be weighed."""

    measured: str
    read_from: str
    first_year: int | None = None
    last_year: int | None = None
    counts: Mapping[str, int]
    shares: Mapping[str, float] = Key(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """One source folder, loaded."""

    declaration: SourceDeclaration
    profile: Profile | None
    measured: Measured | None

    @property
    def id(self) -> str:
        """Return the source's own name, which is its agency's code."""
        return self.declaration.source

    @property
    def standing(self) -> Standing:
        """Return how the agency defines what it counts, as comparisons read it."""
        first, last = (self.measured.first_year, self.measured.last_year) if self.measured else (None, None)
        return Standing(
            name=self.id,
            title=self.declaration.title,
            positions=self.profile.positions if self.profile else {},
            counts=self.measured.counts if self.measured else {},
            shares=self.measured.shares if self.measured else {},
            years=(first, last) if first is not None and last is not None else None,
        )


def definitions_of(roots: Sequence[Path], dataset: str) -> Definitions | None:
    """Return the definitions that the agencies of a dataset are compared by; null where none are declared."""
    found = [path for root in roots if (path := root / "common" / "definitions" / f"{dataset}.yaml").is_file()]
    return read_definitions(found[-1]) if found else None


def load_sources(
    folder: Path,
    *,
    label: str,
    contract: Contract,
    codelists: Codes,
    definitions: Definitions | None,
    faults: list[errors.Fault],
) -> dict[str, Source]:
    """Load the sources of a dataset's folder, each a folder of its own; every fault goes to `faults`."""
    loaded = {}
    for path in _folders(folder):
        place = f"{label}/{FOLDER}/{path.name}"
        declaration, file = _part(path / "source.yaml", f"{place}/source.yaml", SourceDeclaration, faults)
        if declaration is None or file is None:
            continue
        profile, profile_file = _part(path / "profile.yaml", f"{place}/profile.yaml", Profile, faults, may_miss=True)
        measured, _ = _part(path / "measured.yaml", f"{place}/measured.yaml", Measured, faults, may_miss=True)
        faults += find_source_faults(file, declaration, name=path.name, contract=contract, codelists=codelists)
        if profile is not None and profile_file is not None and definitions is not None:
            faults += [
                profile_file.fault("wrong_position", what, at=("positions",), way_out="Use a declared position.")
                for what in find_position_faults(profile.positions, definitions=definitions)
            ]
        loaded[path.name] = Source(declaration, profile, measured)
    return loaded


def source_agencies(folders: Iterable[Path]) -> Codelist | None:
    """Return the sources of the datasets' folders as a code list, so that adding an agency touches its folder alone."""
    heads = [
        read_declaration(path / "source.yaml", label=path.name).content for item in folders for path in _folders(item)
    ]
    codes = {str(head.get("source")): str(head.get("title")) for head in heads if isinstance(head, dict)}
    if not codes:
        return None
    listed = tuple(Code(code=code, label=label) for code, label in sorted(codes.items()))
    return Codelist(codelist="source_agencies", version="1", title="Agencies with a source folder", codes=listed)


def find_source_faults(
    file: Declaration, declared: SourceDeclaration, *, name: str, contract: Contract, codelists: Codes
) -> list[errors.Fault]:
    """Return what contradicts the contract in a source: fields it does not have, codes that are in no list."""
    faults = []
    if declared.source != name:
        faults.append(file.fault("name_differs", "A source is named as its folder.", at=("source",)))
    named: list[tuple[Location, str]] = [(("fields", key), key) for key in declared.fields]
    named += [(("constants", key), key) for key in declared.constants]
    named += [(("from_file", key), key) for key in declared.from_file]
    if declared.repeats:
        named += [(("repeats", "field"), declared.repeats.field), (("repeats", "number"), declared.repeats.number)]
        named += [(("repeats", "aligned", key), key) for key in declared.repeats.aligned]
    faults += [
        file.fault("unknown_field", f"The contract has no field '{field}'.", at=at, way_out=f"It has: {', '.join(contract.fields)}.")
        for at, field in named
        if field not in contract.fields
    ]  # fmt: skip
    for at, field, item in _translating(declared):
        if field in contract.fields:
            faults += _code_faults(file, at, field, item, contract=contract, codelists=codelists)
    return faults


def _translating(declared: SourceDeclaration) -> list[tuple[Location, str, FieldSource | Repeats]]:
    found: list[tuple[Location, str, FieldSource | Repeats]] = [
        (("fields", name), name, item) for name, item in declared.fields.items()
    ]
    if declared.repeats:
        found.append((("repeats",), declared.repeats.field, declared.repeats))
        found += [(("repeats", "aligned", name), name, item) for name, item in declared.repeats.aligned.items()]
    return found


def _code_faults(
    file: Declaration, at: Location, field: str, item: FieldSource | Repeats, *, contract: Contract, codelists: Codes
) -> list[errors.Fault]:
    reference = contract.fields[field].codelist
    if reference is None or reference.partition("@")[0] not in codelists:
        return []
    known = codelists[reference.partition("@")[0]].labels()
    given = [*item.codes.values(), *item.patterns.values(), *item.flags.values(), *filter(None, [item.otherwise])]
    return [
        file.fault(
            "unknown_code", f"'{code}' is not in the code list '{reference}'.", at=at, way_out="Use a code of the list."
        )
        for code in dict.fromkeys(given)
        if code not in known
    ]


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / FOLDER).glob("*") if (path / "source.yaml").is_file())


def _part(
    path: Path, label: str, model: type[Declared], faults: list[errors.Fault], *, may_miss: bool = False
) -> tuple[Any, Declaration | None]:
    if may_miss and not path.is_file():
        return None, None
    try:
        file = read_declaration(path, label=label)
    except errors.RegistryRefused as refusal:
        faults.extend(refusal.faults)
        return None, None
    return validate(file, model, faults), file
