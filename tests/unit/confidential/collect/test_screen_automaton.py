"""Automata pass the texts that their pattern matches, and refuse the patterns that may be read in two ways."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjustice.confidential.collect.screen import automaton, cells
from openjustice.confidential.collect.screen.unsupported import Unsupported
from openjustice.ground import kernels

PATTERNS = [
    "", "a", "ab|cd", "(a|b)*", "a+b?", "a{2}", "a{2,}b", "a{0,3}", "(?:ab)+c*?", "[a-c]x", "[^a-c]", "[-a]b", "[a-]", r"\d+\.\d*",
    r"\w\s\S", r"[\d\-]x", r"\D\W", "a.c", "R[0-9]{8}", "[A-Z]{2}[0-9]{4}", r"\t|\(", "(a|)b", "(a*)*b", r"[\]a]",
    "[+-]?[0-9]([.,][0-9]+)?[eE][+-]?[0-9]+",
]  # fmt: skip
REFUSED = [
    "^a", "a$", "(?i)a", "[[:digit:]]", "[]a]", "a**", "a{,2}", "a{2", "x{3,2}", "é", r"\pL", r"\b", "(a", "a)", "[a", "*", "a]", "[z-a]",
    r"[\d-z]", "\\", "{1}", "a{x}", "a{999}{9}", "(ab){1500}", "(a|b)*a(a|b){9}",
]  # fmt: skip


def walk(made: automaton.Automaton, text: str) -> bool:
    codes = np.frombuffer(text.encode() + b"\0" * 8, dtype=np.uint8)
    return bool(kernels.plain(cells.passes)(codes, 0, len(text.encode()), made.steps, made.ends, made.live, 0))


@pytest.mark.parametrize("pattern", PATTERNS)
@given(texts=st.lists(st.text("ab cdxRE0129+-.,e(]\t", max_size=9), min_size=20, max_size=20))
def test_an_automaton_passes_what_its_pattern_matches(pattern, texts):
    wanted, unwanted = (automaton.automaton(pattern, is_wanted=is_wanted) for is_wanted in (True, False))
    for text in ["R00000001", "AX0123", "1.5E+06", "12", "axc", "abab", *texts]:
        does_match = re.fullmatch(pattern, text, re.ASCII) is not None
        assert walk(wanted, text) is does_match
        assert walk(unwanted, text) is not does_match


def test_a_byte_beyond_ascii_passes_only_where_no_reading_of_the_pattern_could_forbid_it():
    assert not walk(automaton.automaton("a.c", is_wanted=True), "aéc")
    assert not walk(automaton.automaton("a.c", is_wanted=False), "aéc")
    assert walk(automaton.automaton("a[0-9]c", is_wanted=False), "aéc")


@pytest.mark.parametrize("pattern", REFUSED)
def test_a_pattern_that_might_be_read_in_two_ways_is_refused(pattern):
    with pytest.raises(Unsupported):
        automaton.automaton(pattern, is_wanted=True)
