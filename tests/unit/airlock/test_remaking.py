"""A draft whose method changes counts: the airlock makes its numbers again, or says why they cannot be the method's own."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from openjustice.airlock import verify
from openjustice.airlock.verify import Evidence
from openjustice.confidential import store as stores
from openjustice.confidential.drafting import draft
from openjustice.contracts.policy import TableRules
from openjustice.contracts.registry import Registry
from openjustice.ground import engine, errors
from openjustice.ground.terms import Plane
from unit.airlock import forging, homes

RULES: dict[str, dict[str, Any]] = {
    "controlled_rounding": {"base": 5},
    "random_rounding": {"base": 5},
    "cell_key": {"noise": {"largest_change": 4, "variance": 2, "never_shown": 2}, "threshold": 3},
    "dp_cubes": {"epsilon": 40, "budget": 80},
    "percentage_coding": {"smallest_group": 11, "caps": [{"group_at_least": 11, "cap": 10}]},
}
MANNERS = "tables/custody_deaths__by_year_manner.parquet"
SHARES = "tables/suicide_share__by_year.parquet"


def with_rules(registry: Registry, *, method: str, records: bool = False, **tables: Any) -> Registry:
    """Return the registry with another method for the tables of deaths; percentages alone where it codes these."""
    jurisdiction = registry.jurisdiction("demo")
    dataset = jurisdiction.datasets["custody_deaths"]
    assert dataset.policy is not None
    public = dataset.policy.tiers["public"]
    rules = TableRules.model_validate({"method": method, "with": RULES.get(method, {}), **tables})
    tier = public.model_copy(update={"tables": rules, "microdata": public.microdata if records else None})
    policy = dataset.policy.model_copy(update={"tiers": {**dataset.policy.tiers, "public": tier}})
    indicators = dict(jurisdiction.indicators)
    if method == "percentage_coding":
        indicators.pop("custody_deaths")
    datasets = {**jurisdiction.datasets, "custody_deaths": replace(dataset, policy=policy)}
    return Registry({"demo": replace(jurisdiction, datasets=datasets, indicators=indicators)}, registry.scorings)


def make_home(path: Path, registry: Registry, *, rows: int = 400) -> Path:
    jurisdiction = registry.jurisdiction("demo")
    given = homes.invent_rows(jurisdiction, rows=rows)["custody_deaths"]
    return homes.make_home(path, jurisdiction=jurisdiction, rows={"custody_deaths": given})


def make_draft(home: Path, registry: Registry) -> int:
    return draft.make_draft(
        home, dataset="demo/custody_deaths", author="Ada", at=homes.AT, seed=homes.SEED, registry=registry
    )


def look(home: Path, registry: Registry, number: int = 1) -> Evidence:
    return verify.verify_evidence(home, number, registry=registry)


def numbers(home: Path, place: str, number: int = 1) -> list[dict[str, Any]]:
    folder = forging.folder_of(home, number)
    with engine.open_memory(plane=Plane.PROTECTED, directory=folder) as opened:
        return opened.read_parquet(folder / place, name="t").rows()


@pytest.mark.parametrize("method", sorted(RULES))
def test_a_draft_of_each_method_is_made_verified_and_caught_when_changed(
    registry: Registry, tmp_path: Path, method: str
) -> None:
    own = with_rules(registry, method=method)
    home = make_home(tmp_path / "home", own)
    make_draft(home, own)
    evidence = look(home, own)
    assert evidence.faults == ()
    tables = next(lock for lock in evidence.locks if lock.title == "Tables")
    assert ("cannot be applied again" if method == "dp_cubes" else "applied again") in tables.says
    told = json.loads((forging.folder_of(home) / "report.json").read_text())
    assert told["tables_method"] == method
    assert told["consequence"]
    page = (forging.folder_of(home) / "report.html").read_text()
    assert told["consequence"][0].split(":")[0] in page
    place = SHARES if method == "percentage_coding" else MANNERS
    column = "value" if method == "percentage_coding" else "numerator"
    changed = f"SELECT * REPLACE (CASE WHEN {column} IS NOT NULL AND death_year = '_T' THEN {column} + 5 ELSE {column} END AS {column}) FROM t"
    forging.rewrite_table(home, place, changed)
    codes = {fault.code for fault in look(home, own).faults}
    assert codes & {"number_differs", "numbers_doubtful"}


def test_what_was_published_is_published_again(registry: Registry, tmp_path: Path) -> None:
    own = with_rules(registry, method="controlled_rounding")
    home = make_home(tmp_path / "home", own)
    make_draft(home, own)
    evidence = look(home, own)
    with stores.open_store(home) as store:
        store.save_sealed_cells("demo/custody_deaths/2026-03-02.1", dataset="custody_deaths", cells=evidence.cells)
    assert make_draft(home, own) == 2
    assert numbers(home, MANNERS, 2) == numbers(home, MANNERS, 1)
    assert look(home, own, 2).faults == ()


def test_true_numbers_do_not_pass_for_noisy_ones(registry: Registry, tmp_path: Path) -> None:
    own = with_rules(registry, method="dp_cubes")
    home = make_home(tmp_path / "home", own)
    make_draft(home, own)
    broken = "SELECT * REPLACE (CASE WHEN death_year <> '_T' THEN NULL ELSE numerator END AS numerator) FROM t"
    forging.rewrite_table(home, MANNERS, broken)
    assert "numbers_doubtful" in {fault.code for fault in look(home, own).faults}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"method": "cell_key", "records": True}, "records_beside"),
        ({"method": "random_rounding", "audit": ["interval"]}, "audit_unfit"),
        ({"method": "percentage_coding", "records": True}, "records_beside"),
    ],
)
def test_what_cannot_be_combined_is_refused(
    registry: Registry, tmp_path: Path, given: dict[str, Any], code: str
) -> None:
    own = with_rules(registry, **given)
    with pytest.raises(errors.ProtectionRefused) as refused:
        make_draft(make_home(tmp_path / "home", own), own)
    assert refused.value.codes == (code,)


def test_percentages_alone_can_be_coded(registry: Registry, tmp_path: Path) -> None:
    own = with_rules(registry, method="percentage_coding")
    jurisdiction = own.jurisdiction("demo")
    both = Registry(
        {"demo": replace(jurisdiction, indicators=registry.jurisdiction("demo").indicators)}, registry.scorings
    )
    with pytest.raises(errors.ProtectionRefused) as refused:
        make_draft(make_home(tmp_path / "home", both), both)
    assert "no_percentages" in refused.value.codes


def test_scored_tables_hide_what_their_score_asks_and_thin_rows_are_caught(registry: Registry, tmp_path: Path) -> None:
    scoring = {
        "rules": "calhhs_ddg_2",
        "decision": "test",
        "variables": {
            "death_year": {"as": "period", "choice": "1_year"},
            "manner_group": {"as": "other", "review": "test"},
            "county": {"as": "residence_geography", "population": [3_000_000, 2_000]},
            "custody_group": {"as": "other"},
            "facility_kind": {"as": "other"},
        },
        "whole": [{"as": "residence_geography", "population": 9_000_000}, {"as": "period", "choice": "5_years"}],
    }
    tables: dict[str, Any] = {
        "minimum_frequency": 11,
        "hidden_at_least": 1,
        "safety_interval": {"minimum_width": 10, "must_contain_over": 10},
        "audit": ["interval", "differencing"],
        "scoring": scoring,
    }
    rules = registry.scorings or {}
    from openjustice.contracts import registry as registries

    shipped = registries.load_registry(only=["demo"]).scorings
    own = with_rules(registry, method="cell_suppression", **tables)
    jurisdiction = replace(own.jurisdiction("demo"), scorings={**rules, **shipped})
    own = Registry({"demo": jurisdiction}, shipped)
    home = make_home(tmp_path / "home", own, rows=1500)  # enough children that leaving them out tells nothing
    make_draft(home, own)
    assert look(home, own).faults == ()
    shown = [row["numerator"] for row in numbers(home, "tables/custody_deaths__by_county_manner.parquet")]
    assert not [count for count in shown if count is not None and 0 < count < 11]
    steward = json.loads((forging.folder_of(home) / "steward.json").read_text())
    scores = {item["table"]: item["score"]["verdict"] for item in steward["tables"] if item["score"]}
    assert scores["custody_deaths__by_county_manner"] == "suppress"
    assert "release" in scores.values()
    assert "Small counts are hidden" in (forging.folder_of(home) / "report.html").read_text()
    other = {**scoring, "variables": {}}
    lacking = with_rules(own, method="cell_suppression", **(tables | {"scoring": other}))
    with pytest.raises(errors.ProtectionRefused) as refused:
        make_draft(home, lacking)
    assert refused.value.codes == ("variable_unscored",)
