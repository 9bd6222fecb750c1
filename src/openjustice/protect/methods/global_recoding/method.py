"""Makes coarser variables of fields: bands, groups of a code list, shorter dates, merged small places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, assert_never

from openjustice.contracts.dataset import Codelist
from openjustice.contracts.policy import Recoding
from openjustice.ground import engine, errors
from openjustice.ground.engine import Table, quote
from openjustice.ground.terms import Plane
from openjustice.protect.methods.global_recoding.parameters import Parameters

Bound = dict[str, Any]


def recode(
    records: Table, *, parameters: Parameters, codelists: Mapping[str, Codelist], also: Sequence[str] = ()
) -> Table:
    """Make the declared variables of the records, as text codes, and drop every field that is not in `also`.

    `codelists` gives the code list of each field that is grouped or merged. Claims: one rule for all records; a variable
    is a function of one field. A blank stays blank. Raises RegistryRefused where a code list lacks what a rule needs, and
    ProtectionRefused where a record holds a code that its list does not have. Source: Hundepool et al., Statistical
    Disclosure Control (2012), 3.4.1. Surprise: bands are written with leading zeros where they would not sort otherwise.
    """
    variables = parameters.variables
    _check_rules(variables, fields=dict(records.columns), codelists=codelists)
    _check_codes(records, variables=variables, codelists=codelists)
    bound: Bound = {}
    made = [_variable_sql(name, rule, codelists=codelists, bound=bound) for name, rule in variables.items()]
    kept = [quote(name) for name in also if name not in variables]
    statement = f"SELECT {', '.join([*made, *kept])} FROM records"
    return records.engine.derive(f"{records.name}_recoded", statement, inputs={"records": records}, parameters=bound)


def band_labels(cuts: Sequence[int]) -> list[str]:
    """Name the bands that start at the cuts, the last one open, so that their names sort as they do: `20-29`, `70+`."""
    plain, padded = (
        [*(_band(low, high - 1, width) for low, high in pairwise(cuts)), f"{cuts[-1]:0{width}d}+"]
        for width in (1, len(str(cuts[-1])))
    )
    return plain if plain == sorted(plain) else padded


def code_map(rule: Recoding, codelist: Codelist) -> dict[str, str]:
    """Return what each code of the list becomes under a `group` or `merge_small` rule."""
    codes = [item.code for item in codelist.codes]
    if rule.method == "group":
        groups = codelist.attribute(str(rule.attribute))
        return {code: str(groups[code]) for code in codes}
    sizes, names = codelist.attribute(str(rule.attribute)), codelist.attribute(str(rule.into))
    small = {code for code, size in sizes.items() if float(size) < (rule.minimum or 0)}
    return {code: str(names[code]) if code in small and code in names else code for code in codes}


def work_example(given: Mapping[str, Any]) -> Any:
    """Recode the rows of a worked example and return what they become."""
    lists = {name: Codelist.model_validate(item) for name, item in given.get("codelists", {}).items()}
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        rows = [tuple(row[name] for name in given["fields"]) for row in given["rows"]]
        records = opened.make_table("records", columns=given["fields"], rows=rows, plane=Plane.CONFIDENTIAL)
        parameters = Parameters.model_validate({"variables": given["variables"]})
        return recode(records, parameters=parameters, codelists=lists).rows()


def _band(low: int, high: int, width: int) -> str:
    return f"{low:0{width}d}" if low == high else f"{low:0{width}d}-{high:0{width}d}"


def _variable_sql(name: str, rule: Recoding, *, codelists: Mapping[str, Codelist], bound: Bound) -> str:
    field = quote(rule.of)
    match rule.method:
        case "keep":
            made = f"CAST({field} AS VARCHAR)"
        case "bands":
            made = _bands_sql(name, rule, bound=bound)
        case "truncate":
            made = _truncate_sql(_date_sql(field), str(rule.to))
        case "group" | "merge_small":
            mapped = code_map(rule, codelists[rule.of])
            bound |= {f"{name}_codes": list(mapped), f"{name}_becomes": list(mapped.values())}
            made = f"list_extract(${name}_becomes, list_position(${name}_codes, {field}))"
        case _:
            assert_never(rule.method)
    return f"{made} AS {quote(name)}"


def _bands_sql(name: str, rule: Recoding, *, bound: Bound) -> str:
    field, cases = quote(rule.of), []
    for index, (cut, label) in reversed(list(enumerate(zip(rule.cuts, band_labels(rule.cuts), strict=True)))):
        bound |= {f"{name}_from_{index}": cut, f"{name}_band_{index}": label}
        cases.append(f"WHEN {field} >= ${name}_from_{index} THEN ${name}_band_{index}")
    bound[f"{name}_below"] = f"<{rule.cuts[0]}"
    return f"CASE {' '.join(cases)} WHEN {field} IS NOT NULL THEN ${name}_below END"


def _truncate_sql(field: str, to: str) -> str:
    formats = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}
    if to == "quarter":
        return f"strftime({field}, '%Y') || '-Q' || CAST(quarter({field}) AS VARCHAR)"
    return f"strftime({field}, '{formats[to]}')"


def _check_rules(
    variables: Mapping[str, Recoding], *, fields: Mapping[str, str], codelists: Mapping[str, Codelist]
) -> None:
    faults = [fault for name, rule in variables.items() for fault in _rule_faults(name, rule, fields, codelists)]
    if faults:
        raise errors.RegistryRefused(faults)


def _rule_faults(
    name: str, rule: Recoding, fields: Mapping[str, str], codelists: Mapping[str, Codelist]
) -> Iterable[errors.Fault]:
    if rule.of not in fields:
        yield _fault("unknown_field", f"'{name}' is made of '{rule.of}', which the records do not have.", name)
        return
    if rule.method == "bands" and not rule.cuts:
        yield _fault("wrong_value", f"The bands of '{name}' have no cuts.", name)
    if rule.method == "truncate" and (fields[rule.of] not in ("DATE", "VARCHAR") or rule.to is None):
        yield _fault("wrong_value", f"'{name}' shortens '{rule.of}', which is no date, or to nothing.", name)
    if rule.method in ("group", "merge_small"):
        yield from _list_faults(name, rule, codelists.get(rule.of))


def _list_faults(name: str, rule: Recoding, codelist: Codelist | None) -> Iterable[errors.Fault]:
    if codelist is None:
        yield _fault("unknown_code_list", f"'{name}' groups '{rule.of}', which has no code list.", name)
        return
    if rule.method == "group":
        lacking = [item.code for item in codelist.codes if rule.attribute not in item.attributes]
        if lacking:
            what = f"The group '{rule.attribute}' of '{name}' is not declared for: {', '.join(lacking)}."
            yield _fault("group_incomplete", what, name, way_out="Give every code of the list its group.")


def _check_codes(records: Table, *, variables: Mapping[str, Recoding], codelists: Mapping[str, Codelist]) -> None:
    faults = []
    for name, rule in variables.items():
        if rule.method == "truncate" and (undated := _undated_count(records, field=rule.of)):
            what = f"{undated} records hold no date in '{rule.of}', so '{name}' cannot be made of them."
            faults.append(
                _fault("not_a_date", what, name, way_out="Correct the records, or recode the field otherwise.")
            )
        if rule.method in ("group", "merge_small"):
            unknown = _unknown_count(records, field=rule.of, codes=[item.code for item in codelists[rule.of].codes])
            if unknown:
                what = f"{unknown} records hold a code of '{rule.of}' that its list does not have, so '{name}' has no group for them."
                faults.append(
                    _fault("unknown_code", what, name, way_out="Correct the records or extend the code list.")
                )
    if faults:
        raise errors.ProtectionRefused(faults)


def _undated_count(records: Table, *, field: str) -> int:
    value = quote(field)
    statement = f"SELECT count({value}) - count({_date_sql(value)}) AS n FROM records"
    return int(records.engine.derive("undated", statement, inputs={"records": records}).rows()[0]["n"])


def _date_sql(field: str) -> str:
    """Return the date of a field that is one, or of text that begins with one."""
    return f"TRY_CAST(left(CAST({field} AS VARCHAR), 10) AS DATE)"


def _unknown_count(records: Table, *, field: str, codes: list[str]) -> int:
    statement = f"SELECT count(*) AS n FROM records WHERE {quote(field)} IS NOT NULL AND list_position($codes, {quote(field)}) IS NULL"
    counted = records.engine.derive(
        "unknown_codes", statement, inputs={"records": records}, parameters={"codes": codes}
    )
    return int(counted.rows()[0]["n"])


def _fault(code: str, what: str, variable: str, *, way_out: str = "") -> errors.Fault:
    return errors.Fault(
        code=code, what=what, way_out=way_out or "Correct the recoding.", place=errors.Place(field=variable)
    )
