"""What a dataset is: its contract, checks and mappings."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field as Key
from pydantic import model_validator

from openjustice.contracts.declaration import Declared, Words
from openjustice.ground.terms import Marker, Role, Severity


class FieldType(StrEnum):
    """The types a field may have; a code is text from a code list."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    CODE = "code"

    @property
    def sql(self) -> str:
        """Return the engine's type for it."""
        types = {"integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}
        return types.get(self.value, "VARCHAR")


# Whether a declaration was read in its source, or recalled and still to be held against it.
Standing = Literal["confirmed", "to_confirm"]


class FieldDeclaration(Declared):
    """One field of a contract. A field without a role does not load."""

    type: FieldType
    role: Role
    says: Words
    title: Words = ""
    codelist: str | None = None
    required: bool = True
    range: tuple[float | None, float | None] | None = None
    pattern: str | None = None
    length: tuple[int, int | None] | None = None
    unit: Words | None = None
    format: str | None = None
    missing: MappingType[str, Marker] = Key(default_factory=dict)
    concept: str | None = None
    variant: str | None = None
    status: Standing = "confirmed"
    several: str | None = Key(default=None, min_length=1, max_length=1)

    @model_validator(mode="after")
    def _code_has_list(self) -> FieldDeclaration:
        if (self.type is FieldType.CODE) != (self.codelist is not None):
            raise ValueError("a field has a codelist exactly when its type is code")
        if self.several and self.type is not FieldType.CODE:
            raise ValueError("only a field of codes may hold several")
        return self

    @property
    def sql(self) -> str:
        """Return the engine's type for it: a list where the cell holds several codes, with `several` between them."""
        return f"{self.type.sql}[]" if self.several else self.type.sql


class Cadence(Declared):
    """How often a reporter must report, and how many days after the period's end."""

    grain: Literal["month", "quarter", "half_year", "year", "event", "none"]
    due_days: int = 0
    field: str | None = None


class Obligation(Declared):
    """Who must report for every period of a grain, and since when: the agencies that have one of the values of each attribute.

    An empty `who` means every agency of the jurisdiction. `due_on` is a fixed day after the period's end, as month and
    day (`04-01`); without it the contract's days count from the end. `none_may_be_stated`: an agency without an incident
    says so, and has then reported.
    """

    who: MappingType[str, tuple[str, ...]] = Key(default_factory=dict)
    grain: Literal["month", "quarter", "half_year", "year"]
    since: date
    until: date | None = None
    due_on: str | None = Key(default=None, pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")
    none_may_be_stated: bool = True
    status: Standing = "confirmed"


class Maturity(Declared):
    """When a value is still pending, so that recent periods understate the others."""

    field: str
    pending: tuple[str, ...]
    period_field: str
    provisional_over: float
    says: Words


class Break(Declared):
    """A change of definition that no line may cross."""

    at: str
    field: str
    says: Words
    status: Standing = "confirmed"


class Belonging(Declared):
    """On which records the records of a related table hang: those of the main table, or of another related one.

    `by` names the fields that hold the other table's key, in its order; empty where they have the same names. Each record there
    has at `least` and at `most` so many here.
    """

    table: str = ""
    by: tuple[str, ...] = ()
    least: int = Key(default=0, ge=0)
    most: int | None = Key(default=None, ge=1)


class RelatedTable(Declared):
    """A table of records that hang on others: the persons of a stop, the victims of an incident. It comes as a file of its own.

    `optional`: the file may be left out altogether, which says that nothing was collected, not that there was none.
    """

    title: str
    says: str
    unit: str
    key: tuple[str, ...]
    fields: MappingType[str, FieldDeclaration]
    belongs_to: Belonging
    optional: bool = False


class Contract(Declared):
    """What is collected: fields, types, keys, code lists, cadence, legal basis, who must report."""

    dataset: str
    version: str
    title: Words
    says: Words
    unit: Words
    persons: bool
    status: Standing = "confirmed"
    legal_basis: Words
    reporters: Words
    period: Cadence
    obligations: tuple[Obligation, ...] = ()
    reporter_field: str | None = None
    key: tuple[str, ...]
    fields: MappingType[str, FieldDeclaration]
    maturity: Maturity | None = None
    breaks: tuple[Break, ...] = ()
    warnings: tuple[str, ...] = ()
    source: Words = ""
    license: str | None = None
    keywords: tuple[str, ...] = ()
    table: str = ""
    tables: MappingType[str, RelatedTable] = Key(default_factory=dict)

    @property
    def main_table(self) -> str:
        """Return the name of the table of the contract's own fields: what `table` says, or the dataset's name."""
        return self.table or self.dataset

    def fields_with(self, *roles: Role) -> tuple[str, ...]:
        """Return the names of the fields that have one of the roles, in the contract's order."""
        return tuple(name for name, field in self.fields.items() if field.role in roles)


class Check(Declared):
    """One edit rule: a kind of check with its parameters, its severity, and what to say to the reporter."""

    kind: str
    severity: Severity
    says: str
    fix: str
    ask: str = ""
    fields: tuple[str, ...] = ()
    parameters: MappingType[str, Any] = Key(default_factory=dict, alias="with")
    known_violations: int | None = None
    source: str = ""
    status: Standing = "confirmed"
    table: str = ""

    @model_validator(mode="after")
    def _soft_asks(self) -> Check:
        if self.severity is Severity.SOFT and not self.ask:
            raise ValueError("a soft check needs the question to send back, under 'ask'")
        return self


class Edit(Declared):
    """One edit as the one who asks for the data numbers it, what it does to a record, and what carries it out here.

    `rules` are checks of this dataset; `fields`, as `table.field`, are those whose own declaration implies it: their type, range,
    pattern, code list or being required. `elsewhere` says who carries it out where no check of a file can.
    """

    says: str
    level: Literal["file_refused", "record_refused", "record_held", "asked"]
    rules: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    elsewhere: str = ""
    note: str = ""


class Checks(Declared):
    """The edit rules of a dataset, by rule id; `edits` are the publisher's own, by its numbers."""

    dataset: str
    checks: MappingType[str, Check]
    edits: MappingType[str, Edit] = Key(default_factory=dict)


class Unpivot(Declared):
    """How a wide layout becomes long: each source column stands for some field values; its number goes into `value`."""

    value: str
    columns: MappingType[str, MappingType[str, str]]


class TableLayout(Declared):
    """How one reporting system's layout of a related table becomes that table's fields."""

    columns: MappingType[str, str]
    codes: MappingType[str, MappingType[str, str]] = Key(default_factory=dict)
    constants: MappingType[str, str] = Key(default_factory=dict)
    ignore: tuple[str, ...] = ()
    date_formats: MappingType[str, str] = Key(default_factory=dict)


class Mapping(Declared):
    """How one reporting system's layout becomes the contract's fields, so that agencies need not change theirs."""

    mapping: str
    title: str
    says: str = ""
    columns: MappingType[str, str]
    codes: MappingType[str, MappingType[str, str]] = Key(default_factory=dict)
    constants: MappingType[str, str] = Key(default_factory=dict)
    ignore: tuple[str, ...] = ()
    keep: MappingType[str, tuple[str, ...]] = Key(default_factory=dict)
    unpivot: Unpivot | None = None
    date_formats: MappingType[str, str] = Key(default_factory=dict)
    tables: MappingType[str, TableLayout] = Key(default_factory=dict)

    @property
    def source_columns(self) -> tuple[str, ...]:
        """Return every source column that the layout must have."""
        wide = tuple(self.unpivot.columns) if self.unpivot else ()
        return tuple(dict.fromkeys((*self.columns, *self.keep, *wide)))


class Code(Declared):
    """One code with its label; `attributes` carries groups, regions, populations: what recoding and context need."""

    code: str
    label: Words
    says: str = ""
    valid_from: str | None = None
    valid_until: str | None = None
    status: Standing = "confirmed"
    attributes: MappingType[str, str | int | float] = Key(default_factory=dict)


class Codelist(Declared):
    """A closed list of codes; an unknown code stops and asks a person.

    `direction`: codes as agencies send them (`wire`), as a publisher releases them (`release`), or the same both ways. The two
    may use one code for different things. `names`: its labels are the same in every language.
    """

    codelist: str
    version: str
    title: Words
    says: str = ""
    source: str = ""
    verified: bool = True
    direction: Literal["wire", "release", "both"] = "both"
    codes_from: str | None = None
    names: bool = False
    codes: tuple[Code, ...]

    @model_validator(mode="after")
    def _codes_once(self) -> Codelist:
        codes = [item.code for item in self.codes]
        if len(codes) != len(set(codes)):
            raise ValueError("a code stands twice in the list")
        return self

    def labels(self) -> dict[str, str]:
        """Return label by code."""
        return {item.code: item.label for item in self.codes}

    def attribute(self, name: str) -> dict[str, str | int | float]:
        """Return one attribute by code, for the codes that have it."""
        return {item.code: item.attributes[name] for item in self.codes if name in item.attributes}
