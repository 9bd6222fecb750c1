"""Makes the counts of each agency by period from records, with stated zeros beside them, and judges the latest ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openjustice.ground.engine import Table, quote
from openjustice.measure import outliers
from openjustice.measure.outliers import Judged

RECORDS = "records"
OWN, PEERS = "own_history", "peers"


@dataclass(frozen=True)
class Counted:
    """One count of one agency: its period, the measure, the value, and the submission or statement that it rests on."""

    reporter: str
    period: str
    measure: str
    value: float
    submission: int | None


@dataclass(frozen=True)
class Plausibility:
    """How one count fits beside one kind of comparison."""

    counted: Counted
    beside: str
    judged: Judged


def sum_records(
    records: Table, *, reporter: str | None, period: str | None, sums: Mapping[str, str]
) -> list[Mapping[str, object]]:
    """Return the number of records and each sum by submission, reporter and the value of a period field.

    `records` has `_submission`. Columns: `submission`, `reporter`, `at` (both None where no field is named), `records`, and one
    for each name in `sums`, which has the field that is added up.
    """
    named = [
        f"CAST({quote(reporter)} AS VARCHAR)" if reporter else "NULL",
        f"CAST({quote(period)} AS VARCHAR)" if period else "NULL",
    ]
    added = "".join(f", CAST(sum({quote(field)}) AS DOUBLE) AS {quote(name)}" for name, field in sums.items())
    statement = (
        f"SELECT _submission AS submission, {named[0]} AS reporter, {named[1]} AS at, count(*) AS records{added} "
        "FROM records GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )
    return list(records.engine.derive("counted_by_reporter", statement, inputs={"records": records}).rows())


def judge(
    counts: Sequence[Counted], *, kinds: Mapping[str, str], rate: float, minimum_history: int, history_periods: int,
    judged_periods: int, minimum_peers: int,
) -> list[Plausibility]:  # fmt: skip
    """Judge the latest counts of each agency beside its own history, and its change beside that of its peers.

    `kinds` says of which kind an agency is; peers are the others of its kind that have the same period. A count is compared with
    earlier ones of equal length alone. A period without a count is not there: it is never taken for zero.
    """
    series: dict[tuple[str, str, int], list[Counted]] = {}
    for item in sorted(counts, key=lambda item: (item.reporter, item.measure, item.period)):
        series.setdefault((item.reporter, item.measure, len(item.period)), []).append(item)
    latest: dict[tuple[str, int], list[str]] = {}
    for (_, measure, length), items in series.items():
        latest.setdefault((measure, length), []).extend(item.period for item in items)
    judged_here = {key: set(sorted(set(periods))[-judged_periods:]) for key, periods in latest.items()}
    made: list[Plausibility] = []
    surprises: dict[tuple[str, str, str], list[tuple[Counted, float]]] = {}
    for (reporter, measure, length), items in series.items():
        for place, item in enumerate(items):
            history = [earlier.value for earlier in items[max(0, place - history_periods) : place]]
            if item.period not in judged_here[measure, length] or len(history) < minimum_history:
                continue
            made.append(Plausibility(item, OWN, outliers.judge_history(history, item.value, rate=rate)))
            group = (measure, item.period, kinds.get(reporter, ""))
            surprises.setdefault(group, []).append((item, outliers.signed_surprise(history, item.value)))
    for compared in surprises.values():
        if len(compared) > minimum_peers:
            made += [
                Plausibility(item, PEERS, outliers.judge_peers(own, _others(compared, place), rate=rate))
                for place, (item, own) in enumerate(compared)
            ]
    return made


def _others(compared: Sequence[tuple[Counted, float]], place: int) -> list[float]:
    return [value for other, (_, value) in enumerate(compared) if other != place]
