"""What global recoding is told: one rule for each variable it makes."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared
from openjustice.contracts.policy import Recoding


class Parameters(Declared):
    """The variables to make, by name, in the order of the result's columns; at least one.

    The ends of each rule: `keep` changes nothing; `bands` with one cut makes one open band; `group` with one value for
    every code makes the variable constant; `merge_small` with `minimum: 0` merges nothing.
    """

    variables: Mapping[str, Recoding] = Key(min_length=1)
