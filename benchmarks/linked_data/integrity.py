"""Checks every RDF Data Cube of a built site against the 21 integrity constraints: `integrity.py HOME/public/site`.

Two constraints compare every pair of observations as the standard words them. For cubes of more than a thousand observations
they are asked in another way that says the same: observations are grouped by the values of their dimensions.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pyoxigraph as ox

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
from unit.public.publish import cube_integrity as integrity

CUBE = "http://purl.org/linked-data/cube#"
PAIRWISE_UP_TO = 1000
OF_PAIRS = ("IC-12 ", "IC-17 ")


def run(site: Path) -> None:
    """Print the breaches of every cube, and how many cubes have none."""
    whole, asked_otherwise, broken = 0, 0, 0
    for path in sorted(site.resolve().glob("**/data/*/[0-9]*/*.ttl")):
        store = integrity.load(path)
        observations = [quad.subject for quad in store.quads_for_pattern(None, ox.NamedNode(f"{CUBE}dataSet"), None)]
        is_large = len(observations) > PAIRWISE_UP_TO
        breaches = integrity.find_breaches(store, leave_out=OF_PAIRS if is_large else ())
        if is_large:
            breaches += _find_pairs(store, observations)
        print(f"{path.name}: {len(observations):,} observations, {', '.join(breaches) or 'no breach'}")
        whole, asked_otherwise, broken = whole + 1, asked_otherwise + is_large, broken + bool(breaches)
    print(f"{whole} cubes, {broken} with a breach; {asked_otherwise} too large to compare every pair")


def _find_pairs(store: ox.Store, observations: list[Any]) -> list[str]:
    measure = ox.NamedNode(f"{CUBE}measureType")
    found = store.query(f"""PREFIX qb: <{CUBE}> SELECT DISTINCT ?p WHERE {{
        ?structure a qb:DataStructureDefinition ; qb:component/qb:componentProperty ?p . ?p a qb:DimensionProperty }}""")
    dimensions = [row["p"] for row in found]  # type: ignore[union-attr, index]
    keys = [tuple(_values(store, observation, name) for name in dimensions) for observation in observations]
    others = [place for place, name in enumerate(dimensions) if name != measure]
    measures = Counter(tuple(key[place] for place in others) for key in keys)
    said = ["IC-12"] if len(set(keys)) < len(keys) else []
    return [*said, *(["IC-17"] if measure in dimensions and len(set(measures.values())) > 1 else [])]


def _values(store: ox.Store, observation: Any, dimension: Any) -> tuple[str, ...]:
    return tuple(sorted(str(quad.object) for quad in store.quads_for_pattern(observation, dimension, None)))


if __name__ == "__main__":
    run(Path(sys.argv[1]))
