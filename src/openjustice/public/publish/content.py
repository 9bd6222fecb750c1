"""Reads a sealed release whole: its declarations as typed objects, its tables as rows with titles and labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from openjustice.contracts.dataset import Codelist, Contract
from openjustice.contracts.indicator import Breakdown, Examples, Indicator
from openjustice.contracts.jurisdiction import JurisdictionDeclaration
from openjustice.contracts.policy import Policy
from openjustice.contracts.release import Product, ProductKind, ReleaseManifest
from openjustice.contracts.translations import holds_names, note_blocks, public_policy, translate
from openjustice.public.publish.language import Language, Said, noted, say, speaking
from openjustice.public.publish.variables import TOTAL, Variable, read_variables, sentence_case
from openjustice.public.store.reader import Reader

Row = dict[str, Any]

NUMBER_COLUMNS = Said(
    {
        "numerator": (noted("Count"), noted("What was counted.")),
        "numerator_marker": (noted("Count: marker"), noted("Why the count is empty.")),
        "denominator": (
            noted("Divided by"),
            noted("What the count is divided by; empty with marker z where the indicator is a count."),
        ),
        "denominator_marker": (noted("Divided by: marker"), noted("Why the denominator is empty.")),
        "value": (noted("Value"), noted("The indicator's number, rounded as its definition says.")),
        "value_low": (noted("Interval from"), noted("The lower end of the confidence interval.")),
        "value_high": (noted("Interval to"), noted("The upper end of the confidence interval.")),
        "value_marker": (noted("Value: marker"), noted("Why the value is empty.")),
        "coverage": (
            noted("Coverage"),
            noted("The share (0 to 1) of reporters who reported; empty where it is not known."),
        ),
        "status_marker": (noted("Status"), noted("p provisional, r revised, b break in series.")),
    }
)

MARKERS = Said(
    {
        "c": (noted("withheld"), noted("Withheld, so that no person can be recognized. It is not zero.")),
        "x": (
            noted("not available"),
            noted("Not available: it was not reported, is not known, or rests on too few cases to say."),
        ),
        "z": (noted("not applicable"), noted("Not applicable: there is no such thing to count here.")),
        "low": (noted("under half a unit"), noted("More than zero, but rounds to zero.")),
        "p": (noted("provisional"), noted("Provisional: later releases will change it.")),
        "r": (noted("revised"), noted("Revised since an earlier release.")),
        "b": (
            noted("break in series"),
            noted("Break in series: the definition changed; do not compare across it."),
        ),
    }
)


@dataclass(frozen=True)
class Column:
    """One column of a published product: its SQL type, its words and its codes.

    `declared`: its title as the release has it, where `title` is said in another language.
    """

    name: str
    type: str
    title: str
    says: str
    labels: Mapping[str, str] = field(default_factory=dict)
    declared: str = ""


@dataclass(frozen=True)
class Dataframe:
    """One published table or record file: where its sealed bytes stand, its columns and its rows in order."""

    id: str
    kind: ProductKind
    title: str
    says: str
    columns: tuple[Column, ...]
    rows: list[Row]
    path: Path
    sha256: str
    indicator: str | None = None
    breakdown: str | None = None
    variables: tuple[str, ...] = ()


@dataclass(frozen=True)
class IndicatorContent:
    """One indicator of a release with its worked examples."""

    indicator: Indicator
    examples: Examples


@dataclass(frozen=True)
class Content:
    """One sealed release, read whole."""

    manifest: ReleaseManifest
    jurisdiction: JurisdictionDeclaration
    contract: Contract
    policy: Policy
    notes: str
    codelists: Mapping[str, Codelist]
    indicators: Mapping[str, IndicatorContent]
    quality: Mapping[str, Any]
    comparability: Mapping[str, Any]
    report: Mapping[str, Any]
    map: Mapping[str, Any] | None
    variables: Mapping[str, Variable]
    frames: tuple[Dataframe, ...]
    folder: Path

    @property
    def address(self) -> str:
        """Return the release's address."""
        return self.manifest.address

    @property
    def dataset(self) -> str:
        """Return the dataset's name."""
        return self.manifest.dataset

    @cached_property
    def area_variables(self) -> tuple[str, ...]:
        """Return the variables whose codes are the jurisdiction's areas."""
        areas = set(self.areas)
        return tuple(name for name, item in self.variables.items() if item.labels and areas.issuperset(item.labels))

    @cached_property
    def areas(self) -> Mapping[str, str]:
        """Return the label of each of the jurisdiction's areas by its code."""
        codelist = self.codelists.get(self.jurisdiction.area_codelist)
        return codelist.labels() if codelist else {}

    @cached_property
    def places(self) -> Mapping[str, str]:
        """Return the areas that are places: where the code list gives populations, those that have one."""
        codelist = self.codelists.get(self.jurisdiction.area_codelist)
        peopled = codelist.attribute("population") if codelist else {}
        return {code: label for code, label in self.areas.items() if code in peopled} or self.areas

    def tables_of(self, indicator: str) -> tuple[Dataframe, ...]:
        """Return the tables of one indicator, in the order of its breakdowns."""
        return tuple(frame for frame in self.frames if frame.indicator == indicator)

    def table(self, indicator: str, breakdown: str | None) -> Dataframe | None:
        """Return one table of an indicator by its breakdown's name, or None."""
        return next((item for item in self.tables_of(indicator) if item.breakdown == breakdown), None)


