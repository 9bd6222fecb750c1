"""Stops as agencies send them, made in a few words: one right stop of each shape, and what a test changes in it."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openjustice.confidential.collect import tables
from openjustice.confidential.collect.findings import CheckResult
from openjustice.contracts.registry import Registry

TODAY = date(2025, 2, 1)
V1_TODAY = date(2020, 2, 1)
# A table of a stop, and the fields of it that a test changes; None takes a field away.
Changes = Mapping[str, Any]

_STOP_2024 = {
    "agency_ori": "CA0370000", "transaction_type": "I", "stop_date": "06/03/2024", "stop_time": "1405",
    "stop_duration": 12, "stop_in_response_to_cfs": "N", "stop_type": "1", "welfare_check": "N", "location_type": "2",
    "location_block": "1200", "location_street": "Any Street", "location_city": "ALPINE", "is_k12": "N",
    "officer": {
        "officer_id": "A00000001", "officer_years_experience": 7, "officer_assignment": "1", "officer_race": ["7"],
        "officer_gender": ["1"], "non_primary_agency": "N",
    },
    "person": {
        "person_number": 1, "perceived_race": ["3"], "perceived_gender": ["1"], "perceived_sexual_orientation": "2",
        "perceived_age": 30, "perceived_limited_english": "N", "perceived_disability": ["8"], "perceived_unhoused": "N",
        "passenger_in_vehicle": "N", "reason_for_stop": "1", "traffic_violation_type": "1",
        "traffic_violation_code": "54134", "reason_narrative": "Speed over the limit", "reason_given": ["1"],
        "nonforce_actions": ["18"], "force_actions": ["18"], "contraband": ["1"], "result": ["14"],
        "verbal_warning_codes": ["54134"],
    },
}  # fmt: skip
_STOP_2018 = {
    "agency_ori": "CA0370000", "transaction_type": "I", "stop_date": "06/03/2019", "stop_time": "1405",
    "stop_duration": 12, "stop_in_response_to_cfs": "N", "location_type": "2", "location_block": "1200",
    "location_street": "Any Street", "location_city": "ALPINE", "is_k12": "N",
    "officer": {"officer_id": "A00000001", "officer_years_experience": 7, "officer_assignment": "1"},
    "person": {
        "person_number": 1, "perceived_race": ["3"], "perceived_gender": ["1"], "perceived_lgbt": "N",
        "perceived_age": 30, "perceived_limited_english": "N", "perceived_disability": ["8"], "reason_for_stop": "1",
        "traffic_violation_type": "1", "traffic_violation_code": "54134", "reason_narrative": "Speed over the limit",
        "actions_taken": ["24"], "contraband": ["1"], "result": ["2"], "warning_codes": ["54134"],
    },
}  # fmt: skip
SUSPICION = {
    "reason_for_stop": "2", "suspicion_subtype": ["1"], "suspicion_code": "00003", "traffic_violation_type": None,
    "traffic_violation_code": None, "reason_given": ["5"],
}  # fmt: skip
CAUSE = {
    "reason_for_stop": "9", "probable_cause_type": ["1", "2"], "probable_cause_code": "58028", "reason_given": ["14"],
    "traffic_violation_type": None, "traffic_violation_code": None,
}  # fmt: skip


def make_stop(number: int, changes: Changes | None = None, *, shape: str = "stops_2024") -> dict[str, Any]:
    """Make one stop; `changes` are fields of the stop, and under `officer` and `person` fields of those."""
    made = copy.deepcopy(_STOP_2024 if shape == "stops_2024" else _STOP_2018)
    made["lea_record_id"] = f"S{number:06d}"
    _change(made, changes or {})
    return made


def _change(made: dict[str, Any], changes: Changes) -> None:
    for name, value in changes.items():
        if isinstance(value, dict) and isinstance(made.get(name), dict):
            _change(made[name], value)
        elif value is None:
            made.pop(name, None)
        else:
            made[name] = value


def check_stops(
    stops: Sequence[Mapping[str, Any]],
    *,
    registry: Registry,
    folder: Path,
    shape: str = "stops_2024",
    today: date = TODAY,
) -> CheckResult:
    """Send stops as JSON Lines, one to a line, and check them."""
    path = folder / "stops.jsonl"
    path.write_text("".join(json.dumps(stop) + "\n" for stop in stops))
    dataset = registry.dataset(f"california/{shape}")
    return tables.check_delivery(
        path, dataset=dataset, jurisdiction=registry.jurisdiction("california"), today=today, limit_per_rule=10_000
    )  # fmt: skip


def rules_by_line(result: CheckResult, *, hard_only: bool = True) -> dict[int, set[str]]:
    """Return what was found by line: rules of the dataset by name, and what a field implies as `kind table.field`."""
    found: dict[int, set[str]] = {}
    for item in result.tallies:
        if item.is_hard or not hard_only:
            is_implied = item.field is not None and not item.fields
            said = f"{item.rule} {item.table}.{item.field}" if is_implied else item.rule
            for line in item.lines:
                found.setdefault(line, set()).add(said)
    return found
