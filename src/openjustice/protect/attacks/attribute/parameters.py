"""Which model is trained, and how much it may owe to the person it judges."""

from __future__ import annotations

from typing import Literal

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """Which model is trained on the release, and how much better it may do for having seen the person it judges.

    `model`: `naive_bayes` weighs each variable of the key by itself; `histogram` takes the most frequent value of the
    person's class. `folds`: into so many parts the records are cut; the model without the person is trained on all others.
    `maximum_advantage`: by how much, as a share, the model with the person may exceed what the one without reaches by
    chance; 0 by default. `confidence`: of the intervals.
    """

    model: Literal["naive_bayes", "histogram"] = "naive_bayes"
    folds: int = Key(default=10, ge=2)
    maximum_advantage: float = Key(default=0.0, ge=0, le=1)
    confidence: float = Key(default=0.95, gt=0, lt=1)
