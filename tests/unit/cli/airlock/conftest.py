"""The same small home and draft as the airlock's tests."""

from __future__ import annotations

from unit.airlock.conftest import drafted_home, home, registry, small_registry

__all__ = ["drafted_home", "home", "registry", "small_registry"]
