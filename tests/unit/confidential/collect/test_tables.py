"""A delivery of several tables: what hangs on what, rules that read two tables, and every form it may come in."""

from __future__ import annotations

import json
import zipfile
from typing import Any

import pytest

from openjustice.confidential.collect import delivery, ingest, submission, tables
from openjustice.ground import errors
from unit.confidential.collect import small

FIELDS = {"stop": {"type": "string"}, "on_day": {"type": "date"}, "vehicle": {"type": "boolean"}}
TABLES: dict[str, Any] = {
    "person": {
        "key": ["stop", "number"],
        "belongs_to": {"least": 1, "most": 3},
        "fields": {
            "stop": {"type": "string"},
            "number": {"type": "integer"},
            "passenger": {"type": "boolean", "required": False},
            "offense": {"type": "code", "codelist": "offense", "several": ";", "required": False},
        },
    },
    "charge": {
        "key": ["stop", "number", "place"],
        "belongs_to": {"table": "person"},
        "optional": True,
        "fields": {
            "stop": {"type": "string"},
            "number": {"type": "integer"},
            "place": {"type": "integer"},
            "felony": {"type": "boolean"},
        },
    },
}
for name in ("charge",):
    TABLES[name]["belongs_to"]["by"] = ["stop", "number"]
CHECKS = {
    "passenger_of_a_vehicle": {
        "kind": "condition", "table": "person", "fields": ["passenger", "small.vehicle"],
        "with": {"fails_when": "passenger AND NOT small.vehicle"},
    },
    "in_force": {
        "kind": "code_in_force", "table": "person", "fields": ["offense"], "with": {"day": "small.on_day"},
    },
    "felony_by_vehicle": {
        "kind": "condition", "table": "charge", "fields": ["felony", "small.vehicle"],
        "with": {"fails_when": "felony AND small.vehicle"},
    },
}  # fmt: skip
LISTS = {"offense": {"old": {"valid_until": "2020-12-31"}, "new": {"valid_from": "2021-01-01"}}}
STOPS = "stop,on_day,vehicle\na,2020-05-01,true\nb,2021-05-01,false\n"


def of():
    return small.dataset(FIELDS, tables=TABLES, checks=CHECKS, key=("stop",))


def check(folder, persons, charges=None, stops=STOPS, **limits):
    rows = {"small": stops, "person": persons} | ({"charge": charges} if charges else {})
    return small.check_tables(folder, rows, of(), codelists=LISTS, swapped_share=2, **limits)


@pytest.mark.parametrize("quick", [{}, {"careful_up_to_bytes": 0}], ids=["careful", "quick"])
class TestBetweenTables:
    def test_nothing_is_found_in_what_is_right(self, tmp_path, quick):
        result = check(
            tmp_path / "d", "stop,number,passenger,offense\na,1,true,old\nb,1,,new\n", "stop,number,place,felony\nb,1,1,true\n",
            **quick,
        )  # fmt: skip
        assert result.tallies == ()
        assert result.table_rows == {"small": 2, "person": 2, "charge": 1}

    def test_a_record_hangs_on_one_that_was_not_sent(self, tmp_path, quick):
        result = check(tmp_path / "d", "stop,number,passenger,offense\na,1,,\nb,1,,\nc,1,,\n", **quick)
        assert [(item.rule, item.table, item.lines) for item in result.tallies] == [
            ("hangs_on_nothing", "person", (4,))
        ]

    def test_too_few_and_too_many(self, tmp_path, quick):
        persons = "stop,number,passenger,offense\n" + "".join(f"a,{number},,\n" for number in range(1, 5))
        result = check(tmp_path / "d", persons, **quick)
        assert {(item.rule, item.table, item.lines) for item in result.tallies} == {
            ("too_few_related", "small", (3,)),
            ("too_many_related", "small", (2,)),
        }

    def test_rules_that_read_the_table_above(self, tmp_path, quick):
        persons = "stop,number,passenger,offense\na,1,true,old\nb,1,true,old\nb,2,false,new\n"
        result = check(tmp_path / "d", persons, **quick)
        assert small.lines_by_rule(result) == {"passenger_of_a_vehicle": [3], "in_force": [3]}
        assert {item.table for item in result.tallies} == {"person"}

    def test_rules_that_read_the_table_two_above(self, tmp_path, quick):
        persons = "stop,number,passenger,offense\na,1,,\nb,1,,\n"
        charges = "stop,number,place,felony\na,1,1,true\nb,1,1,true\na,1,2,false\n"
        assert small.lines_by_rule(check(tmp_path / "d", persons, charges, **quick)) == {"felony_by_vehicle": [2]}

    def test_what_is_wrong_by_itself_is_not_asked_again(self, tmp_path, quick):
        persons = "stop,number,passenger,offense\na,1,,\nb,1,,unknown;old\n"
        assert set(check(tmp_path / "d", persons, **quick).counts) == {"codelist"}

    def test_a_table_with_column_names_alone_has_no_records(self, tmp_path, quick):
        persons = "stop,number,passenger,offense\na,1,,\nb,1,,\n"
        assert check(tmp_path / "d", persons, "stop,number,place,felony\n", **quick).tallies == ()
        none = check(tmp_path / "e", "stop,number,passenger,offense\n", **quick)
        assert small.lines_by_rule(none) == {"too_few_related": [2, 3]}