def read_content(reader: Reader, manifest: ReleaseManifest, *, rows: bool = True) -> Content:
    """Read one release whole, or without its `rows`; raises SealRefused where a file is not what was sealed."""
    given = reader.metadata(manifest.address)
    contract, policy = Contract.model_validate(given["contract"]), Policy.model_validate(given["policy"])
    codelists = {name: Codelist.model_validate(item) for name, item in given["codelists"].items()}
    indicators = {name: _read_indicator(item) for name, item in given.get("indicators", {}).items()}
    codelist_of = {
        name: codelists.get((item.codelist or "").partition("@")[0]) for name, item in contract.fields.items()
    }
    variables = read_variables(given["variables"], codelist_of=codelist_of)
    known = _Known(contract, variables, codelists, indicators)
    products = (*manifest.products_of(ProductKind.TABLE), *manifest.products_of(ProductKind.MICRODATA))
    return Content(
        manifest=manifest,
        jurisdiction=JurisdictionDeclaration.model_validate(given["jurisdiction"]),
        contract=contract,
        policy=policy,
        notes=given.get("notes", ""),
        codelists=codelists,
        indicators=indicators,
        quality=given.get("quality") or {},
        comparability=given.get("comparability") or {},
        report=reader.report(manifest.address),
        map=given.get("map"),
        variables=variables,
        frames=tuple(_read_frame(reader, manifest, product, known, rows=rows) for product in products),
        folder=reader.folder(manifest.address),
    )


def in_language(content: Content, language: Language) -> Content:
    """Return a release with every declared word in another language; its numbers, codes and files are the same.

    Surprise: a word that has no translation stays as it is, and is in `language.missing` then.
    """
    if language.is_default:
        return content
    contract, indicators = content.contract, content.indicators
    codelist_of = {name: (item.codelist or "").partition("@")[0] for name, item in contract.fields.items()}
    say_own = partial(language.word, place=content.dataset)
    known = _Known(
        contract=translate(contract, say_own),
        variables={
            name: _translate_variable(item, language, place=content.dataset, codelist=codelist_of.get(item.of, ""))
            for name, item in content.variables.items()
        },
        codelists={
            name: item
            if holds_names(item, content.jurisdiction)
            else translate(item, partial(language.word, place=name))
            for name, item in content.codelists.items()
        },
        indicators={
            name: IndicatorContent(
                translate(item.indicator, partial(language.word, place=name)),
                translate(item.examples, partial(language.word, place=name)),
            )
            for name, item in indicators.items()
        },
    )
    with speaking(language):
        frames = tuple(_retitle(frame, known) for frame in content.frames)
    return replace(
        content,
        jurisdiction=translate(content.jurisdiction, partial(language.word, place=content.manifest.jurisdiction)),
        contract=known.contract,
        policy=translate(public_policy(content.policy), say_own),
        notes="\n\n".join(say_own(block) for block in note_blocks(content.notes)),
        codelists=known.codelists,
        indicators=known.indicators,
        quality=_translate_quality(content.quality, language),
        comparability={
            code: {**item, "says": language.word(str(item["says"]))}
            if isinstance(item, dict) and "says" in item
            else item
            for code, item in content.comparability.items()
        },
        variables=known.variables,
        frames=frames,
    )


def _translate_variable(variable: Variable, language: Language, *, place: str, codelist: str) -> Variable:
    return replace(
        variable,
        title=language.word(variable.title, place),
        says=language.word(variable.says, place),
        unit=language.word(variable.unit, place) if variable.unit else variable.unit,
        labels={code: language.word(label, codelist or variable.name) for code, label in variable.labels.items()},
    )


def _translate_quality(quality: Mapping[str, Any], language: Language) -> Mapping[str, Any]:
    """Return a statement of quality with the kinds of reporters in another language; a reporter's own name stays."""
    reporters = [
        {**item, "label": language.word(str(item["label"]))} if item.get("label") else item
        for item in quality.get("reporters") or ()
    ]
    return {**quality, "reporters": reporters} if reporters else quality


