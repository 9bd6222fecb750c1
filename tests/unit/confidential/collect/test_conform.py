"""Files of any layout become the records of one contract by a declaration alone; nothing is lost without being counted."""

from __future__ import annotations

import stat

import pytest

from openjustice.confidential.collect import conform, ingest
from openjustice.contracts.source import Source, SourceDeclaration
from openjustice.ground import engine, errors
from openjustice.ground.terms import Plane
from unit.confidential.collect import small

FIELDS = {
    "agency": {"type": "string"},
    "record": {"type": "string"},
    "number": {"type": "integer", "required": False},
    "day": {"type": "date", "required": False},
    "year": {"type": "integer", "required": False},
    "hour": {"type": "integer", "required": False},
    "age": {"type": "integer", "required": False},
    "sex": {"type": "code", "codelist": "sex", "required": False},
    "note": {"type": "string", "required": False},
    "force": {"type": "code", "codelist": "force", "required": False},
    "works": {"type": "code", "codelist": "yes", "required": False},
}


def run(tmp_path, files, **declared):
    """Conform files by a declaration; return the records by record and number, and the record of changes."""
    folder = tmp_path / "sent"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    source = Source(
        SourceDeclaration.model_validate({"source": "here", "title": "Here", "files": ["*.csv"], **declared}),
        None,
        None,
    )
    contract = small.dataset(FIELDS, key=("agency", "record", "number")).contract
    contract = contract.model_copy(update={"reporter_field": "agency"})
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with engine.open_memory(plane=Plane.CONFIDENTIAL, directory=scratch) as opened:
        made = conform.conform(
            source, folder=folder, contract=contract, engine=opened, scratch=scratch, limits=ingest.read_limits()
        )
        return made.records.rows(order_by=["record", "number"]), conform.transform_record(made)


def pick(rows, *names):
    """Return some fields of each row."""
    return [tuple(row[name] for name in names) for row in rows]


def test_a_title_above_the_header_is_not_a_row_and_gives_the_year(tmp_path):
    rows, _ = run(
        tmp_path, {"a.csv": "2014 Data,,\nEvent,Sex,Age\n1,M,22\n2,F,30\n"},
        from_file={"year": {"place": "title", "pattern": "([0-9]{4})"}}, fields={"record": "Event", "age": "Age"},
    )  # fmt: skip
    assert pick(rows, "agency", "record", "year", "age") == [("here", "1", 2014, 22), ("here", "2", 2014, 30)]


def test_a_row_is_named_by_its_file_and_line_where_it_has_no_number(tmp_path):
    rows, _ = run(tmp_path, {"a.csv": "Title,\nName,Age\nx,1\n"}, fields={"age": "Age"}, ignore={"Name": "not needed"})
    assert pick(rows, "record") == [("a.csv:3",)]


def test_columns_that_drift_over_the_years_fill_one_field(tmp_path):
    rows, record = run(
        tmp_path, {"1.csv": "Id, Age  Now,Old\n1,5,x\n", "2.csv": "ID,Years\n2,6\n"},
        fields={"record": "Id", "age": ["Age Now", "Years"]}, ignore={"Old": "not needed"},
    )  # fmt: skip
    assert pick(rows, "record", "age") == [("1", 5), ("2", 6)]
    assert record.unread == {}


def test_a_cell_with_several_values_becomes_several_records_with_what_is_aligned(tmp_path):
    rows, _ = run(
        tmp_path, {"a.csv": 'Id,Kind,Works\n1,"Taser, Hands","Yes, No"\n2,Hands,"Yes, No"\n3,,Yes\n'},
        fields={"record": "Id"},
        repeats={
            "field": "force", "number": "number", "columns": ["Kind"], "separator": ",",
            "codes": {"taser": "t", "hands": "h"}, "aligned": {"works": {"columns": ["Works"], "codes": {"Yes": "y", "No": "n"}}},
        },
    )  # fmt: skip
    assert pick(rows, "record", "number", "force", "works") == [
        ("1", 1, "t", "y"), ("1", 2, "h", "n"), ("2", 1, "h", None), ("3", 1, None, None),
    ]  # fmt: skip


