"""Draws a map of areas shaded by value in five steps; withheld is hatched, unknown is dotted, zero is plain
white, and what was not wholly reported is lined across."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openjustice.public.publish.language import say
from openjustice.public.site import numbers, palette, svg
from openjustice.public.site.charts import Point

Ring = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Step:
    """One step of the legend: its fill and the values it stands for."""

    fill: str
    words: str


def class_bounds(values: Sequence[float], *, steps: int = 5) -> list[float]:
    """Return the upper bound of each step: quantiles of the values above zero, each bound once."""
    above = sorted(value for value in values if value > 0)
    bounds = [above[math.ceil(len(above) * (step + 1) / steps) - 1] for step in range(steps)] if above else []
    return sorted(set(bounds))


def legend_steps(values: Sequence[float], *, decimals: int) -> list[Step]:
    """Return the legend of a map: zero if it occurs, then each step from low to high."""
    bounds = class_bounds(values)
    fills = _fills(len(bounds))
    above = sorted(value for value in values if value > 0)
    made = [Step(palette.PAPER, "0")] if any(value == 0 for value in values) else []
    low = -math.inf
    for bound, fill in zip(bounds, fills, strict=True):
        inside = [value for value in above if low < value <= bound]
        ends = [numbers.number(value, decimals=decimals) for value in (inside[0], inside[-1])]
        made.append(
            Step(fill, ends[0] if ends[0] == ends[1] else numbers.span(inside[0], inside[-1], decimals=decimals))
        )
        low = bound
    return made


def map_svg(
    geography: Mapping[str, Any],
    points: Mapping[str, Point],
    *,
    labels: Mapping[str, str],
    name: str,
    title: str,
    says: str,
    width: int = 460,
) -> str:
    """Draw the areas; a pointer that rests on one sees its name and number. An area without a point is left pale."""
    shapes = dict(_shapes(geography, labels))
    to_page, height = _projection([ring for rings in shapes.values() for ring in rings], width=width)
    values = [item.value for item in points.values() if item.value is not None]
    bounds = class_bounds(values)
    fills = _fills(len(bounds))
    body = []
    for code in sorted(shapes):
        path = "".join(_path(ring, to_page) for ring in shapes[code])
        item = points.get(code)
        words = html.escape(f"{labels.get(code, code)}: {item.text if item else say('not in this table')}")
        fill = _fill(item, bounds, fills, name)
        body.append(f'<path d="{path}" fill="{fill}"><title>{words}</title></path>')
        if lacks_reports(item):  # over its value, if it has one: the shade alone would be believed
            body.append(f'<path d="{path}" fill="url(#{name}-lacks)" pointer-events="none"/>')
    opening = svg.head(name=name, width=str(width), height=str(height), title=title, says=says, css_class="map")
    return f'{opening}{_patterns(name)}<g stroke="#6f7a88" stroke-width=".6" stroke-linejoin="round">{"".join(body)}</g></svg>'


def lacks_reports(item: Point | None) -> bool:
    """Return whether not all, or none, of those who should report for an area did."""
    return item is not None and item.coverage is not None and item.coverage < 1


def _fill(item: Point | None, bounds: Sequence[float], fills: Sequence[str], name: str) -> str:
    if item is None:
        return "#f6f7f9"
    if item.value is None:
        if item.marker != "c" and lacks_reports(item):
            return palette.PAPER
        return f"url(#{name}-hatch)" if item.marker == "c" else f"url(#{name}-dots)"
    if item.value == 0:
        return palette.PAPER
    return fills[next(place for place, bound in enumerate(bounds) if item.value <= bound)]


def _fills(count: int) -> list[str]:
    if count <= 1:
        return [palette.STEPS[2]] * count
    return [palette.STEPS[round(place * (len(palette.STEPS) - 1) / (count - 1))] for place in range(count)]


def _patterns(name: str) -> str:
    return (
        f'<defs><pattern id="{name}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="6" height="6" fill="#fff"/><path d="M0,0V6" stroke="#7d8794" stroke-width="2.4"/></pattern>'
        f'<pattern id="{name}-dots" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="#fff"/>'
        '<circle cx="3" cy="3" r="1.1" fill="#7d8794"/></pattern>'
        f'<pattern id="{name}-lacks" width="5" height="5" patternUnits="userSpaceOnUse">'
        '<path d="M0,2.5H5" stroke="#1c2430" stroke-width="1"/></pattern></defs>'
    )


def _shapes(geography: Mapping[str, Any], labels: Mapping[str, str]) -> Iterator[tuple[str, list[Ring]]]:
    for feature in geography.get("features", ()):
        properties = feature.get("properties") or {}
        named = [
            str(properties.get("code", "")),
            str(feature.get("id", "")),
            *(str(item) for item in properties.values()),
        ]
        code = next((item for item in named if item in labels), None)
        if code is not None:
            yield code, list(_rings(feature["geometry"]))


def _rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for polygon in polygons:
        yield from polygon


def _projection(rings: Sequence[Ring], *, width: int) -> tuple[Any, int]:
    """Return a function from map to page, and the page's height.

    Degrees (everything within 180 by 90) are scaled by the cosine of the middle latitude with north up; other
    coordinates are taken as planar, downward.
    """
    xs = [point[0] for ring in rings for point in ring]
    ys = [point[1] for ring in rings for point in ring]
    if not xs:
        return (lambda point: point), 10
    is_degrees = max(map(abs, xs)) <= 180 and max(map(abs, ys)) <= 90
    squeeze = math.cos(math.radians((min(ys) + max(ys)) / 2)) if is_degrees else 1.0
    scale = (width - 8) / ((max(xs) - min(xs)) * squeeze)
    left, top, down = min(xs), (max(ys) if is_degrees else min(ys)), (-1 if is_degrees else 1)

    def to_page(point: Sequence[float]) -> tuple[float, float]:
        return 4 + (point[0] - left) * squeeze * scale, 4 + (point[1] - top) * down * scale

    return to_page, round(8 + (max(ys) - min(ys)) * scale)


def _path(ring: Ring, to_page: Any) -> str:
    """Return a ring as a path of short relative steps, in tenths of a pixel."""
    placed = [(round(x * 10), round(y * 10)) for x, y in (to_page(point) for point in ring)]
    pieces, here = [f"M{placed[0][0] / 10:g},{placed[0][1] / 10:g}l"], placed[0]
    steps = []
    for point in placed[1:-1]:
        if point != here:
            steps.append(f"{(point[0] - here[0]) / 10:g},{(point[1] - here[1]) / 10:g}")
            here = point
    return f"{pieces[0]}{' '.join(steps)}z" if steps else ""
