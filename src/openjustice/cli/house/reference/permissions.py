"""The page of permissions: who may do what in which state, from the tables that the rulebooks run on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from openjustice.airlock.request import RELEASE_REQUEST
from openjustice.cli.house.reference import markdown
from openjustice.confidential.collect import queries, submission
from openjustice.ground.lifecycle import Lifecycle, Transition
from openjustice.office.accounts import rules as accounts
from openjustice.office.applications.rules import lifecycle as applications
from openjustice.office.licenses.rules import lifecycle as licenses
from openjustice.office.review import rules as review
from openjustice.office.submissions import rules as submissions

MATRICES: tuple[tuple[Lifecycle, tuple[str, ...]], ...] = (
    (applications.APPLICATION, applications.POSITIONS),
    (licenses.LICENSE, licenses.POSITIONS),
)

# Things whose states a role moves, whoever has it: of these an empty cell is refused by the one function that moves states.
MOVED: tuple[Lifecycle, ...] = (accounts.INVITATION, accounts.MEMBERSHIP, review.COMMENT)
# Things that lower rooms move in the field's own words; at the office these are roles.
LOWER: tuple[Lifecycle, ...] = (submission.LIFECYCLE, queries.LIFECYCLE, RELEASE_REQUEST)
DESKS: Mapping[str, Mapping[str, tuple[str, ...]]] = {"Agency desk": submissions.ACTS, "Review desk": review.ACTS}


def make_page() -> str:
    """Write the page from the lifecycles; every cell of it is a test."""
    return markdown.page(
        "Permissions",
        "Who may do what, state by state. A position is a role toward this one thing: a reviewer who is on its team is no "
        "reviewer of it, and whoever reviewed an application does not decide it. An empty cell is refused.",
        *(_matrix(lifecycle, positions) for lifecycle, positions in MATRICES),
        *(_of_roles(lifecycle) for lifecycle in (*MOVED, *LOWER)),
        *(_of_desk(title, acts) for title, acts in DESKS.items()),
    )


def roles_of(step: Transition) -> tuple[str, ...]:
    """Return the roles of the office that make a transition, whatever words the lifecycle names them by."""
    return tuple(
        str(accounts.ROLE_OF_WORDS.get(by, by))
        for by in ([step.by] if step.by in accounts.ROLE_OF_WORDS else step.roles)
    )


def _of_roles(lifecycle: Lifecycle) -> str:
    order = [*(role.value for role in accounts.Role), accounts.HOUSE]
    present = {role for step in lifecycle.transitions for role in roles_of(step)}
    roles = [role for role in order if role in present]
    rows = [(state, *(_acts(lifecycle.acts(state), by=role) for role in roles)) for state in lifecycle.states]
    return f"## {lifecycle.thing.capitalize()}\n\n{markdown.table(['state', *map(_words, roles)], rows)}"


def _acts(steps: Iterable[Transition], *, by: str) -> str:
    return ", ".join(f"`{step.act}`" for step in steps if by in roles_of(step))


def _of_desk(title: str, acts: Mapping[str, tuple[str, ...]]) -> str:
    roles = [role.value for role in accounts.Role]
    rows = [(act, *("yes" if role in may else "" for role in roles)) for act, may in acts.items()]
    return f"## {title}\n\n{markdown.table(['act', *map(_words, roles)], rows)}"


def _words(role: str) -> str:
    return role.replace("_", " ")


def _matrix(lifecycle: Lifecycle, positions: tuple[str, ...]) -> str:
    rows = [
        (state, *(", ".join(f"`{step.act}`" for step in lifecycle.acts(state) if step.by == by) for by in positions))
        for state in lifecycle.states
    ]
    head = ["state", *(by.replace("_", " ") for by in positions)]
    return f"## {lifecycle.thing.capitalize()}\n\n{markdown.table(head, rows)}"
