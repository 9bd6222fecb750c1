"""The scoring of tables: every row of the guidelines' tables at both its ends, the worked examples, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from openjustice.contracts import registry
from openjustice.contracts.small_cells import ScoredTable, ScoringRules
from openjustice.ground import errors
from openjustice.protect import small_cells
from openjustice.protect.small_cells import Verdict

SCORINGS = registry.load_registry(only=["demo"]).scorings
EDITION_2 = SCORINGS["calhhs_ddg_2"]

# Written down from the guidelines, and not read from the registry: figure, points.
POPULATION = [
    (4_000_001, 1),
    (4_000_000, 2),
    (300_001, 2),
    (300_000, 3),
    (100_001, 3),
    (100_000, 5),
    (20_001, 5),
    (20_000, 7),
]
RESIDENCE = [
    (2_000_001, -5), (2_000_000, -3), (1_000_001, -3), (1_000_000, -1), (560_001, -1), (560_000, 0), (250_001, 0),
    (250_000, 1), (100_001, 1), (100_000, 3), (50_001, 3), (50_000, 4), (20_001, 4), (20_000, 5), (4_001, 5), (4_000, 7), (1, 7),
]  # fmt: skip
SERVICE = [
    (2_000_001, -5), (2_000_000, -4), (1_000_001, -4), (1_000_000, -3), (560_001, -3), (560_000, -1), (250_001, -1),
    (250_000, 0), (20_001, 0), (20_000, 1),
]  # fmt: skip
CHOICES = {
    "race": {"white_asian_black_hispanic_mena": 2, "plus_aian_nhpi_mixed": 3},
    "hispanic": {"yes_no": 1},
    "language": {"english_spanish_other": 1},
    "sex": {"male_female": 1},
    "sexual_orientation": {"four_groups": 2},
    "gender_identity": {"three_groups": 3, "detailed": 5},
    "intersex": {"yes_no": 2},
    "immigration": {"citizen_foreign_born": 1, "plus_lpr": 2, "detailed": 7},
    "payer": {"medi_cal_medicare_private": 1, "plus_self_pay": 2},
    "period": {"5_years": -5, "2_to_4_years": -3, "1_year": 0, "half_year": 3, "quarter": 4, "month": 5},
    "service_geography": {"street_address": 3, "rural_address": 5, "frontier_address": 7},
}


def table(*variables: dict[str, Any], smallest: int = 3, denominator: int | None = None) -> ScoredTable:
    return ScoredTable.model_validate(
        {"title": "t", "smallest_count": smallest, "smallest_denominator": denominator, "variables": variables}
    )


def points(*variables: dict[str, Any], rules: ScoringRules = EDITION_2, **given: Any) -> dict[str, int | None]:
    return {
        line.variable: line.points for line in small_cells.score_table(table(*variables, **given), rules=rules).lines
    }


@pytest.mark.parametrize(("count", "expected"), [(1_000, 2), (999, 3), (100, 3), (99, 5), (11, 5), (10, 7), (0, 7)])
def test_events_are_scored_by_the_smallest_count(count: int, expected: int) -> None:
    assert points(smallest=count)["events"] == expected


@pytest.mark.parametrize(
    ("years", "expected"), [(30, 1), (29, 2), (11, 2), (10, 3), (6, 3), (5, 5), (3, 5), (2, 7), (1, 7)]
)
def test_age_is_scored_by_the_years_in_a_band(years: int, expected: int) -> None:
    assert points({"as": "age", "years": years})["age"] == expected


@pytest.mark.parametrize("variable", ["race", "language", "other"])
@pytest.mark.parametrize(("population", "expected"), POPULATION)
def test_detailed_groups_are_scored_by_their_population(variable: str, population: int, expected: int) -> None:
    assert points({"as": variable, "population": population})[variable] == expected


@pytest.mark.parametrize(("population", "expected"), RESIDENCE)
def test_residence_is_scored_by_population_and_a_doubled_bound_by_the_higher_points(
    population: int, expected: int
) -> None:
    assert points({"as": "residence_geography", "population": population})["residence_geography"] == expected


@pytest.mark.parametrize(("population", "expected"), SERVICE)
def test_service_is_scored_more_leniently(population: int, expected: int) -> None:
    assert points({"as": "service_geography", "population": population})["service_geography"] == expected


@pytest.mark.parametrize(
    ("variable", "choice", "expected"), [(name, *item) for name, given in CHOICES.items() for item in given.items()]
)
def test_a_named_choice_has_its_points(variable: str, choice: str, expected: int) -> None:
    assert points({"as": variable, "choice": choice})[variable] == expected


@pytest.mark.parametrize(("categories", "expected"), [(2, 3), (4, 3), (5, 5), (9, 5), (10, 7), (40, 7)])
def test_another_variable_is_scored_by_its_categories_and_asks_for_review(categories: int, expected: int) -> None:
    line = small_cells.score_table(table({"as": "other", "categories": categories}), rules=EDITION_2).lines[1]
    assert line.points == expected
    assert "review" in line.review


@pytest.mark.parametrize(("smallest", "expected"), [(5, -5), (4, -3), (3, -3), (2, 0), (1, 0)])
def test_events_time_and_place_alone_lower_the_score(smallest: int, expected: int) -> None:
    place = {"as": "residence_geography", "population": 80_000}
    assert points(place, {"as": "period", "choice": "1_year"}, smallest=smallest)["interactions"] == expected


@pytest.mark.parametrize(("names", "expected"), [(["sex"], 1), (["sex", "race"], 2), (["sex", "race", "hispanic"], 4)])
def test_variables_of_persons_raise_it_together(names: list[str], expected: int) -> None:
    given = [{"as": name, "choice": next(iter(CHOICES[name]))} for name in names]
    assert points(*given)["interactions"] == expected
    assert (
        points(*given, {"as": "sex", "choice": "male_female"}, {"as": "sex", "choice": "male_female"})["interactions"]
        == 4
    )


def test_the_worst_of_several_codes_counts() -> None:
    assert points({"as": "residence_geography", "population": [900_000, 15_000]})["residence_geography"] == 5


@pytest.mark.parametrize("example", EDITION_2.examples, ids=lambda item: item.title)
def test_a_worked_example_of_the_rules_comes_out_as_written(example: Any) -> None:
    found = small_cells.score_table(example.table, rules=EDITION_2)
    assert (found.total, found.verdict) == (example.score, Verdict(example.verdict))
    assert found.total == sum(line.points or 0 for line in found.lines)


@pytest.mark.parametrize(
    ("smallest", "denominator", "verdict"),
    [
        (11, 20_001, Verdict.UNSCORED),
        (10, 20_001, Verdict.SUPPRESS),
        (11, 20_000, Verdict.SUPPRESS),
        (11, None, Verdict.SUPPRESS),
    ],
)
def test_a_large_numerator_over_a_large_denominator_needs_no_score(
    smallest: int, denominator: int | None, verdict: Verdict
) -> None:
    given = [{"as": "other", "categories": 12}, {"as": "age", "years": 1}]
    found = small_cells.score_table(table(*given, smallest=smallest, denominator=denominator), rules=EDITION_2)
    assert found.verdict is verdict


def test_twelve_points_release_and_thirteen_hide() -> None:
    twelve = table(
        {"as": "race", "choice": "plus_aian_nhpi_mixed"},
        {"as": "intersex", "choice": "yes_no"},
        {"as": "period", "choice": "1_year"},
        smallest=50,
    )
    assert (found := small_cells.score_table(twelve, rules=EDITION_2)).verdict is Verdict.RELEASE
    assert found.total == 12
    more = twelve.model_copy(
        update={"variables": (*twelve.variables, *table({"as": "service_geography", "population": 20_000}).variables)}
    )
    assert (found := small_cells.score_table(more, rules=EDITION_2)).total == 13
    assert found.verdict is Verdict.SUPPRESS


def test_what_the_rules_do_not_know_is_refused_all_at_once() -> None:
    with pytest.raises(errors.ProtectionRefused) as refused:
        points({"as": "offense"}, {"as": "sex", "choice": "detailed"}, {"as": "age"}, {"as": "events", "choice": "x"})
    assert refused.value.codes == ("variable_unscored", "choice_unknown", "figure_wanting", "variable_unscored")
    assert "years" in str(refused.value)


def test_a_count_that_no_row_of_the_rules_holds_is_not_known() -> None:
    events = EDITION_2.variables["events"].model_copy(update={"bands": ()})
    rules = EDITION_2.model_copy(update={"variables": {**EDITION_2.variables, "events": events}})
    assert small_cells.score_table(table(), rules=rules).verdict is Verdict.UNKNOWN


def test_edition_1_shows_what_is_known_and_judges_nothing() -> None:
    rules = SCORINGS["calhhs_ddg_1"]
    found = small_cells.score_table(
        table({"as": "age", "years": 11}, {"as": "sex", "choice": "male_female"}, {"as": "period"}), rules=rules
    )
    assert [line.points for line in found.lines] == [None, 2, 1, None, None]
    assert found.verdict is Verdict.UNKNOWN
    assert not any(line.verified for line in found.lines)
    assert found.as_dict()["total"] is None
    known = {"race": {"three_groups": 2, "all_groups": 3, "detailed": 4}, "ethnicity": {"yes_no": 2},
             "race_ethnicity": {"together": 3}, "language": {"three_groups": 2, "single_detailed": 4}}  # fmt: skip
    for name, choices in known.items():
        for choice, expected in choices.items():
            assert points({"as": name, "choice": choice}, rules=rules)[name] == expected
    for years, expected in [(11, 2), (10, 3), (6, 3), (5, 5), (3, 5), (2, 7)]:
        assert points({"as": "age", "years": years}, rules=rules)["age"] == expected


@pytest.mark.real_data
def test_the_registry_holds_every_figure_of_the_facts_that_were_read(real_data: Path) -> None:
    facts = json.loads((real_data / "tabular" / "policy_facts.json").read_text())["calhhs_ddg_ed2"]
    scored, rules = facts["score_variables"], EDITION_2
    bands = {
        "events_smallest_cell": rules.variables["events"].bands,
        "statewide_population_of_category": rules.scales["state_population"].bands,
        "age_range_years": rules.variables["age"].bands,
        "residence_geography_population": rules.variables["residence_geography"].bands,
        "service_geography_population": rules.variables["service_geography"].bands,
    }
    for name, mine in bands.items():
        theirs = [(row.get("min"), row.get("max"), row["points"]) for row in scored[name] if "address" not in row]
        assert [(band.at_least, band.at_most, band.points) for band in mine] == theirs
    assert [band.points for band in rules.variables["other"].bands] == [
        row["points"] for row in scored["other_variable"]["categories"]
    ]
    choices = {name: dict(item.choices) for name, item in rules.variables.items()}
    assert choices["period"] == scored["reporting_period"]
    assert {**choices["race"], "detailed": "statewide_population_of_category"} == scored["race_or_race_ethnicity"]
    assert {**choices["language"], "detailed": "statewide_population_of_category"} == scored["language"]
    assert choices["payer"] == scored["payer"]
    assert choices["immigration"] == scored["immigration"]
    assert list(choices["service_geography"].values()) == [
        row["points"] for row in scored["service_geography_population"] if "address" in row
    ]
    single = {
        "hispanic": "ethnicity_hispanic_yes_no",
        "sex": "sex_male_female",
        "sexual_orientation": "sexual_orientation_4",
        "intersex": "intersex",
    }
    assert {name: list(choices[name].values()) for name in single} == {
        name: [scored[key]] for name, key in single.items()
    }
    assert choices["gender_identity"] == {
        "three_groups": scored["gender_identity_3"],
        "detailed": scored["gender_identity_detailed"],
    }
    together = scored["variable_interactions"]
    assert [band.points for band in rules.interactions.with_others] == [
        together[f"plus_{count}"] for count in (1, 2, 3)
    ]
    alone = "events_time_geography_only"
    assert [band.points for band in rules.interactions.alone] == [
        together[f"{alone}_min5"],
        together[f"{alone}_min3"],
        together[alone],
    ]
    condition = facts["numerator_denominator_condition"]
    assert rules.unscored is not None
    assert (rules.unscored.numerator_at_least, rules.unscored.denominator_at_least) == (
        condition["numerator_min"],
        condition["denominator_min"],
    )
    assert (rules.suppress_at, rules.status, list(rules.steps)) == (
        facts["score_suppress_at"],
        facts["status"],
        facts["steps"],
    )
    assert list(rules.not_covered) == facts["variables_not_covered_for_justice"]
    assert rules.masking["do_not_reveal_reason"] == facts["masking"]["do_not_reveal_reason"]
