"""Reads the records in force and measures every table of a dataset's indicators: the true cells, before any protection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from openjustice.confidential.drafting import inputs
from openjustice.confidential.store import Store
from openjustice.contracts.dataset import Contract, FieldType
from openjustice.contracts.indicator import Indicator, Quantity
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.contracts.policy import Policy, Recoding, TableRules, TierRules
from openjustice.ground import errors
from openjustice.ground.engine import Table, quote
from openjustice.measure import conditions, frames
from openjustice.measure.frames import MeasuredTable
from openjustice.protect import plan, small_cells

# A record's pseudonym, made with the home's key; it is measured, and never in a product.
RECORD = "_record"
_NUMERIC = (FieldType.INTEGER, FieldType.NUMBER)


@dataclass(frozen=True)
class Truth:
    """The true numbers of a dataset: its records in force, the recoded records by dataset, and every measured table."""

    dataset: Dataset
    policy: Policy
    records: Table
    recoded: Mapping[str, Table]
    tables: tuple[MeasuredTable, ...]

    @property
    def rules(self) -> TierRules:
        """Return what the public tier gets."""
        return self.policy.tiers["public"]

    @property
    def outside(self) -> Mapping[str, Table]:
        """Return the recoded records of the other datasets at hand, by name: what an intruder may hold besides."""
        return {name: table for name, table in self.recoded.items() if name != self.dataset.id}


def measure(store: Store, *, dataset: Dataset, jurisdiction: Jurisdiction) -> Truth:
    """Measure every breakdown of every indicator of a dataset from the records in force.

    Raises SubmissionRefused where an input has no records, RegistryRefused where the dataset has no public policy.
    """
    policy = public_policy(dataset)
    names = inputs.input_names(dataset, jurisdiction=jurisdiction)
    records = {name: store.current_records(name) for name in names}
    recoded = {
        name: _recode(records[name], dataset=jurisdiction.datasets[name], jurisdiction=jurisdiction, user=dataset.id)
        for name in names
    }
    tables = tuple(
        frames.measure_table(folder.indicator, breakdown, tables=recoded, jurisdiction=jurisdiction)
        for _, folder in sorted(jurisdiction.indicators_of(dataset.id).items())
        for breakdown in folder.indicator.breakdowns
    )
    return Truth(dataset=dataset, policy=policy, records=records[dataset.id], recoded=recoded, tables=tables)


def public_policy(dataset: Dataset) -> Policy:
    """Return the policy of a dataset that has a public tier; raises RegistryRefused where it has none."""
    if dataset.policy is None or "public" not in dataset.policy.tiers:
        raise errors.RegistryRefused.because(
            "no_public_tier",
            f"The policy of '{dataset.id}' has no public tier.",
            way_out="Nothing of it can be drafted.",
        )
    return dataset.policy


def _recode(records: Table, *, dataset: Dataset, jurisdiction: Jurisdiction, user: str) -> Table:
    policy = public_policy(dataset)
    kept = plan.keep_for("tables", records=records, policy=policy).records
    recodings = policy.tiers["public"].recode
    used = {name for item in jurisdiction.indicators_of(user).values() for name in _fields(item.indicator, dataset.id)}
    also = [name for name in dataset.contract.fields if name in used and name not in recodings]
    also += _for_protection(policy.tiers["public"].tables, given=(*recodings, *also))
    return plan.recode(
        kept, recodings=recodings, contract=dataset.contract, codelists=jurisdiction.codelists, also=also
    )


def _for_protection(rules: TableRules | None, *, given: Sequence[str]) -> list[str]:
    """Return the columns that the protection of tables looks at besides: contributors, and the records' pseudonyms."""
    if rules is None or rules.method == "none":
        return []
    contributors = [name for name in small_cells.top_needed(rules) if name not in given]
    return [*contributors, *([RECORD] if plan.load_method(rules.method).needs_record_keys else [])]


def _fields(indicator: Indicator, dataset: str) -> Iterator[str]:
    """Yield the columns of a dataset that an indicator sums, selects by or divides by."""
    quantities: list[Quantity] = [indicator.numerator, *([indicator.denominator] if indicator.denominator else [])]
    for quantity in quantities:
        if quantity.dataset == dataset:
            yield from (*quantity.summed, *conditions.named_columns(quantity.where), *quantity.by.values())


def records_to_protect(truth: Truth, *, jurisdiction: Jurisdiction) -> Table:
    """Return the recoded records that may be in the record file, before protection.

    Special populations are left out; those with a stricter rule are marked.
    """
    kept = plan.mark(
        plan.keep_for("microdata", records=truth.records, policy=truth.policy).records, policy=truth.policy
    )
    return plan.recode(
        kept,
        recodings=truth.rules.recode,
        contract=truth.dataset.contract,
        codelists=jurisdiction.codelists,
        also=plan.marks(truth.policy),
    )


def plain_records(truth: Truth, *, jurisdiction: Jurisdiction) -> Table:
    """Return the record file of a dataset without persons: the policy's variables as they are, its numbers as numbers."""
    dataset, recode = truth.dataset, truth.rules.recode
    numbers = [name for name, rule in recode.items() if is_plain_number(name, rule, contract=dataset.contract)]
    coded = {name: rule for name, rule in recode.items() if name not in numbers}
    made = plan.recode(
        truth.records, recodings=coded, contract=dataset.contract, codelists=jurisdiction.codelists, also=numbers
    )
    columns = ", ".join(quote(name) for name in recode)
    return made.engine.derive(dataset.id, f"SELECT {columns} FROM made", inputs={"made": made})


def is_plain_number(name: str, rule: Recoding, *, contract: Contract) -> bool:
    """Say whether a variable is a field's own number, under the field's own name."""
    return rule.method == "keep" and rule.of == name and contract.fields[name].type in _NUMERIC


def tables_beside(truth: Truth) -> plan.Beside | None:
    """Return the tables that will stand beside the record file; None where none show true counts."""
    rules = truth.rules.tables
    if rules is None or not plan.is_attacked(rules) or not truth.tables:
        return None
    return plan.Beside(tables=truth.tables, rules=rules, dataset=truth.dataset.id)
