"""Takes an outside file from the release: a record that nobody there can be is of somebody who is not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from openjustice.ground.engine import Table
from openjustice.linkage import columns, lookup
from openjustice.linkage.columns import Coded, Integers
from openjustice.protect.attack import AttackResult, Success, find_source, number_rows, run_example, share
from openjustice.protect.attacks.exclusion.parameters import Parameters


def run(
    release: Table,
    *,
    known: Table,  # noqa: ARG001 (the shape of every attack on records)
    key: Sequence[str],
    sensitive: Sequence[str],  # noqa: ARG001 (what is learned is not in the file)
    maximum_rate: float,  # noqa: ARG001 (see above)
    parameters: Parameters,
    against: str,
    sources: Mapping[str, Table],
) -> AttackResult:
    """Count for each record of the release who of the source may be the same person; with nobody, the person is not there.

    Claims: where no row of the source is compatible with a record, and the source is complete, the person of that record
    is surely not in it. Where there are some, but fewer than records like this one, the person is probably not in it.
    Surprise: the class may be as large as it likes; if all of it is missing, all its members are known to be.
    """
    source = find_source(sources, parameters.source, against=against)
    ours, theirs = columns.read_columns(release, key), columns.read_columns(source, key)
    distinct, which, counts = _distinct(ours, key)
    there = _candidates(distinct, theirs, key=key, tolerance=parameters.tolerance)
    alike = _candidates(distinct, ours, key=key, tolerance={})
    missing = np.clip(1 - there / np.maximum(alike, 1), 0, 1)
    records, excluded = int(counts.sum()), there == 0
    overall = float((counts * missing).sum()) / records if records else 0.0
    success = Success(
        tries=records,
        right=float((counts * np.maximum(missing, 1 - missing)).sum()),
        guess=max(overall, 1 - overall) if records else 0.0,
        confidence=parameters.confidence,
    )
    found = share(counts[excluded].sum(), records)
    passed = found <= parameters.maximum_excluded_share
    return AttackResult(
        attack="exclusion",
        against=against,
        passed=passed,
        says=(
            f"Of {found:.1%} of the records it is sure that their person is not in '{parameters.source}';"
            f" saying the likelier of all is right for {success.rate:.0%} (without the key {success.guess:.0%})."
        ),
        figures={
            "records": records, "source_records": source.row_count, "excluded_share": found, **success.figures(),
        },
        leaks=() if passed else (f"Records can be told that nobody of '{parameters.source}' can be.",),
        at_risk=number_rows(excluded[which]),
    )  # fmt: skip


def work_example(given: Mapping[str, Any]) -> Any:
    """Run the attack on a worked example."""
    return run_example(run, Parameters, given)


def _distinct(read: Mapping[str, Coded], key: Sequence[str]) -> tuple[dict[str, Coded], Integers, Integers]:
    """Return the distinct keys, which of them each record has, and how many records have each."""
    packed = columns.pack([read[name].codes + 1 for name in key])
    _, first, which, counts = np.unique(packed, return_index=True, return_inverse=True, return_counts=True)
    return (
        {name: Coded(codes=read[name].codes[first], labels=read[name].labels) for name in key},
        which.reshape(-1),
        counts.astype(np.int64),
    )


def _candidates(
    persons: Mapping[str, Coded], file: Mapping[str, Coded], *, key: Sequence[str], tolerance: Mapping[str, int]
) -> Integers:
    return lookup.look_up(lookup.code_keys(persons, file, key=key, tolerance=tolerance)).candidates
