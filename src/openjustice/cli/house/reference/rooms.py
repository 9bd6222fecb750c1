"""The page of rooms: each package with its charter, which is the first line of its own docstring."""

from __future__ import annotations

import ast
from pathlib import Path

from openjustice.cli.house.reference import markdown

SOURCES = Path(__file__).parents[3]


def make_page() -> str:
    """Write the page of rooms from the packages' own words."""
    rows = [(f"`{name}`", charter) for name, charter in find_charters().items()]
    return markdown.page(
        "Rooms",
        "Which room holds what. The floors and doors between them are the law in `.importlinter`.",
        markdown.table(["room", "charter"], rows),
    )


def find_charters() -> dict[str, str]:
    """Return the charter of every package, by its import path below `openjustice`."""
    return {
        ".".join(path.parent.relative_to(SOURCES).parts): _charter(path)
        for path in sorted(SOURCES.rglob("__init__.py"))
        if path.parent != SOURCES
    }


def _charter(path: Path) -> str:
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.partition("\n")[0]
