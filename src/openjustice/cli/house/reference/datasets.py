"""One page per dataset and one per jurisdiction's indicators, from the declarations of the registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openjustice.cli.house.reference import markdown
from openjustice.contracts import related
from openjustice.contracts.dataset import Break, Check, Checks, Codelist, Contract, FieldDeclaration, Obligation
from openjustice.contracts.indicator import Example
from openjustice.contracts.jurisdiction import Dataset, IndicatorFolder, Jurisdiction
from openjustice.contracts.policy import Policy

_UNCONFIRMED = "**to be confirmed**"


def make_dataset_page(dataset: Dataset, *, jurisdiction: Jurisdiction) -> str:
    """Write the page of one dataset: what is collected, how it is checked, how persons are protected."""
    contract = dataset.contract
    tables = [related.fields_of_table(contract, table) for table in related.table_names(contract)]
    named = dict.fromkeys(
        field.codelist.partition("@")[0] for fields in tables for field in fields.values() if field.codelist
    )
    return markdown.page(
        contract.title,
        f"`{dataset.address}`, version {contract.version}, {_standing(contract)}. {contract.says}",
        _facts(contract),
        "## Fields",
        markdown.table(["field", "type", "role", "what it says", "bounds"], map(_field, contract.fields.items())),
        *(part for name in contract.tables for part in _related_table(name, contract)),
        *_codelists([jurisdiction.codelist(name) for name in named]),
        "## Checks",
        markdown.table(["rule", "severity", "what it says", "the way out"], map(_check, dataset.checks.checks.items())),
        *_edits(dataset.checks),
        "## Mappings",
        markdown.table(
            ["mapping", "what it is", "columns"],
            [(f"`{name}`", item.title, len(item.source_columns)) for name, item in dataset.mappings.items()],
        )
        if dataset.mappings
        else "The contract's own field names only.",
        _policy(dataset.policy) if dataset.policy else "",
    )


def _related_table(name: str, contract: Contract) -> list[str]:
    part = contract.tables[name]
    least, most = part.belongs_to.least, part.belongs_to.most
    number = f"{least} to {most}" if most else f"{least} or more"
    links = ", ".join(f"`{field}`" for field in related.linking_fields(contract, name))
    parent = part.belongs_to.table or contract.main_table
    says = f"{part.says} Each record of `{parent}` has {number}, found by {links}."
    fields = markdown.table(["field", "type", "role", "what it says", "bounds"], map(_field, part.fields.items()))
    return [f"## Fields of `{name}`", says, fields]


def _edits(checks: Checks) -> list[str]:
    """Write the publisher's own edits, by its numbers, and what carries each out."""
    if not checks.edits:
        return []
    rows = [
        (name, edit.level.replace("_", " "), edit.says, ", ".join(f"`{item}`" for item in (*edit.rules, *edit.fields)), edit.note)
        for name, edit in checks.edits.items()
    ]  # fmt: skip
    return ["## Edits", markdown.table(["edit", "level", "what it says", "carried out by", "note"], rows)]


def make_indicators_page(jurisdiction: Jurisdiction) -> str:
    """Write the page of a jurisdiction's indicators, each with its worked examples."""
    parts = [_indicator(name, folder) for name, folder in jurisdiction.indicators.items()]
    return markdown.page(f"Indicators of {jurisdiction.declaration.title}", *parts)


def _facts(contract: Contract) -> str:
    rows = [
        ("one row is", contract.unit),
        ("about persons", "yes" if contract.persons else "no"),
        ("legal basis", contract.legal_basis),
        ("who reports", contract.reporters),
        ("how often", f"{contract.period.grain.replace('_', ' ')}, within {contract.period.due_days} days"),
        *(("who owes it", _obligation(item)) for item in contract.obligations),
        ("key", ", ".join(f"`{name}`" for name in contract.key)),
        ("source", contract.source),
        *(("break in series", _break(item)) for item in contract.breaks),
        *(("maturity", item.says) for item in [contract.maturity] if item),
    ]
    return markdown.table(["", ""], [row for row in rows if row[1]])


def _standing(contract: Contract) -> str:
    return "**to be confirmed**: a part of it was recalled" if contract.status == "to_confirm" else "confirmed"


def _break(item: Break) -> str:
    said = f"{item.at}, `{item.field}`: {item.says}"
    return f"{said} ({_UNCONFIRMED})" if item.status == "to_confirm" else said


def _obligation(item: Obligation) -> str:
    who = "; ".join(f"{name.replace('_', ' ')}: {', '.join(values)}" for name, values in item.who.items())
    since = f"since {item.since}" + (f" until {item.until}" if item.until else "")
    due = f", due on {item.due_on} of the year that follows" if item.due_on else ""
    none = "an agency with none says so" if item.none_may_be_stated else "a statement of none does not count"
    said = f"each {item.grain.replace('_', ' ')}, {who or 'every agency'}, {since}{due}; {none}"
    return f"{said} ({_UNCONFIRMED})" if item.status == "to_confirm" else said


