"""Makes the table of an indicator: every combination of codes with its numerator, denominator, coverage and status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlglot import expressions as exp

from openjustice.contracts.dataset import Codelist
from openjustice.contracts.indicator import Indicator, Quantity
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.ground import errors
from openjustice.ground.engine import StatementFailed, Table, quote
from openjustice.measure import conditions, domains, statements
from openjustice.measure.statements import TOTAL

Address = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class MeasuredTable:
    """The true table of one breakdown of an indicator, with all its totals.

    `table`: the variables as text codes (`_T` total, `_U` unknown), `numerator`, `numerator_marker`, `denominator`,
    `denominator_marker`, `coverage`, `status_marker`. `population` says what is counted (`<dataset>/rows` or
    `<dataset>/<summed fields>`), `where_pairs` which variables the whole table holds fixed. `denominator_population` is
    set where the denominator counts persons too, `denominator_pairs` is what it holds fixed, `denominator_variables` are
    those of the breakdown that divide it.
    """

    id: str
    indicator: Indicator
    breakdown: str
    variables: tuple[str, ...]
    table: Table
    population: str
    where_pairs: Address
    denominator_population: str | None = None
    denominator_variables: tuple[str, ...] = ()
    denominator_pairs: Address = ()

    def count_cells(self) -> dict[tuple[str, ...], int]:
        """Return the count of each cell by its codes, in the order of the variables; a count that is missing is left out."""
        return {self._codes(row): int(row["numerator"]) for row in self.table.rows() if row["numerator"] is not None}

    def address(self, codes: tuple[str, ...]) -> Address:
        """Return the address of a cell: what is counted, then the sorted pairs of variable and code, totals left out."""
        pairs = {(name, code) for name, code in zip(self.variables, codes, strict=True) if code != TOTAL}
        return (("", self.population), *sorted(pairs | set(self.where_pairs)))

    def denominator_cells(self) -> dict[Address, int]:
        """Return the denominators that count persons of a protected dataset, by address: they may disclose like any count."""
        if self.denominator_population is None:
            return {}
        cells = {}
        for row in self.table.rows():
            pairs = {(name, str(row[name])) for name in self.denominator_variables if row[name] != TOTAL}
            if row["denominator"] is not None:
                address = (("", self.denominator_population), *sorted(pairs | set(self.denominator_pairs)))
                cells[address] = int(row["denominator"])
        return cells

    def _codes(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(str(row[name]) for name in self.variables)


def measure_table(
    indicator: Indicator, breakdown: str, *, tables: Mapping[str, Table], jurisdiction: Jurisdiction
) -> MeasuredTable:
    """Measure one breakdown of an indicator over the given tables, by dataset: every combination of codes, with totals.

    Records that no one has are zero; a sum that no record reports is not known (`x`). Denominators are added up over
    exactly the periods of the numerator, and are not known (`x`) where one of these is wanting. Raises RegistryRefused
    where a table or one of its columns is missing. Surprise: residents of a code that the numerator does not have (two
    or more races) count in the total alone.
    """
    work = _Work(indicator, breakdown, tables=tables, jurisdiction=jurisdiction)
    work.check_columns()
    inputs = {f"codes_{index}": work.codes(name) for index, name in enumerate(work.variables)}
    inputs["numerators"] = work.numerators()
    divided = work.denominators()
    inputs |= {"denominators": divided} if divided else {}
    inputs |= work.coverage_inputs() | work.status_inputs()
    statement = statements.frame_sql(
        work.variables,
        absent="NULL" if indicator.numerator.summed else "0",
        denominators=work.dividing if divided else None,
        times=work.times,
        coverage=work.coverage(),
        status=work.status(),
    )
    table = work.records.engine.derive(work.id, statement, inputs=inputs)
    return work.measured(table)


class _Work:
    """What one table needs while it is made."""

    def __init__(
        self, indicator: Indicator, breakdown: str, *, tables: Mapping[str, Table], jurisdiction: Jurisdiction
    ) -> None:
        self.indicator, self.breakdown, self.tables = indicator, breakdown, tables
        self.datasets: Mapping[str, Dataset] = jurisdiction.datasets
        self.codelists: Mapping[str, Codelist] = jurisdiction.codelists
        self.id = f"{indicator.indicator}__by_{breakdown}"
        self.variables = indicator.breakdowns[breakdown].variables
        self.dataset = self.datasets[indicator.dataset]
        self.records = self._table(indicator.numerator.dataset)
        self.times = domains.time_variables(indicator, dataset=self.dataset, variables=self.variables)
        self.dividing = self._dividing()
        self.area_codes = self._area_codes()

    def measured(self, table: Table) -> MeasuredTable:
        """Return the finished table with what it counts."""
        pairs = conditions.fixed_pairs(self.indicator.numerator.where)
        base = self.indicator.denominator
        persons = base is not None and self.datasets[base.dataset].contract.persons
        return MeasuredTable(
            id=self.id,
            indicator=self.indicator,
            breakdown=self.breakdown,
            variables=self.variables,
            table=table,
            population=_population(self.indicator.numerator),
            where_pairs=pairs or (),
            denominator_population=_population(base) if base and persons else None,
            denominator_variables=self.dividing,
            denominator_pairs=(conditions.fixed_pairs(base.where) or ()) if base else (),
        )

    def check_columns(self) -> None:
        """Refuse to measure where a column is missing or a variable is both fixed and broken down by."""
        faults = [
            self._fault("column_missing", f"The table of '{dataset}' has no column '{name}'.")
            for dataset, names in self._needed()
            for name in names
            if name not in self._columns(dataset)
        ]
        fixed = {name for name, _ in conditions.fixed_pairs(self.indicator.numerator.where) or ()}
        clash = sorted(fixed & set(self.variables))
        faults += [
            self._fault("fixed_and_broken_down", f"'{name}' is held fixed and broken down by.") for name in clash
        ]
        if faults:
            raise errors.RegistryRefused(faults)

    def codes(self, variable: str) -> Table:
        """Make the table of a variable's codes."""
        codes = domains.find_codes(variable, records=self.records, dataset=self.dataset, codelists=self.codelists)
        return domains.codes_table(f"codes_of_{variable}", codes, records=self.records)

    def numerators(self) -> Table:
        """Count or sum the numerator."""
        quantity = self.indicator.numerator
        statement = statements.numerators_sql(self.variables, amount=_amount_sql(quantity), where=quantity.where)
        return self._derive("numerators", statement, inputs={"records": self.records})

    def denominators(self) -> Table | None:
        """Count or sum the denominator; None where the indicator has none."""
        base = self.indicator.denominator
        if base is None:
            return None
        inputs = {"base": self._table(base.dataset)}
        by = {name: base.by[name] for name in self.dividing if name not in self.times}
        period = self.indicator.period_variable
        if period is None or period not in base.by:
            statement = statements.untimed_denominators_sql(by, amount=_amount_sql(base), where=base.where)
        else:
            inputs["records"] = self.records
            statement = statements.timed_denominators_sql(
                self.times,
                by,
                period=period,
                period_of=base.by[period],
                amount=_amount_sql(base),
                where=base.where,
                only=conditions.only_about(self.indicator.numerator.where, {period, *self.times}),
                absent="NULL" if base.summed else "0",
            )
        return self._derive("denominators", statement, inputs=inputs)

    def coverage_inputs(self) -> dict[str, Table]:
        """Count the areas that report, where the indicator says which areas must."""
        if not self.area_codes:
            return {}
        statement = statements.reported_areas_sql(self.times, area=self.indicator.coverage)
        reported = self.records.engine.derive(
            f"{self.id}__areas",
            statement,
            inputs={"records": self.records},
            parameters={"areas": list(self.area_codes)},
        )
        return {"areas": reported}

    def coverage(self) -> str:
        """Return the expression of the share of areas that report: of one area 0 or 1, and of the whole their share.

        A code that owes no report, such as a placement by the state, has none.
        """
        if not self.area_codes:
            return "NULL"
        share = f"coalesce(areas.reported, 0) / {len(self.area_codes)}.0"
        if self.indicator.coverage not in self.variables:
            return share
        code = f"codes_{self.variables.index(self.indicator.coverage)}.code"
        one = "CASE WHEN numerators.row_count > 0 THEN 1.0 ELSE 0.0 END"
        owing = ", ".join(exp.Literal.string(area).sql(dialect="duckdb") for area in self.area_codes)
        return f"CASE WHEN {code} = '{TOTAL}' THEN {share} WHEN {code} IN ({owing}) THEN {one} END"

    def status_inputs(self) -> dict[str, Table]:
        """Measure the share still pending, where the table speaks of a field that matures."""
        pending = self._pending_variable()
        maturity = self.dataset.contract.maturity
        if pending is None or maturity is None:
            return {}
        statement = statements.shares_sql(
            self.times, matches=f"list_contains($pending, CAST({quote(pending)} AS VARCHAR))"
        )
        shares = self.records.engine.derive(
            f"{self.id}__pending",
            statement,
            inputs={"records": self.records},
            parameters={"pending": list(maturity.pending)},
        )
        return {"pending": shares}

    def status(self) -> str:
        """Return the expression of the status marker: `p` over the declared share pending, `b` at a break in the series."""
        cases = []
        maturity = self.dataset.contract.maturity
        if maturity and self._pending_variable():
            # All values of a field together do not change when one is decided, or named anew: no mark on that total.
            divided = [f"codes_{place}.code <> '{TOTAL}'" for place in self._places_of(maturity.field)]
            parts = [f"pending.share > {float(maturity.provisional_over)!r}", *divided]
            cases.append(f"WHEN {' AND '.join(parts)} THEN 'p'")
        period = self.indicator.period_variable
        for item in self.dataset.contract.breaks:
            if period in self.variables and item.field in self._fields():
                code = f"codes_{self.variables.index(str(period))}.code"
                divided = [f"codes_{place}.code <> '{TOTAL}'" for place in self._places_of(item.field)]
                parts = [f"{code} = '{item.at.replace(chr(39), '')}'", *divided]
                cases.append(f"WHEN {' AND '.join(parts)} THEN 'b'")
        return f"CASE {' '.join(cases)} END" if cases else "NULL"

    def _derive(self, part: str, statement: str, *, inputs: Mapping[str, Table]) -> Table:
        try:
            return self.records.engine.derive(f"{self.id}__{part}", statement, inputs=inputs)
        except StatementFailed:
            # The database's own words may hold a record's value.
            what = f"The {part} cannot be counted by their condition: recoded variables are text, so codes stand in quotes."
            raise errors.RegistryRefused(self._fault("condition_fails", what)) from None

    def _columns(self, dataset: str) -> tuple[str, ...]:
        return self._table(dataset).column_names

    def _table(self, dataset: str) -> Table:
        if dataset not in self.tables:
            raise errors.RegistryRefused(self._fault("table_missing", f"There is no table of '{dataset}'."))
        return self.tables[dataset]

    def _dividing(self) -> tuple[str, ...]:
        base = self.indicator.denominator
        if base is None:
            return ()
        timed = self.indicator.period_variable in base.by
        return tuple(name for name in self.variables if name in base.by or (timed and name in self.times))

    def _needed(self) -> list[tuple[str, set[str]]]:
        numerator, base = self.indicator.numerator, self.indicator.denominator
        needed = [(numerator.dataset, {*self.variables, *numerator.summed, *conditions.named_columns(numerator.where)})]
        if base is not None:
            saying = (*self.dividing, str(self.indicator.period_variable))
            used = {base.by[name] for name in saying if name in base.by}
            needed.append((base.dataset, {*used, *base.summed, *conditions.named_columns(base.where)}))
            if self.indicator.period_variable in base.by:
                needed.append((numerator.dataset, {str(self.indicator.period_variable)}))
        return needed

    def _fields(self) -> set[str]:
        """Return the fields that the table is made of: those it divides by, those of a condition, those it adds up."""
        recode = domains.recodings(self.dataset)
        condition = conditions.named_columns(self.indicator.numerator.where)
        names = {*self.variables, *condition, *self.indicator.added_up}
        return {recode[name].of if name in recode else name for name in names}

    def _places_of(self, field: str) -> list[int]:
        recode = domains.recodings(self.dataset)
        return [
            place for place, name in enumerate(self.variables) if (recode[name].of if name in recode else name) == field
        ]

    def _pending_variable(self) -> str | None:
        maturity = self.dataset.contract.maturity
        if maturity is None or maturity.field not in self._fields():
            return None
        kept = [
            name
            for name, rule in domains.recodings(self.dataset).items()
            if rule.of == maturity.field and rule.method == "keep" and name in self.records.column_names
        ]
        return kept[0] if kept else None

    def _area_codes(self) -> tuple[str, ...]:
        # Areas where people live; a code without residents (a placement by the state) owes no report.
        if not self.indicator.coverage:
            return ()
        rule = domains.recodings(self.dataset).get(self.indicator.coverage)
        field = self.dataset.contract.fields[rule.of if rule else self.indicator.coverage]
        codelist = self.codelists[str(field.codelist).partition("@")[0]]
        return tuple(codelist.attribute("population")) or tuple(item.code for item in codelist.codes)

    def _fault(self, code: str, what: str) -> errors.Fault:
        place = errors.Place(file=f"{self.indicator.indicator}/indicator.yaml", rule=self.breakdown)
        return errors.Fault(
            code=code, what=what, way_out="Correct the indicator or the policy's recoding.", place=place
        )


def _amount_sql(quantity: Quantity) -> str:
    # Recoded variables are text; a sum needs numbers again.
    return " + ".join(f"CAST({quote(name)} AS DOUBLE)" for name in quantity.summed) or "1"


def _population(quantity: Quantity) -> str:
    counted = " + ".join(quantity.summed) or "rows"
    fixed = conditions.fixed_pairs(quantity.where)
    return f"{quantity.dataset}/{counted}" + (f" where {quantity.where}" if fixed is None else "")
