"""Makes the numbers of a draft again where its method changes counts, or says why they cannot be what the method made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openjustice.airlock.integrity import fault
from openjustice.airlock.numbers import Drafted
from openjustice.confidential.drafting import chance, earlier, protection
from openjustice.confidential.drafting.sources import Truth
from openjustice.confidential.store import SealedCell, Store
from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.contracts.policy import TableRules
from openjustice.ground import errors
from openjustice.ground.engine import Table, quote
from openjustice.measure.frames import MeasuredTable
from openjustice.protect import plan
from openjustice.protect.cells import Codes, CountTable
from openjustice.protect.plan import counts, perturbing

Published = dict[str, dict[Codes, int]]


def expect_tables(
    store: Store, drafted: Drafted, *, truth: Truth, jurisdiction: Jurisdiction, but: str | None
) -> Mapping[str, Table]:
    """Return the tables as they must be, by id, where the policy's method changes or codes what is shown; else none.

    A method that can be repeated is applied again, from the true numbers. One that cannot leaves the draft's own counts
    standing, and everything made of them is made again. `but` names the draft's own release, where it has one.
    """
    rules = truth.rules.tables
    if rules is None or rules.method == "none" or plan.is_attacked(rules):
        return {}
    if not plan.load_method(rules.method).repeatable:
        return {
            item.id: plan.add_values(_with_counts(drafted.tables[item.id], measured=item), measured=item, rules=rules)
            for item in truth.tables
            if item.id in drafted.tables
        }
    known = chance.read_chance(store, truth=truth, jurisdiction=jurisdiction, but=but)
    made = protection.protect_counts(truth, jurisdiction=jurisdiction, chance=known)
    return protection.add_values(truth, counted=made)


def find_doubts(
    drafted: Drafted, *, truth: Truth, present: Sequence[CountTable], rules: TableRules
) -> list[errors.Fault]:
    """Return why the numbers of a method that cannot be repeated cannot be its own; nothing, where they can."""
    method = plan.load_method(rules.method)
    if method.repeatable:
        return []
    nestings = counts.find_nestings(truth.recoded[truth.dataset.id], recodings=truth.rules.recode)
    doubt = perturbing.find_doubt(
        present, published=read_published(drafted, truth=truth), rules=rules, nestings=nestings, method=method
    )
    return [fault("numbers_doubtful", doubt, "Make a new draft.")] if doubt else []


def keep_published(drafted: Drafted, *, truth: Truth, present: Sequence[CountTable]) -> tuple[SealedCell, ...]:
    """Return what the draft shows of each cell, to keep, so that a later release shows the same of the same cell."""
    return earlier.as_published_cells(present, published=read_published(drafted, truth=truth))


def say_what_was_done(rules: TableRules) -> str:
    """Say in one sentence how the numbers of such a draft were verified."""
    method = plan.load_method(rules.method)
    if method.repeatable:
        return f"{method.title} was applied again to the true numbers, and gave the same."
    return f"{method.title} cannot be applied again; the numbers add up and lie where its noise can have put them."


def read_published(drafted: Drafted, *, truth: Truth) -> Published:
    """Return the counts that a draft shows, by the id of each count table and codes."""
    found: Published = {}
    for measured in truth.tables:
        if measured.id in drafted.tables:
            rows = drafted.tables[measured.id].rows()
            found[measured.id] = _shown(rows, measured.variables, "numerator")
            if measured.denominator_population is not None:
                divisors = _shown(rows, measured.denominator_variables, "denominator")
                found[measured.id + counts.DENOMINATOR] = divisors
    return found


def _shown(rows: Sequence[Mapping[str, object]], variables: Sequence[str], column: str) -> dict[Codes, int]:
    return {
        tuple(str(row[name]) for name in variables): int(row[column])  # type: ignore[call-overload]
        for row in rows
        if row[column] is not None
    }


def _with_counts(table: Table, *, measured: MeasuredTable) -> Table:
    """Return the measured table with the draft's own counts in place of the true ones."""
    same = " AND ".join(f"m.{quote(name)} = d.{quote(name)}" for name in measured.variables) or "true"
    variables = "".join(f"m.{quote(name)}, " for name in measured.variables)
    divided = "d" if measured.denominator_population is not None else "m"
    statement = f"""
        SELECT {variables} d.numerator, m.numerator_marker, {divided}.denominator, m.denominator_marker, m.coverage,
            m.status_marker
        FROM measured AS m LEFT JOIN drafted AS d ON {same}
    """
    return table.engine.derive(
        f"{measured.id}__standing", statement, inputs={"measured": measured.table, "drafted": table}
    )
