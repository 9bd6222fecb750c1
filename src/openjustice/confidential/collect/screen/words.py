"""Puts a list of texts into a table in which a text of a file is found with one look."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from openjustice.confidential.collect.screen.cells import slot_of, word_key
from openjustice.ground.kernels import WORD

# The keys of the table's places, the number of the word at each, where each word's letters begin, and the letters.
Table = tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int32], NDArray[np.uint8]]


def table_of(words: Sequence[str]) -> Table:
    """Return the table of some words; each keeps its number, which is its place in the list."""
    size = 1 << max(1, 4 * len(words)).bit_length() if words else 1
    keys, numbers = np.zeros(size, dtype=np.uint64), np.full(size, -1, dtype=np.int32)
    texts = [word.encode() for word in words]
    starts = np.cumsum([0, *(len(text) for text in texts)], dtype=np.int32)
    letters = np.frombuffer(b"".join(texts) + b"\0" * (2 * WORD), dtype=np.uint8).copy()
    for number, text in enumerate(texts):
        key = np.uint64(word_key(letters, int(starts[number]), int(starts[number]) + len(text)))
        slot = int(slot_of(key, size))
        while numbers[slot] >= 0:
            slot = (slot + 1) % size
        keys[slot], numbers[slot] = key, number
    return keys, numbers, starts, letters
