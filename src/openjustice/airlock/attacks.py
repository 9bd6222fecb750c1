"""Placeholder."""

from typing import Any


def attack_draft(*a: Any, **k: Any) -> Any: ...
