"""Turns a pattern into a table that is walked one step for each byte, for the patterns whose meaning is beyond doubt.

The language is the common part of what pattern languages share: characters, sets, groups, choices and repetitions, in ASCII.
Anything else, an anchor, a flag, a named class, is refused, and the engine asks the pattern instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from openjustice.confidential.collect.screen.unsupported import Unsupported

# How a walk stands at the end of a text: the text passes or fails if it ends here, whatever follows in the last two.
FAILS, PASSES, SURELY_PASSES, SURELY_FAILS = 0, 1, 2, 3

_MOST_STATES = 250
_MOST_PLACES = 2_000
_ASCII = (1 << 128) - 1
_DIGITS = sum(1 << ord(mark) for mark in "0123456789")
_WORDS = _DIGITS | sum(1 << code for code in range(128) if chr(code).isalpha()) | 1 << ord("_")
_SPACES = sum(1 << ord(mark) for mark in "\t\n\f\r ")
_CLASSES = {"d": _DIGITS, "w": _WORDS, "s": _SPACES}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}

Node = tuple[Any, ...]


@dataclass(frozen=True)
class Automaton:
    """A table of steps: `steps[state * 256 + byte]` is the next state; `ends` says how a text stands that ends in a state.

    A walk begins in state 0. States from `live` on are settled: no byte leads out of them.
    """

    steps: NDArray[np.uint8]
    ends: NDArray[np.uint8]
    live: int


@cache
def automaton(pattern: str, *, is_wanted: bool) -> Automaton:
    """Return the automaton whose texts pass where the whole of them matches, or where it does not; raises Unsupported.

    Surprise: a byte beyond ASCII fails, unless a text with it can match in no case and none is wanted.
    """
    reader = _Pattern(pattern)
    node = reader.whole()
    return _numbered(_Places(node), is_wanted=is_wanted, is_open=reader.is_open)


class _Pattern:
    """Reads a pattern into nodes: ("set", bits), ("all", nodes), ("any", nodes), ("times", node, least, most)."""

    def __init__(self, text: str) -> None:
        if not text.isascii():
            raise Unsupported("a pattern with characters beyond ASCII")
        self.text = text
        self.place = 0
        self.is_open = False  # whether a set stands for characters beyond ASCII too

    def whole(self) -> Node:
        node = self.choice()
        if self.place < len(self.text):
            self.refuse()
        return node

    def choice(self) -> Node:
        parts = [self.sequence()]
        while self.take("|"):
            parts.append(self.sequence())
        return parts[0] if len(parts) == 1 else ("any", tuple(parts))

    def sequence(self) -> Node:
        parts = []
        while self.place < len(self.text) and self.text[self.place] not in "|)":
            parts.append(self.repeated(self.one()))
        return ("all", tuple(parts))

    def one(self) -> Node:
        mark = self.next()
        match mark:
            case "(":
                if self.take("?") and not self.take(":"):
                    self.refuse()
                node = self.choice()
                if not self.take(")"):
                    self.refuse()
                return node
            case "[":
                return ("set", self.set_of())
            case ".":
                self.is_open = True
                return ("set", _ASCII & ~(1 << ord("\n")))
            case "\\":
                return ("set", self.escaped())
            case "*" | "+" | "?" | "{" | "}" | "]" | "^" | "$":
                self.refuse()
            case _:
                pass
        return ("set", 1 << ord(mark))

    def repeated(self, node: Node) -> Node:
        bounds = self.bounds()
        if bounds is None:
            return node
        self.take("?")  # a lazy repetition matches the same whole texts
        if self.place < len(self.text) and self.text[self.place] in "*+?{":
            self.refuse()
        return ("times", node, *bounds)

    def bounds(self) -> tuple[int, int | None] | None:
        for mark, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self.take(mark):
                return bounds
        if not self.take("{"):
            return None
        inside, closed, _ = self.text[self.place :].partition("}")
        least, comma, most = inside.partition(",")
        if not closed or not least.isdigit() or not (most.isdigit() or not most):
            self.refuse()
        self.place += len(inside) + 1
        high = (int(most) if most else None) if comma else int(least)
        if high is not None and high < int(least):
            self.refuse()
        return int(least), high

    def set_of(self) -> int:
        is_negated = self.take("^")
        if self.place < len(self.text) and self.text[self.place] == "]":
            self.refuse()
        bits = 0
        while not self.take("]"):
            bits |= self.member()
        if is_negated:
            self.is_open = True
            return _ASCII & ~bits
        return bits

    def member(self) -> int:
        mark = self.next()
        if mark == "[":
            self.refuse()  # the beginning of a named class, or of what some languages read as one
        low = self.escaped() if mark == "\\" else 1 << ord(mark)
        following = self.text[self.place : self.place + 2]
        if len(following) < 2 or following[0] != "-" or following[1] == "]":
            return low
        self.place += 1
        mark = self.next()
        high = self.escaped() if mark == "\\" else 1 << ord(mark)
        if low.bit_count() != 1 or high.bit_count() != 1 or high < low:
            self.refuse()
        return (high << 1) - low

    def escaped(self) -> int:
        mark = self.next()
        if mark.lower() in _CLASSES:
            bits = _CLASSES[mark.lower()]
            if mark.islower():
                return bits
            self.is_open = True
            return _ASCII & ~bits
        if mark in _CONTROLS:
            return 1 << ord(_CONTROLS[mark])
        if mark.isalnum():
            self.refuse()
        return 1 << ord(mark)

    def take(self, mark: str) -> bool:
        found = self.text.startswith(mark, self.place)
        self.place += len(mark) if found else 0
        return found

    def next(self) -> str:
        if self.place >= len(self.text):
            self.refuse()
        self.place += 1
        return self.text[self.place - 1]

    def refuse(self) -> NoReturn:
        raise Unsupported("a pattern that the screen does not read")


class _Places:
    """The places between the characters of a pattern: which are one without a byte, and which a byte leads to."""

    def __init__(self, node: Node) -> None:
        self.free: list[list[int]] = []
        self.steps: list[list[tuple[int, int]]] = []
        self.first = self.new()
        self.last = self.add(node, self.first)

    def new(self) -> int:
        if len(self.free) >= _MOST_PLACES:
            raise Unsupported("a pattern with very many repetitions")
        self.free.append([])
        self.steps.append([])
        return len(self.free) - 1

    def add(self, node: Node, at: int) -> int:
        """Add a node from a place on and return the place behind it."""
        match node:
            case ("set", bits):
                after = self.new()
                self.steps[at].append((bits, after))
                return after
            case ("all", parts):
                for part in parts:
                    at = self.add(part, at)
                return at
            case ("any", parts):
                after = self.new()
                for part in parts:
                    begin = self.new()
                    self.free[at].append(begin)
                    self.free[self.add(part, begin)].append(after)
                return after
            case _:
                return self.add_times(node[1], node[2], node[3], at)

    def add_times(self, node: Node, least: int, most: int | None, at: int) -> int:
        for _ in range(least):
            at = self.add(node, at)
        after = self.new()
        self.free[at].append(after)
        if most is None:
            begin = self.new()
            self.free[at].append(begin)
            behind = self.add(node, begin)
            self.free[behind] += [begin, after]
            return after
        for _ in range(most - least):
            at = self.add(node, at)
            self.free[at].append(after)
        return after

    def reached(self, places: Iterator[int] | list[int]) -> frozenset[int]:
        """Return the places themselves and those one with them."""
        waiting, found = list(places), set()
        while waiting:
            place = waiting.pop()
            if place not in found:
                found.add(place)
                waiting += self.free[place]
        return frozenset(found)

    def after(self, places: frozenset[int], byte: int) -> frozenset[int]:
        """Return the places that a byte leads to."""
        return self.reached([to for place in places for bits, to in self.steps[place] if bits >> byte & 1])


def _numbered(places: _Places, *, is_wanted: bool, is_open: bool) -> Automaton:
    """Make the table: every set of places is a state, the settled ones last."""
    start = places.reached([places.first])
    states: dict[frozenset[int], int] = {start: 0, frozenset(): 1}
    rows: list[list[int]] = []
    for held in iter(_growing(states)):
        row = []
        for byte in range(128):
            after = places.after(held, byte)
            row.append(states.setdefault(after, len(states)))
        if len(states) > _MOST_STATES:
            raise Unsupported("a pattern with very many states")
        rows.append(row)
    matches = [places.last in held for held in states]
    return _table(rows, matches, is_wanted=is_wanted, is_open=is_open)


def _growing(states: dict[frozenset[int], int]) -> Iterator[frozenset[int]]:
    done = 0
    while done < len(states):
        yield list(states)[done]
        done += 1


def _table(rows: list[list[int]], matches: list[bool], *, is_wanted: bool, is_open: bool) -> Automaton:
    """Number the states anew: the start first, two settled states last, the rest between."""
    hopeless = 1  # the empty set of places: no text that comes here matches
    live = [state for state in range(len(rows)) if state != hopeless]
    number = {state: place for place, state in enumerate(live)} | {hopeless: len(live)}
    beyond = len(live) + 1  # a byte beyond ASCII came, and the pattern may or may not have meant it
    steps = np.zeros((len(live) + 2, 256), dtype=np.uint8)
    for state in live:
        steps[number[state], :128] = [number[to] for to in rows[state]]
        steps[number[state], 128:] = number[hopeless] if is_wanted or not is_open else beyond
    steps[len(live)], steps[beyond] = len(live), beyond
    ends = [PASSES if matches[state] is is_wanted else FAILS for state in live]
    ends += [SURELY_FAILS if is_wanted else SURELY_PASSES, SURELY_FAILS]
    return Automaton(steps.ravel(), np.array(ends, dtype=np.uint8), len(live))
