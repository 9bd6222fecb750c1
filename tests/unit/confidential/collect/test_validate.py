"""Checking: exact counts, exact lines, one finding for one cause, on the quick road and on the careful one."""

from __future__ import annotations

import random
from typing import Any

import pytest

from openjustice.confidential.collect import ingest, validate
from openjustice.confidential.collect.findings import Verdict
from openjustice.ground import engine, errors
from openjustice.ground.terms import Plane
from unit.confidential.collect import small

FIELDS: dict[str, dict[str, Any]] = {
    "id": {"type": "string"},
    "sex": {"type": "code", "codelist": "sex"},
    "age": {"type": "integer", "range": [0, 120], "missing": {"Unk": "x"}},
}
CODES = {"sex": ["Male", "Female"]}
QUICK = {"careful_up_to_bytes": 0}


@pytest.mark.parametrize("limits", [{}, QUICK], ids=["careful", "quick"])
def test_lines_and_counts_are_exact_over_many_rows(tmp_path, limits):
    chance = random.Random(7)
    bad = {chance.randrange(2, 60_002): chance.choice(["sex", "age", "both"]) for _ in range(300)}
    rows = ["id,sex,age"]
    for line in range(2, 60_002):
        what = bad.get(line, "")
        rows.append(f"r{line},{'?' if what in ('sex', 'both') else 'Male'},{'x' if what in ('age', 'both') else 30}")
    of = small.dataset(FIELDS, checks={"once": {"kind": "unique", "fields": ["id"]}})
    result = small.check(
        tmp_path / "f.csv", "\n".join(rows) + "\n", of, codelists=CODES, listed_lines=1000, swapped_share=2, **limits
    )
    wanted = {
        "codelist": sorted(line for line, what in bad.items() if what != "age"),
        "type": sorted(line for line, what in bad.items() if what != "sex"),
    }
    assert small.lines_by_rule(result) == wanted
    assert result.counts == {rule: len(lines) for rule, lines in wanted.items()}
    assert result.rows == 60_000


@pytest.mark.parametrize("limits", [{}, QUICK], ids=["careful", "quick"])
def test_a_condition_that_the_engine_would_join_keeps_its_lines(tmp_path, limits):
    """A long IN becomes a join, which loses the order of rows; the lines must hold all the same."""
    codes = ", ".join(f"'r{line}'" for line in range(5_000, 5_100))
    of = small.dataset(FIELDS, checks={"listed": {"kind": "condition", "with": {"fails_when": f"id IN ({codes})"}}})
    text = "id,sex,age\n" + "".join(f"r{line},Male,30\n" for line in range(2, 60_002))
    result = small.check(tmp_path / "f.csv", text, of, codelists=CODES, listed_lines=1000, **limits)
    assert small.lines_by_rule(result) == {"listed": list(range(5_000, 5_100))}


def test_lines_are_limited_and_counts_are_not(tmp_path):
    of = small.dataset(FIELDS)
    text = "id,sex,age\n" + "a,?,1\n" * 50 + "b,Male,1\n" * 50
    result = small.check(tmp_path / "f.csv", text, of, codelists=CODES, listed_lines=3)
    assert small.lines_by_rule(result) == {"codelist": [2, 3, 4]}
    assert result.counts == {"codelist": 50}
    assert [item.line for item in result.findings] == [2, 3, 4]


def test_a_key_with_an_unknown_part_equals_nothing(tmp_path):
    of = small.dataset(
        {"a": {"type": "string"}, "b": {"type": "integer", "required": False}},
        checks={"once": {"kind": "unique", "fields": ["a", "b"]}},
    )
    result = small.check(tmp_path / "f.csv", "a,b\nx,\nx,\nx,1\nx,1\nx,01\n", of)
    assert small.lines_by_rule(result) == {"once": [5, 6]}


def test_parts_of_a_key_do_not_run_into_each_other(tmp_path):
    of = small.dataset(
        {"a": {"type": "string"}, "b": {"type": "string"}}, checks={"once": {"kind": "unique", "fields": ["a", "b"]}}
    )
    assert not small.check(tmp_path / "f.csv", "a,b\nxy,z\nx,yz\n", of).tallies


def test_a_cell_that_is_wrong_by_itself_is_not_asked_again_by_rules_over_the_row(tmp_path):
    of = small.dataset(
        FIELDS, checks={"known": {"kind": "condition", "with": {"fails_when": "age IS NULL OR age > 90"}}}
    )
    text = "id,sex,age\na,Male,x\nb,Male,Unk\nc,Male,130\nd,Male,95\n"
    result = small.check(tmp_path / "f.csv", text, of, codelists=CODES)
    assert small.lines_by_rule(result) == {"type": [2], "known": [3, 5], "value_range": [4]}


def test_soft_findings_alone_accept_the_file_with_queries(tmp_path):
    soft = {"kind": "condition", "severity": "soft", "ask": "Is it?", "with": {"fails_when": "age > 90"}}
    of = small.dataset(FIELDS, checks={"old": soft})
    result = small.check(tmp_path / "f.csv", "id,sex,age\na,Male,95\n", of, codelists=CODES)
    assert result.verdict is Verdict.ACCEPTED_WITH_QUERIES
    assert [item.ask for item in result.tallies] == ["Is it?"]


