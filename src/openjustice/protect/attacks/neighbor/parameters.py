"""How much a neighbor who knows all but one may learn."""

from __future__ import annotations

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """How much better than guessing a neighbor may be who knows all records but one.

    `maximum_advantage`: by how much, as a share, success may exceed what guessing reaches by chance; 0 by default.
    `confidence`: of the intervals.
    """

    maximum_advantage: float = Key(default=0.0, ge=0, le=1)
    confidence: float = Key(default=0.95, gt=0, lt=1)
