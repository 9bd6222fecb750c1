"""Finds plug-in folders: the only dynamic import in the house, and only below the package that calls it."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

from openjustice.ground import errors


def plugin_names(package: ModuleType) -> tuple[str, ...]:
    """List the sub-folders of a package that are plug-ins, by name, sorted."""
    folders = (Path(path) for path in package.__path__)
    return tuple(sorted(item.parent.name for folder in folders for item in folder.glob("*/__init__.py")))


def load_plugin(package: ModuleType, name: str, *, attribute: str) -> Any:
    """Import one plug-in and return the one name it exports; raises RegistryRefused where there is no such folder."""
    if name not in plugin_names(package):
        raise errors.RegistryRefused.because(
            "unknown_plugin",
            f"There is no {package.__name__.rpartition('.')[2].rstrip('s')} called '{name}'.",
            way_out=f"Known: {', '.join(plugin_names(package))}.",
        )
    return getattr(importlib.import_module(f"{package.__name__}.{name}"), attribute)


def load_plugins(package: ModuleType, *, attribute: str) -> dict[str, Any]:
    """Import every plug-in of a package and return what each exports, by name."""
    return {name: load_plugin(package, name, attribute=attribute) for name in plugin_names(package)}


def load_module(package: ModuleType, name: str) -> ModuleType:
    """Import a module that stands directly below the calling package, so that a command loads only what it needs."""
    if not any((Path(path) / f"{name}.py").is_file() for path in package.__path__):
        raise errors.HouseFault.because("unknown_module", f"{package.__name__} has no module '{name}'.")
    return importlib.import_module(f"{package.__name__}.{name}")
