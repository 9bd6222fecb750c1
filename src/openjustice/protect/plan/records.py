"""Prepares the records: makes the policy's variables, and refuses direct identifiers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from openjustice.contracts.dataset import Codelist, Contract
from openjustice.contracts.policy import Recoding
from openjustice.ground import errors
from openjustice.ground.engine import Table, quote
from openjustice.ground.terms import Role
from openjustice.protect.methods.global_recoding import METHOD as GLOBAL_RECODING


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
    if not recodings:  # a dataset of numbers alone has nothing to make coarse
        columns = ", ".join(quote(name) for name in also)
        return records.engine.derive(
            f"{records.name}_recoded", f"SELECT {columns} FROM records", inputs={"records": records}
        )
    lists = {
        name: codelists[str(field.codelist).partition("@")[0]]
        for name, field in contract.fields.items()
        if field.codelist and str(field.codelist).partition("@")[0] in codelists
    }
    parameters = GLOBAL_RECODING.read_parameters({"variables": recodings})
    made: Table = GLOBAL_RECODING.apply(records, parameters=parameters, codelists=lists, also=also)
    return made


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
