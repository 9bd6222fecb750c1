"""Arithmetic on whole numbers modulo the prime 2^31 - 1: exact, as an elimination by fractions would be, and fast."""

from __future__ import annotations

from openjustice.ground.kernels import compiled

PRIME = 2_147_483_647
_BITS = 31


@compiled
def fold(value: int) -> int:
    """Return a number from 0 to below 2^63 modulo the prime."""
    value = (value & PRIME) + (value >> _BITS)
    value = (value & PRIME) + (value >> _BITS)
    return value - PRIME if value >= PRIME else value


@compiled
def times(first: int, second: int) -> int:
    """Multiply two residues."""
    return fold(first * second)


@compiled
def minus(first: int, second: int) -> int:
    """Subtract two residues."""
    return first - second if first >= second else first - second + PRIME


@compiled
def inverse(value: int) -> int:
    """Return the residue whose product with this one is 1. Assumes that it is not zero."""
    power, result = PRIME - 2, 1
    while power > 0:
        if power & 1:
            result = fold(result * value)
        value = fold(value * value)
        power >>= 1
    return result


@compiled
def draw(seed: int, place: int) -> int:
    """Return a residue other than zero that depends on the seed and the place alone."""
    word = fold(fold(place * 1_103_515_245 + 12_345) * 69_621 + fold(seed * 48_271 + place))
    for _ in range(3):
        word ^= word >> 13
        word = fold(fold(word) * 1_664_525 + 1_013_904_223)
        word ^= (word << 7) & PRIME
        word = fold(word)
    return word or 1
