"""The statements that make an indicator's table, each named for the table it makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openjustice.ground.engine import quote

TOTAL = "_T"
UNKNOWN = "_U"


def numerators_sql(variables: Sequence[str], *, amount: str, where: str | None) -> str:
    """Return the statement of the numerators: the amount of each combination of codes, `_T` where summed over."""
    return f"""
        WITH counted AS (
            SELECT {_listed([*_codes(variables), f"{amount} AS amount"])} FROM records WHERE {where or "true"}
        )
        SELECT {_listed([*_totals(variables), f"{_whole('amount')} AS amount", "count(*) AS row_count"])}
        FROM counted {_cube(variables)}
    """


def untimed_denominators_sql(by: Mapping[str, str], *, amount: str, where: str | None) -> str:
    """Return the statement of denominators that no year divides: the amount of each combination of codes, with totals."""
    variables = list(by)
    return f"""
        WITH counted AS (
            SELECT {_listed([*_codes(variables, of=by), f"{amount} AS amount"])} FROM base WHERE {where or "true"}
        )
        SELECT {_listed([*_totals(variables), f"{_whole('amount')} AS denominator"])} FROM counted {_cube(variables)}
    """


def timed_denominators_sql(
    times: Sequence[str],
    by: Mapping[str, str],
    *,
    period: str,
    period_of: str,
    amount: str,
    where: str | None,
    only: str | None,
    absent: str,
) -> str:
    """Return the statement of denominators added up over exactly the periods that each numerator counts.

    `times` are the breakdown variables that say when, `by` the others with their columns of the base, `period` and
    `period_of` the finest period on both sides, `only` the condition that limits the periods, `absent` what stands for
    a period that the base does not have: NULL makes the whole sum unknown.
    """
    groups, expected = list(by), [f"t{index}" for index in range(len(times))]
    inner = [f"CAST({quote(name)} AS VARCHAR) AS w{index}" for index, name in enumerate(times)]
    summed = [f"coalesce(w{index}, '{TOTAL}') AS t{index}" for index in range(len(times))]
    cube_times = f", CUBE ({_listed([f'w{index}' for index in range(len(times))])})" if times else ""
    cells = [f"c{index}" for index in range(len(groups))]
    coded = [
        f"coalesce(CAST({quote(by[name])} AS VARCHAR), '{UNKNOWN}') AS k{index}" for index, name in enumerate(groups)
    ]
    totals = [f"coalesce(k{index}, '{TOTAL}') AS c{index}" for index in range(len(groups))]
    cube_groups = f", CUBE ({_listed([f'k{index}' for index in range(len(groups))])})" if groups else ""
    same = " AND ".join(["base_sums.period = expected.period", *(f"base_sums.{cell} = cells.{cell}" for cell in cells)])
    named = [f"expected.{code} AS {quote(name)}" for code, name in zip(expected, times, strict=True)]
    named += [f"cells.{cell} AS {quote(name)}" for cell, name in zip(cells, groups, strict=True)]
    grouped = [*(f"expected.{code}" for code in expected), *(f"cells.{cell}" for cell in cells)]
    return f"""
        WITH periods AS (
            SELECT DISTINCT {_listed([f"CAST({quote(period)} AS VARCHAR) AS period", *inner])} FROM records
            WHERE {quote(period)} IS NOT NULL AND ({only or "true"})
        ),
        expected AS (
            SELECT {_listed(["period", *summed])} FROM periods GROUP BY period{cube_times}
        ),
        counted AS (
            SELECT {_listed([f"CAST({quote(period_of)} AS VARCHAR) AS period", *coded, f"{amount} AS amount"])}
            FROM base WHERE {where or "true"}
        ),
        base_sums AS (
            SELECT {_listed(["period", *totals, f"{_whole('amount')} AS amount"])}
            FROM counted GROUP BY period{cube_groups}
        ),
        cells AS (SELECT DISTINCT {_listed(cells) or "1 AS one"} FROM base_sums)
        SELECT {_listed([*named, f"{_whole(f'coalesce(base_sums.amount, {absent})')} AS denominator"])}
        FROM expected CROSS JOIN cells LEFT JOIN base_sums ON {same}
        {f"GROUP BY {_listed(grouped)}" if grouped else ""}
    """


def shares_sql(times: Sequence[str], *, matches: str) -> str:
    """Return the statement of a share of records by the variables that say when, with totals."""
    return f"""
        WITH counted AS (SELECT {_listed([*_codes(times), f"{matches} AS matches"])} FROM records)
        SELECT {_listed([*_totals(times), "avg(CASE WHEN matches THEN 1.0 ELSE 0.0 END) AS share"])}
        FROM counted {_cube(times)}
    """


def reported_areas_sql(times: Sequence[str], *, area: str) -> str:
    """Return the statement of how many of `$areas` have records, by the variables that say when, with totals."""
    matched = f"CASE WHEN list_contains($areas, CAST({quote(area)} AS VARCHAR)) THEN {quote(area)} END AS area"
    return f"""
        WITH counted AS (SELECT {_listed([*_codes(times), matched])} FROM records)
        SELECT {_listed([*_totals(times), "count(DISTINCT area) AS reported"])} FROM counted {_cube(times)}
    """


def frame_sql(
    variables: Sequence[str],
    *,
    absent: str,
    denominators: Sequence[str] | None,
    times: Sequence[str],
    coverage: str,
    status: str,
) -> str:
    """Return the statement of the whole table: every combination of codes, its numerator, denominator, coverage, status.

    `absent` is the numerator of a combination that no record has; `denominators` the variables of the denominators, None
    where the indicator has none; `coverage` and `status` are expressions over the joined tables.
    """
    codes = [f"codes_{index}.code AS {quote(name)}" for index, name in enumerate(variables)]
    sources = " CROSS JOIN ".join(f"codes_{index}" for index in range(len(variables))) or "(SELECT 1 AS one) AS whole"
    place = {name: f"codes_{index}.code" for index, name in enumerate(variables)}
    joins = [_join("numerators", variables, place)]
    joins += [_join("denominators", denominators, place)] if denominators is not None else []
    joins += [_join("areas", times, place)] if "areas." in coverage else []
    joins += [_join("pending", times, place)] if "pending." in status else []
    divided = "denominators.denominator" if denominators is not None else "NULL"
    wanting = f"CASE WHEN {divided} IS NULL THEN 'x' END" if denominators is not None else "'z'"
    columns = [
        *codes,
        f"CAST(coalesce(numerators.amount, {absent}) AS BIGINT) AS numerator",
        f"CAST(CASE WHEN coalesce(numerators.amount, {absent}) IS NULL THEN 'x' END AS VARCHAR) AS numerator_marker",
        f"CAST({divided} AS DOUBLE) AS denominator",
        f"CAST({wanting} AS VARCHAR) AS denominator_marker",
        f"CAST({coverage} AS DOUBLE) AS coverage",
        f"CAST({status} AS VARCHAR) AS status_marker",
    ]
    return f"SELECT {_listed(columns)} FROM {sources} {' '.join(joins)}"


def _join(table: str, variables: Sequence[str], place: Mapping[str, str]) -> str:
    same = " AND ".join(f"{table}.{quote(name)} = {place[name]}" for name in variables) or "true"
    return f"LEFT JOIN {table} ON {same}"


def _codes(variables: Sequence[str], *, of: Mapping[str, str] | None = None) -> list[str]:
    columns = [quote((of or {}).get(name, name)) for name in variables]
    return [f"coalesce(CAST({column} AS VARCHAR), '{UNKNOWN}') AS k{index}" for index, column in enumerate(columns)]


def _totals(variables: Sequence[str]) -> list[str]:
    return [f"coalesce(k{index}, '{TOTAL}') AS {quote(name)}" for index, name in enumerate(variables)]


def _cube(variables: Sequence[str]) -> str:
    return f"GROUP BY CUBE ({_listed([f'k{index}' for index in range(len(variables))])})" if variables else ""


def _whole(amount: str) -> str:
    # A sum with a part missing is not known; sum() alone would pass over the missing part in silence.
    return f"CASE WHEN count(*) = count({amount}) THEN sum({amount}) END"


def _listed(parts: Sequence[str]) -> str:
    return ", ".join(parts)
