"""Looks persons of an outside list up in a record file, on the engine: apart from the code that protects the file."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.ground.engine import Table, quote
from openjustice.linkage import columns, lookup
from openjustice.protect.attack import AttackResult, Success, number_rows, run_example, share
from openjustice.protect.attacks.matching.parameters import Parameters

# Counts stand beside the variables of any policy; a name with a space can be none of theirs.
PERSONS, RECORDS = quote("persons counted"), quote("records counted")


def run(
    release: Table,
    *,
    known: Table,
    key: Sequence[str],
    sensitive: Sequence[str],
    maximum_rate: float,
    parameters: Parameters,
    against: str,
    sources: Mapping[str, Table] | None = None,  # noqa: ARG001 (the shape of every attack on records)
) -> AttackResult:
    """Link each person of the list to the records of the file that may be theirs, and say what the intruder learns.

    `known` holds one row for each person, with the key as the intruder knows it and the sensitive values in truth; a blank
    on either side may stand for anything. Two intruders are counted. The cautious one picks at random among all records
    that may be the person's. The bold one knows how the file was made and in which class the person's record stands: at
    the worst, one over the smallest class. The attack passes where the bold one's average success over all persons is at
    most `maximum_rate` and no more values are learned than the parameters allow. With a tolerance a third intruder is
    counted, whose list is off by so much, and who names the likeliest record of each person. Where it is known which rows of
    the list are one person's, success is counted by person too. Assumes that every person on the list is in the file. Sources: Elliot et al., The Anonymisation Decision-Making Framework (2020); El Emam (2013).
    """
    persons, classes = _persons_table(known, key=key, share=parameters.known_share), _classes_table(release, key=key)
    figures = _linking_figures(persons, classes, key=key)
    inferred = {name: _inferred(persons, release, key=key, sensitive=name) for name in sensitive}
    success, near, alone = _guess(release, known, figures, key=key, parameters=parameters)
    people = _people_figures(known, classes, key=key, person=parameters.person) if parameters.person else {}
    highest = max(figures["bold_rate"], near.get("named_rate", 0.0), people.get("person_rate", 0.0))
    passes_rate = highest <= maximum_rate + 1e-12
    passed = passes_rate and all(share <= parameters.maximum_inferred_share for share in inferred.values())
    shares = {f"inferred_{name}": share for name, share in inferred.items()}
    says = _sentence(figures, inferred, maximum=maximum_rate)
    leaks = [] if passes_rate else [f"Records are named rightly more often than the {maximum_rate:.0%} allowed."]
    leaks += [
        f"For {share:.2%} of the persons every possible record shows the same value of '{name}'."
        for name, share in inferred.items()
        if share > parameters.maximum_inferred_share
    ]
    return AttackResult(
        attack="matching",
        against=against,
        passed=passed,
        says=says,
        figures={**figures, **near, **people, **shares, "maximum_rate": maximum_rate, **success.figures()},
        leaks=tuple(leaks),
        at_risk=number_rows(_stands_out(release, key=key, maximum=maximum_rate) | alone),
    )


def work_example(given: Mapping[str, Any]) -> Any:
    """Run the attack on a worked example and return whether it passed, with its figures."""
    return run_example(run, Parameters, given)


def _guess(
    release: Table, known: Table, figures: Mapping[str, Any], *, key: Sequence[str], parameters: Parameters
) -> tuple[Success, dict[str, float], NDArray[np.bool_]]:
    """Return how often naming the likeliest record is right, more of it where the list is off, and who is found alone."""
    guess, confidence = parameters.is_in_file / max(figures["records"], 1), parameters.confidence
    people = int(figures["persons"])
    if not parameters.tolerance:
        right = figures["correctly_matched_share"] * people * parameters.is_in_file
        nobody = np.zeros(release.row_count, dtype=np.bool_)
        return Success(tries=people, right=right, guess=guess, confidence=confidence), {}, nobody
    keys = lookup.code_keys(
        columns.read_columns(known, key), columns.read_columns(release, key), key=key, tolerance=parameters.tolerance
    )
    found = lookup.look_up(keys, error=parameters.error, is_in_file=parameters.is_in_file)
    success = Success(tries=len(found.row), right=float(found.probability.sum()), guess=guess, confidence=confidence)
    near = {
        "named_rate": share(found.probability.sum(), len(found.row)),
        "surely_named_share": share((found.probability >= parameters.sure).sum(), len(found.row)),
    }
    return success, near, np.isin(np.arange(release.row_count), found.row[found.candidates == 1])


def _stands_out(release: Table, *, key: Sequence[str], maximum: float) -> NDArray[np.bool_]:
    """Return which records stand in a class so small that a bold guess is right more often than allowed."""
    read = columns.read_columns(release, key)
    packed = columns.pack([read[name].codes + 1 for name in key])
    _, which, counts = np.unique(packed, return_inverse=True, return_counts=True)
    return np.asarray(counts[which.reshape(-1)] * maximum < 1 - 1e-12)


def _persons_table(known: Table, *, key: Sequence[str], share: float) -> Table:
    """Count the persons of the intruder's list by key; of a shorter list, those at equal steps."""
    names, step = _names(key), quote("step of person")
    statement = f"""
        WITH ordered AS (SELECT {names}, row_number() OVER (ORDER BY {names}) AS {step} FROM known)
        SELECT {names}, count(*) AS {PERSONS} FROM ordered
        WHERE floor({step} * $share) > floor(({step} - 1) * $share) GROUP BY {names}"""
    return known.engine.derive("persons", statement, inputs={"known": known}, parameters={"share": share})


