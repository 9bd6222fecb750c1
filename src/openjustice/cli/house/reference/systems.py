"""One page per jurisdiction's data systems: who may ask for records under which statute, what to bring, what to expect."""

from __future__ import annotations

from openjustice.cli.house.reference import markdown
from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.contracts.system import Requirement, System, say

LANGUAGE = "en"
CONFIRM = " *(to be confirmed)*"


def make_page(jurisdiction: Jurisdiction) -> str:
    """Write the page from the declarations of the registry."""
    return markdown.page(
        f"Data systems of {jurisdiction.declaration.title}",
        "Records that are not open to the public are given to researchers on application, under a license that ends.",
        *(_system(item) for _, item in sorted(jurisdiction.systems.items())),
    )


def _system(item: System) -> str:
    rows = [_requirement(required) for required in item.requirements.values()]
    return "\n\n".join(
        [
            f"## {item.acronym}: {say(item.title, LANGUAGE)}",
            say(item.says, LANGUAGE),
            markdown.table(["", ""], [*_facts(item), *_times(item)]),
            markdown.table(
                ["what to bring", "of whom", "how it is shown", "who verifies it", "how long it holds"], rows
            ),
        ]
    )


def _facts(item: System) -> list[tuple[str, str]]:
    askers = [f"{say(asker.title, LANGUAGE)}{_doubt(asker.status)}" for asker in item.askers.values()]
    return [
        ("statute", f"{item.statute.citation}. {say(item.statute.says, LANGUAGE)}{_doubt(item.statute.status)}"),
        ("who may ask", "; ".join(askers)),
        *(("limit", say(limit, LANGUAGE)) for limit in item.limits),
        ("reasons for which it may be refused", " ".join(say(words, LANGUAGE) for words in item.review.reasons.values())),
    ]  # fmt: skip


def _times(item: System) -> list[tuple[str, str]]:
    rules, review = item.license, item.review
    steps = ", ".join(f"{step.step} {step.days} days ({step.by})" for step in review.steps)
    reminders = ", ".join(str(days) for days in rules.reminders_days)
    chased = ", ".join(str(days) for days in rules.destruction.chase_days)
    return [
        ("review", f"{steps}{_doubt(review.status)}"),
        ("license", f"{rules.term_years} year from approval, days of {rules.time_zone}{_doubt(rules.status)}"),
        ("renewal", f"may be asked from {rules.renewal_opens_days} days before the end; reminders at {reminders} days"),
        ("at the end", f"a certificate for each copy within {rules.destruction.due_days} days; asked again {chased} days later, then every {rules.destruction.chase_every_days} days"),
        ("delivery", f"encrypted to the recipient's key; a link holds {item.delivery.link_hours} hours and opens once"),
        ("datasets", ", ".join(f"`{name}`" for name in item.delivery.datasets) or "none is collected here yet"),
    ]  # fmt: skip


def _requirement(item: Requirement) -> tuple[str, ...]:
    holds = f"{item.valid_months} months" if item.valid_months else "until the end that it states"
    holds = holds if item.valid_months or item.states_its_end else "it does not expire"
    title = f"{say(item.title, LANGUAGE)}{_doubt(item.status)}"
    return title, item.of.replace("_", " "), str(item.evidence), item.verifier, holds


def _doubt(status: str) -> str:
    return CONFIRM if status == "to_confirm" else ""
