"""Linkage beside known truth: the FEBRL files and Splink's thousand records."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from openjustice.linkage import blocking, columns, comparisons, model
from openjustice.linkage.comparisons import Comparison, Kind

pytestmark = pytest.mark.real_data


def read(path: Path) -> dict[str, list[str | None]]:
    with path.open(encoding="utf-8") as file:
        head, *rows = ([cell.strip() or None for cell in row] for row in csv.reader(file))
    return {str(name): [row[at] for row in rows] for at, name in enumerate(head)}


def test_two_files_are_linked(real_data):
    ours, theirs = (read(real_data / "linkage" / "febrl" / f"dataset4{side}.csv") for side in "ab")
    steps = {
        "given_name": (0.92, 0.8), "surname": (0.92, 0.8), "street_number": (0.8,), "address_1": (0.92, 0.8),
        "suburb": (0.92, 0.8), "postcode": (0.85,), "date_of_birth": (0.92, 0.85), "soc_sec_id": (0.92, 0.85),
    }  # fmt: skip
    asked = [*(Comparison(name, Kind.TEXT, levels) for name, levels in steps.items()), Comparison("state")]
    fields = {item.field: comparisons.prepare(item, ours[item.field], theirs[item.field]) for item in asked}

    def rule(*names: str):
        return [fields[name].left.codes for name in names], [fields[name].right.codes for name in names]

    left, right = blocking.find_pairs(
        [
            rule("soc_sec_id"), rule("date_of_birth"), rule("given_name", "postcode"), rule("given_name", "suburb"),
            rule("surname", "postcode"), rule("surname", "suburb"), rule("address_1", "street_number"),
            rule("suburb", "street_number"), rule("given_name", "address_1"),
        ]
    )  # fmt: skip
    counts = [item.level_count for item in asked]
    random = np.random.default_rng(1).integers(0, 5_000, (2, 50_000))
    u = model.estimate_u(comparisons.compare_all(list(fields.values()), *random), level_counts=counts)
    levels = comparisons.compare_all(list(fields.values()), left, right)
    found = model.estimate(levels, level_counts=counts, u=u)
    told, _ = model.target_posteriors(found.weights(levels), left, records=5_000, is_in_file=0.99)
    people = [np.array([int(str(name).split("-")[1]) for name in side["rec_id"]]) for side in (ours, theirs)]
    true, linked = people[0][left] == people[1][right], told >= 0.5
    recall, precision = true[linked].sum() / 5_000, true[linked].mean()
    assert precision == 1.0
    assert recall >= 0.9982  # what Splink 5.0.0 was measured at on the same files


def test_a_thousand_records_are_grouped_with_few_errors(real_data):
    table = read(real_data / "linkage" / "splink_fake_1000" / "fake_1000.csv")
    asked = [
        Comparison("first_name", Kind.TEXT, (0.92, 0.8)), Comparison("surname", Kind.TEXT, (0.92, 0.8)),
        Comparison("dob", Kind.DATE, (31, 366)), Comparison("city", Kind.TEXT, (0.9, 0.75)),
        Comparison("email", Kind.TEXT, (0.92, 0.85)),
    ]  # fmt: skip
    fields = [comparisons.prepare(item, table[item.field]) for item in asked]
    left, right = np.triu_indices(1_000, 1)
    levels = comparisons.compare_all(fields, left, right)
    counts = [item.level_count for item in asked]
    found = model.estimate(
        levels, level_counts=counts, u=model.estimate_u(levels, level_counts=counts), match_share=0.01
    )
    person = columns.encode(table["cluster"]).codes
    true, linked = person[left] == person[right], found.posteriors(levels) >= 0.95
    assert true.sum() == 2_031
    assert true[linked].mean() >= 0.998
    assert true[linked].sum() / 2_031 >= 0.6947  # Splink 5.0.0 with its seven rules, at a precision of 1
