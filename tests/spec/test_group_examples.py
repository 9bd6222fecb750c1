"""The worked policies of the how-to on groups load as they are written, and do with records what the page says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from openjustice.contracts import crossref, declaration
from openjustice.contracts.dataset import Contract
from openjustice.contracts.policy import Policy
from openjustice.ground import engine, errors
from openjustice.ground.engine import Engine
from openjustice.ground.terms import Plane
from openjustice.protect import plan

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "protect-a-group.md"
BLOCKS = {
    name: yaml.safe_load(block)
    for name, block in re.findall(
        r"^## ([^\n]+)\n(?:(?!^## ).)*?```yaml\n(.*?)```", PAGE.read_text(), re.MULTILINE | re.DOTALL
    )
}
VICTIMS, OFFICERS, RELEASED = "Victims of domestic and sexual violence", "Officers", "People arrested and released"
FIELDS = ("relationship", "offense_group", "party", "disposition", "region", "year", "sex")
CONTRACT = Contract.model_validate({
    "dataset": "incidents", "version": "1", "title": "Incidents", "says": "Invented.", "unit": "one person",
    "persons": True, "legal_basis": "none", "reporters": "nobody", "period": {"grain": "year"}, "key": [],
    "fields": {name: {"type": "string", "role": "quasi_identifier", "says": "s"} for name in FIELDS},
})  # fmt: skip
RECODE = {
    name: {"of": name, "method": "keep", "says": "s", "role": "quasi_identifier"} for name in ("region", "year", "sex")
}


def write_policy(block: dict[str, Any], *, minimum: int = 2) -> dict[str, Any]:
    """Put a page's block into a policy that is otherwise as small as it can be."""
    whole = {
        "policy": "incidents", "version": 1, "in_force_from": "2026-01-01", "says": "s", "checkers": 2,
        "signed": [{"name": "n", "on": "2026-01-01"}],
        "tiers": {"public": {
            "recode": RECODE,
            "microdata": {"variables": list(RECODE), "attacks": [], "maximum_reidentification_rate": 0.5},
            "tables": {"method": "cell_suppression", "minimum_frequency": minimum},
        }},
    }  # fmt: skip
    return whole | block


@pytest.fixture
def opened() -> Iterator[Engine]:
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as memory:
        yield memory


def people(opened: Engine, *rows: dict[str, str | None], times: int = 3) -> engine.Table:
    """Make records with plain values but where a row says otherwise."""
    plain = {"relationship": "stranger", "offense_group": "theft", "party": "other", "disposition": "charged"}
    values = [
        tuple((plain | {"region": "R", "year": "2024", "sex": "F"} | row)[name] for name in FIELDS) for row in rows
    ]
    return opened.make_table(
        "incidents", columns=dict.fromkeys(FIELDS, "VARCHAR"), rows=values * times, plane=Plane.CONFIDENTIAL
    )


def test_the_page_has_the_three_groups():
    assert list(BLOCKS) == [VICTIMS, OFFICERS, RELEASED]


@pytest.mark.parametrize("name", BLOCKS)
def test_a_worked_policy_names_nothing_that_is_not_declared(name: str, tmp_path: Path):
    path = tmp_path / "policy.yaml"
    path.write_text(yaml.safe_dump(write_policy(BLOCKS[name])), encoding="utf-8")
    file = declaration.read_declaration(path, label="policy.yaml")
    policy = Policy.model_validate(write_policy(BLOCKS[name]))
    assert crossref.find_policy_faults(file, policy, contract=CONTRACT, codelists={}) == []


@pytest.mark.parametrize(
    ("name", "rows", "in_file"),
    [
        (VICTIMS, [{}, {"relationship": "family"}, {"offense_group": "sexual"}, {"relationship": None}], 1),
        (OFFICERS, [{}, {"party": "officer"}], 2),
        (RELEASED, [{}, {"disposition": "released"}, {"disposition": "no charge"}], 1),
    ],
)
def test_a_group_is_counted_in_tables_and_is_in_the_file_only_where_the_page_says(opened, name, rows, in_file):
    policy, records = Policy.model_validate(write_policy(BLOCKS[name])), people(opened, *rows)
    assert plan.keep_for("tables", records=records, policy=policy).records.row_count == 3 * len(rows)
    assert plan.keep_for("microdata", records=records, policy=policy).records.row_count == 3 * in_file


def test_a_group_so_small_that_the_gap_would_tell_is_refused(opened):
    policy = Policy.model_validate(write_policy(BLOCKS[RELEASED], minimum=5))
    with pytest.raises(errors.ProtectionRefused) as refused:
        plan.keep_for("microdata", records=people(opened, {}, {"disposition": "released"}), policy=policy)
    assert refused.value.codes == ("left_out_group_small",)


@pytest.mark.parametrize(("officers", "is_refused"), [(9, True), (12, False)])
def test_officers_whom_nothing_marks_leave_ten_of_everybody_alike(opened, officers, is_refused):
    policy = Policy.model_validate(write_policy(BLOCKS[OFFICERS]))
    marked = plan.mark(people(opened, {"party": "officer"}, times=officers), policy=policy)
    made = plan.recode(
        marked, recodings=policy.tiers["public"].recode, contract=CONTRACT, codelists={}, also=plan.marks(policy)
    )
    if is_refused:
        with pytest.raises(errors.ProtectionRefused):
            plan.protect_microdata(made, policy=policy, tier="public", seed=1)
        return
    done = plan.protect_microdata(made, policy=policy, tier="public", seed=1)
    assert [(item.need.k, item.after.smallest_class) for item in done.scenarios] == [(10, 12)]
