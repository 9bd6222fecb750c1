"""Invents one clean delivery of stops: python benchmarks/stops/make.py FOLDER STOPS."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from openjustice.contracts.invented_stops import invent_stops
from openjustice.contracts.registry import load_registry

folder, stops = Path(sys.argv[1]), int(sys.argv[2])
dataset = load_registry(only=["california"]).dataset("california/stops_2024")
made = invent_stops(folder, dataset=dataset, stops=stops, seed=2024, year=2024, is_clean=True)
(folder / "truth.csv").unlink()
print(json.dumps(dict(made.rows)))
