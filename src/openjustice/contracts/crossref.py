"""Finds what contradicts something else in the registry: unknown fields, lists, scenarios, variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import sqlglot
from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError

from openjustice.contracts import related
from openjustice.contracts.dataset import Check, Checks, Codelist, Contract, FieldDeclaration, FieldType
from openjustice.contracts.dataset import Mapping as LayoutMapping
from openjustice.contracts.declaration import Declaration, Location
from openjustice.contracts.indicator import Indicator, Quantity
from openjustice.contracts.jurisdiction import Dataset
from openjustice.contracts.policy import Policy, Recoding, TierRules
from openjustice.ground import errors
from openjustice.ground.terms import Role


def find_contract_faults(
    file: Declaration, contract: Contract, *, folder: Path, codelists: Mapping[str, Codelist]
) -> list[errors.Fault]:
    """Return what contradicts itself in a contract: names, keys, code lists, maturity, breaks."""
    faults = []
    if contract.dataset != folder.name:
        faults.append(file.fault("name_differs", "A dataset is named as its folder.", at=("dataset",)))
    named: list[tuple[Location, str]] = [(("key",), name) for name in contract.key]
    named += [(("breaks", index, "field"), item.field) for index, item in enumerate(contract.breaks)]
    named += [(("reporter_field",), name) for name in [contract.reporter_field] if name]
    named += [(("period", "field"), name) for name in [contract.period.field] if name]
    if contract.maturity:
        named += [(("maturity", "field"), contract.maturity.field)]
        named += [(("maturity", "period_field"), contract.maturity.period_field)]
    faults += _unknown(file, named, known=contract.fields, noun="field")
    faults += _fields_faults(file, ("fields",), contract.fields, codelists)
    for table in contract.tables:
        faults += _table_faults(file, table, contract, codelists)
    return faults + _obligation_faults(file, contract, codelists)


def _fields_faults(
    file: Declaration, at: Location, fields: Mapping[str, FieldDeclaration], codelists: Mapping[str, Codelist]
) -> list[errors.Fault]:
    faults = []
    for name, field in fields.items():
        if field.type is FieldType.CODE and field.codelist:
            faults += _codelist_faults(file, (*at, name, "codelist"), field.codelist, codelists)
            faults += _several_faults(file, (*at, name, "several"), field, codelists)
    return faults


def _several_faults(
    file: Declaration, at: Location, field: FieldDeclaration, codelists: Mapping[str, Codelist]
) -> list[errors.Fault]:
    listed = codelists.get((field.codelist or "").partition("@")[0])
    if field.several and listed and any(field.several in item.code for item in listed.codes):
        way_out = "Choose a sign that stands in no code."
        return [file.fault("separator_in_code", "The sign between codes stands in a code.", at=at, way_out=way_out)]
    return []


def _table_faults(
    file: Declaration, table: str, contract: Contract, codelists: Mapping[str, Codelist]
) -> list[errors.Fault]:
    """Return what is wrong with a related table: its name, its key, the table it hangs on and the fields that link it."""
    part, at = contract.tables[table], ("tables", table)
    if table == contract.main_table or not table.isidentifier():
        return [file.fault("wrong_table_name", "A table has a plain name of its own.", at=at, way_out="Rename it.")]
    faults = _fields_faults(file, (*at, "fields"), part.fields, codelists)
    faults += _unknown(file, [((*at, "key"), name) for name in part.key], known=part.fields, noun="field")
    parent = part.belongs_to.table or contract.main_table
    here: Location = (*at, "belongs_to")
    others = [name for name in related.table_names(contract) if name != table]
    if unknown := _unknown(file, [((*here, "table"), parent)], known=others, noun="table"):
        return faults + unknown
    if contract.main_table not in [item.table for item in related.ancestors(contract, table)]:
        return [*faults, file.fault("tables_in_a_circle", "The tables hang on each other in a circle.", at=here)]
    links = related.linking_fields(contract, table)
    wanted = related.key_of_table(contract, parent)
    if len(links) != len(wanted):
        what = f"'{parent}' has a key of {len(wanted)} fields, and 'by' names {len(links)}."
        return [*faults, file.fault("key_differs", what, at=here, way_out="Name one field for each, in that order.")]
    faults += _unknown(file, [((*here, "by"), name) for name in links], known=part.fields, noun="field")
    above = related.fields_of_table(contract, parent)
    for name, other in zip(links, wanted, strict=True):
        if name in part.fields and other in above and part.fields[name].type is not above[other].type:
            what = f"'{name}' has another type than '{other}' of '{parent}'."
            faults.append(file.fault("key_differs", what, at=here, way_out="Give both the same type."))
    return faults


def _obligation_faults(file: Declaration, contract: Contract, codelists: Mapping[str, Codelist]) -> list[errors.Fault]:
    """Return a fault for each attribute, or value of one, that no agency has: nobody would be obliged by it."""
    faults: list[errors.Fault] = []
    agencies = codelists.get("agencies")
    for index, obligation in enumerate(contract.obligations):
        at: Location = ("obligations", index, "who")
        for name, values in obligation.who.items():
            known = {str(value) for value in (agencies.attribute(name) if agencies else {}).values()}
            if not known:
                faults += _unknown(file, [(at, name)], known=(), noun="attribute of the agencies")
            faults += _unknown(file, [((*at, name), v) for v in values if known], known=known, noun="agency with")
    return faults


def find_check_faults(file: Declaration, checks: Checks, *, contract: Contract) -> list[errors.Fault]:
    """Return the fields that checks name and the contract does not have, in lists and in conditions."""
    faults = _edit_faults(file, checks, contract=contract)
    for rule, check in checks.checks.items():
        tables = related.table_names(contract)
        if check.table and check.table not in tables:
            faults += _unknown(file, [(("checks", rule, "table"), check.table)], known=tables, noun="table")
            continue
        faults += _below_faults(file, rule, check, contract=contract)
        known = _names_for(check, contract)
        named: list[tuple[Location, str]] = [(("checks", rule, "fields"), name) for name in check.fields]
        faults += _unknown(file, named, known=known, noun="field")
        for key in related.CONDITIONS:
            if isinstance(text := check.parameters.get(key), str):
                faults += _condition_faults(file, ("checks", rule, "with", key), text, known=known)
    return faults


def _edit_faults(file: Declaration, checks: Checks, *, contract: Contract) -> list[errors.Fault]:
    """Return a fault for each edit that nothing carries out, or that names a rule or field that is not declared."""
    faults: list[errors.Fault] = []
    fields = {
        f"{table}.{name}"
        for table in related.table_names(contract)
        for name in related.fields_of_table(contract, table)
    }
    for name, edit in checks.edits.items():
        at: Location = ("edits", name)
        faults += _unknown(file, [((*at, "rules"), rule) for rule in edit.rules], known=checks.checks, noun="check")
        faults += _unknown(file, [((*at, "fields"), field) for field in edit.fields], known=fields, noun="field")
        if not (edit.rules or edit.fields or edit.elsewhere):
            way_out = "Name checks or fields, or say under 'elsewhere' who does."
            faults.append(file.fault("edit_not_carried_out", "Nothing carries this edit out.", at=at, way_out=way_out))
    return faults


def _names_for(check: Check, contract: Contract) -> set[str]:
    """Return what a rule may name: its table's fields, those of the tables above, and those of the one it looks down at."""
    below = str(check.parameters.get("of", "")) if check.kind == "related" else ""
    fields = contract.tables[below].fields if below in contract.tables else {}
    return {*related.known_names(contract, check.table), *(f"{below}.{name}" for name in fields)}


