"""Assesses the reports of a dataset agency by agency: complete, valid, in time, plausible, in agreement with other sources."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from openjustice.confidential.collect import obligations, quality_rules
from openjustice.confidential.store import Store, Waiting, find_assessed, keep_assessed, open_store
from openjustice.contracts.dataset import FieldType
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.contracts.quality import QualityPlan, QualityRules
from openjustice.ground import engine
from openjustice.ground.terms import Role
from openjustice.measure import outliers, reconciliation, series
from openjustice.measure.series import Counted

MADE = "made"
USUAL, UNUSUAL, LATE, IN_TIME, MISSING, AGREES, DIFFERS, TOLD = (
    "usual", "unusual", "late", "in_time", "missing", "agrees", "differs", "told",
)  # fmt: skip
_OWN = "beside its own earlier counts"
_PEERS = "beside the change of its peers in the same period"
# Direct identifiers stand in another store, and nothing is counted of them here.
_SEEN = (Role.QUASI_IDENTIFIER, Role.SENSITIVE, Role.NON_SENSITIVE)


@dataclass(frozen=True)
class Result:
    """One thing that was assessed of one agency and period: its value, the range that is usual, and the verdict in words."""

    reporter: str
    period: str
    dimension: str
    measure: str
    verdict: str
    says: str
    submission: int | None = None
    value: float | None = None
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    compared: int | None = None


def assess(
    home: Path,
    *,
    dataset: Dataset,
    jurisdiction: Jurisdiction,
    since: date,
    actor: str,
    at: str,
    rules: QualityRules | None = None,
    waiting: Waiting | None = None,
) -> int:
    """Assess the reports in force of a dataset and keep the results; returns the assessment's number.

    `since`: the reports owed for periods from that day on are looked at for being in time. Raises SubmissionRefused where no
    records are in force. Surprise: nothing is changed by an alarm; it is a question for a person to ask.
    """
    judged_by = rules or quality_rules.read_rules()
    plan = dataset.quality or QualityPlan(quality=dataset.id)
    today = date.fromisoformat(at[:10])
    with open_store(home, waiting=waiting) as store:
        results = [
            *_find_timeliness(store, dataset=dataset, jurisdiction=jurisdiction, today=today, since=since),
            *_find_validity(store, dataset=dataset, jurisdiction=jurisdiction, rules=judged_by),
            *_find_completeness(store, dataset=dataset, jurisdiction=jurisdiction, rules=judged_by),
            *_find_plausibility(store, dataset=dataset, jurisdiction=jurisdiction, rules=judged_by, plan=plan),
            *_find_agreement(store, jurisdiction=jurisdiction, dataset=dataset, plan=plan),
        ]
        return _keep(store, results, dataset=dataset, rules=judged_by, plan=plan, actor=actor, at=at)


def list_assessments(home: Path, *, dataset: str | None = None, waiting: Waiting | None = None) -> list[dict[str, Any]]:
    """Return the assessments by number."""
    with open_store(home, writable=False, waiting=waiting) as store:
        return store.find("assessment", **({"dataset": dataset} if dataset else {}))


def read_assessment(
    home: Path, number: int, *, reporter: str | None = None, waiting: Waiting | None = None
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return an assessment and what it found, of every agency or of one alone; raises AccessRefused where there is none."""
    with open_store(home, writable=False, waiting=waiting) as store:
        return store.get("assessment", number), find_assessed(store, number, reporter=reporter)


def latest(store: Store, *, dataset: str) -> dict[str, Any] | None:
    """Return the latest assessment of a dataset, or None."""
    found = store.find("assessment", dataset=dataset)
    return found[-1] if found else None


def _find_timeliness(
    store: Store, *, dataset: Dataset, jurisdiction: Jurisdiction, today: date, since: date
) -> Iterable[Result]:
    for item in obligations.stand(store, jurisdiction=jurisdiction, today=today, since=since, dataset=dataset.id):
        if item.standing is obligations.Standing.NOT_DUE:
            continue
        if not item.standing.is_report:
            verdict, says = MISSING, "No report of this period is in force, and none was stated not to be needed."
        elif item.is_late:
            verdict, says = LATE, f"The report came {item.days_late} days after it was due."
        else:
            verdict, says = IN_TIME, "The report came by the day on which it was due."
        yield Result(
            item.due.reporter, item.due.period.text, "timeliness", "days after due", verdict, says,
            submission=item.submission, value=item.days_late,
        )  # fmt: skip


