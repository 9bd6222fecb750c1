"""Nobody is erased unseen: what each group loses, which disparities still show, and caps that hold or are refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from openjustice.contracts.policy import MicrodataRules, Recoding
from openjustice.ground import engine, errors
from openjustice.ground.engine import Engine, Table
from openjustice.ground.terms import Plane
from openjustice.protect.methods.local_suppression import METHOD
from openjustice.protect.methods.local_suppression.method import Suppressed
from openjustice.protect.plan import caps, groups
from openjustice.protect.plan.group_report import digits_of
from openjustice.protect.risk import Need

COLUMNS = {"fine": "VARCHAR", "race": "VARCHAR", "place": "VARCHAR", "manner": "VARCHAR"}
RECODINGS = {
    name: Recoding.model_validate({"of": of, "method": "keep", "says": "s", "role": "quasi_identifier"})
    for name, of in {"fine": "reported", "race": "reported", "place": "town", "manner": "manner"}.items()
}
CROWD = [("White", "Majority"), ("Black", "Majority"), ("Native", "Minority"), ("Asian", "Minority")]
FILE = ("race", "place", "manner")


@pytest.fixture
def opened() -> Iterator[Engine]:
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as memory:
        yield memory


def people(opened: Engine, *, rare: int = 4) -> Table:
    """Make a majority of 120 in two places, and a minority of a few, spread over both."""
    rows = [
        (*CROWD[at % 2], "AB"[at % 3 > 0], "natural" if at % 4 else "homicide") for at in range(120)
    ] + [(*CROWD[2 + at % 2], "AB"[at % 2], "natural") for at in range(rare)]  # fmt: skip
    return opened.make_table("records", columns=COLUMNS, rows=rows, plane=Plane.CONFIDENTIAL)


def suppress(records: Table, **importance: float) -> Suppressed:
    made: Suppressed = METHOD.apply(
        records, parameters=METHOD.read_parameters({}), variables=FILE,
        needs=[Need(scenario="press", key=("race", "place"), k=3, l={})], importance=importance, seed=1,
    )  # fmt: skip
    return made


def measure(records: Table, made: Suppressed, *names: str, **more: Any) -> dict[tuple[str, str], groups.GroupLoss]:
    found = groups.measure_groups(made, recoded=records, recodings=RECODINGS, groups=names, **more)
    return {(item.variable, item.code): item for item in found}


def rules(**changes: Any) -> MicrodataRules:
    given = {"variables": FILE, "maximum_reidentification_rate": 0.5} | changes
    return MicrodataRules.model_validate(given)


def test_a_group_that_is_blanked_is_told_with_its_share(opened):
    records = people(opened)
    kept = measure(records, suppress(records, race=9), "race")
    assert (kept["race", "Minority"].records, kept["race", "Minority"].lost) == (4, 0)
    assert kept["race", "Minority"].touched == 1  # each lost the place in its stead
    lost = measure(records, suppress(records, place=9), "race")["race", "Minority"]
    assert (lost.lost, lost.erased, lost.alone) == (1, True, False)


def test_a_group_that_the_file_does_not_name_is_charged_through_the_variable_of_its_field(opened):
    records = people(opened)
    found = measure(records, suppress(records, race=9), "fine", "race")
    assert [found["fine", name].records for name in ("White", "Native")] == [60, 2]
    assert found["fine", "Native"].lost == 0
    assert not found["fine", "Native"].alone  # it stands together with another group
    assert found["race", "Minority"].alone


def test_a_group_of_a_field_that_the_file_does_not_have_has_no_share(opened):
    records = people(opened)
    recodings = RECODINGS | {"fine": RECODINGS["fine"].model_copy(update={"of": "elsewhere"})}
    made = suppress(records)
    found = groups.measure_groups(made, recoded=records, recodings=recodings, groups=["fine"])
    assert {item.lost for item in found} == {None}
    assert all(item.erased for item in found)


def test_which_of_several_equal_records_was_blanked_does_not_matter(opened):
    records = people(opened)
    made = suppress(records)
    order = np.random.default_rng(3).permutation(len(made.before))
    turned = Suppressed(
        table=made.table, variables=made.variables, labels=made.labels, before=made.before[order],
        after=made.after[order], price=made.price, least_price=made.least_price,
    )  # fmt: skip
    assert measure(records, made, "fine", "race") == measure(records, turned, "fine", "race")


def test_detail_is_what_stands_under_a_code(opened):
    rows = [("White", "x"), ("Black", "x"), ("Native", "x"), ("Asian", "y"), (None, None)]
    both = opened.make_table("b", columns={"raw": "VARCHAR", "made": "VARCHAR"}, rows=rows, plane=Plane.CONFIDENTIAL)
    rule = {"made": RECODINGS["race"].model_copy(update={"of": "raw"})}
    assert groups.measure_detail(both, recodings=rule) == {"made": {"x": 2 / 3, "y": 0.0}}


def test_detail_after_blanks_is_less_than_after_recoding_and_nothing_is_lost_without_both(opened):
    records = people(opened)
    made = suppress(records, race=9)
    plain = measure(records, made, "race")["race", "Minority"]
    assert plain.recoded == 1
    assert plain.kept == pytest.approx(2 / 3)
    coarse = measure(records, made, "race", detail={"race": {"Minority": 0.5}})["race", "Minority"]
    assert coarse.recoded == pytest.approx(1 - 0.5 / 3)
    assert coarse.kept == pytest.approx(1 - 1.5 / 3)


def test_disparities_are_compared_before_and_after_with_an_interval(opened):
    records = people(opened)
    found = groups.measure_disparities(suppress(records, race=9), groups=["race"], outcomes=["manner"], confidence=0.95)
    by = {(item.group, item.value): item for item in found}
    majority = by["Majority", "natural"]
    assert majority.counts == (90, 120, 4, 4)
    assert majority.before == pytest.approx(0.75)
    assert majority.low < 0.75 < majority.high
    assert majority.stays
    assert by["Minority", "homicide"].before == pytest.approx((0.5 / 5) / (30.5 / 121))


def test_a_disparity_that_the_file_no_longer_shows_does_not_stay(opened):
    records = people(opened)
    found = groups.measure_disparities(
        suppress(records, place=9), groups=["race"], outcomes=["manner"], confidence=0.95
    )
    assert {(item.after, item.stays) for item in found} == {(None, False)}
    assert groups.measure_disparities(suppress(records), groups=["race"], outcomes=["race"], confidence=0.9) == ()


def test_the_interval_of_a_ratio_is_katzs():
    # Worked by hand: 15/100 against 30/100.
    ratio, low, high = groups.ratio_interval((15, 100, 30, 100), z=1.959964)
    assert (ratio, round(low, 3), round(high, 3)) == (0.5, 0.287, 0.87)


def cap(records: Table, limits: dict[str, float], **importance: float) -> Suppressed:
    given = rules(cap=limits, importance=importance)
    return caps.suppress_within(
        lambda weights: [suppress(records, **weights)], recoded=records, rules=given, recodings=RECODINGS
    )[1]


def test_a_cap_is_kept_by_blanking_something_else(opened):
    records = people(opened)
    free, held = cap(records, {}, place=9), cap(records, {"race": 0.1}, place=9)
    shares = [
        groups.worst_share(tuple(measure(records, made, "race").values()), variable="race") for made in (free, held)
    ]
    assert shares == [1, 0]


def test_a_cap_on_a_group_that_the_file_does_not_name_acts_on_the_variable_of_its_field(opened):
    records = people(opened)
    held = cap(records, {"fine": 0.0}, place=9)
    assert measure(records, held, "fine")["fine", "Asian"].lost == 0


def test_a_cap_that_cannot_be_kept_is_refused_with_the_nearest_figure(opened):
    records = people(opened, rare=2)
    with pytest.raises(errors.ProtectionRefused) as refused:
        cap(records, {"race": 0.1})
    (fault,) = refused.value.faults
    assert fault.code == "cap_unreachable"
    assert "100.0%" in fault.why
    assert fault.place.field == "race"


def test_digits_of_a_share_stand_for_at_least_k_records():
    assert [digits_of(records, least=5) for records in (49, 50, 500, 5000, 10**6)] == [0, 1, 2, 3, 3]
