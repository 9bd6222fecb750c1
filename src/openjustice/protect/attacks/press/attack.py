"""Looks news items up in the file, and says how many point at one record and what they would reveal of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from openjustice.ground.engine import Table
from openjustice.linkage import columns, lookup
from openjustice.linkage.columns import MISSING, Integers
from openjustice.protect.attack import AttackResult, Success, find_source, number_rows, run_example, share
from openjustice.protect.attacks.press.parameters import Parameters


def run(
    release: Table,
    *,
    known: Table,
    key: Sequence[str],
    sensitive: Sequence[str],  # noqa: ARG001 (an item reveals all that its record shows)
    maximum_rate: float,
    parameters: Parameters,
    against: str,
    sources: Mapping[str, Table],
) -> AttackResult:
    """Look each news item up by what it tells, and count those that point at one record alone.

    What an item reveals are the variables outside the key that its record shows. The attack passes where no more items than
    allowed point at one record, and naming the likeliest record is right at most at `maximum_rate`. Surprise: an item
    without a place or an age points at many; news of the same event together tell more than one.
    """
    items = find_source(sources, parameters.source, against=against) if parameters.source else known
    used = [name for name in key if name in items.column_names]
    theirs = columns.read_columns(release, release.column_names)
    keys = lookup.code_keys(columns.read_columns(items, used), theirs, key=used, tolerance=parameters.tolerance)
    found = lookup.look_up(keys, error=parameters.error, is_in_file=parameters.is_in_file)
    alone = found.candidates == 1
    rows = np.unique(found.row[alone])
    success = Success(
        tries=len(found.row),
        right=float(found.probability.sum()),
        guess=parameters.is_in_file / max(release.row_count, 1),
        confidence=parameters.confidence,
    )
    beyond = [name for name in release.column_names if name not in used]
    revealed = {f"reveals_{name}": _revealed(theirs[name].codes, found.row[alone]) for name in beyond}
    singled_out = share(alone.sum(), len(alone))
    passed = singled_out <= parameters.maximum_singled_out_share and success.rate <= maximum_rate + 1e-12
    return AttackResult(
        attack="press",
        against=against,
        passed=passed,
        says=(
            f"Of {len(alone):,} news items, {singled_out:.1%} point at one record alone; naming the likeliest record would be"
            f" right for {success.rate:.1%} (allowed: {maximum_rate:.0%})."
        ),
        figures={
            "items": len(alone), "singled_out_share": singled_out, "maximum_rate": maximum_rate,
            "placed_share": share((found.candidates > 0).sum(), len(alone)), **revealed, **success.figures(),
        },
        leaks=() if passed else ("News items point at single records, or name records rightly more often than allowed.",),
        at_risk=number_rows(np.isin(np.arange(release.row_count), rows)),
    )  # fmt: skip


def work_example(given: Mapping[str, Any]) -> Any:
    """Run the attack on a worked example."""
    return run_example(run, Parameters, given)


def _revealed(codes: Integers, rows: Integers) -> float:
    """Return for which share of the items that point at one record that record shows the variable."""
    return share((codes[rows] != MISSING).sum(), len(rows))
