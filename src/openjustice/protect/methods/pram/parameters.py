"""What post-randomization is told."""

from __future__ import annotations

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """How much changes.

    `keep`: how likely a value stays at the first of the two steps; the rest is spread evenly over the other values. The
    second step, which leads back to the counts, changes some values as well, and is found from the counts.
    """

    keep: float = Key(gt=0, lt=1)
