"""The screen: which lines it leaves to the engine, which texts it declines, and that its kernels do what they say."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from openjustice.confidential.collect import ingest, rules, screen, validate
from openjustice.confidential.collect.check import Passing
from openjustice.confidential.collect.screen import cells, plan, repeated, rows, sweep, words
from openjustice.confidential.collect.screen.unsupported import Unsupported
from openjustice.ground import engine as engines
from openjustice.ground import kernels
from openjustice.ground.terms import Plane
from unit.confidential.collect import small

FIELDS = {
    "id": {"type": "string", "pattern": "R[0-9]+"},
    "place": {"type": "code", "codelist": "place", "missing": {"?": "x"}},
    "age": {"type": "integer", "range": [0, 120], "required": False, "missing": {"999": "x"}},
    "rate": {"type": "number", "required": False},
    "day": {"type": "date"},
    "held": {"type": "boolean", "required": False},
    "note": {"type": "string", "required": False},
}  # fmt: skip
CHECKS = {
    "once": {"kind": "unique", "fields": ["id"]},
    "adult": {"kind": "condition", "fields": ["age", "held"], "with": {"fails_when": "age < 18 AND held"}},
}
CODES = {"place": ["A", "B", "Process of Arrest", "Process of Arrive"]}
HEADER = "id,place,age,rate,day,held,note\n"
ROW = "R1,A,30,1.5,2019-02-28,true,a note\n"
GOOD = "R{0},A,30,1.5,2019-02-28,true,a note\n"
SCREENED = {"screened_from_bytes": 0, "screened_share": 1.0, "careful_up_to_bytes": 0, "swapped_share": 2}
ALONE = {**SCREENED, "screened_from_bytes": 10**12}


@pytest.fixture
def told(monkeypatch):
    """Gather what the screen tells of each text, its lines as a list."""
    made: list[ingest.Screened | None] = []
    original = screen.screen_text

    def spy(*args, **more):
        found = original(*args, **more)
        made.append(found and replace(found, lines=list(found.lines)))
        return made[-1]

    monkeypatch.setattr(screen, "screen_text", spy)
    return made


@pytest.fixture
def plainly(monkeypatch):
    """Run every kernel of the screen as the plain function that it is made from."""
    for module in (rows, cells, repeated, words):
        for name, value in vars(module).items():
            if hasattr(value, "py_func"):
                monkeypatch.setattr(module, name, value.py_func)
    with np.errstate(all="ignore"):  # machine words wrap around
        yield


def check(tmp_path, text, *, of=None, limits=SCREENED):
    """Check a text of the small dataset."""
    return small.check(tmp_path / "f.csv", text, of or small.dataset(FIELDS, checks=CHECKS), codelists=CODES, **limits)


def doubtful(found):
    """Return the numbers of the lines in doubt."""
    assert found is not None
    return [number for number, _ in found.lines]


def test_only_the_lines_in_doubt_go_to_the_engine(tmp_path, told):
    lines = [GOOD.format(number) for number in range(12)]
    lines[2] = "R2,C,30,1.5,2019-02-28,true,a note\n"  # line 4: an unknown code
    lines[4] = "R1,A,30,1.5,2019-02-28,true,a note\n"  # line 6 repeats the key of line 3
    lines[6] = 'R6,"Process of Arrest",999,,2019-02-28,,"in marks, and right"\n'
    lines[7] = 'R7,A,17,1.5,2019-02-28,true,"with ""doubled"" marks"\n'  # line 9: a child
    lines[9] = "ragged\n"  # line 11
    result = check(tmp_path, HEADER + "".join(lines))
    assert doubtful(told[0]) == [3, 4, 6, 9, 11]
    assert told[0].passing == 7
    assert small.lines_by_rule(result) == {"codelist": [4], "once": [6], "adult": [9], "too_few_columns": [11]}
    assert result.rows == 11
    assert result == check(tmp_path, HEADER + "".join(lines), limits=ALONE)


def test_a_text_of_right_rows_needs_no_engine(tmp_path, told):
    result = check(tmp_path, HEADER + "".join(GOOD.format(number) for number in range(9)))
    assert (told[0].passing, told[0].lines, result.tallies, result.rows) == (9, [], (), 9)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("block", [200, 1_000])
def test_lines_keep_their_numbers_over_blocks(tmp_path, told, monkeypatch, ending, block):
    monkeypatch.setattr(sweep, "_BLOCK", block)
    lines = [GOOD.format(number) for number in range(200)]
    for place in (0, 77, 150, 199):
        lines[place] = "R5,Nowhere,x,,2019-02-30,maybe,\n"
    text = (HEADER + "".join(lines)).replace("\n", ending)
    result = check(tmp_path, text.removesuffix(ending))
    assert doubtful(told[0]) == [2, 7, 79, 152, 201]
    assert result == check(tmp_path, text.removesuffix(ending), limits=ALONE)


@pytest.mark.parametrize(
    "body",
    [
        ROW + 'R1,A,30,,2019-02-28,,"over\nlines"\n',
        ROW + 'R1,A,30,,2019-02-28,,"never closed\n',
        ROW + ROW.replace("\n", "\r\n"),
        ROW + "R1,A,30,,2019-02-28,,a\rb\n",
        ROW + "R1,A,30,,2019-02-28,,a\x1fb\n",
        ROW + "R1,A,30,,2019-02-28,," + "x" * 3000 + "\n",
        ROW.encode() + b"R1,A,30,,2019-02-28,,\xe9\n",
        ROW + 'R1,A,30,,2019-02-28,,"a"\n"R""2",A,30,,2019-02-28,,\n',
    ],
    ids=["over lines", "open", "two ends", "old end", "part mark", "long", "not UTF-8", "key with marks"],
)
def test_a_text_that_the_screen_cannot_tell_is_read_as_ever(tmp_path, told, body):
    text = HEADER.encode() + (body if isinstance(body, bytes) else body.encode())
    result = check(tmp_path, text, limits={**SCREENED, "largest_line_bytes": 2000})
    assert told == [None]
    assert result == check(tmp_path, text, limits={**ALONE, "largest_line_bytes": 2000})


@pytest.mark.parametrize(
    "header",
    [
        HEADER.replace("\n", "\r\r\n"),
        HEADER.removesuffix("\n"),
        HEADER.replace("note", "n\0te"),
        HEADER.replace("place,", ""),
    ],
)
def test_a_header_that_the_screen_cannot_tell_is_read_as_ever(tmp_path, header):
    text = header + ROW if header.endswith("\n") else header
    assert check(tmp_path, text) == check(tmp_path, text, limits=ALONE)


def test_a_line_longer_than_a_block_and_many_lines_in_doubt_are_declined(tmp_path, told, monkeypatch):
    monkeypatch.setattr(sweep, "_BLOCK", 1_000)
    check(tmp_path, HEADER + ROW + "R1,A,30,,2019-02-28,," + "x" * 3000 + "\n")
    monkeypatch.setattr(sweep, "_FEW_LINES", 10)
    bad = HEADER + ROW.replace("A", "C") * 200
    result = check(tmp_path, bad, limits={**SCREENED, "screened_share": 0.5})
    monkeypatch.setattr(sweep, "_FEW_LINES", 1_000)
    check(tmp_path, bad, limits={**SCREENED, "screened_share": 0.5})
    assert told == [None, None, None]
    assert result == check(tmp_path, bad, limits=ALONE)


@pytest.mark.parametrize(
    "checks",
    [
        {"written": {"kind": "pattern", "fields": ["note"], "with": {"pattern": "[a-z ]*"}}},
        {"known": {"kind": "condition", "with": {"fails_when": "length(note) > 5"}}},
    ],
)
def test_a_rule_that_the_screen_does_not_know_is_left_to_the_engine(tmp_path, told, checks):
    of = small.dataset(FIELDS, checks={**CHECKS, **checks})
    text = HEADER + "".join(GOOD.format(number) for number in range(9))
    assert check(tmp_path, text, of=of) == check(tmp_path, text, of=of, limits=ALONE)
    assert told == [None]


@pytest.mark.parametrize("name", ["id", "age", "day", "note"])
def test_a_kind_of_check_without_a_piece_for_the_screen_is_left_to_the_engine(tmp_path, told, monkeypatch, name):
    kinds = dict(rules.kinds())
    known: Any = kinds["damaged_text"]
    of = replace(known, name="new", cell=lambda cell, scene: replace(known.cell(cell, scene), decides=True, trace=""))
    monkeypatch.setattr(rules, "kinds", lambda: {**kinds, "new": of})
    text = HEADER + "".join(GOOD.format(number) for number in range(9))
    assert check(tmp_path, text) == check(tmp_path, text, limits=ALONE)
    assert told == [None]


def test_a_field_without_a_column_is_blank_in_every_row(tmp_path, told):
    checks = {**CHECKS, "together": {"kind": "unique", "fields": ["id", "rate"]}, "rows": {"kind": "no_duplicates"}}
    checks["rated"] = {"kind": "condition", "with": {"fails_when": "rate IS NULL AND age = 7 AND held IS NULL"}}
    of = small.dataset(FIELDS, checks=checks)
    text = "id,place,age,day,note\n" + "R1,A,7,2019-02-28,\nR2,A,8,2019-02-28,\nR3,B,9,2019-02-28,\n" * 2
    result = check(tmp_path, text, of=of)
    assert doubtful(told[0]) == [2, 3, 4, 5, 6, 7]
    assert small.lines_by_rule(result) == {"once": [5, 6, 7], "rows": [5, 6, 7], "rated": [2, 5]}
    assert result == check(tmp_path, text, of=of, limits=ALONE)


def test_a_layout_that_fills_a_field_for_every_row_and_a_packed_text_are_read_as_ever(tmp_path, told):
    columns = {f"the {name}": name for name in FIELDS if name != "place"}
    of = small.dataset(FIELDS, checks=CHECKS, mappings={"other": {"columns": columns, "constants": {"place": "A"}}})
    text = ",".join(columns) + "\nR1,30,1.5,2019-02-28,true,a note\n"
    assert check(tmp_path, text, of=of).tallies == ()
    assert told == [None]
    assert check(tmp_path, gzip.compress((HEADER + ROW).encode())).rows == 1
    assert check(tmp_path, "\ufeff".encode("utf-16") + (HEADER + ROW).encode("utf-16-le")).rows == 1
    assert check(tmp_path, '{"id": "R1", "place": "A", "day": "2019-02-28"}').rows == 1
    assert len(told) == 1


@pytest.mark.parametrize("blank", ["", "\n"], ids=["regular", "with a blank line"])
def test_records_are_those_of_the_whole_text(tmp_path, blank):
    text = HEADER + ROW.format(1) + blank + GOOD.format(2) + 'R3,B,999,,2019-03-01,,"a ""mark"""\n'
    made: list[Any] = []
    for limits in (SCREENED, ALONE):
        (tmp_path / "f.csv").write_text(text)
        of, scratch = small.dataset(FIELDS, checks=CHECKS), tmp_path / f"scratch {len(made)}"
        scratch.mkdir()
        with engines.open_memory(plane=Plane.CONFIDENTIAL, directory=scratch, files=[tmp_path / "f.csv"]) as opened:
            ingested, result = validate.read_and_check(
                tmp_path / "f.csv", engine=opened, scratch=scratch, dataset=of, today=small.TODAY,
                jurisdiction=small.jurisdiction(of, **CODES), limits=ingest.read_limits().model_copy(update=limits),
            )  # fmt: skip
            assert ingested.records is not None
            made.append((result, ingested.records.rows(order_by=["_line"])))
    assert made[0] == made[1]
    assert len(made[0][1]) == 3


