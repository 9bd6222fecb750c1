"""Compiles numeric kernels: the one place that asks Numba to turn a plain function over arrays into machine code.

Beside it stand the few steps on whole machine words that plain NumPy has not: eight bytes as one number, sixty-four bytes compared
at once. Each is a plain function that kernels and tests call alike; in a kernel it becomes an instruction or two.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils
from numba.extending import intrinsic, overload
from numpy.typing import NDArray

Kernel = TypeVar("Kernel", bound=Callable[..., object])
Codes = NDArray[np.uint8]
# Numba's own types do not tell all that it takes.
_compile: Any = numba.njit
_machine = cast("Callable[[Callable[..., Any]], Callable[..., Any]]", intrinsic)
_grown: Any = cgutils

WORD = 8
LINE = 64


def compiled(kernel: Kernel) -> Kernel:
    """Compile a function over arrays and numbers, keep the result on disk, and run it without the interpreter's lock.

    Surprise: integers wrap around as they do in the machine, and an index outside an array is not caught. The plain
    function stays reachable as `plain(kernel)`, so that a test can run both and compare.
    """
    return cast("Kernel", _compile(cache=True, nogil=True)(kernel))


def frugal(kernel: Kernel) -> Kernel:
    """Compile a kernel that makes no array: those it is given are then not counted at each step, which may cost more than the step.

    Surprise: compiling fails where the kernel does make one.
    """
    return cast("Kernel", _compile(cache=True, nogil=True, _nrt=False)(kernel))


def part(kernel: Kernel) -> Kernel:
    """Compile a small function into each frugal kernel that calls it: a call would hand over every array whole."""
    return cast("Kernel", _compile(cache=True, nogil=True, _nrt=False, inline="always")(kernel))


def plain(kernel: Kernel) -> Kernel:
    """Return the function that a kernel was compiled from."""
    return cast("Kernel", kernel.py_func)  # type: ignore[attr-defined]


def word_at(codes: Codes, place: int) -> np.uint64:
    """Return the eight bytes from a place on as one number, the first byte the lowest. They must all be in the array."""
    return np.uint64(int.from_bytes(codes[place : place + WORD].tobytes(), "little"))


def bits_equal(codes: Codes, place: int, code: int) -> np.uint64:
    """Return a bit for each of the sixty-four bytes from a place on, set where the byte equals `code`."""
    return _as_bits(codes[place : place + LINE] == code)


def bits_outside(codes: Codes, place: int, low: int, high: int) -> np.uint64:
    """Return a bit for each of the sixty-four bytes from a place on, set where the byte is below `low` or above `high`."""
    line = codes[place : place + LINE]
    return _as_bits((line < low) | (line > high))


def lowest_bit(bits: np.uint64) -> int:
    """Return the place of the lowest bit that is set; sixty-four where none is."""
    return (int(bits) & -int(bits)).bit_length() - 1 if bits else 64


def _as_bits(found: NDArray[np.bool_]) -> np.uint64:
    return np.uint64(int.from_bytes(np.packbits(found, bitorder="little").tobytes(), "little"))


# -- the same, in the machine --------------------------------------------------------------------------------------------


def _loaded(context: Any, builder: Any, array_type: Any, array: Any, place: Any, kind: Any) -> Any:
    """Build the load of a value of any alignment from a place in an array of bytes."""
    data = context.make_array(array_type)(context, builder, value=array).data
    pointer = builder.bitcast(_grown.pointer_add(builder, data, place), kind.as_pointer())
    loaded = builder.load(pointer)
    loaded.align = 1
    return loaded


def _compared(builder: Any, line: Any, sign: str, code: Any) -> Any:
    """Build the comparison of a line of bytes with one byte repeated."""
    kind = line.type
    narrow = builder.trunc(code, ir.IntType(8)) if code.type.width > 8 else code
    repeated = ir.Constant(kind, ir.Undefined)
    for index in range(LINE):
        repeated = builder.insert_element(repeated, narrow, ir.Constant(ir.IntType(32), index))
    return builder.icmp_unsigned(sign, line, repeated)


@_machine
def _word_at(_typing: Any, codes: Any, place: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return _loaded(context, builder, signature.args[0], given[0], given[1], ir.IntType(64))

    return numba.uint64(codes, numba.intp), build


@_machine
def _bits_equal(_typing: Any, codes: Any, place: Any, code: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        kind = ir.VectorType(ir.IntType(8), LINE)
        line = _loaded(context, builder, signature.args[0], given[0], given[1], kind)
        return builder.bitcast(_compared(builder, line, "==", given[2]), ir.IntType(64))

    return numba.uint64(codes, numba.intp, numba.intp), build


@_machine
def _bits_outside(_typing: Any, codes: Any, place: Any, low: Any, high: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        kind = ir.VectorType(ir.IntType(8), LINE)
        line = _loaded(context, builder, signature.args[0], given[0], given[1], kind)
        below, above = _compared(builder, line, "<", given[2]), _compared(builder, line, ">", given[3])
        return builder.bitcast(builder.or_(below, above), ir.IntType(64))

    return numba.uint64(codes, numba.intp, numba.intp, numba.intp), build


@_machine
def _lowest_bit(_typing: Any, bits: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.cttz(given[0], ir.Constant(ir.IntType(1), 0))

    return numba.intp(numba.uint64), build


# Numba asks each of these for the form that a call in a kernel takes.
overload(word_at)(lambda codes, place: lambda codes, place: _word_at(codes, place))
overload(bits_equal)(lambda codes, place, code: lambda codes, place, code: _bits_equal(codes, place, code))
overload(bits_outside)(
    lambda codes, place, low, high: lambda codes, place, low, high: _bits_outside(codes, place, low, high)
)
overload(lowest_bit)(lambda bits: lambda bits: _lowest_bit(bits))
