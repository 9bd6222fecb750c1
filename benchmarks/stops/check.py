"""Checks one delivery of stops with all rules and tells what was found: python benchmarks/stops/check.py FOLDER."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

from openjustice.confidential.collect.tables import check_delivery
from openjustice.contracts.registry import load_registry

loaded = load_registry(only=["california"])
result = check_delivery(
    Path(sys.argv[1]), dataset=loaded.dataset("california/stops_2024"), jurisdiction=loaded.jurisdiction("california"),
    today=date(2025, 2, 1),
)  # fmt: skip
print(json.dumps({"rows": sum(result.table_rows.values()), "bytes": result.size, "found": result.counts}))
