"""Drafts an extract of a dataset for a license: its records, recoded and protected as one tier of the policy says."""

from __future__ import annotations

from dataclasses import dataclass

from openjustice.confidential.store import Store
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.contracts.policy import Policy, TierRules
from openjustice.ground import errors
from openjustice.ground.engine import Table
from openjustice.protect import plan
from openjustice.protect.attack import AttackResult


@dataclass(frozen=True)
class DraftedExtract:
    """The protected records, the recoded ones that they were made of, and what the attacks that the policy names found."""

    dataset: Dataset
    policy: Policy
    tier: str
    table: Table
    known: Table
    left_out: int
    results: tuple[AttackResult, ...]
    unmet: tuple[errors.Fault, ...]

    @property
    def rules(self) -> TierRules:
        """Return what the tier gets."""
        return self.policy.tiers[self.tier]  # type: ignore[index]  # it was looked up when the extract was drafted

    @property
    def variables(self) -> tuple[str, ...]:
        """Return the columns of the extract."""
        return self.table.column_names


def make_extract(store: Store, *, dataset: Dataset, jurisdiction: Jurisdiction, tier: str, seed: int) -> DraftedExtract:
    """Draft an extract from the records in force; raises RegistryRefused where the policy gives this tier no records.

    Special populations are left out or held to stricter rules, as in a public record file. Surprise: an extract whose attacks
    succeed is drafted all the same, so that it can be looked at; the airlock does not let it out.
    """
    policy = dataset.policy
    rules = dict(policy.tiers).get(tier) if policy else None  # type: ignore[call-overload]  # any tier's name may be asked
    if policy is None or rules is None or rules.microdata is None:
        raise errors.RegistryRefused.because(
            "tier_without_records",
            f"The policy of '{dataset.id}' gives the {tier} tier no records.",
            way_out="Declare its variables and requirements under 'microdata' of the tier, and have the policy signed.",
        )
    kept = plan.keep_for("microdata", records=store.current_records(dataset.id), policy=policy)
    known = plan.recode(
        plan.mark(kept.records, policy=policy), recodings=rules.recode, contract=dataset.contract,
        codelists=jurisdiction.codelists, also=plan.marks(policy),
    )  # fmt: skip
    made = plan.protect_microdata(known, policy=policy, tier=tier, seed=seed)
    results = plan.attack_microdata(made.table, known=known, policy=policy, tier=tier, sources={})
    unmet = plan.find_unmet(made.table, policy=policy, tier=tier, recoded=known)
    return DraftedExtract(
        dataset=dataset, policy=policy, tier=tier, table=made.table, known=known, left_out=sum(kept.left_out.values()),
        results=results, unmet=tuple(unmet),
    )  # fmt: skip