def _below_faults(file: Declaration, rule: str, check: Check, *, contract: Contract) -> list[errors.Fault]:
    """Return a fault where a rule about related records names a table that does not hang on the rule's own."""
    if check.kind != "related":
        return []
    own = check.table or contract.main_table
    below = [name for name, part in contract.tables.items() if (part.belongs_to.table or contract.main_table) == own]
    of = str(check.parameters.get("of", ""))
    return _unknown(file, [(("checks", rule, "with", "of"), of)], known=below, noun="table that hangs on this one")


def find_policy_faults(
    file: Declaration, policy: Policy, *, contract: Contract, codelists: Mapping[str, Codelist]
) -> list[errors.Fault]:
    """Return what a policy names and nothing declares: fields, variables, scenarios, attributes of code lists."""
    faults = _person_faults(file, policy, contract=contract)
    for name, population in policy.special_populations.items():
        at: Location = ("special_populations", name, "where")
        faults += _condition_faults(file, at, population.where, known=contract.fields)
        asked = ("special_populations", name, "require")
        named: list[tuple[Location, str]] = [(asked, item.scenario) for item in population.require]
        faults += _unknown(file, named, known=policy.scenarios, noun="scenario")
    for tier, rules in policy.tiers.items():
        for name, recoding in rules.recode.items():
            faults += _recoding_faults(file, ("tiers", tier, "recode", name), recoding, contract, codelists)
        faults += _rules_faults(file, ("tiers", tier), rules, policy=policy)
    return faults


