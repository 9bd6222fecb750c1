"""Says which codes a variable can take, and which variables of a breakdown say when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openjustice.contracts.dataset import Codelist
from openjustice.contracts.indicator import Indicator
from openjustice.contracts.jurisdiction import Dataset
from openjustice.contracts.policy import Recoding
from openjustice.ground.engine import Table, quote
from openjustice.measure.statements import TOTAL, UNKNOWN


def find_codes(
    variable: str, *, records: Table, dataset: Dataset, codelists: Mapping[str, Codelist]
) -> tuple[str, ...]:
    """Return every code of a variable: those of its code list and those that the records have, `_U` where some lack it.

    Surprise: bands and merged places are known from the records alone, so an empty band is no row of the table.
    """
    column = f"coalesce(CAST({quote(variable)} AS VARCHAR), '{UNKNOWN}')"
    seen = records.engine.derive(
        f"codes_seen_of_{variable}", f"SELECT DISTINCT {column} AS code FROM records", inputs={"records": records}
    )
    observed = {str(row["code"]) for row in seen.rows()}
    return tuple(sorted(observed | _listed_codes(variable, dataset=dataset, codelists=codelists)))


def time_variables(indicator: Indicator, *, dataset: Dataset, variables: Sequence[str]) -> tuple[str, ...]:
    """Return the breakdown variables that say when: those made of the same field as the indicator's period variable."""
    recode = recodings(dataset)
    period = indicator.period_variable
    if period is None:
        return ()
    field = recode[period].of if period in recode else period
    return tuple(name for name in variables if name == period or (name in recode and recode[name].of == field))


def recodings(dataset: Dataset) -> Mapping[str, Recoding]:
    """Return the variables that the public tier makes of a dataset's fields; none without a policy."""
    public = dataset.policy.tiers.get("public") if dataset.policy else None
    return public.recode if public else {}


def codes_table(name: str, codes: Sequence[str], *, records: Table) -> Table:
    """Make the table of a variable's codes with its total."""
    rows = [(code,) for code in (*codes, TOTAL)]
    return records.engine.make_table(name, columns={"code": "VARCHAR"}, rows=rows, plane=records.plane)


def _listed_codes(variable: str, *, dataset: Dataset, codelists: Mapping[str, Codelist]) -> set[str]:
    rule = recodings(dataset).get(variable)
    field = dataset.contract.fields.get(rule.of if rule else variable)
    codelist = codelists.get(str(field.codelist).partition("@")[0]) if field and field.codelist else None
    if codelist is None:
        return set()
    if rule is None or rule.method == "keep":
        return {item.code for item in codelist.codes}
    if rule.method == "group" and rule.attribute:
        return {str(value) for value in codelist.attribute(rule.attribute).values()}
    return set()