def _classes_table(release: Table, *, key: Sequence[str]) -> Table:
    statement = f"SELECT {_names(key)}, count(*) AS {RECORDS} FROM released GROUP BY {_names(key)}"
    return release.engine.derive("classes", statement, inputs={"released": release})


def _linking_figures(persons: Table, classes: Table, *, key: Sequence[str]) -> dict[str, Any]:
    """Return what linking alone gives: who has one possible record, and how often a guess is right."""
    statement = f"""
        WITH linked AS (
            SELECT any_value(persons.{PERSONS}) AS people, sum(classes.{RECORDS}) AS possible
            FROM persons JOIN classes ON {_may_be(key)} GROUP BY {_names(key, of="persons")})
        SELECT coalesce(sum(CASE WHEN possible = 1 THEN people END), 0) AS alone,
               coalesce(sum(people / possible), 0) AS named,
               coalesce(min(possible), 0) AS fewest
        FROM linked"""
    linked = classes.engine.derive("linked", statement, inputs={"persons": persons, "classes": classes}).rows()[0]
    records, everybody = _sum(classes, RECORDS), _sum(persons, PERSONS)
    return {
        "persons": everybody,
        "records": records,
        "uniquely_matched_share": _share(linked["alone"], everybody),
        "correctly_matched_share": _share(linked["named"], everybody),
        "fewest_possible_records": int(linked["fewest"]),
        "bold_rate": _share(classes.row_count, records),
    }


def _people_figures(known: Table, classes: Table, *, key: Sequence[str], person: str) -> dict[str, float]:
    """Return how often a guess names a person: at the record by which each is found most easily, and of all persons the worst.

    A guess names a person where it falls on any record of theirs: so many of the records that may be theirs as the list has
    rows of theirs that look alike. A row of nobody known is a person of its own. The list is taken whole.
    """
    names, who, own = _names(key), quote("who it is"), quote("rows of theirs")
    statement = f"""
        WITH named AS (
            SELECT {names}, CASE WHEN {quote(person)} IS NULL THEN 'row ' || row_number() OVER ()
                                 ELSE 'person ' || {quote(person)} END AS {who} FROM known),
        listed AS (SELECT {names}, {who}, count(*) AS {own} FROM named GROUP BY ALL),
        persons AS (SELECT DISTINCT {names} FROM listed),
        linked AS (
            SELECT {_names(key, of="persons")}, sum(classes.{RECORDS}) AS {RECORDS}
            FROM persons JOIN classes ON {_may_be(key)} GROUP BY {_names(key, of="persons")}),
        best AS (
            SELECT max(coalesce(least(persons.{own} / classes.{RECORDS}, 1), 0)) AS chance
            FROM listed AS persons LEFT JOIN linked AS classes ON {_equals(key)} GROUP BY persons.{who})
        SELECT count(*) AS people, coalesce(sum(chance), 0) AS named, coalesce(max(chance), 0) AS highest FROM best"""
    found = classes.engine.derive("people", statement, inputs={"known": known, "classes": classes}).rows()[0]
    return {
        "people": int(found["people"]),
        "person_rate": _share(found["named"], found["people"]),
        "person_highest_rate": _share(found["highest"], 1),
    }


