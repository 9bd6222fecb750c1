"""Makes rates, shares and their intervals of counts that have been protected, and says why a number is not there."""

from __future__ import annotations

from typing import Any, assert_never

import numpy as np
import numpy.typing as npt
from scipy import special

from openjustice.contracts.indicator import Indicator
from openjustice.contracts.policy import TableRules
from openjustice.ground.engine import Table
from openjustice.ground.terms import Marker

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
COLUMNS = (
    "numerator", "numerator_marker", "denominator", "denominator_marker", "value", "value_low", "value_high",
    "value_marker", "coverage", "status_marker",
)  # fmt: skip
_TYPES = {
    "numerator": "BIGINT", "denominator": "DOUBLE", "value": "DOUBLE", "value_low": "DOUBLE", "value_high": "DOUBLE",
    "coverage": "DOUBLE",
}  # fmt: skip


def add_rates(table: Table, *, indicator: Indicator, rules: TableRules | None) -> Table:
    """Add the value of every cell, its interval and its marker to a table of protected counts, in the published order.

    The table has the variables, then `numerator` (null where hidden), `numerator_marker`, `denominator`,
    `denominator_marker`, `coverage`, `status_marker`. A value is the numerator over the denominator times `per`, or the
    count itself where the indicator has no denominator. It is not there where the numerator is hidden (`c`), where the
    denominator is not known (`x`) or nothing (`z`), and where the numbers are too small for a rate (`x`, see
    `find_too_small`). Without `rules` no number is too small. Intervals: exact Poisson or Wilson.
    """
    variables = [name for name in table.column_names if name not in COLUMNS]
    columns = _read(table)
    numerator, denominator = columns["numerator"], columns["denominator"]
    divided = indicator.denominator is not None
    base = denominator if divided else np.ones_like(numerator)
    values, low, high = _measure(numerator, base, indicator=indicator)
    markers = _markers(columns, indicator=indicator, rules=rules, values=values)
    shown = np.isin(markers, ["", Marker.LOW.value])
    made = {
        **{name: columns[name] for name in variables},
        **columns,
        "value": np.where(shown, values, np.nan),
        "value_low": np.where(shown, low, np.nan),
        "value_high": np.where(shown, high, np.nan),
        "value_marker": markers,
    }
    return _write(table, made, order=(*variables, *COLUMNS))


def poisson_interval(counts: Floats, *, confidence: float) -> tuple[Floats, Floats]:
    """Return the exact interval of Poisson counts, lower and upper bounds as counts.

    Source: Garwood (1936), Biometrika 28, 437-442, by the gamma distribution. Of no event the lower bound is zero.
    """
    tail = (1 - confidence) / 2
    low = np.where(counts > 0, special.gammaincinv(np.maximum(counts, 1), tail), 0.0)
    return low, special.gammaincinv(counts + 1, 1 - tail)


def wilson_interval(counts: Floats, totals: Floats, *, confidence: float) -> tuple[Floats, Floats]:
    """Return Wilson's score interval of proportions, lower and upper bounds between 0 and 1.

    Source: Wilson (1927), Journal of the American Statistical Association 22, 209-212; without correction for continuity.
    """
    z = float(special.ndtri(1 - (1 - confidence) / 2))
    share = counts / totals
    middle = (share + z**2 / (2 * totals)) / (1 + z**2 / totals)
    half = z / (1 + z**2 / totals) * np.sqrt(share * (1 - share) / totals + z**2 / (4 * totals**2))
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)


def find_too_small(numerator: Floats, denominator: Floats, *, indicator: Indicator, rules: TableRules) -> Flags:
    """Return where the numbers are too small for a rate.

    Under Poisson: fewer events than `rate_minimum_numerator`, or a population under `rate_minimum_population`. Under
    Wilson: a whole smaller than `rate_minimum_numerator`; a rare part of a large whole is a good share. Without an
    interval nothing is too small.
    """
    match indicator.interval:
        case "poisson":
            return (numerator < rules.rate_minimum_numerator) | (denominator < rules.rate_minimum_population)
        case "wilson":
            return denominator < rules.rate_minimum_numerator
        case "none":
            return np.zeros(len(numerator), dtype=bool)
        case _:
            assert_never(indicator.interval)


def _measure(numerator: Floats, base: Floats, *, indicator: Indicator) -> tuple[Floats, Floats, Floats]:
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = indicator.per / base
        values = numerator * scale
        low, high = np.full_like(values, np.nan), np.full_like(values, np.nan)
        match indicator.interval:
            case "poisson":
                bounds = poisson_interval(numerator, confidence=indicator.confidence)
                low, high = bounds[0] * scale, bounds[1] * scale
            case "wilson":
                bounds = wilson_interval(numerator, base, confidence=indicator.confidence)
                low, high = bounds[0] * indicator.per, bounds[1] * indicator.per
            case "none":
                pass
            case _:
                assert_never(indicator.interval)
    rounded = [np.round(item, indicator.decimals) + 0.0 for item in (values, low, high)]
    return rounded[0], rounded[1], rounded[2]


def _markers(
    columns: dict[str, Any], *, indicator: Indicator, rules: TableRules | None, values: Floats
) -> npt.NDArray[np.object_]:
    numerator, denominator = columns["numerator"], columns["denominator"]
    markers = np.full(len(numerator), "", dtype=object)
    markers[(values == 0) & (numerator > 0)] = Marker.LOW.value
    if indicator.denominator is not None:
        if rules is not None:
            markers[find_too_small(numerator, denominator, indicator=indicator, rules=rules)] = (
                Marker.NOT_AVAILABLE.value
            )
        markers[denominator == 0] = Marker.NOT_APPLICABLE.value
        _carry(markers, where=np.isnan(denominator), of=columns["denominator_marker"])
    _carry(markers, where=np.isnan(numerator), of=columns["numerator_marker"])
    return markers


def _carry(markers: npt.NDArray[np.object_], *, where: Flags, of: npt.NDArray[np.object_]) -> None:
    markers[where] = [marker or Marker.NOT_AVAILABLE.value for marker in of[where]]


def _read(table: Table) -> dict[str, Any]:
    rows = table.rows()
    columns = {name: np.array([row[name] for row in rows], dtype=object) for name in table.column_names}
    return {name: _numbers(values) if name in _TYPES else values for name, values in columns.items()}


def _numbers(values: npt.NDArray[np.object_]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _write(table: Table, columns: dict[str, Any], *, order: tuple[str, ...]) -> Table:
    raw = table.engine.make_table_from_arrays(
        f"{table.name}_valued",
        arrays={name: _storable(name, columns[name]) for name in order},
        plane=table.plane,
        inputs=[table],
        statement="value = numerator / denominator * per; interval and markers as declared by the indicator",
    )
    shaped = ", ".join(_shaped(name) for name in order)
    return table.engine.derive(table.name, f"SELECT {shaped} FROM raw", inputs={"raw": raw})


def _storable(name: str, values: Any) -> Any:
    if name in _TYPES:
        return np.asarray(values, dtype=np.float64)
    return np.array(["" if value is None else str(value) for value in values], dtype=str)


def _shaped(name: str) -> str:
    # Arrays have no null: a number that is not there arrives as NaN, a marker as empty text.
    column = f'"{name}"'
    if name in _TYPES:
        return f"CAST(CASE WHEN NOT isnan({column}) THEN {column} END AS {_TYPES[name]}) AS {column}"
    return f"CAST(nullif({column}, '') AS VARCHAR) AS {column}"
