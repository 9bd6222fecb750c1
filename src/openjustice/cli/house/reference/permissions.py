"""The page of permissions: who may do what in which state, from the tables that the rulebooks run on."""

from __future__ import annotations

from openjustice.cli.house.reference import markdown
from openjustice.ground.lifecycle import Lifecycle
from openjustice.office.applications.rules import lifecycle as applications
from openjustice.office.licenses.rules import lifecycle as licenses

MATRICES: tuple[tuple[Lifecycle, tuple[str, ...]], ...] = (
    (applications.APPLICATION, applications.POSITIONS),
    (licenses.LICENSE, licenses.POSITIONS),
)


def make_page() -> str:
    """Write the page from the lifecycles; every cell of it is a test."""
    return markdown.page(
        "Permissions",
        "Who may do what, state by state. A position is a role toward this one thing: a reviewer who is on its team is no "
        "reviewer of it, and whoever reviewed an application does not decide it. An empty cell is refused.",
        *(_matrix(lifecycle, positions) for lifecycle, positions in MATRICES),
    )


def _matrix(lifecycle: Lifecycle, positions: tuple[str, ...]) -> str:
    rows = [
        (state, *(", ".join(f"`{step.act}`" for step in lifecycle.acts(state) if step.by == by) for by in positions))
        for state in lifecycle.states
    ]
    head = ["state", *(by.replace("_", " ") for by in positions)]
    return f"## {lifecycle.thing.capitalize()}\n\n{markdown.table(head, rows)}"
