"""The page of methods and attacks: what each claims, against whom, and the laws it is put through."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

from openjustice.cli.house.reference import markdown
from openjustice.ground import discovery
from openjustice.protect import attacks, methods


def make_page() -> str:
    """Write the page from the plug-in folders and their claims."""
    return markdown.page(
        "Methods and attacks",
        "Each method of protection and each attack is one folder with its code, its parameters, its claim and its examples.",
        "## Methods",
        *_entries(methods, "METHOD"),
        "## Attacks",
        *_entries(attacks, "ATTACK"),
    )


def _entries(package: ModuleType, attribute: str) -> list[str]:
    return [_entry(package, name, item) for name, item in discovery.load_plugins(package, attribute=attribute).items()]


def _entry(package: ModuleType, name: str, item: Any) -> str:
    claim = (Path(package.__path__[0]) / name / "claim.md").read_text(encoding="utf-8")
    laws = "\n".join(f"- {law}" for law in getattr(item, "laws", ()))
    body = "\n".join(f"##{line}" if line.startswith("#") else line for line in claim.strip().splitlines()[1:])
    listed = f"\n\nLaws it is put through:\n\n{laws}" if laws else ""
    return f"### {name}\n\n{body.strip()}{listed}"
