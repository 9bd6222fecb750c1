"""Measures how many columns of each stored police department are proposed rightly from the other departments alone."""

from __future__ import annotations

import sys
from pathlib import Path

from openjustice.confidential.collect import profile
from openjustice.confidential.collect.ingest.layout import plain
from openjustice.contracts import registry

FOLDER = "us/use_of_force_pdi"


def run(data: Path) -> None:
    """Leave each department out in turn and print the share of its columns whose first proposal is right."""
    loaded = registry.load_registry(only=["united_states"])
    dataset = loaded.dataset("united_states/use_of_force")
    codelists = loaded.jurisdiction("united_states").codelists
    settings = profile.read_profiling()
    filled = right = columns = settled = 0
    print(
        "| left out | columns that fill a field | proposed rightly | all columns | rightly filled or left |\n|---|---|---|---|---|"
    )
    for name, source in sorted(dataset.sources.items()):
        paths = sorted({path for pattern in source.declaration.files for path in (data / FOLDER).glob(pattern)})
        knowledge = profile.learn(dataset, codelists=codelists, without=[name])
        made = profile.profile_files(paths, knowledge=knowledge, settings=settings)
        wanted = {plain(column): fields for column, fields in source.declaration.all_targets().items()}
        told = [(item.field, wanted.get(plain(item.column.name), frozenset())) for item in made.proposals]
        own = [field in fields for field, fields in told if fields]
        every = [field in fields if fields else field is None for field, fields in told]
        print(f"| {name} | {len(own)} | {sum(own) / len(own):.0%} | {len(every)} | {sum(every) / len(every):.0%} |")
        filled, right = filled + len(own), right + sum(own)
        columns, settled = columns + len(every), settled + sum(every)
    print(f"| all | {filled} | {right / filled:.1%} | {columns} | {settled / columns:.1%} |")


if __name__ == "__main__":
    run(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("../shared/data"))
