"""Reads the cells of one column in a block: which are certainly right by themselves, and their values where a rule asks for them.

Each reader goes over all lines of the block that are split. It marks a line as doubtful where its cell is not certain, and writes
NOTHING for a blank cell or a mark of missing, UNREAD where it cannot tell the value.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.confidential.collect.screen.automaton import PASSES, SURELY_PASSES
from openjustice.confidential.collect.screen.rows import DOUBLED, UNSPLIT
from openjustice.ground.kernels import frugal, part, word_at

Codes = NDArray[np.uint8]
Places = NDArray[np.int32]
Marks = NDArray[np.uint8]
Values = NDArray[np.int64]
Words = NDArray[np.uint64]
# A number of the machine, signed or not: the type checker knows no type that is both that and a plain one.
Whole = Any

NOTHING, UNREAD = -(2**63), -(2**63) + 1
# The most digits of a number that is read here: all such numbers are exact in double precision.
MOST_DIGITS = 15
LARGEST = 10**MOST_DIGITS - 1

QUOTE, _ZERO, _NINE, _MINUS, _POINT = 34, 48, 57, 45, 46
_MIX, _SEED = 0x9E3779B97F4A7C15, 0x2545F4914F6CDD1D


@part
def bounds(codes: Codes, places: Places, at: int, trim: int) -> tuple[int, int]:
    """Return where the text of a cell begins and ends, inside its quotation marks; `at` is the separator before it."""
    begin, end = places[at] + 1, places[at + 1] - trim
    if begin < end and codes[begin] == QUOTE:
        return begin + 1, end - 1
    return begin, end


@part
def first_bytes(codes: Codes, begin: int, size: int) -> np.uint64:
    """Return the first bytes of a text, eight at most, as one number."""
    if size >= 8:
        return word_at(codes, begin)
    return word_at(codes, begin) & ((np.uint64(1) << np.uint64(8 * size)) - np.uint64(1))


@part
def mixed(state: np.uint64, word: np.uint64) -> np.uint64:
    """Return a fingerprint to which a word was added."""
    state = (state ^ word) * np.uint64(_MIX)
    return state ^ (state >> np.uint64(29))


@part
def fingerprint(codes: Codes, begin: int, end: int) -> np.uint64:
    """Return a fingerprint of a text: equal texts have equal ones."""
    state = np.uint64(_SEED) ^ np.uint64(end - begin)
    while end - begin > 8:
        state = mixed(state, word_at(codes, begin))
        begin += 8
    return mixed(state, first_bytes(codes, begin, end - begin))


@part
def word_key(codes: Codes, begin: int, end: int) -> np.uint64:
    """Return the key of a text in a table of words: a short one is its own, a longer one has a fingerprint."""
    return first_bytes(codes, begin, end - begin) if end - begin <= 8 else fingerprint(codes, begin, end)


@part
def slot_of(key: np.uint64, size: int) -> Whole:
    """Return the place in a table, whose size is a power of two, at which a key is looked for first."""
    return np.int64((key * np.uint64(_MIX)) >> np.uint64(40)) & (size - 1)


@part
def find_word(
    codes: Codes, begin: int, end: int, keys: Words, numbers: Places, starts: Places, letters: Codes
) -> Whole:
    """Return the number of a text in a table of words, -1 where it is none of them.

    A longer word is compared letter by letter besides. Free places of the table have number -1.
    """
    size = end - begin
    key = word_key(codes, begin, end)
    mask = len(keys) - 1
    slot = slot_of(key, len(keys))
    while numbers[slot] >= 0:
        number = numbers[slot]
        if keys[slot] == key and starts[number + 1] - starts[number] == size:
            start: Whole = starts[number]
            index = 8
            while index < size and letters[start + index] == codes[begin + index]:
                index += 1
            if size <= 8 or (index >= size and first_bytes(letters, start, 8) == word_at(codes, begin)):
                return number
        slot = (slot + 1) & mask
    return -1


@part
def is_word(codes: Codes, begin: int, end: int, keys: Words, numbers: Places, starts: Places, letters: Codes) -> Whole:
    """Say whether a text is in a table of words, which is often empty."""
    return len(starts) > 1 and find_word(codes, begin, end, keys, numbers, starts, letters) >= 0


@frugal
def read_words(
    codes: Codes, places: Places, firsts: Places, states: Marks, count: int, column: int, trim: int, is_blank_right: bool,
    keys: Words, numbers: Places, starts: Places, letters: Codes, meanings: Values, doubts: Marks, wanted: bool,
    values: Values,
) -> None:  # fmt: skip
    """Read a column whose right texts are listed; `meanings` gives the value of each."""
    for line in range(count):
        value: Whole = NOTHING
        if states[line] != UNSPLIT:
            begin, end = bounds(codes, places, firsts[line] + column, trim)
            if begin >= end:
                if not is_blank_right:
                    doubts[line] = 1
            else:
                number = find_word(codes, begin, end, keys, numbers, starts, letters)
                if number >= 0:
                    value = meanings[number]
                else:
                    doubts[line] = 1
                    value = UNREAD if states[line] == DOUBLED else NOTHING
        if wanted:
            values[line] = value


@frugal
def read_short_words(
    codes: Codes,
    places: Places,
    firsts: Places,
    states: Marks,
    count: int,
    column: int,
    trim: int,
    is_blank_right: bool,
    keys: Words,
    meanings: Values,
    doubts: Marks,
    wanted: bool,
    values: Values,
) -> None:
    """Read a column whose right texts are listed and have eight bytes at most; `meanings` has the value at each place."""
    mask = len(keys) - 1
    for line in range(count):
        value: Whole = NOTHING
        if states[line] != UNSPLIT:
            begin, end = bounds(codes, places, firsts[line] + column, trim)
            if begin >= end:
                if not is_blank_right:
                    doubts[line] = 1
            else:
                key = first_bytes(codes, begin, end - begin)
                slot = slot_of(key, len(keys))
                while keys[slot] != key and keys[slot] != 0:
                    slot = (slot + 1) & mask
                if keys[slot] == key and end - begin <= 8:
                    value = meanings[slot]
                else:
                    doubts[line] = 1
                    value = UNREAD if states[line] == DOUBLED else NOTHING
        if wanted:
            values[line] = value


@part
def eight_digits(word: np.uint64) -> Whole:
    """Return the number that eight digits are, the first one in the lowest byte; -1 where one is no digit."""
    high = np.uint64(0xF0F0F0F0F0F0F0F0)
    if ((word & high) | (((word + np.uint64(0x0606060606060606)) & high) >> np.uint64(4))) != np.uint64(
        0x3333333333333333
    ):
        return -1
    word = ((word & np.uint64(0x0F0F0F0F0F0F0F0F)) * np.uint64(2561)) >> np.uint64(8)
    word = ((word & np.uint64(0x00FF00FF00FF00FF)) * np.uint64(6553601)) >> np.uint64(16)
    word = ((word & np.uint64(0x0000FFFF0000FFFF)) * np.uint64(42949672960001)) >> np.uint64(32)
    return np.int64(word)


@part
def whole_number(codes: Codes, begin: int, end: int) -> Whole:
    """Return the whole number that a text of digits is, with or without a minus; UNREAD where it is none, or a long one."""
    sign = 1
    if codes[begin] == _MINUS:
        sign = -1
        begin += 1
    size = end - begin
    if size < 1 or size > MOST_DIGITS:
        return UNREAD
    # The last eight bytes, with zeros in place of what stands before the number.
    before = np.uint64(8 * max(0, 8 - size))
    word = (word_at(codes, end - 8) >> before) << before
    low = eight_digits(word | (np.uint64(0x3030303030303030) & ((np.uint64(1) << before) - np.uint64(1))))
    if low < 0:
        return UNREAD
    if size <= 8:
        return sign * low
    high: Whole = 0
    for place in range(begin, end - 8):
        digit: Whole = np.int64(codes[place]) - _ZERO
        if digit < 0 or digit > 9:
            return UNREAD
        high = high * 10 + digit
    return sign * (high * 100_000_000 + low)


@frugal
def read_whole_numbers(
    codes: Codes, places: Places, firsts: Places, states: Marks, count: int, column: int, trim: int, is_blank_right: bool,
    low: int, high: int, keys: Words, numbers: Places, starts: Places, letters: Codes, doubts: Marks, wanted: bool,
    values: Values,
) -> None:  # fmt: skip
    """Read a column of whole numbers from `low` to `high`; the words of the table mean that the value is missing."""
    for line in range(count):
        value: Whole = NOTHING
        if states[line] != UNSPLIT:
            begin, end = bounds(codes, places, firsts[line] + column, trim)
            if begin >= end:
                if not is_blank_right:
                    doubts[line] = 1
            elif not is_word(codes, begin, end, keys, numbers, starts, letters):
                value = whole_number(codes, begin, end)
                if value < low or value > high:
                    doubts[line] = 1
        if wanted:
            values[line] = value


@part
def decimal_number(codes: Codes, begin: int, end: int, powers: NDArray[np.float64]) -> Whole:
    """Return the number that digits with one point at most are; infinite where the text is none, or a long one."""
    sign = 1.0
    if codes[begin] == _MINUS:
        sign = -1.0
        begin += 1
    size = end - begin
    number: Whole = 0
    decimals = -1
    if size < 1 or size > MOST_DIGITS or codes[begin] == _POINT or codes[end - 1] == _POINT:
        return np.inf
    for place in range(begin, end):
        code = codes[place]
        if code == _POINT and decimals < 0:
            decimals = 0
            continue
        if code < _ZERO or code > _NINE:
            return np.inf
        number = number * 10 + (np.int64(code) - _ZERO)
        if decimals >= 0:
            decimals += 1
    # Both are exact in double precision, so their quotient is the number that is nearest to the text.
    return sign * number / powers[max(decimals, 0)]


@frugal
def read_numbers(
    codes: Codes, places: Places, firsts: Places, states: Marks, count: int, column: int, trim: int, is_blank_right: bool,
    low: float, high: float, powers: NDArray[np.float64], keys: Words, numbers: Places, starts: Places, letters: Codes,
    doubts: Marks, wanted: bool, values: NDArray[np.float64],
) -> None:  # fmt: skip
    """Read a column of numbers from `low` to `high`: missing is no number (NaN), unread is infinite."""
    for line in range(count):
        value = np.nan
        if states[line] != UNSPLIT:
            begin, end = bounds(codes, places, firsts[line] + column, trim)
            if begin >= end:
                if not is_blank_right:
                    doubts[line] = 1
            elif not is_word(codes, begin, end, keys, numbers, starts, letters):
                value = decimal_number(codes, begin, end, powers)
                if not (low <= value <= high) or np.isinf(value):
                    doubts[line] = 1
        if wanted:
            values[line] = value


@part
def day(codes: Codes, begin: int, year_at: int, month_at: int, day_at: int) -> Whole:
    """Return the day that stands in a text as year * 512 + month * 32 + day; UNREAD where it is not in the calendar.

    Days before the year 1000 are unread too: whether they are meant, their length does not tell.
    """
    year = word_at(codes, begin + year_at) & np.uint64(0xFFFFFFFF)
    month = word_at(codes, begin + month_at) & np.uint64(0xFFFF)
    number = eight_digits(
        year | month << np.uint64(32) | (word_at(codes, begin + day_at) & np.uint64(0xFFFF)) << np.uint64(48)
    )
    if number < 10_000_000:
        return UNREAD
    of_month = number % 100
    of_year = number // 100 % 100
    years = number // 10_000
    if of_month < 1 or of_year < 1 or of_year > 12 or of_month > 31:
        return UNREAD
    if of_month > 28:
        if of_year == 2:
            if of_month > 29 or years % 4 or (years % 100 == 0 and years % 400):
                return UNREAD
        elif of_month == 31 and (of_year == 4 or of_year == 6 or of_year == 9 or of_year == 11):
            return UNREAD
    return years * 512 + of_year * 32 + of_month


@frugal
def read_days(
    codes: Codes, places: Places, firsts: Places, states: Marks, count: int, column: int, trim: int, is_blank_right: bool,
    form: Values, signs: Words, keys: Words, numbers: Places, starts: Places, letters: Codes, doubts: Marks, wanted: bool,
    values: Values,
) -> None:  # fmt: skip
    """Read a column of days. `form` is the length and where year, month and day stand, `signs` what stands between them.

    The signs are compared in the first eight bytes and in the last eight: a mask and what remains, for both.
    """
    size, year_at, month_at, day_at = form[0], form[1], form[2], form[3]
    for line in range(count):
        value: Whole = NOTHING
        if states[line] != UNSPLIT:
            begin, end = bounds(codes, places, firsts[line] + column, trim)
            if begin >= end:
                if not is_blank_right:
                    doubts[line] = 1
            elif not is_word(codes, begin, end, keys, numbers, starts, letters):
                value = UNREAD
                if (
                    end - begin == size
                    and word_at(codes, begin) & signs[0] == signs[1]
                    and word_at(codes, end - 8) & signs[2] == signs[3]
                ):
                    value = day(codes, begin, year_at, month_at, day_at)
                if value == UNREAD:
                    doubts[line] = 1
        if wanted:
            values[line] = value


@part
def passes(codes: Codes, begin: int, end: int, steps: Codes, ends: Codes, live: int, start: int) -> Whole:
    """Say whether a text passes an automaton whose table begins at `start`."""
    state: Whole = 0
    for place in range(begin, end):
        state = np.int64(steps[(start + state) * 256 + np.int64(codes[place])])
        if state >= live:
            break
    verdict = ends[start + state]
    is_settled = verdict == SURELY_PASSES
    return is_settled or verdict == PASSES


@frugal
def read_texts(
    codes: Codes, places: Places, firsts: Places, states: Marks, count: int, column: int, trim: int, is_blank_right: bool,
    edges: Marks, steps: Codes, ends: Codes, lives: Values, begins: Values, keys: Words, numbers: Places, starts: Places,
    letters: Codes, doubts: Marks, wanted: bool, values: Values,
) -> None:  # fmt: skip
    """Read a column of texts. `edges` tells of each byte whether a text may begin (first 256) and end with it.

    A value only tells whether there is one.
    """
    for line in range(count):
        value: Whole = NOTHING
        if states[line] != UNSPLIT:
            begin, end = bounds(codes, places, firsts[line] + column, trim)
            if begin >= end:
                if not is_blank_right:
                    doubts[line] = 1
            elif not is_word(codes, begin, end, keys, numbers, starts, letters):
                value = 1
                is_right = edges[codes[begin]] and edges[256 + np.int64(codes[end - 1])]
                for index in range(len(lives)):
                    is_right = is_right and passes(codes, begin, end, steps, ends, lives[index], begins[index])
                if not is_right:
                    doubts[line] = 1
        if wanted:
            values[line] = value
