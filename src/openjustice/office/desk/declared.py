"""Gives the registry that the office works by, read once in each process: a changed declaration needs a restart."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from openjustice.contracts import registry
from openjustice.contracts.jurisdiction import Dataset
from openjustice.contracts.registry import Registry


@cache
def read_registry() -> Registry:
    """Return the shipped registry, or the folders that the settings name; the home's own folder is added last."""
    roots = [*(settings.REGISTRY or [registry.shipped_registry()])]
    if (settings.HOME / "registry").is_dir():
        roots.append(settings.HOME / "registry")
    return registry.load_registry(roots)


def title_of(address: str) -> str:
    """Return the title of the dataset at an address `jurisdiction/dataset`; the address itself where it is not declared."""
    place, _, name = address.rpartition("/")
    known = read_registry().jurisdictions.get(place)
    found: Dataset | None = known.datasets.get(name) if known else None
    return found.contract.title if found else address
