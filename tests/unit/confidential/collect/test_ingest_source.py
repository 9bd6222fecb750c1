"""A file is known by its bytes: its encoding, its kind, and whether it may be unpacked."""

from __future__ import annotations

import gzip

import pytest

from openjustice.confidential.collect import ingest
from openjustice.confidential.collect.ingest import clean, encoding, faults, source
from openjustice.confidential.collect.ingest.encoding import Encoding

LIMITS = ingest.read_limits()


def encoding_of(tmp_path, content):
    path = tmp_path / "text"
    path.write_bytes(content)
    return encoding.recognize(content[: LIMITS.sample_bytes], path=path, surveyed=encoding.survey(path), limits=LIMITS)


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (b"a,b\n", Encoding.UTF_8),
        ("é,b\n".encode(), Encoding.UTF_8),
        (b"\xef\xbb\xbfa,b\n", Encoding.UTF_8),
        ("é,b\n".encode("windows-1252"), Encoding.WINDOWS_1252),
        ("é,b\n".encode() + "é\n".encode("windows-1252"), Encoding.MIXED),
        ("a,b\n".encode("utf-16"), Encoding.UTF_16_LE),
        ("a,b\n".encode("utf-16-le"), Encoding.UTF_16_LE),
        ("a,b\n".encode("utf-16-be"), Encoding.UTF_16_BE),
    ],
)
def test_encodings_are_told_apart(tmp_path, content, wanted):
    assert encoding_of(tmp_path, content) is wanted


def test_blocks_are_utf_8_without_a_mark_whatever_the_encoding(tmp_path):
    path = tmp_path / "text"
    for content, coded in (
        ("\ufeffé".encode(), Encoding.UTF_8),
        ("é".encode("utf-16"), Encoding.UTF_16_LE),
        ("é".encode("windows-1252"), Encoding.WINDOWS_1252),
    ):
        path.write_bytes(content)
        assert b"".join(encoding.blocks(path, coded)) == "é".encode()


def test_a_survey_counts_across_blocks(tmp_path):
    path = tmp_path / "text"
    path.write_bytes(b"a" * ((1 << 20) - 1) + "é".encode() + b"\r\n\0\n")
    found = encoding.survey(path)
    assert (found.line_feeds, found.returns, found.nuls, found.is_utf_8, found.lines) == (2, 1, 1, True, 2)
    assert found.newline is None


@pytest.mark.parametrize(
    ("text", "newline", "count"), [(b"a\nb", "\\n", 2), (b"a\r\nb\r\n", "\\r\\n", 2), (b"a\rb", None, 1)]
)
def test_a_survey_tells_the_line_end_of_a_whole_text(tmp_path, text, newline, count):
    path = tmp_path / "text"
    path.write_bytes(text)
    assert (encoding.survey(path).newline, encoding.survey(path).lines) == (newline, count)


def test_unpacking_stops_at_each_limit(tmp_path):
    path = tmp_path / "packed"
    path.write_bytes(gzip.compress(bytes(5_000_000), mtime=0))
    for limits in (
        {"largest_unpacked_bytes": 2_000_000},
        {"largest_ratio": 20, "ratio_judged_from_bytes": 1_000_000},
    ):
        with pytest.raises(faults.Stopped) as stopped:
            source.unpack(path, tmp_path / "plain", limits=LIMITS.model_copy(update=limits))
        assert stopped.value.tally.rule == "unpacks_too_large"
        assert (tmp_path / "plain").stat().st_size <= 2_000_000 + (1 << 20)


def test_a_file_is_identified_by_its_bytes(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"abc")
    sent = source.identify(path)
    assert (sent.name, sent.size) == ("a.csv", 3)
    assert sent.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_every_fault_has_words_and_a_way_out():
    for rule, tally in faults.FAULTS.items():
        assert tally.rule == rule
        assert tally.says.endswith(".")
        assert tally.fix.endswith(".")
        assert tally.is_hard or tally.ask.endswith("?")


@pytest.mark.parametrize("deep", ['{"a":' * 100_000 + "1" + "}" * 100_000, "[" * 200_000])
def test_the_names_of_a_deep_object_are_not_looked_for(deep: str):
    assert clean.json_names(deep) == ()
