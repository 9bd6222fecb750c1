"""Finds the lines and cells of a block of text: where each separator stands, and which lines are out of the ordinary."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from openjustice.ground.kernels import bits_equal, bits_outside, frugal, lowest_bit, part

Codes = NDArray[np.uint8]
Places = NDArray[np.int32]

# A block stands behind so many bytes, the last of them a line feed, and before as many spaces: words may be read across its ends.
MARGIN = 64

# What a line is: plain; split well but with an odd character; with doubled quotation marks; not of the header's columns.
PLAIN, ODD, DOUBLED, UNSPLIT = 0, 1, 2, 3
# What makes the screen decline the whole text: a cell that goes over lines, line ends of two kinds, a line too long, one that is
# blank although it has its separators, or the mark that stands between the parts of a key.
OPEN_CELL, MIXED_ENDS, LONG_LINE, BLANK_LINE, STRANGE = -1, -2, -3, -4, -5

_TAB, _FEED, _RETURN, _UNIT, _SPACE, _TILDE, _QUOTE = 9, 10, 13, 31, 32, 126, 34


@frugal
def find_separators(
    codes: Codes, end: int, delimiter: int, has_returns: bool, places: Places, odd: Places
) -> tuple[int, int]:
    """Write the places of delimiters and line feeds, and those of odd characters; return how many there are of each.

    Odd are quotation marks and all that is neither printable ASCII nor a tab. With `has_returns` every line feed must follow
    a return; where one does not, or a return stands elsewhere, the first number is MIXED_ENDS.
    """
    count, odd_count = 1, 0
    places[0] = MARGIN - 1
    carried = np.uint64(0)
    one = np.uint64(1)
    for place in range(MARGIN, end, 64):
        feeds = bits_equal(codes, place, _FEED)
        ends = feeds | bits_equal(codes, place, delimiter)
        strange = bits_outside(codes, place, _SPACE, _TILDE) & ~(ends | bits_equal(codes, place, _TAB))
        if has_returns:
            returns = bits_equal(codes, place, _RETURN)
            if (returns << one | carried) != feeds:
                return MIXED_ENDS, 0
            carried = returns >> np.uint64(63)
            strange &= ~returns
        strange |= bits_equal(codes, place, _QUOTE)
        while ends:
            places[count] = place + lowest_bit(ends)
            ends &= ends - one
            count += 1
        while strange:
            odd[odd_count] = place + lowest_bit(strange)
            strange &= strange - one
            odd_count += 1
    return count, odd_count


@frugal
def find_lines(
    codes: Codes,
    places: Places,
    count: int,
    odd: Places,
    odd_count: int,
    delimiter: int,
    width: int,
    trim: int,
    largest: int,
    firsts: Places,
    states: NDArray[np.uint8],
) -> int:
    """Write for each line the index of the separator before it, and what it is; return their number, or why not.

    `trim` is 1 where a return stands before each line feed. The separators of a line with quotation marks are written anew,
    since those inside of marks separate nothing.
    """
    line, before, next_odd = 0, 0, 0
    for index in range(1, count):
        feed = places[index]
        if codes[feed] != _FEED:
            continue
        begin = places[before] + 1
        if feed - begin > largest:
            return LONG_LINE
        state = PLAIN if index - before == width else UNSPLIT
        has_quotes, has_nul = False, False
        while next_odd < odd_count and odd[next_odd] < feed:
            code = codes[odd[next_odd]]
            if code == _RETURN or code == _UNIT:  # noqa: SIM109 (a kernel has no sets)
                return STRANGE
            has_quotes |= code == _QUOTE
            has_nul |= code == 0
            state = max(state, ODD)
            next_odd += 1
        firsts[line] = before
        if has_nul:
            state = UNSPLIT
        elif has_quotes:
            state = _split_quoted(codes, begin, feed, trim, delimiter, width, places, before)
            if state < 0:
                return state
            places[index] = feed  # whatever was written there: the next line begins behind it
        if delimiter == _TAB and state != UNSPLIT and _is_blank(codes, begin, feed):
            return BLANK_LINE
        states[line] = state
        line += 1
        before = index
    return line


@part
def _split_quoted(  # noqa: C901 (one walk over the line, whole)
    codes: Codes, begin: int, feed: int, trim: int, delimiter: int, width: int, places: Places, before: int
) -> int:
    """Write the separators of a line with quotation marks and return what it is; OPEN_CELL where a mark never closes.

    A mark opens a cell only at its start; elsewhere it is text.
    """
    place, cells, end, found = begin, 0, feed - trim, PLAIN
    while cells < width:
        if place < end and codes[place] == _QUOTE:
            place += 1
            while place < end and (codes[place] != _QUOTE or (place + 1 < end and codes[place + 1] == _QUOTE)):
                if codes[place] == _QUOTE:
                    found = DOUBLED
                    place += 1
                elif _is_odd(codes[place]):
                    found = max(found, ODD)
                place += 1
            if place >= end:
                return OPEN_CELL
            place += 1
            if place < end and codes[place] != delimiter:
                return UNSPLIT
        else:
            while place < end and codes[place] != delimiter:
                if codes[place] == _QUOTE or _is_odd(codes[place]):
                    found = max(found, ODD)
                place += 1
        cells += 1
        if place >= end:
            places[before + cells] = feed
            return found if cells == width else UNSPLIT
        places[before + cells] = place
        place += 1
    return UNSPLIT


@part
def _is_odd(code: int) -> bool:
    return code > _TILDE or (code < _SPACE and code != _TAB)


@part
def _is_blank(codes: Codes, begin: int, end: int) -> bool:
    place = begin
    while place < end and (codes[place] == _SPACE or _TAB <= codes[place] <= _RETURN):
        place += 1
    return place == end


@frugal
def last_feed(codes: Codes, end: int) -> int:
    """Return the place of the last line feed before `end`; the block's margin ends with one."""
    place = end - 1
    while codes[place] != _FEED:
        place -= 1
    return place