def test_a_layout_keeps_rows_turns_columns_into_rows_and_translates_codes(tmp_path):
    of = small.dataset(
        {"year": {"type": "integer"}, "sex": {"type": "code", "codelist": "sex"}, "residents": {"type": "integer"},
         "state": {"type": "string"}},
        mappings={"wide": {
            "columns": {"YEAR": "year"}, "codes": {"year": {"3": "2010", "4": "2011"}}, "keep": {"YEAR": ["3", "4"]},
            "constants": {"state": "CA"},
            "unpivot": {"value": "residents", "columns": {"M": {"sex": "Male"}, "F": {"sex": "Female"}}},
        }},
    )  # fmt: skip
    path = tmp_path / "f.csv"
    path.write_text("YEAR,M,F\n1,9,9\n3,10,20\n4,11,x\n")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with engine.open_memory(plane=Plane.CONFIDENTIAL, directory=scratch, files=[path]) as opened:
        ingested, result = validate.read_and_check(
            path, engine=opened, scratch=scratch, dataset=of, jurisdiction=small.jurisdiction(of, **CODES),
            today=small.TODAY,
        )  # fmt: skip
        assert small.lines_by_rule(result) == {"type": [4]}
        assert result.rows == 4
        assert ingested.records is not None
        rows = [tuple(row.values()) for row in ingested.records.rows(order_by=("_line", "sex"))]
    assert rows == [
        (2010, "Female", 20, "CA", 3), (2010, "Male", 10, "CA", 3), (2011, "Female", None, "CA", 4), (2011, "Male", 11, "CA", 4),
    ]  # fmt: skip


@pytest.mark.parametrize("limits", [{}, QUICK], ids=["careful", "quick"])
def test_records_have_the_contracts_types_and_lines(tmp_path, limits):
    of = small.dataset({
        "t": {"type": "string", "required": False}, "i": {"type": "integer"}, "n": {"type": "number"},
        "b": {"type": "boolean"}, "d": {"type": "date", "format": "%m/%d/%Y"}, "c": {"type": "code", "codelist": "sex"},
    })  # fmt: skip
    path = tmp_path / "f.csv"
    path.write_text('t,i,n,b,d,c\n"x, y",007,1.50,Yes,02/29/2024,Male\n,-1,.5,false,2024-03-01,Female\n')
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with engine.open_memory(plane=Plane.CONFIDENTIAL, directory=scratch, files=[path]) as opened:
        ingested, result = validate.read_and_check(
            path, engine=opened, scratch=scratch, dataset=of, jurisdiction=small.jurisdiction(of, **CODES),
            today=small.TODAY, limits=ingest.read_limits().model_copy(update=limits),
        )  # fmt: skip
        assert not result.tallies
        assert ingested.records is not None
        assert [kind for _, kind in ingested.records.columns] == [
            "VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN", "DATE", "VARCHAR", "BIGINT",
        ]  # fmt: skip
        rows = [tuple(map(str, row.values())) for row in ingested.records.rows(order_by=("_line",))]
    assert rows == [
        ("x, y", "7", "1.5", "True", "2024-02-29", "Male", "2"),
        ("None", "-1", "0.5", "False", "2024-03-01", "Female", "3"),
    ]


def test_parquet_is_read_with_its_rows_as_lines(tmp_path):
    of = small.dataset({**FIELDS, "d": {"type": "date"}})
    path = tmp_path / "f.parquet"
    with engine.open_memory(plane=Plane.PUBLIC, directory=tmp_path) as writer:
        table = writer.make_table(
            "t", columns={"id": "VARCHAR", "sex": "VARCHAR", "age": "DOUBLE", "d": "TIMESTAMP"}, plane=Plane.PUBLIC,
            rows=[["a", "Male", 30.0, "2024-01-01"], ["b", "?", 30.5, "2024-01-02"]],
        )  # fmt: skip
        writer.write_parquet(table, path)
    result = validate.check_file(
        path, dataset=of, jurisdiction=small.jurisdiction(of, **CODES), today=small.TODAY, limit_per_rule=5
    )
    assert small.lines_by_rule(result) == {"codelist": [2], "type": [2]}
    assert result.form == "Parquet"


def test_exchanged_columns_are_one_finding(tmp_path):
    of = small.dataset(
        {**FIELDS, "when": {"type": "date"}},
        checks={"late": {"kind": "condition", "with": {"fails_when": "age IS NULL"}}},
    )
    text = "id,sex,age,when\n" + "".join(f"r{row},Male,2024-01-0{1 + row % 9},{row}\n" for row in range(40))
    result = small.check(tmp_path / "f.csv", text, of, codelists=CODES)
    assert [(item.rule, item.field, item.lines) for item in result.tallies] == [("swapped_columns", "age", (1,))]
    assert "'age' and 'when'" in result.tallies[0].says


def test_an_unknown_kind_of_check_or_parameter_is_the_registrys_fault(tmp_path):
    for given, code in (
        ({"kind": "magic"}, "unknown_check"),
        ({"kind": "condition", "with": {"fails": "age > 1"}}, "wrong_value"),
    ):
        of = small.dataset(FIELDS, checks={"rule": given})
        with pytest.raises(errors.RegistryRefused) as refused:
            small.check(tmp_path / "f.csv", "id,sex,age\na,Male,1\n", of, codelists=CODES)
        assert refused.value.codes == (code,)


def test_the_same_file_gives_the_same_result(tmp_path):
    of = small.dataset(FIELDS)
    text = "id,sex,age\na,?,x\n"
    first, second = (small.check(tmp_path / "f.csv", text, of, codelists=CODES).as_dict() for _ in range(2))
    assert first == second
