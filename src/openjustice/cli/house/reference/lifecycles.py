"""The page of lifecycles: each thing's states, owners and transitions, drawn from the tables the code runs on."""

from __future__ import annotations

from openjustice.airlock import review
from openjustice.cli.house.reference import markdown
from openjustice.confidential.collect import queries, statements, submission
from openjustice.ground.lifecycle import Lifecycle
from openjustice.office.accounts import rules as accounts
from openjustice.office.applications.rules import lifecycle as applications
from openjustice.office.delivery.rules import lifecycle as delivery
from openjustice.office.licenses.rules import lifecycle as licenses
from openjustice.office.review import rules as comments

LIFECYCLES: tuple[Lifecycle, ...] = tuple(
    item
    for module in (submission, queries, statements, review, applications, licenses, delivery, accounts, comments)
    for item in vars(module).values()
    if isinstance(item, Lifecycle)
)


def make_page() -> str:
    """Write the page from the lifecycles themselves."""
    return markdown.page(
        "Lifecycles",
        "Every state is owned by someone and every change is written to the audit record in the same transaction.",
        *(_thing(item) for item in LIFECYCLES),
    )


def _thing(item: Lifecycle) -> str:
    owners = markdown.table(["state", "owner"], [(state, owner) for state, owner in item.owners])
    rows = [(s.source, s.act, s.target, s.by, s.requires, f"`{s.audit}`", s.notice) for s in item.transitions]
    steps = markdown.table(["from", "act", "to", "by", "what must be true", "audit event", "notice"], rows)
    return "\n\n".join(
        [f"## {item.thing.capitalize()}", f"```mermaid\n{item.as_mermaid().strip()}\n```", owners, steps]
    )
