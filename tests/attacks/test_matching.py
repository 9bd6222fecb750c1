"""The matching attack finds everybody who was planted to be found, and nobody in a protected file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from openjustice.ground import engine
from openjustice.ground.terms import Plane
from openjustice.protect.attack import AttackResult
from openjustice.protect.attacks.matching import ATTACK

KEY = ("age", "county", "sex")
CROWD = [(age, county, sex, cause) for age in "34" for county in "AB" for sex in "MF" for cause in "XYXYX"]
PLANTED = [("9", "A", "M", "Z"), ("9", "B", "F", "Z"), ("3", "C", "M", "X")]


@pytest.fixture
def opened() -> Iterator[engine.Engine]:
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as memory:
        yield memory


def table(opened: engine.Engine, name: str, rows: list[tuple[str | None, ...]]) -> engine.Table:
    columns = dict.fromkeys((*KEY, "cause"), "VARCHAR")
    return opened.make_table(name, columns=columns, rows=rows, plane=Plane.CONFIDENTIAL)


def attack(release: engine.Table, known: engine.Table, *, maximum: float = 0.2, **parameters: float) -> AttackResult:
    result: AttackResult = ATTACK.run(
        release,
        known=known,
        key=KEY,
        sensitive=("cause",),
        maximum_rate=maximum,
        parameters=ATTACK.read_parameters(parameters),
        against="press",
    )
    return result


def test_everybody_who_stands_alone_is_found(opened):
    everybody = table(opened, "everybody", [*CROWD, *PLANTED])
    found = attack(everybody, everybody)
    assert found.figures["uniquely_matched_share"] == pytest.approx(3 / 43, abs=1e-6)
    assert found.figures["inferred_cause"] == pytest.approx(3 / 43, abs=1e-6)
    assert not found.passed


def test_too_many_right_guesses_fail_the_file(opened):
    everybody = table(opened, "everybody", [*CROWD, *PLANTED])
    rate = 11 / 43  # eight classes of the crowd and three of one
    assert attack(everybody, everybody, maximum=0.25, maximum_inferred_share=1).passed is False
    assert attack(everybody, everybody, maximum=0.26, maximum_inferred_share=1).passed is True
    assert attack(everybody, everybody).figures["bold_rate"] == pytest.approx(rate, abs=1e-6)


def test_a_blanked_file_gives_nobody_away(opened):
    hidden = [(None, None, None, None)] * 3 + [(None, None, None, "X"), (None, None, None, "Y")]
    release = table(opened, "release", [*CROWD[:-2], *hidden])
    found = attack(release, table(opened, "known", [*CROWD, *PLANTED]), maximum=0.25)
    assert found.passed
    assert found.figures["uniquely_matched_share"] == 0
    assert found.figures["inferred_cause"] == 0


def test_an_exact_match_that_shows_one_value_tells_it_although_others_may_match(opened):
    # Two records of exactly this key share cause X; a blanked record might be the person's too, but the bold reader knows.
    release = table(opened, "release", [("3", "A", "M", "X"), ("3", "A", "M", "X"), (None, None, None, "Y")])
    known = table(opened, "known", [("3", "A", "M", "X")])
    assert attack(release, known, maximum=1).figures["inferred_cause"] == 1


def test_half_a_list_is_half_the_persons(opened):
    everybody = table(opened, "everybody", [*CROWD, *PLANTED[:2]])
    assert attack(everybody, everybody, known_share=0.5).figures["persons"] == 21


def test_a_file_without_records_gives_nothing(opened):
    nobody = table(opened, "nobody", [])
    found = attack(nobody, nobody)
    assert found.passed
    assert found.figures["persons"] == 0


def test_the_result_names_no_value(opened):
    everybody = table(opened, "everybody", [("Zzyzx", "Zzyzx", "Zzyzx", "Zzyzx")])
    assert "Zzyzx" not in str(attack(everybody, everybody).as_dict())


@pytest.mark.parametrize("name", ["persons", "records", "place", "low", "blank", "linked", "classes"])
def test_a_variable_may_have_any_name(opened, name):
    columns = {name: "VARCHAR", "cause": "VARCHAR"}
    release = opened.make_table("release", columns=columns, rows=[("a", "X"), ("a", "Y")], plane=Plane.CONFIDENTIAL)
    found = ATTACK.run(
        release,
        known=release,
        key=(name,),
        sensitive=("cause",),
        maximum_rate=1.0,
        parameters=ATTACK.read_parameters({}),
        against="press",
    )
    assert found.figures["correctly_matched_share"] == 0.5