class TestForms:
    def test_a_file_is_missing_doubled_or_of_no_table(self, tmp_path):
        folder = tmp_path / "d"
        folder.mkdir()
        (folder / "person.csv").write_text("stop,number,passenger,offense\na,1,,\n")
        (folder / "Person.txt").write_text("stop,number,passenger,offense\na,1,,\n")
        (folder / "notes.md").write_text("nothing")
        result = small.check_tables(folder, {}, of(), codelists=LISTS)
        assert {(item.rule, item.field) for item in result.tallies} == {
            ("doubled_table", "person"), ("missing_table", "small"), ("unknown_file", None),
        }  # fmt: skip

    def test_a_zip_archive_is_read_as_the_folder_in_it(self, tmp_path):
        path = tmp_path / "sent.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("out/small.csv", STOPS)
            archive.writestr("../../person.csv", "stop,number,passenger,offense\na,1,,\nb,1,true,\n")
        found = tables.check_delivery(
            path, dataset=of(), jurisdiction=small.jurisdiction(of(), **LISTS), today=small.TODAY
        )
        assert small.lines_by_rule(found) == {"passenger_of_a_vehicle": [3]}

    def test_an_archive_that_unpacks_too_large_is_refused(self, tmp_path):
        path = tmp_path / "sent.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("small.csv", "a" * 3_000_000)
        limits = ingest.read_limits().model_copy(update={"ratio_judged_from_bytes": 1000})
        opened = delivery.open_delivery(path, contract=of().contract, scratch=tmp_path, limits=limits)
        assert [item.rule for item in opened.faults] == ["unpacks_too_large"]

    def test_nested_records_are_told_by_the_line_they_stand_on(self, tmp_path):
        path = tmp_path / "sent.jsonl"
        lines = [
            {"stop": "a", "on_day": "2020-05-01", "vehicle": True, "person": [
                {"number": 1, "offense": ["old"], "charge": [{"place": 1, "felony": True}]}, {"number": 2, "passenger": True},
            ]},
            {"stop": "b", "on_day": "2021-05-01", "vehicle": False, "person": {"number": 1, "passenger": True, "offense": ["old", "new"]}},
        ]  # fmt: skip
        path.write_text(
            "\n".join(["", json.dumps(lines[0]), "no json", json.dumps(lines[1]), '{"stop": "c", "person": 3}'])
        )
        found = tables.check_delivery(
            path, dataset=of(), jurisdiction=small.jurisdiction(of(), **LISTS), today=small.TODAY
        )
        assert small.lines_by_rule(found) == {
            "felony_by_vehicle": [2], "not_json": [3], "passenger_of_a_vehicle": [4], "in_force": [4], "not_nested": [5],
            "required": [5, 5], "too_few_related": [5],
        }  # fmt: skip

    def test_one_table_is_no_delivery(self, tmp_path):
        path = tmp_path / "small.csv"
        path.write_text(STOPS)
        found = tables.check_delivery(
            path, dataset=of(), jurisdiction=small.jurisdiction(of(), **LISTS), today=small.TODAY
        )
        assert set(found.counts) == {"one_table"}

    def test_no_value_of_a_record_is_told(self, tmp_path):
        result = check(tmp_path / "d", "stop,number,passenger,offense\nCANARY,1,,CANARY\n")
        assert "CANARY" not in json.dumps(result.as_dict())


def test_records_of_several_tables_are_not_received_as_a_file():
    with pytest.raises(errors.SubmissionRefused) as refused:
        submission.check_one_table(of())
    assert [fault.code for fault in refused.value.faults] == ["several_tables"]
    submission.check_one_table(small.dataset(FIELDS))
