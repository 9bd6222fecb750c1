"""Compiles numeric kernels: the one place that asks Numba to turn a plain function over arrays into machine code."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def compiled(kernel: Kernel) -> Kernel:
    """Compile a function over arrays and numbers, keep the result on disk, and run it without the interpreter's lock.

    Surprise: integers wrap around as they do in the machine, and an index outside an array is not caught. The plain
    function stays reachable as `plain(kernel)`, so that a test can run both and compare.
    """
    return cast("Kernel", numba.njit(cache=True, nogil=True)(kernel))


def plain(kernel: Kernel) -> Kernel:
    """Return the function that a kernel was compiled from."""
    return cast("Kernel", kernel.py_func)  # type: ignore[attr-defined]
