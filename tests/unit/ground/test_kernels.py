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