NASTY = """\
R1,A,30,1.5,2019-02-28,true,a note
R2,Process of Arrest,120,-0.25,2020-02-29,N,12 Main Street
R3,Process of Arrive,,,2000-12-31,,
R4,Process of Arrows,121,1.,1900-02-29,maybe,=1
R5,?,999,12345678901234567,2019-04-31,TRUE,1e5
R6,"B",000000000000030,.5,2019-1-1,tRuE,"a, b"
R7,A,-1,1.2.3,0999-12-31,0,"say ""no"" "
R8,A,1234567890123456,x,2019-13-01,1,trailing\x20
R9,A,3x,12x,2019-02-00,1,\tx
R1,a,12345678x,1,20190228xx,1,é
R10,A,x2345678901,1,2019/02/28,1,mid"mark
"R1",A,7,1,2019-02-28,true,"stray"x

ragged,line
R11,A,30,1.5,2019-02-28,true,a note,more
R12,A,30,1.5,2019-02-28,true,"a","b"
"R13",A,30,1.5,2019-02-28,"true"
R14,A,,,2019-02-28,,\x00
"""


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_the_kernels_do_what_the_plain_functions_do(tmp_path, told, ending, request):
    text = (HEADER + NASTY).replace("\n", ending)
    in_machine = check(tmp_path, text)
    request.getfixturevalue("plainly")
    assert check(tmp_path, text) == in_machine
    assert told[0] == told[1]
    assert in_machine == check(tmp_path, text, limits=ALONE)
    assert doubtful(told[0]) == [2, *range(5, 20)]