def _retitle(frame: Dataframe, known: _Known) -> Dataframe:
    found = known.breakdown_of(frame.id) if frame.kind is ProductKind.TABLE else None
    return replace(
        frame,
        title=_title(frame, found, known),
        says=_says(found, known),
        columns=tuple(
            replace(_column(item.name, item.type, known), declared=item.declared or item.title)
            for item in frame.columns
        ),
    )


@dataclass(frozen=True)
class _Known:
    """What the declarations say, for naming the columns of a product."""

    contract: Contract
    variables: Mapping[str, Variable]
    codelists: Mapping[str, Codelist]
    indicators: Mapping[str, IndicatorContent]

    def breakdown_of(self, table: str) -> tuple[str, str, Breakdown] | None:
        """Return indicator, breakdown's name and breakdown of a table, by its id `<indicator>__by_<breakdown>`."""
        name, _, rest = table.partition("__")
        breakdowns = self.indicators[name].indicator.breakdowns if name in self.indicators else {}
        for key in (rest.removeprefix("by_"), rest):
            if key in breakdowns:
                return name, key, breakdowns[key]
        return None


def _read_indicator(given: Mapping[str, Any]) -> IndicatorContent:
    return IndicatorContent(Indicator.model_validate(given["indicator"]), Examples.model_validate(given["examples"]))


def _read_frame(reader: Reader, manifest: ReleaseManifest, product: Product, known: _Known, *, rows: bool) -> Dataframe:
    found = known.breakdown_of(product.id) if product.kind is ProductKind.TABLE else None
    is_table = product.kind is ProductKind.TABLE
    found_rows = _read_rows(reader, manifest, product) if rows else []
    variables = found[2].variables if found else tuple(name for name, _ in product.columns if name in known.variables)
    return Dataframe(
        id=product.id,
        kind=product.kind,
        title=_title(product, found, known),
        says=_says(found, known),
        columns=tuple(_column(name, kind, known) for name, kind in product.columns),
        rows=sort_rows(found_rows, variables, known.variables) if is_table else found_rows,
        path=reader.folder(manifest.address) / product.path,
        sha256=product.sha256,
        indicator=found[0] if found else None,
        breakdown=found[1] if found else None,
        variables=variables,
    )


def _read_rows(reader: Reader, manifest: ReleaseManifest, product: Product) -> list[Row]:
    is_table = product.kind is ProductKind.TABLE
    table = reader.table(manifest.address, product.id) if is_table else reader.microdata(manifest.address)
    return table.rows() if table else []


def sort_rows(rows: list[Row], variables: tuple[str, ...], known: Mapping[str, Variable]) -> list[Row]:
    """Return a table's rows in reading order: by the codes' own order, totals last."""
    places = {}
    for name in variables:
        variable = known.get(name) or Variable(name=name, title=name, says="")
        places[name] = {code: place for place, code in enumerate(variable.sorted_codes(row[name] for row in rows))}
    return sorted(rows, key=lambda row: tuple(places[name][row[name]] for name in variables))


def _title(product: Product | Dataframe, found: tuple[str, str, Breakdown] | None, known: _Known) -> str:
    if found is not None:
        indicator, title = known.indicators[found[0]].indicator.title, found[2].title
        return title if title.startswith(indicator) else f"{indicator}: {title[:1].lower()}{title[1:]}"
    if product.kind is ProductKind.MICRODATA:
        return (
            say("{title}: record file", title=known.contract.title) if known.contract.persons else known.contract.title
        )
    return sentence_case(product.id)


def _says(found: tuple[str, str, Breakdown] | None, known: _Known) -> str:
    if found is None:
        return known.contract.says
    return " ".join(item for item in (known.indicators[found[0]].indicator.says, found[2].note) if item)


def _column(name: str, kind: str, known: _Known) -> Column:
    if name in known.variables:
        variable = known.variables[name]
        return Column(name, kind, variable.title, variable.says, variable.labels)
    if name in NUMBER_COLUMNS:
        title, says = NUMBER_COLUMNS[name]
        return Column(name, kind, title, says)
    if name in known.contract.fields:
        declared = known.contract.fields[name]
        codelist = known.codelists.get((declared.codelist or "").partition("@")[0])
        labels = codelist.labels() if codelist else {}
        return Column(name, kind, declared.title or sentence_case(name), declared.says, labels)
    return Column(name, kind, sentence_case(name), "")


def is_total(row: Row, variables: tuple[str, ...]) -> bool:
    """Return whether a row is the grand total of its table."""
    return all(row[name] == TOTAL for name in variables)
