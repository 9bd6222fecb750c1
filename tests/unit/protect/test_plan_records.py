"""The plan's first steps: populations that are left out, variables that are made, identifiers that are refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from openjustice.contracts.dataset import Contract
from openjustice.contracts.policy import Policy, Recoding, TierRules
from openjustice.ground import engine, errors
from openjustice.ground.terms import Plane
from openjustice.protect import plan

CONTRACT = Contract.model_validate(
    {
        "dataset": "deaths",
        "version": "1",
        "title": "Deaths",
        "says": "Invented.",
        "unit": "one death",
        "persons": True,
        "legal_basis": "none",
        "reporters": "nobody",
        "period": {"grain": "year"},
        "key": ["name"],
        "fields": {
            "name": {"type": "string", "role": "direct_identifier", "says": "A name."},
            "age": {"type": "integer", "role": "quasi_identifier", "says": "An age."},
        },
    }
)
BANDS = Recoding.model_validate(
    {"of": "age", "method": "bands", "cuts": [0, 18, 60], "role": "quasi_identifier", "says": "Bands."}
)


def policy(rule: str) -> Policy:
    return Policy.model_validate(
        {
            "policy": "deaths",
            "version": 1,
            "in_force_from": "2026-01-01",
            "signed": [{"name": "somebody", "on": "2026-01-01"}],
            "says": "Invented.",
            "checkers": 2,
            "special_populations": {
                "children": {"says": "Under 18.", "where": "age < 18", "rule": rule, "reason": "Few."}
            },
            "tiers": {},
        }
    )


@pytest.fixture
def records() -> Iterator[engine.Table]:
    rows = [("A", 12), ("B", 18), ("C", 61), ("D", None)]
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        yield opened.make_table(
            "deaths", columns={"name": "VARCHAR", "age": "BIGINT"}, rows=rows, plane=Plane.CONFIDENTIAL
        )


@pytest.mark.parametrize(
    ("rule", "product", "ages"),
    [
        ("tables_only", "microdata", [18, 61]),
        ("tables_only", "tables", [12, 18, 61, None]),
        ("withhold", "microdata", [18, 61]),
        ("withhold", "tables", [18, 61]),
        ("same_rules", "microdata", [12, 18, 61, None]),
    ],
)
def test_a_special_population_is_where_its_rule_says(records, rule, product, ages):
    kept = plan.keep_for(product, records=records, policy=policy(rule))
    assert [row["age"] for row in kept.records.rows(order_by=["age"])] == ages
    assert sum(kept.left_out.values()) == 4 - len(ages)


@pytest.mark.parametrize(
    ("rule", "least", "refused"), [("tables_only", 3, True), ("tables_only", 2, False), ("withhold", 3, False)]
)
def test_a_file_that_lacks_a_few_records_would_tell_how_few(records, rule, least, refused):
    tables = TierRules.model_validate({"tables": {"method": "cell_suppression", "minimum_frequency": least}})
    strict = policy(rule).model_copy(update={"tiers": {"public": tables}})
    if not refused:
        assert plan.keep_for("microdata", records=records, policy=strict).records.row_count == 2
        return
    with pytest.raises(errors.ProtectionRefused) as told:
        plan.keep_for("microdata", records=records, policy=strict)
    assert told.value.codes == ("left_out_group_small",)


def test_only_variables_come_out(records):
    made = plan.recode(records, recodings={"age_band": BANDS}, contract=CONTRACT, codelists={})
    assert made.rows() == [{"age_band": band} for band in ("0-17", "18-59", "60+", None)]


def test_a_direct_identifier_never_comes_in(records):
    name = BANDS.model_copy(update={"of": "name", "method": "keep"})
    with pytest.raises(errors.ProtectionRefused) as refused:
        plan.recode(records, recodings={"who": name}, contract=CONTRACT, codelists={}, also=["name"])
    assert refused.value.codes == ("direct_identifier", "direct_identifier")


def test_a_dataset_of_numbers_alone_is_taken_as_it_is_and_still_without_identifiers(records):
    made = plan.recode(records, recodings={}, contract=CONTRACT, codelists={}, also=["age"])
    assert made.column_names == ("age",)
    assert made.row_count == records.row_count
    with pytest.raises(errors.ProtectionRefused):
        plan.recode(records, recodings={}, contract=CONTRACT, codelists={}, also=["age", "name"])