def test_plain_kernels_decline_what_compiled_ones_decline(tmp_path, told, plainly):
    for body in (
        'R1,A,30,,2019-02-28,,"open\n',
        ROW.replace("\n", "\r\n"),
        "R1,A,1,,2019-02-28,,\x1f\n",
        "x" * 999 + "\n",
    ):
        check(tmp_path, HEADER + ROW + body, limits={**SCREENED, "largest_line_bytes": 500})
    check(tmp_path, HEADER.replace(",", "\t") + ROW.replace(",", "\t") + "\t \t\t\t\t\t\n")
    assert told == [None] * 5


def test_keys_of_every_type_are_told_by_their_values(tmp_path, told, request):
    checks = {"once": {"kind": "unique", "fields": ["place", "age", "rate", "day", "held"]}}
    fields = {**FIELDS, "id": {"type": "string", "required": False}}
    of = small.dataset(fields, checks=checks)
    lines = [
        "1,A,7,1.50,2019-02-28,true,\n",
        "2,A,007,1.5,2019-02-28,1,\n",
        "3,A,,1.5,2019-02-28,1,\n",
        "4,A,,1.5,2019-02-28,1,\n",
    ]
    for _ in range(2):
        result = check(tmp_path, HEADER + "".join(lines), of=of)
        assert small.lines_by_rule(result) == {"once": [3]}
        assert doubtful(told.pop()) == [2, 3]
        request.getfixturevalue("plainly")
    check(tmp_path, HEADER + lines[0] + "1,A,x,1.5,2019-02-28,1,\n", of=of)
    check(tmp_path, HEADER + lines[0] + "1,A,1,x,2019-02-28,1,\n", of=of)
    assert told == [None, None]


def test_repeated_fingerprints_are_found_in_every_part():
    parts = [np.array(part, dtype=np.uint64) for part in ([5, 0, 7], [0, 9, 5], [16 + 5, 9, 1])]
    assert [found.tolist() for found in repeated.find_repeated(parts)] == [[0], [1, 2], [1]]
    prints, table = np.array([3, 19, 35, 0, 4], dtype=np.uint64), np.zeros(16, dtype=np.uint64)
    kernels.plain(repeated.fill_table)(prints[:2], table)
    assert kernels.plain(repeated.stand_in_table)(prints, table).tolist() == [True, True, False, False, False]


def test_pieces_that_do_not_fit_the_type_of_their_field_are_refused():
    for wanted, ask in (
        ([Passing(is_read=True)], plan._text_form),
        ([Passing(like="a")], plan._within),
    ):
        with pytest.raises(Unsupported):
            ask(wanted)
    for form in ("%d.%m.%y", "%Y-%m", "%Y–%m–%d"):
        with pytest.raises(Unsupported):
            plan._day_form(form)