def _find_validity(
    store: Store, *, dataset: Dataset, jurisdiction: Jurisdiction, rules: QualityRules
) -> Iterable[Result]:
    in_force = store.submissions_in_force(dataset.id)
    counted = {
        row["number"]: min(row["rows"], max([finding["count"] for finding in store.findings(row["number"])], default=0))
        for row in in_force
    }
    kinds = _kinds(jurisdiction, rules)
    shares = [
        _Share(row["reporter"], row["period"], row["number"], counted[row["number"]], row["rows"]) for row in in_force
    ]
    yield from _judge_shares(
        shares, dimension="validity", measure="rows in question", kinds=kinds, rules=rules,
        says="rows that the checks ask about, under the rule that asks most",
    )  # fmt: skip


def _find_completeness(
    store: Store, *, dataset: Dataset, jurisdiction: Jurisdiction, rules: QualityRules
) -> Iterable[Result]:
    records = store.current_records(dataset.id)
    submissions = {row["number"]: row for row in store.submissions_in_force(dataset.id)}
    kinds = _kinds(jurisdiction, rules)
    names = [
        name for name in dataset.contract.fields_with(*_SEEN)
        if name in records.column_names and (not dataset.contract.fields[name].required or dataset.contract.fields[name].missing)
    ]  # fmt: skip
    if names:
        blanks = ", ".join(
            f"count(*) - count({engine.quote(name)}) AS {engine.quote(f'b{place}')}" for place, name in enumerate(names)
        )
        statement = f"SELECT _submission AS submission, count(*) AS rows, {blanks} FROM records GROUP BY 1 ORDER BY 1"
        rows = store.engine.derive("blanks", statement, inputs={"records": records}).rows()
        for place, name in enumerate(names):
            shares = [
                _Share(
                    submissions[row["submission"]]["reporter"], submissions[row["submission"]]["period"],
                    row["submission"], row[f"b{place}"], row["rows"],
                )
                for row in rows
            ]  # fmt: skip
            yield from _judge_shares(
                shares, dimension="completeness", measure=name, kinds=kinds, rules=rules,
                says=f"records without '{name}'",
            )  # fmt: skip


@dataclass(frozen=True)
class _Share:
    reporter: str
    period: str
    submission: int
    part: int
    whole: int


def _judge_shares(
    shares: list[_Share], *, dimension: str, measure: str, kinds: Mapping[str, str], rules: QualityRules, says: str
) -> Iterable[Result]:
    """Judge the latest share of each agency beside the latest of its peers; without enough peers it is told and not judged."""
    last: dict[str, _Share] = {}
    for item in sorted(shares, key=lambda item: (item.period, item.submission)):
        last[item.reporter] = item
    for item in last.values():
        peers = [
            (other.part, other.whole) for other in last.values()
            if other.reporter != item.reporter and kinds.get(other.reporter) == kinds.get(item.reporter)
        ]  # fmt: skip
        value = item.part / item.whole if item.whole else 0.0
        if len(peers) < rules.minimum_peers or not item.whole:
            said = f"{value:.1%} {says}; too few peers to judge it by."
            yield Result(
                item.reporter, item.period, dimension, measure, TOLD, said, submission=item.submission, value=value,
                compared=len(peers),
            )  # fmt: skip
            continue
        judged = outliers.judge_share(item.part, item.whole, peers, rate=rules.false_alarm_rate)
        is_more = judged.is_unusual and value > judged.expected  # fewer blanks than others are no fault
        yield Result(
            item.reporter, item.period, dimension, measure, UNUSUAL if is_more else USUAL,
            f"{value:.1%} {says}; of {judged.compared} peers half have up to {judged.expected:.1%}.",
            submission=item.submission, value=value, expected=judged.expected, low=judged.low, high=judged.high, p=judged.p,
            compared=judged.compared,
        )  # fmt: skip


def _find_plausibility(
    store: Store, *, dataset: Dataset, jurisdiction: Jurisdiction, rules: QualityRules, plan: QualityPlan
) -> Iterable[Result]:
    counts = count_reports(store, dataset=dataset, plan=plan)
    judged = series.judge(
        counts, kinds=_kinds(jurisdiction, rules), rate=rules.false_alarm_rate, minimum_history=rules.minimum_history,
        history_periods=rules.history_periods, judged_periods=rules.judged_periods, minimum_peers=rules.minimum_peers,
    )  # fmt: skip
    for item in judged:
        found, counted = item.judged, item.counted
        is_own = item.beside == series.OWN
        range_words = f"; {math.ceil(found.low):,} to {math.floor(found.high):,} would be usual" if is_own else ""
        says = f"{counted.value:,.0f} {counted.measure} {_OWN if is_own else _PEERS}, {found.compared} of them{range_words}."
        yield Result(
            counted.reporter, counted.period, f"plausibility: {item.beside}".replace("_", " "), counted.measure,
            UNUSUAL if found.is_unusual else USUAL, says, submission=counted.submission, value=counted.value,
            expected=found.expected, low=found.low, high=found.high, p=found.p, compared=found.compared,
        )  # fmt: skip


