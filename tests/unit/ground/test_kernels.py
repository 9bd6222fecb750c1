"""Compiled kernels do what the plain function does, and compile once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from openjustice.ground import kernels


@kernels.compiled
def _sum_of_squares(numbers: NDArray[np.int64]) -> int:
    total = 0
    for number in numbers:
        total += number * number
    return total


def test_a_kernel_and_its_plain_function_agree():
    numbers = np.arange(10, dtype=np.int64)
    assert _sum_of_squares(numbers) == kernels.plain(_sum_of_squares)(numbers) == 285


@kernels.frugal
def _looked_at(codes: NDArray[np.uint8], place: int, found: NDArray[np.uint64]) -> None:
    found[0] = kernels.word_at(codes, place)
    found[1] = kernels.bits_equal(codes, place, 44)
    found[2] = kernels.bits_outside(codes, place, 32, 126)
    found[3] = kernels.lowest_bit(found[1])
    found[4] = kernels.lowest_bit(np.uint64(0))


def test_steps_on_words_are_the_same_in_the_machine():
    codes = np.random.default_rng(5).integers(0, 256, 400).astype(np.uint8)
    codes[[70, 90, 133]] = 44
    for place in range(300):
        in_machine, plainly = np.zeros(5, dtype=np.uint64), np.zeros(5, dtype=np.uint64)
        _looked_at(codes, place, in_machine)
        kernels.plain(_looked_at)(codes, place, plainly)
        assert in_machine.tolist() == plainly.tolist()
        assert int(plainly[0]) == int.from_bytes(codes[place : place + 8].tobytes(), "little")
        assert plainly[1] >> np.uint64(90 - place) & np.uint64(1) if 90 - 64 < place <= 90 else True
        assert plainly[4] == 64
