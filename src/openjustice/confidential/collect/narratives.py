"""Looks for names, plates, telephone and identity numbers in the words of officers. What is found is never shown: only that it is there.

Presidio runs the recognizers, without a language model: none can be had offline, and names come from lists and titles. So a name in
small letters, a rare one without a title, or one that is also a usual word can be missed; the words are released in no case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from openjustice.confidential.collect import rules
from openjustice.confidential.collect.check import Bound, text_of
from openjustice.confidential.collect.findings import Tally
from openjustice.confidential.collect.ingest import Ingested
from openjustice.confidential.collect.ingest.clean import LINE
from openjustice.contracts.dataset import Checks
from openjustice.ground import engine as engines


def find_in_words(ingested: Ingested, *, declared: Checks, limit: int) -> list[Tally]:
    """Return the rows whose words hold what they may not, for each rule that asks; a tally has lines and never words."""
    found: list[Tally] = []
    for rule, check in declared.checks.items():
        kind = rules.kind_of(check)
        if kind.words is None:
            continue
        whole = ingested.whole(is_careful=True) if ingested.whole is not None else ingested
        if whole.sent is None:
            continue
        hint, holds = kind.words(check, rules.parameters_of(rule, check))
        lines: set[int] = set()
        for name in check.fields:
            for listed in _texts_with(whole.numbered(), name, hint):
                lines |= {line for text, at in listed if holds(text) for line in at}
        if lines:
            tally = rules.tally_of(rule, check)
            found.append(Tally(**{**tally.__dict__, "count": len(lines), "lines": tuple(sorted(lines)[:limit])}))
    return found


def _texts_with(ingested: Ingested, name: str, hint: str) -> Iterator[Iterable[tuple[str, list[int]]]]:
    """Yield the different texts of a field in which the hint is found, each with the lines that it stands on."""
    bound = Bound()
    texts, pattern = ingested.texts_sql(bound), bound.add(hint)
    statement = (
        f"SELECT {text_of(name)} AS words, list(CAST({engines.quote(LINE)} AS BIGINT)) AS lines FROM ({texts}) AS texts "
        f"WHERE regexp_matches({text_of(name)}, {pattern}) GROUP BY {text_of(name)}"
    )
    engine = ingested.rows.engine
    made = engine.derive("words", statement, inputs={"sent": ingested.rows}, parameters=bound.used_in(statement))
    yield from _batches(engine, made)
    engine.drop(made)


def _batches(engine: engines.Engine, table: engines.Table) -> Iterator[list[tuple[Any, ...]]]:
    yield from engine.ask_batches(f"SELECT words, lines FROM {engines.quote(table.relation)}")
