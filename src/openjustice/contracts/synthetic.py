"""Invents rows for a dataset from its own declaration: the demo data of a jurisdiction, of which nothing is true."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from random import Random
from typing import Any, Literal

from pydantic import Field as Key

from openjustice.contracts.dataset import Code, Codelist, Contract, FieldDeclaration, FieldType
from openjustice.contracts.declaration import Declared, read_declaration, validate
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.ground import errors

Row = dict[str, Any]
GENERATOR_FILE = "generator.yaml"


class Growth(Declared):
    """A count that grows by a rate for each step of a numeric field beyond its base."""

    field: str
    base: float
    rate: float


class Product(Declared):
    """A count made of an attribute of one field's code, times a factor for each other field's value, give or take noise."""

    attribute: Mapping[str, str]
    factors: Mapping[str, Mapping[str, float]] = Key(default_factory=dict)
    growth: Growth | None = None
    noise: float = Key(default=0, ge=0, lt=1)


class FieldHint(Declared):
    """How one field's values are invented; where nothing is said, evenly over what the contract allows.

    Codes: `weights` by code or by `weight_attribute`; `same` keeps the codes whose attribute equals another field of the
    row; `given` picks the weights from `tables` by another field (or by `field.year` of a date), `weights` otherwise.
    Numbers: `range`, with the most frequent value `mode`. Dates: `between`, or a birth date from the day in `before` and
    the age in `years`. Text: `parts` joined by spaces, or a `template` over the row. Counts: `product`. Of any field, `missing` is the share
    of rows that lack it.
    """

    weights: Mapping[str, float] = Key(default_factory=dict)
    weight_attribute: str | None = None
    same: Mapping[str, str] = Key(default_factory=dict)
    given: str | None = None
    tables: Mapping[str, Mapping[str, float]] = Key(default_factory=dict)
    range: tuple[int, int] | None = None
    mode: float | None = None
    between: tuple[date, date] | None = None
    before: str | None = None
    years: str | None = None
    parts: tuple[tuple[str, ...], ...] = ()
    template: str | None = None
    product: Product | None = None
    missing: float = Key(default=0, ge=0, le=1)


class Generator(Declared):
    """The generator.yaml of a dataset: so many `rows`, or one row for `every` combination; and what must never leak."""

    generator: str
    says: str
    rows: int = Key(default=0, ge=0)
    every: Mapping[str, tuple[str | int, ...] | Literal["all"]] = Key(default_factory=dict)
    canaries: Mapping[str, str] = Key(default_factory=dict)
    fields: Mapping[str, FieldHint] = Key(default_factory=dict)


@dataclass(frozen=True)
class _Source:
    contract: Contract
    codelists: Mapping[str, Codelist]
    generator: Generator
    random: Random

    def codes(self, field: str) -> tuple[Code, ...]:
        return self.codelists[str(self.contract.fields[field].codelist).partition("@")[0]].codes


def make_synthetic_files(jurisdiction: Jurisdiction, *, directory: Path, seed: int) -> dict[str, Path]:
    """Write one invented CSV for each dataset of a jurisdiction that has a generator, and return the path of each.

    The same declaration and seed give the same bytes.
    """
    written = {}
    for name, dataset in sorted(jurisdiction.datasets.items()):
        generator = read_generator(dataset)
        if generator is not None:
            rows = make_synthetic_rows(
                dataset.contract, codelists=jurisdiction.codelists, generator=generator, seed=seed
            )
            written[name] = _write_csv(directory / f"{name}.csv", rows, columns=tuple(dataset.contract.fields))
    return written


def read_generator(dataset: Dataset) -> Generator | None:
    """Read the generator of a dataset, or None where it has none; raises RegistryRefused with every fault of it."""
    path = dataset.folder.path.parent / GENERATOR_FILE
    if not path.is_file():
        return None
    faults: list[errors.Fault] = []
    declaration = read_declaration(path, label=f"{dataset.address}/{GENERATOR_FILE}")
    generator: Generator | None = validate(declaration, Generator, faults)
    if generator is not None:
        known = dataset.contract.fields
        named = [(("fields", name), name) for name in generator.fields] + [
            (("every", name), name) for name in generator.every
        ]
        faults += [
            declaration.fault("unknown_field", f"There is no field '{name}'.", at=at)
            for at, name in named
            if name not in known
        ]
    if faults:
        raise errors.RegistryRefused(faults)
    return generator


def make_synthetic_rows(
    contract: Contract, *, codelists: Mapping[str, Codelist], generator: Generator, seed: int, rows: int | None = None
) -> list[dict[str, str]]:
    """Invent rows that a contract accepts, as text by field, in the contract's order of fields.

    `rows` overrides the generator's number; it has no effect where the generator makes one row for every combination.
    Raises RegistryRefused where a field has a pattern and no hint that could follow it.
    """
    source = _Source(contract, codelists, generator, Random(f"{contract.dataset}:{seed}"))  # noqa: S311 (nothing here is secret)
    order = [*generator.every, *generator.fields, *contract.fields]
    fields = [name for name in dict.fromkeys(order) if name not in generator.every]
    made = []
    for number, start in enumerate(_starts(source, rows), start=1):
        row: Row = dict(start)
        for name in fields:
            row[name] = _invent(source, name, row=row, number=number)
        made.append({name: _forget(source, name, row=row) for name in contract.fields})
    return made


def _starts(source: _Source, rows: int | None) -> Iterator[Row]:
    every = source.generator.every
    if not every:
        yield from ({} for _ in range(source.generator.rows if rows is None else rows))
        return
    values = [
        [code.code for code in source.codes(name)] if known == "all" else list(known) for name, known in every.items()
    ]
    yield from (dict(zip(every, combination, strict=True)) for combination in product(*values))


def _forget(source: _Source, name: str, *, row: Row) -> str:
    share = source.generator.fields[name].missing if name in source.generator.fields else 0
    if share and source.random.random() < share:
        return next(iter(source.contract.fields[name].missing), "")
    return str(row[name])


def _invent(source: _Source, name: str, *, row: Row, number: int) -> Any:
    field, hint = source.contract.fields[name], source.generator.fields.get(name, FieldHint())
    if hint.product:
        return _invent_count(source, hint.product, row=row)
    if hint.template:
        return hint.template.format(**row, row=number, canary=source.generator.canaries.get(name, ""))
    match field.type:
        case FieldType.CODE:
            return _invent_code(source, name, hint, row=row)
        case FieldType.DATE:
            return _invent_date(source, hint, row=row)
        case FieldType.INTEGER | FieldType.NUMBER:
            return _invent_number(source, field, hint)
        case FieldType.BOOLEAN:
            return "true" if source.random.random() < 0.5 else "false"
        case FieldType.STRING:
            return _invent_text(source, name, field, hint, number=number)


def _invent_code(source: _Source, name: str, hint: FieldHint, *, row: Row) -> str:
    codes = source.codes(name)
    kept = [
        code for code in codes if all(code.attributes.get(key) == row[other] for key, other in hint.same.items())
    ] or codes
    weights = hint.tables.get(_seen(row, hint.given), hint.weights) if hint.given else hint.weights
    if hint.weight_attribute:
        chances = [float(code.attributes.get(hint.weight_attribute, 0)) for code in kept]
    else:
        chances = [weights.get(code.code, 0.0) if weights else 1.0 for code in kept]
    return _pick(source.random, [code.code for code in kept], chances)


def _seen(row: Row, given: str | None) -> str:
    name, _, part = str(given).partition(".")
    return str(getattr(row[name], part) if part else row[name])


def _invent_date(source: _Source, hint: FieldHint, *, row: Row) -> date:
    if hint.before and hint.years:
        # At least this many years and, with the days that shorter months take, less than one more.
        return _years_before(row[hint.before], int(row[hint.years])) - timedelta(days=int(source.random.random() * 360))
    first, last = hint.between or (date(2000, 1, 1), date(2009, 12, 31))
    return first + timedelta(days=int(source.random.random() * ((last - first).days + 1)))


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28))


def _invent_number(source: _Source, field: FieldDeclaration, hint: FieldHint) -> int:
    low, high = hint.range or tuple(int(bound or 0) for bound in field.range or (0, 100))
    if source.random.random() < 0.25:
        return round(low + source.random.random() * (high - low))  # a quarter evenly, so that both ends occur
    middle = (low + high) / 2 if hint.mode is None else hint.mode
    return round(source.random.triangular(low, high, middle))


def _invent_text(source: _Source, name: str, field: FieldDeclaration, hint: FieldHint, *, number: int) -> str:
    if hint.parts:
        return " ".join(_pick(source.random, part, [1.0] * len(part)) for part in hint.parts)
    if field.pattern:
        raise errors.RegistryRefused.because(
            "cannot_invent",
            f"No value can be invented for '{name}': it has a pattern.",
            way_out="Give it a template.",
            place=errors.Place(file=f"{source.contract.dataset}/{GENERATOR_FILE}", field=name),
        )
    return f"invented {number}"


def _invent_count(source: _Source, product: Product, *, row: Row) -> int:
    value = 1.0
    for name, attribute in product.attribute.items():
        value *= next(float(code.attributes[attribute]) for code in source.codes(name) if code.code == row[name])
    for name, factors in product.factors.items():
        value *= factors[str(row[name])]
    if product.growth:
        value *= (1 + product.growth.rate) ** (float(row[product.growth.field]) - product.growth.base)
    return max(0, round(value * (1 + product.noise * (2 * source.random.random() - 1))))


def _pick(random: Random, values: Sequence[str], chances: Sequence[float]) -> str:
    point = random.random() * sum(chances)
    for value, chance in zip(values, chances, strict=True):
        point -= chance
        if point < 0:
            return value
    return values[-1]


def _write_csv(path: Path, rows: Sequence[Mapping[str, str]], *, columns: Sequence[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path
