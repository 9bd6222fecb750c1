"""Checks the file as `openjustice check` does, and says whether exactly the planted faults were found."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

from openjustice.confidential.collect import validate
from openjustice.contracts import registry

path = Path(sys.argv[1])
loaded = registry.load_registry([Path(__file__).parent / "registry"])
dataset = loaded.dataset("custody_spells")
result = validate.check_file(
    path, dataset=dataset, jurisdiction=loaded.jurisdiction("bench"), today=date(2026, 1, 1), limit_per_rule=1000
)
found = {f"{item.rule}:{item.field or ''}": list(item.lines) for item in result.tallies}
wanted = json.loads(path.with_name(path.name + ".truth.json").read_text())["faults"]
print(
    json.dumps({"rows": result.rows, "findings": sum(item.count for item in result.tallies), "exact": found == wanted})
)
