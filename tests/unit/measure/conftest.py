"""Gives the tests of measuring an engine and their small world."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from openjustice.ground import engine
from openjustice.ground.engine import Engine
from openjustice.ground.terms import Plane

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def opened() -> Iterator[Engine]:
    """Give an engine without a file."""
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as made:
        yield made
