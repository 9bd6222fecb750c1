"""Prepares the records: leaves out what may not be in a product, makes the policy's variables, refuses identifiers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from openjustice.contracts.dataset import Codelist, Contract
from openjustice.contracts.policy import Policy, Recoding
from openjustice.ground import errors
from openjustice.ground.engine import Table
from openjustice.ground.terms import Role
from openjustice.protect.methods.global_recoding import METHOD as GLOBAL_RECODING

Product = Literal["tables", "microdata"]
_LEFT_OUT: Mapping[Product, tuple[str, ...]] = {"tables": ("withhold",), "microdata": ("tables_only", "withhold")}


@dataclass(frozen=True)
class Kept:
    """The records that may be in a product, and how many of each special population were left out."""

    records: Table
    left_out: Mapping[str, int]


def recode(
    records: Table,
    *,
    recodings: Mapping[str, Recoding],
    contract: Contract,
    codelists: Mapping[str, Codelist],
    also: Sequence[str] = (),
) -> Table:
    """Make the policy's variables of the records and drop every field that is not named in `also`.

    `codelists` are the jurisdiction's, by name; `also` names fields that a measure sums or selects by. Raises
    ProtectionRefused where a direct identifier would come in.
    """
    _refuse_identifiers(contract, recodings=recodings, also=also)
    lists = {
        name: codelists[str(field.codelist).partition("@")[0]]
        for name, field in contract.fields.items()
        if field.codelist and str(field.codelist).partition("@")[0] in codelists
    }
    parameters = GLOBAL_RECODING.read_parameters({"variables": recodings})
    made: Table = GLOBAL_RECODING.apply(records, parameters=parameters, codelists=lists, also=also)
    return made


def keep_for(product: Product, *, records: Table, policy: Policy) -> Kept:
    """Keep the records that the policy's special populations allow in a product, and count what was left out.

    Raises ProtectionRefused where the record file would lack a few records only: the tables' total less the file's rows
    would be a small count that nothing hides. Surprise: a record of which it is not known whether it belongs to such a
    population is left out with it. A record of two populations is counted under the first.
    """
    left_out, kept = {}, records
    for name, population in policy.special_populations.items():
        if population.rule in _LEFT_OUT[product]:
            statement = f"SELECT * FROM records WHERE ({population.where}) IS FALSE"
            rest = kept.engine.derive(f"{records.name}_without_{name}", statement, inputs={"records": kept})
            left_out[name] = kept.row_count - rest.row_count
            kept = rest
    if product == "microdata":
        counted = [name for name in left_out if policy.special_populations[name].rule not in _LEFT_OUT["tables"]]
        _refuse_telling_gap(sum(left_out[name] for name in counted), policy=policy)
    return Kept(records=kept, left_out=left_out)


def _refuse_telling_gap(lacking: int, *, policy: Policy) -> None:
    least = max((rules.tables.minimum_frequency for rules in policy.tiers.values() if rules.tables), default=1)
    if 0 < lacking < least:
        raise errors.ProtectionRefused.because(
            "left_out_group_small",
            f"The record file would lack fewer than {least} records that the tables count.",
            why="The tables' total less the file's rows would tell how few they are.",
            way_out="Let the policy withhold the record file, or protect these records by the same rules as all others.",
        )


def _refuse_identifiers(contract: Contract, *, recodings: Mapping[str, Recoding], also: Sequence[str]) -> None:
    identifiers = set(contract.fields_with(Role.DIRECT_IDENTIFIER))
    asked: Iterable[tuple[str, str]] = [(name, rule.of) for name, rule in recodings.items()] + [(n, n) for n in also]
    faults = [
        errors.Fault(
            code="direct_identifier",
            what=f"'{variable}' would be made of the direct identifier '{field}'.",
            why="A direct identifier is in no product.",
            way_out="Remove the variable from the policy.",
            ask=errors.ProtectionRefused.who_must_act,
            place=errors.Place(field=field),
        )
        for variable, field in asked
        if field in identifiers
    ]
    if faults:
        raise errors.ProtectionRefused(faults)
