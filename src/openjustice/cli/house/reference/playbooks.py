"""One playbook per dataset for the clerk who sends it: what, by when, in which form, how to check, and what goes wrong."""

from __future__ import annotations

from openjustice.cli.house.reference import markdown
from openjustice.contracts.dataset import Contract, FieldDeclaration
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.ground.terms import Role, Severity

_MOST_CODES = 12


def make_page(dataset: Dataset, *, jurisdiction: Jurisdiction) -> str:
    """Write the playbook of one dataset from its contract, checks and layouts."""
    contract, checks = dataset.contract, dataset.checks.checks
    hard = [(item.says, item.fix) for item in checks.values() if item.severity is Severity.HARD]
    soft = [(item.says, item.ask) for item in checks.values() if item.severity is Severity.SOFT]
    return markdown.page(
        f"Playbook: {contract.title}",
        f"For whoever sends `{dataset.address}`, version {contract.version}. {contract.says}",
        _warning(contract),
        "## What to send, and by when",
        markdown.table(
            ["", ""], [("one row is", contract.unit), ("who sends", contract.reporters), ("by when", _due(contract))]
        ),
        "## In which form",
        f"A CSV file with these columns, an Excel workbook, Parquet or JSON Lines. {_layouts(dataset)}",
        markdown.table(
            ["column", "what it says", "how it is written"],
            [_field(*item, address=dataset.address, jurisdiction=jurisdiction) for item in contract.fields.items()],
        ),
        "## How to send it",
        _steps(dataset),
        *(["## What returns a file", markdown.table(["what is wrong", "what to do"], hard)] if hard else []),
        *(["## What is asked back", markdown.table(["what was seen", "what is asked"], soft)] if soft else []),
        "## What happens to the people in it",
        _people(contract),
    )


def _warning(contract: Contract) -> str:
    to_confirm = (
        "**To be confirmed:** parts of this contract were not confirmed by its owner. Ask before you build on it."
    )
    return to_confirm if contract.status == "to_confirm" else ""


def _due(contract: Contract) -> str:
    match contract.period.grain:
        case "none":
            return "at any time"
        case "event":
            return f"within {contract.period.due_days} days of each event"
        case grain:
            return f"each {grain.replace('_', ' ')}, within {contract.period.due_days} days of its end"


def _layouts(dataset: Dataset) -> str:
    known = [f"`{name}` ({item.title})" for name, item in dataset.mappings.items()]
    known += [f"`{name}` ({item.declaration.title})" for name, item in dataset.sources.items()]
    return f"Files that stand as they are: {', '.join(known)}." if known else ""


def _field(name: str, field: FieldDeclaration, *, address: str, jurisdiction: Jurisdiction) -> tuple[str, str, str]:
    needed = "" if field.required else "may be empty; "
    missing = [
        f"`{text}` where it is {marker.name.lower().replace('_', ' ')}" for text, marker in field.missing.items()
    ]
    low, high = field.range or (None, None)
    bounds = [f"from {low:g}" if low is not None else "", f"to {high:g}" if high is not None else ""]
    if field.codelist is None:
        form = {
            "date": field.format or "2024-03-31",
            "integer": "a whole number",
            "number": "a number",
            "boolean": "yes or no",
        }
        told = [
            form.get(field.type.value, "text"),
            " ".join(filter(None, bounds)),
            f"in the form `{field.pattern}`" if field.pattern else "",
        ]
    else:
        codes = jurisdiction.codelist(field.codelist).codes
        told = [", ".join(f"`{item.code}` {item.label}" for item in codes[:_MOST_CODES])]
        told += (
            [f"and {len(codes) - _MOST_CODES} more: `openjustice registry show {address} --field {name}`"]
            if len(codes) > _MOST_CODES
            else []
        )
    return f"`{name}`", field.says, needed + "; ".join(filter(None, [*told, *missing]))


def _steps(dataset: Dataset) -> str:
    at = dataset.address
    return "\n".join(
        [
            "1. Take the rows from your records system: by hand, or with `openjustice extract` ([how](../../how-to/extract-from-a-records-system.md)).",
            f"2. If your columns have other names: `openjustice profile FILE --dataset {at} --out draft.yaml` proposes which is which.",
            f"3. Check the file on your own machine; nothing leaves it: `openjustice check FILE --dataset {at}`.",
            f"4. Correct what it names, with line and field, and send it: `openjustice submit FILE --dataset {at} --reporter CODE --period PERIOD`.",
            "5. Answer what is asked back, by its due date: `openjustice queries list`.",
        ]
    )


def _people(contract: Contract) -> str:
    if not contract.persons:
        return "The rows are not about persons."
    apart = [f"`{name}`" for name in contract.fields_with(Role.DIRECT_IDENTIFIER)]
    kept = f"{', '.join(apart)} are kept in a second store, apart from the records. " if apart else ""
    return f"{kept}What is published goes through the dataset's policy first; a record is never shown as it was sent."