def _inferred(persons: Table, release: Table, *, key: Sequence[str], sensitive: str) -> float:
    """Return the share of persons of whom all possible records, or all that match exactly, show one value and no blank."""
    value, lowest, highest, blanks = (
        quote(sensitive),
        quote("lowest value"),
        quote("highest value"),
        quote("blank values"),
    )
    classes = release.engine.derive(
        "values_by_class",
        f"""SELECT {_names(key)}, min({value}) AS {lowest}, max({value}) AS {highest}, count(*) - count({value}) AS {blanks}
            FROM released GROUP BY {_names(key)}""",
        inputs={"released": release},
    )
    exact = quote("exact match")
    statement = f"""
        WITH pairs AS (
            SELECT {_names(key, of="persons")}, persons.{PERSONS}, classes.{lowest}, classes.{highest},
                   classes.{blanks}, {_equals(key)} AS {exact}
            FROM persons JOIN classes ON {_may_be(key)}),
        judged AS (
            SELECT any_value({PERSONS}) AS people,
                   min({lowest}) = max({highest}) AND sum({blanks}) = 0 AS anything,
                   min(CASE WHEN {exact} THEN {lowest} END) = max(CASE WHEN {exact} THEN {highest} END)
                   AND sum(CASE WHEN {exact} THEN {blanks} END) = 0 AS exactly
            FROM pairs GROUP BY {_names(key)})
        SELECT coalesce(sum(CASE WHEN anything OR exactly THEN people END), 0) AS learned FROM judged"""
    found = release.engine.derive("learned", statement, inputs={"persons": persons, "classes": classes}).rows()[0]
    return _share(found["learned"], _sum(persons, PERSONS))


def _sum(table: Table, column: str) -> int:
    statement = f"SELECT coalesce(sum({column}), 0) AS total FROM counted"
    return int(table.engine.derive("total", statement, inputs={"counted": table}).rows()[0]["total"])


def _names(key: Sequence[str], *, of: str | None = None) -> str:
    return ", ".join(f"{of}.{quote(name)}" if of else quote(name) for name in key)


def _may_be(key: Sequence[str]) -> str:
    columns = [(f"persons.{quote(name)}", f"classes.{quote(name)}") for name in key]
    return " AND ".join(f"({one} IS NULL OR {other} IS NULL OR {one} = {other})" for one, other in columns)


def _equals(key: Sequence[str]) -> str:
    return " AND ".join(f"persons.{quote(name)} IS NOT DISTINCT FROM classes.{quote(name)}" for name in key)


def _share(part: float, whole: float) -> float:
    share = float(part) / float(whole) if whole else 0.0
    return 0.0 if math.isnan(share) else round(share, 6)


def _sentence(figures: Mapping[str, Any], inferred: Mapping[str, float], *, maximum: float) -> str:
    learned = ", ".join(f"{share:.1%} for '{name}'" for name, share in inferred.items())
    return (
        f"Of the persons on the list, {figures['uniquely_matched_share']:.1%} match one record alone and at least"
        f" {figures['fewest_possible_records']} records may belong to each. A guess is right for"
        f" {figures['correctly_matched_share']:.1%}; where the intruder knows the class, for {figures['bold_rate']:.1%}"
        f" (allowed: {maximum:.0%})." + (f" A value is learned for certain: {learned}." if learned else "")
    )