def test_one_hot_columns_are_folded_and_contradicting_marks_are_not_guessed(tmp_path):
    rows, record = run(
        tmp_path, {"a.csv": "Id,Male,Female,OC,Taser\n1,1,,Yes,Yes\n2,1,1,No,No\n3,,1,No,Yes\n"},
        fields={"record": "Id", "sex": {"flags": {"Male": "m", "Female": "f"}}},
        repeats={"field": "force", "number": "number", "flags": {"OC": "o", "Taser": "t"}},
    )  # fmt: skip
    assert pick(rows, "record", "sex", "force", "sex#raw") == [
        ("1", "m", "o", "Male"), ("1", "m", "t", "Male"), ("2", None, None, "Male; Female"), ("3", "f", "t", "Female"),
    ]  # fmt: skip
    assert {item.field: item.unmapped for item in record.fields}["sex"] == 1


def test_the_last_of_cumulative_files_stands_and_what_it_dropped_is_kept(tmp_path):
    rows, record = run(
        tmp_path,
        {"d_2018_1.csv": "Id,Age\nA,1\nB,2\n", "d_2018_2.csv": "Id,Age\nA,9\nC,3\n", "d_2019_1.csv": "Id,Age\nA,4\n"},
        fields={"note": "Id", "age": "Age"}, overlap={"key": ["Id"], "series": "_([0-9]{4})_"},
    )  # fmt: skip
    assert sorted(pick(rows, "note", "age")) == [("A", 4), ("A", 9), ("B", 2), ("C", 3)]
    assert record.left_out == {"superseded": 1}


@pytest.mark.parametrize(("within", "left", "records"), [("files", 1, 3), ("any", 2, 2)])
def test_rows_that_stand_twice_are_left_out_and_counted(tmp_path, within, left, records):
    rows, record = run(
        tmp_path, {"1.csv": "No,A,B\n1,x,y\n2,x,y\n3,p,q\n", "2.csv": "No,A,B\n7,p,q\n"},
        fields={"note": "A"}, repeated={"within": within, "ignore": ["No"]}, ignore={"B": "-", "No": "-"},
    )  # fmt: skip
    assert (record.left_out, len(rows)) == ({"repeated": left}, records)


def test_empty_rows_and_headers_repeated_below_are_left_out_and_counted(tmp_path):
    rows, record = run(
        tmp_path, {"a.csv": "No,Age,Hurt\n1,5,No\nNo,Age,Hurt\n3,,\n"},
        fields={"record": "No", "age": "Age"}, filled=["Age", "Hurt"], not_rows={"Hurt": ["Hurt"]},
    )  # fmt: skip
    assert (pick(rows, "record"), record.left_out, record.rows_read) == ([("1",)], {"empty": 1, "no_row": 1}, 3)


def test_a_raw_text_stays_beside_its_value_and_every_change_is_counted(tmp_path):
    rows, record = run(
        tmp_path, {"a.csv": "Id,Sex,Age\n1, m ,30\n2,Weiblich,x\n3,NULL,40\n4,?,\n"},
        fields={"record": "Id", "sex": {"columns": ["Sex"], "codes": {"M": "m"}, "patterns": {"^weib": "f"}, "blank": ["null"]}, "age": "Age"},
    )  # fmt: skip
    assert pick(rows, "sex#raw", "sex", "age#raw", "age") == [
        ("m", "m", "30", 30), ("Weiblich", "f", "x", None), (None, None, "40", 40), ("?", None, None, None),
    ]  # fmt: skip
    changes = {item.field: (item.filled, item.same, item.changed, item.unmapped, item.empty) for item in record.fields}
    assert changes["sex"] == (3, 1, 1, 1, 1)
    assert changes["age"] == (3, 2, 0, 1, 1)
    assert record.texts["sex"] == (("?", None, 1), ("Weiblich", "f", 1), ("m", "m", 1))
    assert "note" not in record.texts


def test_days_and_hours_are_read_in_the_forms_declared(tmp_path):
    rows, _ = run(
        tmp_path, {"a.csv": "Id,When,At\n1,01/31/2019 11:05:00 PM,233\n2,02/30/2019,1719\n3,01/02/2018,2:10 PM\n"},
        fields={
            "record": "Id", "day": {"columns": ["When"], "formats": ["%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y"]},
            "year": {"columns": ["When"], "formats": ["%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y"], "part": "year"},
            "hour": {"columns": ["At"], "formats": ["%H%M", "%I:%M %p"], "part": "hour"},
        },
    )  # fmt: skip
    assert [(str(day), year, hour) for day, year, hour in pick(rows, "day", "year", "hour")] == [
        ("2019-01-31", 2019, 2), ("None", None, 17), ("2018-01-02", 2018, 14),
    ]  # fmt: skip


