"""The forty rules in plain values, for the peers: the same that the registry of this benchmark declares."""

from __future__ import annotations

from pathlib import Path

import yaml

REGISTRY = Path(__file__).parent / "registry" / "bench"
CONTRACT = yaml.safe_load((REGISTRY / "datasets" / "custody_spells" / "contract.yaml").read_text())
FIELDS: dict[str, dict[str, object]] = CONTRACT["fields"]
CODES: dict[str, list[str]] = {
    path.stem: [item["code"] for item in yaml.safe_load(path.read_text())["codes"]]
    for path in sorted((REGISTRY / "codelists").glob("*.yaml"))
}
# Rules over the row: a name, the fields it reads, and the condition under which a row fails, in SQL.
ROW_RULES = {
    "entry_after_event": "entry_date < event_date",
    "release_after_entry": "release_date < entry_date",
    "year_of_event": "year(event_date) <> report_year",
    "counts_not_below_charges": "counts < charges",
    "young_in_first_facility": "age < 14 AND facility <> 'F01'",
    "open_together": "(outcome = 'O1') <> (disposition = 'D01')",
}