def _person_faults(file: Declaration, policy: Policy, *, contract: Contract) -> list[errors.Fault]:
    """Return what is wrong with the field that says who a record is of: unknown, or kept apart from the records."""
    if policy.person is None:
        return []
    if policy.person in contract.fields_with(Role.DIRECT_IDENTIFIER):
        what = f"'{policy.person}' is a direct identifier, which is kept apart from the records."
        way_out = "Name a field that holds a pseudonym and has another role."
        return [file.fault("person_kept_apart", what, at=("person",), way_out=way_out)]
    return _unknown(file, [(("person",), policy.person)], known=contract.fields, noun="field")


def find_mapping_faults(file: Declaration, mapping: LayoutMapping, *, contract: Contract) -> list[errors.Fault]:
    """Return the fields that a mapping fills and the contract does not have, and the ones it leaves empty."""
    wide = set(mapping.unpivot.columns) if mapping.unpivot else set()
    named: list[tuple[Location, str]] = [(("columns", key), name) for key, name in mapping.columns.items()]
    named += [(("constants", name), name) for name in mapping.constants]
    named += [(("codes", name), name) for name in mapping.codes]
    filled = {*mapping.columns.values(), *mapping.constants}
    if mapping.unpivot:
        filled |= {mapping.unpivot.value} | {name for column in wide for name in mapping.unpivot.columns[column]}
    faults = _unknown(file, named, known=contract.fields, noun="field")
    faults += _unfilled(file, ("columns",), contract.fields, filled)
    tables: list[tuple[Location, str]] = [(("tables", table), table) for table in mapping.tables]
    faults += _unknown(file, tables, known=contract.tables, noun="table")
    for table, layout in mapping.tables.items():
        if table in contract.tables:
            at, fields = ("tables", table), contract.tables[table].fields
            named = [((*at, "columns", key), name) for key, name in layout.columns.items()]
            named += [((*at, "constants", name), name) for name in layout.constants]
            named += [((*at, "codes", name), name) for name in layout.codes]
            faults += _unknown(file, named, known=fields, noun="field")
            faults += _unfilled(file, (*at, "columns"), fields, {*layout.columns.values(), *layout.constants})
    return faults


def _unfilled(
    file: Declaration, at: Location, fields: Mapping[str, FieldDeclaration], filled: Iterable[str]
) -> list[errors.Fault]:
    given = set(filled)
    return [
        file.fault(
            "unfilled_field",
            f"The mapping does not fill the required field '{name}'.",
            at=at,
            way_out="Map a column to it or give it a constant.",
        )
        for name, field in fields.items()
        if field.required and name not in given
    ]


