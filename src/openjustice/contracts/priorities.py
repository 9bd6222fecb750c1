"""What readers need most of a table, declared: which counts are hidden last, and which never to help others."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared


class Priorities(Declared):
    """How dear it is to hide a count beside the small ones.

    `weights`: by dimension and code a factor, `*` for every other code of it; 1 where nothing is said. `never_hidden`:
    counts that are not hidden to help others, each by some of its codes; the dimensions not named may have any code.
    `per_cell`: what hiding a cell costs beside its count; 0 hides the least count, more hides fewer cells.
    `hidden_before`: the factor for a count that an earlier release hid already; below 1 hides the same again.
    """

    weights: Mapping[str, Mapping[str, float]] = Key(default_factory=dict)
    never_hidden: tuple[Mapping[str, str], ...] = ()
    per_cell: float = Key(default=0.0, ge=0)
    hidden_before: float = Key(default=0.8, gt=0)