def _codelists(listed: list[Codelist]) -> list[str]:
    """Write the code lists of a dataset: version, for which direction, from where, and whether they are confirmed."""
    if not listed:
        return []
    way = {"wire": "as sent", "release": "as released", "both": "as sent and as released"}
    rows = [
        (
            f"`{item.codelist}`", item.title, len(item.codes), item.version, way[item.direction],
            " ".join(filter(None, [item.source, "" if item.verified else f"({_UNCONFIRMED})"])),
        )
        for item in listed
    ]  # fmt: skip
    return ["## Code lists", markdown.table(["list", "title", "codes", "version", "direction", "source"], rows)]


def _field(item: tuple[str, FieldDeclaration]) -> tuple[str, ...]:
    name, field = item
    kind = f"{field.type} (`{field.codelist}`)" if field.codelist else str(field.type)
    kind = f"several of {kind}, `{field.several}` between" if field.several else kind
    low, high = field.range or (None, None)
    bounds = [f"from {low:g}" if low is not None else "", f"to {high:g}" if high is not None else ""]
    missing = [f"`{text}` means {marker.name.lower().replace('_', ' ')}" for text, marker in field.missing.items()]
    optional = [] if field.required else ["may be empty"]
    standing = [_UNCONFIRMED] if field.status == "to_confirm" else []
    pattern = [f"`{field.pattern}`"] if field.pattern else []
    pattern += [f"{field.length[0]} to {field.length[1] or 'any number of'} characters"] if field.length else []
    notes = [" ".join(filter(None, bounds)), *pattern, *optional, *missing, *standing]
    return f"`{name}`", kind, field.role.value.replace("_", " "), field.says, "; ".join(filter(None, notes))


def _check(item: tuple[str, Check]) -> tuple[str, ...]:
    rule, check = item
    says = f"{check.says} ({_UNCONFIRMED})" if check.status == "to_confirm" else check.says
    return f"`{rule}`", check.severity.value, says, check.ask or check.fix


def _policy(policy: Policy) -> str:
    lines = [
        "## Policy",
        _force(policy),
    ]
    if policy.scenarios:
        rows = [(f"`{name}`", item.says, ", ".join(item.key), item.knows) for name, item in policy.scenarios.items()]
        lines.append(markdown.table(["scenario", "what it is", "key", "what the intruder knows"], rows))
    if policy.special_populations:
        rows = [(name, item.rule, item.says, item.reason) for name, item in policy.special_populations.items()]
        lines.append(markdown.table(["special population", "rule", "who", "why"], rows))
    for tier, rules in policy.tiers.items():
        recoded = [(f"`{n}`", f"`{r.of}`", r.method.replace("_", " "), r.says) for n, r in rules.recode.items()]
        if recoded:
            lines.append(f"### {tier.capitalize()} tier")
            lines.append(markdown.table(["variable", "made from", "by", "what it says"], recoded))
    return "\n\n".join(lines)


def _force(policy: Policy) -> str:
    signed = ", ".join(f"{item.name} ({item.on})" for item in policy.signed)
    force = f"Version {policy.version}, in force from {policy.in_force_from}, signed by {signed}"
    return f"{force}; {policy.checkers} checkers, neither the author. {policy.says}"


def _indicator(name: str, folder: IndicatorFolder) -> str:
    indicator = folder.indicator
    rows = [
        ("question", indicator.question),
        ("unit", indicator.unit),
        ("numerator", indicator.numerator.says),
        ("denominator", indicator.denominator.says if indicator.denominator else "none: a count"),
        ("interval", f"{indicator.interval}, {indicator.confidence:.0%}" if indicator.interval != "none" else "none"),
        ("tables", ", ".join(f"`{name}__by_{key}`" for key in indicator.breakdowns)),
        ("can be inferred", " ".join(indicator.can_infer)),
        ("cannot be inferred", " ".join(indicator.cannot_infer)),
    ]
    examples = [_example(item) for item in folder.examples.examples]
    return "\n\n".join([f"## {indicator.title}", indicator.says, markdown.table(["", ""], rows), *examples])


def _example(example: Example) -> str:
    given = [f"From `{name}`:\n\n{_rows(rows)}" for name, rows in example.given.items()]
    return "\n\n".join(
        [f"**{example.title}.** {example.says}", *given, f"By {example.breakdown}:\n\n{_rows(example.expect)}"]
    )


def _rows(rows: tuple[Mapping[str, Any], ...]) -> str:
    head = list(dict.fromkeys(key for row in rows for key in row))
    return markdown.table(head, [["" if row.get(key) is None else row[key] for key in head] for row in rows])