def count_reports(store: Store, *, dataset: Dataset, plan: QualityPlan) -> list[Counted]:
    """Return the counts of each agency by period: from its files, or from a file that covers many, and 0 where none was stated.

    Where a file covers several years, its rows are told apart by the contract's period field; a period without rows in such a
    file is not taken for zero.
    """
    contract = dataset.contract
    submissions = {row["number"]: row for row in store.submissions_in_force(dataset.id)}
    in_records = contract.reporter_field and contract.fields[contract.reporter_field].role is not Role.DIRECT_IDENTIFIER
    field = contract.period.field
    rows = series.sum_records(
        store.current_records(dataset.id), reporter=contract.reporter_field if in_records else None,
        period=field if field and contract.fields[field].type in (FieldType.INTEGER, FieldType.DATE) else None,
        sums={name: item.sum for name, item in plan.measures.items()},
    )  # fmt: skip
    sums: dict[tuple[str, str, str], tuple[float, int]] = {}
    for row in rows:
        sent = submissions[int(str(row["submission"]))]
        period = str(row["at"])[:4] if "/" in sent["period"] and row["at"] is not None else sent["period"]
        reporter = str(row["reporter"] or sent["reporter"])
        for measure in (series.RECORDS, *plan.measures):
            if row[measure] is not None:
                key = (reporter, period, measure)
                sums[key] = (sums.get(key, (0.0, 0))[0] + float(str(row[measure])), int(sent["number"]))
    counts = [Counted(*key, value, submission) for key, (value, submission) in sums.items()]
    for stated in store.find("statement", dataset=dataset.id, state="in_force"):
        counts += [
            Counted(stated["reporter"], stated["period"], measure, 0.0, None)
            for measure in (series.RECORDS, *plan.measures)
        ]
    return counts


def _find_agreement(
    store: Store, *, dataset: Dataset, jurisdiction: Jurisdiction, plan: QualityPlan
) -> Iterable[Result]:
    for name, item in plan.reconciliations.items():
        other = item.source.dataset
        if other not in jurisdiction.datasets or not store.submissions_in_force(other):
            continue
        found = reconciliation.reconcile(
            store.current_records(dataset.id), store.current_records(other), by=item.by,
            summed=(item.sum, item.source.sum), where=(item.where, item.source.where), tolerance=item.tolerance,
        )  # fmt: skip
        verdict = AGREES if found.agree == found.compared else DIFFERS
        says = (
            f"{item.says} {found.agree} of {found.compared} agree; {found.only_ours} are here alone, "
            f"{found.only_theirs} in '{other}' alone."
        )
        share = found.agree / found.compared if found.compared else None
        yield Result(dataset.id, "all", "agreement", name, verdict, says, value=share, compared=found.compared)


def _kinds(jurisdiction: Jurisdiction, rules: QualityRules) -> dict[str, str]:
    agencies = jurisdiction.codelists.get("agencies")
    return {code: str(value) for code, value in agencies.attribute(rules.peers_by).items()} if agencies else {}


def _keep(
    store: Store,
    results: list[Result],
    *,
    dataset: Dataset,
    rules: QualityRules,
    plan: QualityPlan,
    actor: str,
    at: str,
) -> int:
    declared = [rules.model_dump(mode="json"), plan.model_dump(mode="json", by_alias=True)]
    tests = sum(item.p is not None for item in results)
    unusual = sum(item.verdict == UNUSUAL for item in results)
    values = {
        "jurisdiction": dataset.jurisdiction, "dataset": dataset.id, "tests": tests, "unusual": unusual, "made_at": at,
        "made_by": actor, "rules_digest": hashlib.sha256(json.dumps(declared, sort_keys=True).encode()).hexdigest(),
    }  # fmt: skip
    with store.transaction():
        number = store.create(
            "assessment", values=values, state=MADE, event="reports_assessed", actor=actor, at=at,
            detail=f"{dataset.id}: {tests} tests, {unusual} unusual",
        )  # fmt: skip
        keep_assessed(store, number, [asdict(item) for item in results])
    return number
