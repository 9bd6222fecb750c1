"""What a chart is, apart from how it is drawn: its points, its series, and the scale they stand on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from openjustice.public.site import palette

WIDE, NARROW = 840, 340


@dataclass(frozen=True)
class Point:
    """One number of a chart, or the reason why it is absent. `code` orders the series, `label` names it."""

    at: str
    value: float | None
    low: float | None = None
    high: float | None = None
    marker: str | None = None
    status: str | None = None
    series: str = ""
    text: str = ""
    coverage: float | None = None


@dataclass(frozen=True)
class Chart:
    """What a chart shows, apart from its width: points in order, unit, and the value of the whole to compare with."""

    points: tuple[Point, ...]
    unit: str
    series: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    whole: float | None = None
    whole_label: str = ""
    decimals: int = 0
    colors: Mapping[str, str] = field(default_factory=dict)

    @property
    def markers(self) -> tuple[str, ...]:
        """Return the markers that occur, of empty numbers and of status, each once."""
        found = {item.marker for item in self.points} | {item.status for item in self.points}
        return tuple(sorted(item for item in found if item))

    @property
    def top(self) -> float:
        """Return the highest value to be drawn, never under a floor that would make noise look like a trend."""
        floor = 5.0 if self.decimals == 0 else 1.0
        return max([floor, *(item.high or item.value or 0.0 for item in self.points)])


def color_of(chart: Chart, series: str) -> str:
    """Return a series' color: its place in the palette."""
    if series in chart.colors:
        return chart.colors[series]
    return (
        palette.SERIES[chart.series.index(series) % len(palette.SERIES)] if series in chart.series else palette.ACCENT
    )


def nice_top(value: float) -> float:
    """Return the round number at which an axis ends: the next multiple of a fifth of a power of ten's 1, 2 or 5."""
    power = 10.0 ** math.floor(math.log10(value))
    step = next(size for size in (0.1, 0.2, 0.5, 1.0, 2.0) if value / (size * power) <= 6)
    return round(math.ceil(round(value / (step * power), 9)) * step * power, 9)


def push_apart(places: Sequence[float], *, gap: float, limit: float) -> list[float]:
    """Return ascending places moved so that neighbors are at least `gap` apart and none lies beyond the limit."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + gap if moved else 0.0))
    for index in range(len(moved) - 1, -1, -1):
        ceiling = limit if index == len(moved) - 1 else moved[index + 1] - gap
        moved[index] = min(moved[index], ceiling)
    return moved
