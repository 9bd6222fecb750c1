"""Measures disclosure risk of records: equivalence classes and uniques, what values they give away, and the population behind."""

from openjustice.protect.risk.closeness import Distance, distance_of
from openjustice.protect.risk.exposure import Disclosure, Exposure, Presence, measure_table
from openjustice.protect.risk.population import PopulationUniques, estimate_population_uniques
from openjustice.protect.risk.records import (
    BLANK,
    Combinations,
    Integers,
    Need,
    Risk,
    class_sizes,
    compatible_sizes,
    diversity_of,
    encode,
    measure_risk,
    read_combinations,
    strides_of,
)

__all__ = [
    "BLANK",
    "Combinations",
    "Disclosure",
    "Distance",
    "Exposure",
    "Integers",
    "Need",
    "PopulationUniques",
    "Presence",
    "Risk",
    "class_sizes",
    "compatible_sizes",
    "distance_of",
    "diversity_of",
    "encode",
    "estimate_population_uniques",
    "measure_risk",
    "measure_table",
    "read_combinations",
    "strides_of",
]