def find_indicator_faults(
    file: Declaration, indicator: Indicator, *, datasets: Mapping[str, Dataset]
) -> list[errors.Fault]:
    """Return what an indicator counts, divides or breaks down by that nothing declares."""
    faults: list[errors.Fault] = []
    for at, quantity in (("numerator", indicator.numerator), ("denominator", indicator.denominator)):
        if quantity is not None:
            faults += _quantity_faults(file, at, quantity, datasets)
    if indicator.dataset in datasets:
        variables = known_variables(datasets[indicator.dataset])
        for name, breakdown in indicator.breakdowns.items():
            at_variables: Location = ("breakdowns", name, "variables")
            named = [(at_variables, variable) for variable in breakdown.variables]
            faults += _unknown(file, named, known=variables, noun="variable of the public tier")
    if indicator.headline is not None and indicator.headline not in indicator.breakdowns:
        faults.append(file.fault("unknown_breakdown", "The headline names no breakdown.", at=("headline",)))
    return faults


def known_variables(dataset: Dataset) -> set[str]:
    """Return the variables that a dataset's public tables may be broken down by: those its policy recodes."""
    public = dataset.policy.tiers.get("public") if dataset.policy else None
    return set(public.recode) if public else set()


def _rules_faults(file: Declaration, at: Location, rules: TierRules, *, policy: Policy) -> list[errors.Fault]:
    named: list[tuple[Location, str]] = []
    scenarios: list[tuple[Location, str]] = []
    in_file: list[tuple[Location, str]] = []
    if rules.microdata:
        here = (*at, "microdata")
        named += [((*here, "variables"), name) for name in rules.microdata.variables]
        named += [((*here, "groups"), name) for name in rules.microdata.groups]
        named += [((*here, "cap", name), name) for name in rules.microdata.cap]
        in_file += [((*here, "outcomes"), name) for name in rules.microdata.outcomes]
        for index, requirement in enumerate(rules.microdata.require):
            scenarios.append(((*here, "require", index, "scenario"), requirement.scenario))
            named += [((*here, "require", index, "l"), name) for name in requirement.l]
            if requirement.scenario in policy.scenarios:
                key = policy.scenarios[requirement.scenario].key
                named += [(("scenarios", requirement.scenario, "key"), name) for name in key]
    return [
        *_unknown(file, named, known=rules.recode, noun="variable of this tier"),
        *_unknown(file, scenarios, known=policy.scenarios, noun="scenario"),
        *_unknown(
            file, in_file, known=rules.microdata.variables if rules.microdata else (), noun="variable of the file"
        ),
        *_cap_faults(file, at, rules),
        *_attack_faults(file, at, rules, policy=policy),
    ]


def _attack_faults(file: Declaration, at: Location, rules: TierRules, *, policy: Policy) -> list[errors.Fault]:
    """Return a fault for each attack that no scenario of the record file runs, and for what its intruder could not hold."""
    if rules.microdata is None:
        return []
    faults, variables = [], set(rules.microdata.variables)
    for name in rules.microdata.attacks:
        run = {key: item for key, item in policy.scenarios.items() if item.attack == name}
        if not run:
            way_out = "Name the attack in a scenario, or take it out of the list."
            at_list: Location = (*at, "microdata", "attacks")
            what = f"No scenario runs the attack '{name}'."
            faults.append(file.fault("attack_without_scenario", what, at=at_list, way_out=way_out))
        for key, item in run.items():
            if set(item.key) <= variables:
                wanted: list[tuple[Location, str]] = [(("scenarios", key, "wants"), wish) for wish in item.wants]
                near: list[tuple[Location, str]] = [(("scenarios", key, "tolerance"), near) for near in item.tolerance]
                faults += _unknown(file, wanted, known=variables, noun="variable of the file")
                faults += _unknown(file, near, known=item.key, noun="variable of the key")
    return faults


