"""What every test may count on: a deterministic Hypothesis, the real files where they are, and the demo jurisdiction."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
REAL_DATA = ROOT.parent / "shared" / "data"

settings.register_profile(
    "house",
    derandomize=True,
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)
settings.register_profile("night", derandomize=True, deadline=None, max_examples=2_000, database=None)
settings.load_profile("house")


@pytest.fixture(scope="session")
def root() -> Path:
    """Give the root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def registry_root() -> Path:
    """Give the registry's folder."""
    return ROOT / "registry"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Give the folder of real files that stands beside the repository, or skip."""
    if not (REAL_DATA / "us").is_dir():
        pytest.skip("the real files are not here: they stand in ../shared/data beside the repository")
    return REAL_DATA
