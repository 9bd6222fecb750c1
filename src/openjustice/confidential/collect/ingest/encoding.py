"""In which encoding a text is: told by its mark, by its bytes, and by whether every line agrees."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from openjustice.confidential.collect.ingest import faults
from openjustice.confidential.collect.ingest.limits import Limits

_BLOCK = 1 << 20
_LINE_FEED, _SPACE = 0x0A, 0x20
_CONTROL = bytes(set(range(32)) - {9, 10, 12, 13, 26})


class Encoding(StrEnum):
    """The encodings that are read. `MIXED` is UTF-8 in which some lines are not."""

    UTF_8 = "UTF-8"
    UTF_16_LE = "UTF-16 LE"
    UTF_16_BE = "UTF-16 BE"
    WINDOWS_1252 = "Windows-1252"
    MIXED = "UTF-8, mixed"


@dataclass(frozen=True)
class Survey:
    """What one pass over a text counts: its line ends, whether it is UTF-8, and bytes that no text has.

    `is_plain` says that it holds nothing but the printable characters of ASCII, tabs and line ends.
    """

    line_feeds: int
    returns: int
    nuls: int
    is_utf_8: bool
    is_plain: bool
    ends_with_line_feed: bool

    @property
    def newline(self) -> str | None:
        """Return the one line end of the whole text, as the engine writes it; null where it is mixed or old."""
        if self.returns == 0:
            return "\\n"
        return "\\r\\n" if self.returns == self.line_feeds else None

    @property
    def lines(self) -> int:
        """Return the number of lines, the last one counted with or without its end."""
        return self.line_feeds + (not self.ends_with_line_feed)


# What is taken to be so of a text until every line of it was seen.
UTF_8 = Survey(0, 0, 0, is_utf_8=True, is_plain=False, ends_with_line_feed=True)

_CODECS = {Encoding.UTF_16_LE: "utf-16-le", Encoding.UTF_16_BE: "utf-16-be", Encoding.WINDOWS_1252: "windows-1252"}


def survey(path: Path) -> Survey:
    """Count line ends and NULs of a file and say whether it is UTF-8, in one pass with bounded memory."""
    feeds = returns = nuls = 0
    last, decoder, is_utf_8, is_plain = b"", codecs.getincrementaldecoder("utf-8")(), True, True
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            codes = np.frombuffer(block, dtype=np.uint8)
            low, feeds_here = (int(np.count_nonzero(found)) for found in (codes < _SPACE, codes == _LINE_FEED))
            feeds += feeds_here
            # Below the space stand line feeds alone in almost every block: then nothing else need be counted.
            if low != feeds_here:
                returns_here = block.count(b"\r")
                returns, nuls = returns + returns_here, nuls + block.count(b"\0")
                is_plain = is_plain and low == feeds_here + returns_here + block.count(b"\t")
            is_plain = is_plain and block.isascii() and b"\x7f" not in block
            is_utf_8 = is_utf_8 and _continues(decoder, block)
            last = block
    is_whole = is_utf_8 and not decoder.getstate()[0]
    return Survey(feeds, returns, nuls, is_whole, is_plain, last.endswith(b"\n"))


def recognize(sample: bytes, *, path: Path, surveyed: Survey, limits: Limits) -> Encoding:
    """Return the encoding of a text; raises Stopped where the bytes are no text. Reads the whole file where it must."""
    if sample.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise faults.stop("unknown_encoding")
    if sample.startswith(codecs.BOM_UTF16_LE):
        return Encoding.UTF_16_LE
    if sample.startswith(codecs.BOM_UTF16_BE):
        return Encoding.UTF_16_BE
    if wide := _unmarked_utf_16(sample):
        return wide
    controls = len(sample) - len(sample.translate(None, _CONTROL))
    if controls > limits.binary_share * len(sample) and controls > 2:
        raise faults.stop("binary_file")
    return Encoding.UTF_8 if surveyed.is_utf_8 else _eight_bit(path)


def decoded_sample(sample: bytes, encoding: Encoding) -> str:
    """Return the text of a sample whose last character may be cut off."""
    name = _CODECS.get(encoding, "utf-8")
    return codecs.getincrementaldecoder(name)(errors="replace").decode(sample).lstrip("\ufeff")


def blocks(path: Path, encoding: Encoding) -> Iterator[bytes]:
    """Yield the file as UTF-8 without a byte order mark. A byte that means nothing becomes the replacement character."""
    with path.open("rb") as stream:
        if encoding in (Encoding.UTF_8, Encoding.MIXED):
            first = stream.read(_BLOCK).removeprefix(codecs.BOM_UTF8)
            yield first
            while block := stream.read(_BLOCK):
                yield block
            return
        decoder = codecs.getincrementaldecoder(_CODECS[encoding])(errors="replace")
        yield decoder.decode(stream.read(_BLOCK)).removeprefix("\ufeff").encode("utf-8", "replace")
        while block := stream.read(_BLOCK):
            yield decoder.decode(block).encode("utf-8", "replace")
        yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _unmarked_utf_16(sample: bytes) -> Encoding | None:
    # Western text in UTF-16 has a NUL as every second byte; three quarters leaves room for other letters.
    head = sample[: len(sample) // 2 * 2]
    if len(head) < 4:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    enough = len(head) * 3 // 8
    if odd >= enough and even * 20 < odd:
        return Encoding.UTF_16_LE
    return Encoding.UTF_16_BE if even >= enough and odd * 20 < even else None


def _eight_bit(path: Path) -> Encoding:
    """Tell Windows-1252 from a mixture with UTF-8 by every line that is not plain ASCII."""
    valid = invalid = 0
    with path.open("rb") as stream:
        while line := stream.readline(_BLOCK):
            if not line.isascii():
                try:
                    line.decode("utf-8")
                    valid += 1
                except UnicodeDecodeError:
                    invalid += 1
    return Encoding.MIXED if valid else Encoding.WINDOWS_1252


def _continues(decoder: codecs.IncrementalDecoder, block: bytes) -> bool:
    if block.isascii() and not decoder.getstate()[0]:
        return True
    try:
        decoder.decode(block)
    except UnicodeDecodeError:
        return False
    return True