def test_parts_that_agree_give_a_value_and_parts_that_differ_give_none(tmp_path):
    rows, _ = run(
        tmp_path, {"a.csv": "Id,Sex\n1,M;M\n2,M;F\n3,M;?\n"},
        fields={"record": "Id", "sex": {"columns": ["Sex"], "separator": ";", "codes": {"M": "m", "F": "f"}}},
    )  # fmt: skip
    assert pick(rows, "sex", "sex#raw") == [("m", "M;M"), (None, "M;F"), (None, "M;?")]


def test_part_of_a_text_and_a_prefix(tmp_path):
    rows, _ = run(
        tmp_path, {"a.csv": "Id,No\nU17-1A,-5\n"},
        fields={"record": {"columns": ["Id"], "extract": "^([A-Z]+[0-9]+-[0-9]+)"}, "note": {"columns": ["No"], "prefix": "no. "}},
    )  # fmt: skip
    assert pick(rows, "record", "note") == [("U17-1", "no. -5")]


def test_flags_of_a_text_field_are_told_together(tmp_path):
    rows, _ = run(
        tmp_path,
        {"a.csv": "Id,Drunk,Ill\n1,1,1\n"},
        fields={"record": "Id", "note": {"flags": {"Drunk": "d", "Ill": "i"}}},
    )
    assert pick(rows, "note") == [("Drunk; Ill",)]


def test_constants_are_given_to_every_record(tmp_path):
    rows, _ = run(
        tmp_path, {"a.csv": "Id,B\n1,\n"}, fields={"record": "Id"}, constants={"note": "all"}, ignore={"B": "-"}
    )
    assert pick(rows, "note") == [("all",)]


def test_every_lacking_column_is_told_at_once_and_no_value(tmp_path):
    with pytest.raises(errors.SubmissionRefused) as refused:
        run(tmp_path, {"a.csv": "Id,CANARY\n1,2\n"}, fields={"record": "Id", "age": "Age", "note": "Words"})
    assert refused.value.codes == ("source_column_missing", "source_column_missing")
    assert "CANARY" not in str(refused.value)


def test_a_folder_without_its_files_is_refused(tmp_path):
    with pytest.raises(errors.SubmissionRefused) as refused:
        run(tmp_path, {}, fields={"record": "Id"})
    assert refused.value.codes == ("no_source_files",)


@pytest.mark.parametrize("text", ["", "\x00\x01\x02" * 50, "<html><body>x</body></html>", "one column\n1\n2\n"])
def test_a_file_that_is_no_table_is_refused(tmp_path, text):
    with pytest.raises(errors.SubmissionRefused):
        run(tmp_path, {"a.csv": text}, fields={"record": "Id"})


def test_columns_that_nobody_reads_are_named(tmp_path):
    _, record = run(tmp_path, {"a.csv": "Id,Extra\n1,2\n"}, fields={"record": "Id"})
    assert record.unread == {"a.csv": ("Extra",)}


def test_what_is_saved_may_be_read_by_its_owner_alone(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text("Id,Age\n1,2\n")
    declared = {"source": "here", "title": "Here", "files": ["*.csv"], "fields": {"record": "Id", "age": "Age"}}
    dataset = small.dataset(FIELDS, key=("agency", "record", "number"))
    conform.save_conformed(
        Source(SourceDeclaration.model_validate(declared), None, None), folder=tmp_path / "in", dataset=dataset,
        codelists={}, target=tmp_path / "out",
    )  # fmt: skip
    saved = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in saved] == ["here.csv", "here_raw.csv", "here_transforms.json"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in saved} == {0o600}


def test_an_unknown_source_says_which_are_known():
    dataset = small.dataset(FIELDS)
    with pytest.raises(errors.RegistryRefused) as refused:
        conform.find_source(dataset, "nowhere")
    assert refused.value.codes == ("unknown_source",)
