"""California's declared reconciliations, on the real files: what agrees, and what is known not to."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from openjustice.confidential.collect import validate
from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.contracts.registry import load_registry
from openjustice.ground import engine
from openjustice.ground.engine import Engine, Table
from openjustice.ground.terms import Plane
from openjustice.measure import reconciliation

FILES = {
    "population": "us/population/census_ca_county_year_age_sex_race_2010_2017.csv",
    "county_population": "us/population/ca_counties_1980_2017.csv",
}


def test_residents_by_age_sex_and_race_are_those_of_the_series_by_county(
    real_data: Path, registry_root: Path, tmp_path: Path
) -> None:
    california = load_registry([registry_root], only=["california"]).jurisdiction("california")
    plan = california.datasets["population"].quality
    assert plan is not None
    item = plan.reconciliations["residents_by_county"]
    places = [real_data / FILES[name] for name in ("population", item.source.dataset)]
    with engine.open_memory(plane=Plane.CONFIDENTIAL, directory=tmp_path, files=places) as opened:
        ours, theirs = (
            _read(opened, path, name=name, california=california, scratch=tmp_path / name)
            for path, name in zip(places, ("population", item.source.dataset), strict=True)
        )
        found = reconciliation.reconcile(
            ours, theirs, by=item.by, summed=(item.sum, item.source.sum), where=(item.where, item.source.where),
            tolerance=item.tolerance,
        )  # fmt: skip
        with_2010 = reconciliation.reconcile(ours, theirs, by=item.by, summed=(item.sum, item.source.sum))
    assert (found.compared, found.agree, found.only_ours, found.only_theirs) == (58 * 7, 58 * 7, 0, 0)
    assert (with_2010.compared, with_2010.agree) == (58 * 8, 58 * 7)
    assert {of.of[0] for of in with_2010.differences} == {"2010"}  # the count of April beside the estimate of July
    assert with_2010.only_theirs == 58 * 30  # 1980 to 2009


def _read(opened: Engine, path: Path, *, name: str, california: Jurisdiction, scratch: Path) -> Table:
    scratch.mkdir()
    read, _ = validate.read_and_check(
        path, engine=opened, scratch=scratch, dataset=california.datasets[name], jurisdiction=california, today=date(2026, 3, 1)
    )
    assert read.records is not None
    return read.records
