"""Says once that two columns stand exchanged, instead of ten thousand times that their values are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from openjustice.confidential.collect import rules
from openjustice.confidential.collect.check import Bound, Scene, text_of
from openjustice.confidential.collect.findings import Tally
from openjustice.confidential.collect.ingest import Ingested, Limits, reading
from openjustice.contracts.dataset import Checks
from openjustice.ground.terms import Severity


def say_once(
    found: Sequence[Tally], *, ingested: Ingested, declared: Checks, rows: int, scene: Scene, limits: Limits
) -> list[Tally]:
    """Return the findings with those of exchanged columns replaced by one for each pair."""
    failing = _failing_fields(found, rows=rows, share=limits.swapped_share)
    pairs = _exchanged(failing, ingested=ingested, scene=scene, limits=limits) if failing else []
    touched = {name for pair in pairs for name in pair}
    rules_touched = {
        rule for rule, check in declared.checks.items() if touched & rules.fields_of(check, scene.contract)
    }  # fmt: skip
    kept = [item for item in found if item.field not in touched and item.rule not in rules_touched]
    return [*kept, *(_pair_tally(pair, ingested) for pair in pairs)]


def _failing_fields(found: Sequence[Tally], *, rows: int, share: float) -> list[str]:
    counts: dict[str, int] = {}
    for item in found:
        if item.field and item.is_hard and item.rule in rules.kinds() and item.rule != "required":
            counts[item.field] = counts.get(item.field, 0) + item.count
    return [name for name, count in counts.items() if count >= share * rows]


def _exchanged(failing: Sequence[str], *, ingested: Ingested, scene: Scene, limits: Limits) -> list[tuple[str, str]]:
    """Return the pairs whose values fit when exchanged, in the first rows; each field in one pair at most."""
    names = list(ingested.contract.fields)
    wanted = [pair for pair in combinations(names, 2) if set(pair) & set(failing)]
    shares = _shares(wanted, ingested=ingested, scene=scene, rows=limits.swapped_rows)
    pairs: list[tuple[str, str]] = []
    for pair in sorted(wanted, key=lambda item: (-len(set(item) & set(failing)), -shares[item], item)):
        if shares[pair] >= limits.swapped_share and not set(pair) & {name for done in pairs for name in done}:
            pairs.append(pair)
    return pairs


def _shares(
    pairs: Sequence[tuple[str, str]], *, ingested: Ingested, scene: Scene, rows: int
) -> dict[tuple[str, str], float]:
    """Return for each pair the share of rows in which each value fits the other field."""
    bound = Bound()
    statement = f"SELECT * FROM ({ingested.texts_sql(bound)}) AS texts LIMIT {int(rows)}"
    sample = ingested.rows.engine.derive(
        "sample", statement, inputs={"sent": ingested.rows}, parameters=bound.used_in(statement)
    )
    shares = {}
    for pair in pairs:
        inner = Scene(scene.contract, scene.codelists, scene.today, Bound())
        one, two = pair
        fits = f"{_fits(one, text_of(two), ingested, inner)} AND {_fits(two, text_of(one), ingested, inner)}"
        given = f"{text_of(one)} IS NOT NULL AND {text_of(two)} IS NOT NULL"
        statement = f"SELECT count(*) FILTER ({fits}) AS fit, count(*) AS given FROM sample WHERE {given}"
        counted = ingested.rows.engine.derive(
            "fitting", statement, inputs={"sample": sample}, parameters=inner.bound.used_in(statement)
        )
        row = counted.rows()[0]
        shares[pair] = row["fit"] / row["given"] if row["given"] else 0.0
    return shares


def _fits(name: str, text: str, ingested: Ingested, scene: Scene) -> str:
    """Return the SQL that is true where another field's text would be a good value of this one."""
    declared = ingested.fields[name]
    value = reading.value_sql(declared, text=text, bound=scene.bound, codes=ingested.codes(name))
    tests = rules.cell_tests(name, ingested=ingested, scene=scene, text=text, value=f"({value})")
    fails = [test.fails for kind, test in tests.items() if test.decides and kind != "required"]
    return " AND ".join(f"NOT coalesce({item}, true)" for item in fails) or "true"


def _pair_tally(pair: tuple[str, str], ingested: Ingested) -> Tally:
    columns = [(ingested.match.column_of(name) if ingested.match else None) or name for name in pair]
    return Tally(
        rule="swapped_columns", severity=Severity.HARD, count=1, field=pair[0], lines=(1,),
        says=f"The values of '{columns[0]}' and '{columns[1]}' stand in each other's column.",
        fix="Exchange the two columns, or their names in the header.",
    )  # fmt: skip