def _cap_faults(file: Declaration, at: Location, rules: TierRules) -> list[errors.Fault]:
    """Return a fault for each cap on a group that no variable of the record file could name."""
    if rules.microdata is None:
        return []
    shown = {rules.recode[name].of for name in rules.microdata.variables if name in rules.recode}
    return [
        file.fault(
            "cap_on_nothing",
            f"The record file has no variable made of '{rules.recode[name].of}', so no group of '{name}' is ever named in it.",
            at=(*at, "microdata", "cap", name),
            way_out="Add such a variable to the file, or cap another one.",
        )
        for name in rules.microdata.cap
        if name in rules.recode and rules.recode[name].of not in shown
    ]


def _recoding_faults(
    file: Declaration, at: Location, recoding: Recoding, contract: Contract, codelists: Mapping[str, Codelist]
) -> list[errors.Fault]:
    faults = _unknown(file, [((*at, "of"), recoding.of)], known=contract.fields, noun="field")
    field = contract.fields.get(recoding.of)
    if field is None:
        return faults
    if recoding.method == "bands" and (not recoding.cuts or list(recoding.cuts) != sorted(set(recoding.cuts))):
        faults.append(file.fault("wrong_value", "'cuts' must be ascending lower bounds.", at=(*at, "cuts")))
    if recoding.method in ("group", "merge_small"):
        wanted = [name for name in (recoding.attribute, recoding.into) if name]
        known = _attributes(field.codelist, codelists)
        faults += _unknown(file, [(at, name) for name in wanted], known=known, noun="attribute of the code list")
    return faults


def _attributes(reference: str | None, codelists: Mapping[str, Codelist]) -> set[str]:
    codelist = codelists.get((reference or "").partition("@")[0])
    return {name for code in (codelist.codes if codelist else ()) for name in code.attributes}


def _quantity_faults(
    file: Declaration, at: str, quantity: Quantity, datasets: Mapping[str, Dataset]
) -> list[errors.Fault]:
    if quantity.dataset not in datasets:
        return _unknown(file, [((at, "dataset"), quantity.dataset)], known=datasets, noun="dataset")
    known = {*datasets[quantity.dataset].contract.fields, *known_variables(datasets[quantity.dataset])}
    named: list[tuple[Location, str]] = [((at, "by", variable), name) for variable, name in quantity.by.items()]
    named += [((at, "sum"), name) for name in quantity.summed]
    faults = _unknown(file, named, known=known, noun="field")
    if quantity.where:
        faults += _condition_faults(file, (at, "where"), quantity.where, known=known)
    return faults


def _codelist_faults(
    file: Declaration, at: Location, reference: str, codelists: Mapping[str, Codelist]
) -> list[errors.Fault]:
    name, _, version = reference.partition("@")
    if name not in codelists:
        return _unknown(file, [(at, name)], known=codelists, noun="code list")
    if version and codelists[name].version != version:
        return [file.fault("version_differs", f"Code list '{name}' is declared in another version.", at=at)]
    return []


def _condition_faults(file: Declaration, at: Location, text: str, *, known: Iterable[str]) -> list[errors.Fault]:
    try:
        tree = sqlglot.parse_one(text, dialect="duckdb")
    except SqlglotError:
        return [file.fault("not_a_condition", "This condition cannot be read.", at=at, way_out="Write it as SQL.")]
    if isinstance(tree, exp.Query) or tree.find(exp.Subquery, exp.Table):
        return [file.fault("not_a_condition", "A condition may not read tables.", at=at)]
    named = [(at, related.qualified(column)) for column in tree.find_all(exp.Column)]
    return _unknown(file, named, known=known, noun="field")


def _unknown(
    file: Declaration, named: Iterable[tuple[Location, str]], *, known: Iterable[str], noun: str
) -> list[errors.Fault]:
    allowed = set(known)
    code = f"unknown_{noun.partition(' ')[0]}"
    return [
        file.fault(code, f"There is no {noun} '{name}'.", at=at, way_out="Correct the name or declare it.")
        for at, name in named
        if name not in allowed
    ]
