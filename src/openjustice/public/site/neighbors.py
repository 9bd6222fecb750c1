"""Finds with which areas an area is compared first: those it borders on, and those with about as many residents."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MOST = 4  # beside the area itself: more than five on one scale cannot be read


def find_neighbors(geography: Mapping[str, Any] | None, codes: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return for each area the codes of those that share a border with it on the map: at least two points, one is a corner.

    Without a map, or for an area that the map does not show, nobody is a neighbor.
    """
    corners = dict(_corners(geography or {}, frozenset(codes)))
    return {
        code: tuple(other for other in sorted(corners) if other != code and len(corners[code] & corners[other]) > 1)
        if code in corners
        else ()
        for code in codes
    }


def find_alike(residents: Mapping[str, float], codes: Sequence[str], *, most: int = MOST) -> dict[str, tuple[str, ...]]:
    """Return for each area those nearest to it by number of residents, measured as a ratio, the nearest first."""
    return {
        code: tuple(
            sorted(
                (other for other in codes if other != code and residents.get(other)),
                key=lambda other: (abs(math.log(residents[other] / residents[code])), other),
            )[:most]
        )
        if residents.get(code)
        else ()
        for code in codes
    }


def choose_neighbors(
    code: str, neighbors: Sequence[str], residents: Mapping[str, float], *, most: int = MOST
) -> tuple[str, ...]:
    """Return at most so many neighbors: where there are more, those most like the area by residents."""
    if len(neighbors) <= most or not residents.get(code):
        return tuple(neighbors[:most])
    alike = sorted(neighbors, key=lambda other: abs(math.log((residents.get(other) or 1) / residents[code])))
    return tuple(item for item in neighbors if item in alike[:most])


def _corners(geography: Mapping[str, Any], codes: frozenset[str]) -> Iterator[tuple[str, frozenset[tuple[float, ...]]]]:
    for feature in geography.get("features", ()):
        properties = feature.get("properties") or {}
        named = [str(properties.get("code", "")), str(feature.get("id", "")), *map(str, properties.values())]
        code = next((item for item in named if item in codes), None)
        if code is not None:
            shape = feature["geometry"]
            polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
            yield code, frozenset(tuple(point) for polygon in polygons for ring in polygon for point in ring)
