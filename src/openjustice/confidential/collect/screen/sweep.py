"""Goes once over a text on two threads: its digest, its lines, and for each line whether it is in doubt."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from openjustice.confidential.collect.screen import cells, repeated, rows
from openjustice.confidential.collect.screen.plan import Column, Plan
from openjustice.confidential.collect.screen.rows import MARGIN
from openjustice.confidential.collect.screen.unsupported import Unsupported
from openjustice.contracts.dataset import FieldType

Array = NDArray[Any]

_BLOCK = 1 << 20
_THREADS = 2
_SEED = np.uint64(0x5851F42D4C957F2D)
# Before so many lines the share of doubtful ones says nothing.
_FEW_LINES = 20_000


@dataclass(frozen=True)
class Swept:
    """What one block of the text gave: where it begins, where each of its lines begins in it, and which are in doubt.

    `prints` has for each key a fingerprint of each line, zero where the line has no key.
    """

    offset: int
    begins: Array
    size: int
    doubtful: Array
    prints: tuple[Array, ...]

    @property
    def lines(self) -> int:
        """Return the number of lines."""
        return len(self.begins)


@dataclass
class _Block:
    """The arrays that one thread works in, made once."""

    size: int
    codes: Array = field(init=False)
    places: Array = field(init=False)
    odd: Array = field(init=False)
    firsts: Array = field(init=False)
    states: Array = field(init=False)
    doubts: Array = field(init=False)
    values: dict[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.codes = np.full(self.size + 4 * MARGIN, 32, dtype=np.uint8)
        self.codes[MARGIN - 1] = ord("\n")
        self.places, self.odd, self.firsts = (np.zeros(self.size + 2 * MARGIN, dtype=np.int32) for _ in range(3))
        self.states, self.doubts = (np.zeros(self.size + 2 * MARGIN, dtype=np.uint8) for _ in range(2))

    def value(self, column: Column, count: int) -> Array:
        """Return the array for the values of a column."""
        held = self.values.get(column.name)
        if held is None or len(held) < count:
            held = self.values[column.name] = np.zeros(2 * count, dtype=column.kind)
        return held


@dataclass
class _Reader:
    """Hands out the blocks of a file one after the other, each ending with a whole line, and adds them to the digest."""

    stream: BinaryIO
    digest: Any
    has_returns: bool
    progress: Callable[[int], None]
    offset: int = 0
    carried: bytes = b""
    handed: int = 0
    lines: int = 0
    doubtful: int = 0
    is_over: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fill(self, block: _Block) -> tuple[int, int, int] | None:
        """Fill a block; return its number, its offset in the file and its length; None where the file is over."""
        with self.lock:
            if self.is_over:
                return None
            kept = len(self.carried)
            codes = block.codes
            codes[MARGIN : MARGIN + kept] = np.frombuffer(self.carried, dtype=np.uint8)
            room = memoryview(codes.data)[MARGIN + kept : MARGIN + block.size]
            read = self.read_into(room)
            self.digest.update(room[:read])
            offset, self.offset = self.offset, self.offset + read
            end = MARGIN + kept + read
            self.is_over = read < len(room)
            if self.is_over:
                end = self.finished(codes, end)
            last = int(rows.last_feed(codes, end)) + 1
            if last <= MARGIN < end:
                raise Unsupported("a line that is longer than a block")
            self.carried = codes[last:end].tobytes()
            self.handed += 1
            self.progress(self.offset)
            return self.handed - 1, offset - kept, last - MARGIN

    def check_share(self, swept: Swept, share: float) -> None:
        """Give up where more than a share of the lines so far is in doubt."""
        with self.lock:
            self.lines += swept.lines
            self.doubtful += len(swept.doubtful)
            if self.lines > _FEW_LINES and self.doubtful > share * self.lines:
                raise Unsupported("many rows in doubt")

    def read_into(self, room: memoryview) -> int:
        """Read as much as there is room for; return how much there was."""
        read = 0
        while read < len(room) and (more := self.stream.readinto(room[read:])):  # type: ignore[attr-defined]
            read += more
        return read

    def finished(self, codes: Array, end: int) -> int:
        """Give the last line its end where it has none, and return where the text ends."""
        if end > MARGIN and codes[end - 1] != ord("\n"):
            ending = b"\r\n" if self.has_returns else b"\n"
            codes[end : end + len(ending)] = np.frombuffer(ending, dtype=np.uint8)
            end += len(ending)
        return end


def sweep(
    path: Path, *, plan: Plan, header: bytes, largest_line: int, share: float, progress: Callable[[int], None]
) -> tuple[list[Swept], str, int]:
    """Go over the rows of a text; return what each block gave, the SHA-256 of the file and its size.

    Raises Unsupported where the text is not one for the screen, or more than a `share` of its lines is in doubt.
    """
    digest = hashlib.sha256(header)
    has_returns = header.endswith(b"\r\n")
    found: dict[int, Swept] = {}
    with path.open("rb", buffering=0) as stream:
        stream.seek(len(header))
        reader = _Reader(stream, digest, has_returns, progress, offset=len(header))

        def work() -> None:
            block = _Block(_BLOCK)
            try:
                with np.errstate(all="ignore"):  # what stands for nothing may overflow, and is known to mean nothing
                    while (filled := reader.fill(block)) is not None:
                        number, offset, size = filled
                        found[number] = _sweep_block(
                            block, offset, size, plan=plan, trim=int(has_returns), largest_line=largest_line
                        )
                        reader.check_share(found[number], share)
            except BaseException:
                reader.is_over = True
                raise

        with ThreadPoolExecutor(max_workers=_THREADS) as threads:
            for done in [threads.submit(work) for _ in range(_THREADS)]:
                done.result()
    return [found[number] for number in sorted(found)], digest.hexdigest(), reader.offset


def _sweep_block(block: _Block, offset: int, size: int, *, plan: Plan, trim: int, largest_line: int) -> Swept:
    end = MARGIN + size
    block.codes[end : end + MARGIN] = 32
    count, odd = rows.find_separators(block.codes, end, plan.delimiter, bool(trim), block.places, block.odd)
    if count < 0:
        raise Unsupported("line ends of two kinds")
    if odd:
        _check_text(block.codes[MARGIN:end], block.codes[block.odd[:odd]])
    lines = rows.find_lines(
        block.codes, block.places, count, block.odd, odd, plan.delimiter, plan.width, trim, largest_line, block.firsts,
        block.states,
    )  # fmt: skip
    if lines < 0:
        raise Unsupported("a line of a form that the screen does not read")
    doubts = block.doubts[:lines]
    np.not_equal(block.states[:lines], rows.PLAIN, out=doubts.view(np.bool_))
    values = _read_columns(block, lines, plan=plan, trim=trim)
    for fails in plan.sieves:
        doubts |= fails(values)
    prints = tuple(
        _fingerprints(block, lines, values, number, plan=plan, trim=trim) for number in range(len(plan.keys))
    )
    begins = block.places[block.firsts[:lines]] + np.int32(1 - MARGIN)
    return Swept(offset, begins, size, np.flatnonzero(doubts).astype(np.int32), prints)


def _check_text(codes: Array, odd: Array) -> None:
    """Refuse what is not UTF-8."""
    if odd.max() > 127:
        try:
            str(codes.data, "utf-8")
        except UnicodeDecodeError:
            raise Unsupported("another encoding") from None


def _read_columns(block: _Block, lines: int, *, plan: Plan, trim: int) -> dict[str, Array]:
    """Read every column, marking doubts, and return the values that rules and keys need."""
    values = {}
    for column in plan.columns:
        is_wanted = column.name in plan.valued
        held = block.value(column, lines if is_wanted else 1)
        cut = trim if column.place == plan.width - 1 else 0
        column.read(
            block.codes, block.places, block.firsts, block.states, lines, column.place, cut, *column.more, block.doubts,
            is_wanted, held,
        )  # fmt: skip
        if is_wanted:
            values[column.name] = held[:lines]
    for name in plan.absent & plan.valued:
        is_number = plan.types[name] is FieldType.NUMBER
        values[name] = np.full(lines, np.nan) if is_number else np.full(lines, cells.NOTHING, dtype=np.int64)
    return values


def _fingerprints(block: _Block, lines: int, values: dict[str, Array], number: int, *, plan: Plan, trim: int) -> Array:
    """Return for one key the fingerprint of each line."""
    key = plan.keys[number]
    prints = np.full(lines, _SEED, dtype=np.uint64)
    by_name = {column.name: column for column in plan.columns}
    untold = 0
    for name in key.names:
        column, kind = by_name[name], plan.types[name]
        if key.is_strict and kind is not FieldType.STRING:
            untold += repeated.add_values(block.states, lines, _as_whole(values[name]), prints)
        else:
            cut = trim if column.place == plan.width - 1 else 0
            held = values[name] if key.is_strict else block.values.get(name, np.zeros(1, dtype=np.int64))
            untold += repeated.add_texts(
                block.codes, block.places, block.firsts, block.states, lines, column.place, cut,
                held.view(np.int64), key.is_strict, prints,
            )  # fmt: skip
    if untold:
        raise Unsupported("a key that cannot be told")
    return prints


def _as_whole(values: Array) -> Array:
    """Return numbers as whole ones that are equal where the numbers are written the same."""
    if values.dtype == np.int64:
        return values
    whole = np.where(np.isnan(values), np.int64(cells.NOTHING), values.view(np.int64))
    return np.where(np.isinf(values), np.int64(cells.UNREAD), whole)
