"""Lines and records: whatever the blocks, line ends and quotation marks, every record has the line an editor shows."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from openjustice.confidential.collect import ingest
from openjustice.confidential.collect.findings import Collector
from openjustice.confidential.collect.ingest import lines

LIMITS = ingest.read_limits()
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])


def read(blocks, **limits):
    found = Collector(limit=100)
    physical = lines.physical_lines(blocks, largest=limits.get("largest_line_bytes", LIMITS.largest_line_bytes))
    known = LIMITS.model_copy(update=limits)
    made = list(lines.records(physical, delimiter=b",", limits=known, found=found))
    return made, [(item.rule, item.lines) for item in found.tallies]


@given(
    st.lists(st.tuples(st.binary(max_size=6).map(lambda b: b.translate(None, b"\r\n")), ENDS), max_size=8),
    st.integers(1, 7),
)
def test_physical_lines_are_the_same_however_the_blocks_fall(parts, size):
    text = b"".join(line + end for line, end in parts)
    wanted = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    wanted = wanted[:-1] if wanted[-1] == b"" else wanted
    blocks = [text[start : start + size] for start in range(0, len(text), size)]
    assert [line for _, line in lines.physical_lines(blocks, largest=1000)] == wanted
    assert [number for number, _ in lines.physical_lines(blocks, largest=1000)] == list(range(1, len(wanted) + 1))


@given(st.lists(st.integers(0, 12), min_size=1, max_size=8), st.integers(1, 5))
def test_a_line_over_the_limit_is_told_and_the_next_lines_keep_their_numbers(sizes, block):
    text = b"\n".join(b"a" * size for size in sizes) + b"\n"
    blocks = [text[start : start + block] for start in range(0, len(text), block)]
    wanted = [(number, None if size > 5 else b"a" * size) for number, size in enumerate(sizes, start=1)]
    assert list(lines.physical_lines(blocks, largest=5)) == wanted


CELL = st.text(st.sampled_from('ab,"\n '), max_size=6)


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1, max_size=6), ENDS)
def test_well_formed_records_are_read_as_the_standard_library_reads_them(rows, end):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    starts, line = [], 1
    for row in rows:
        starts.append(line)
        writer.writerow(row)
        line += 1 + sum(cell.count("\n") for cell in row)
    made, found = read([out.getvalue().encode().replace(b"\n", end)])
    assert not found
    assert [record.line for record in made] == starts
    cells = [lines.split(record.raw, delimiter=b",") for record in made]
    assert [[cell.decode() for cell in item or []] for item in cells] == rows


def test_an_unclosed_quote_gives_up_one_line_alone():
    made, found = read([b'a,b\n1,"2\n3,4\n5,"6"\n'])
    assert [(record.line, record.raw) for record in made] == [(1, b"a,b"), (3, b"3,4"), (4, b"5,6")]
    assert found == [("unclosed_quote", (2,))]


def test_an_unclosed_quote_that_a_later_one_seems_to_close_is_still_the_fault():
    made, found = read([b'a,b\n1,"2\n3,"4"\n5,6\n'])
    assert [record.line for record in made] == [1, 3, 4]
    assert found == [("unclosed_quote", (2,))]


def test_text_after_a_closing_quote_is_a_stray_quote():
    made, found = read([b'a,b\n"1"x,2\n3,4\n'])
    assert [record.line for record in made] == [1, 3]
    assert found == [("stray_quote", (2,))]


def test_a_quote_inside_a_cell_is_text():
    made, found = read([b'a,b\n5" pipe,2\n'])
    assert not found
    assert lines.split(made[1].raw, delimiter=b",") == [b'5" pipe', b"2"]


def test_a_record_may_span_only_so_many_lines():
    text = b'a,b\n1,"' + b"x\n" * 10 + b'",\n2,3\n'
    _, found = read([text], largest_record_lines=3)
    assert ("unclosed_quote", (2, 12)) in found  # and so does the mark that would have closed it


def test_after_many_unclosed_quotes_none_may_span_lines_any_more():
    text = b"a,b\n" + b'1,"2\n' * 50
    made, found = read([text], unclosed_quotes=2)
    assert [record.line for record in made] == [1]
    assert found == [("unclosed_quote", tuple(range(2, 52)))]
