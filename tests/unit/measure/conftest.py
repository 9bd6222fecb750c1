"""Gives the tests of measuring an engine and their small world."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from openjustice.ground import engine
from openjustice.ground.engine import Engine
from openjustice.ground.terms import Plane


@pytest.fixture
def opened() -> Iterator[Engine]:
    """Give an engine without a file."""
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as made:
        yield made
