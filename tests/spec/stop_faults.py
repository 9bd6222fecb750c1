"""One fault for each edit of the shape of 2024 (and one edit of the shape before), planted in a stop that is right in all else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from spec.stop_records import CAUSE, SUSPICION

Changes = Mapping[str, Any]
_SEARCH = {"nonforce_actions": ["14"], "basis_for_search": ["5"], "search_narrative": "Handle of a knife seen"}


def _person(**given: Any) -> Changes:
    return {"person": given}


def _place(kind: str, **given: Any) -> Changes:
    return {"location_type": kind, "location_block": None, "location_street": None, **given}


# By edit: what is changed, and what must be found: a check by name, or what a field implies as `kind table.field`.
FAULTS: Mapping[str, Sequence[tuple[Changes, str]]] = {
    "R01": [({"transaction_type": "X"}, "codelist stop.transaction_type")],
    "R02": [({"agency_ori": "CA0999999"}, "codelist")],
    "R04": [({"stop_date": "06/03/2025"}, "stop_in_open_year")],
    "R05": [({"stop_duration": 0}, "value_range stop.stop_duration"), ({"stop_duration": 1441}, "value_range stop.stop_duration"),
            ({"stop_duration": "1.5"}, "type stop.stop_duration")],
    "R06": [(_person(perceived_age=0), "value_range person.perceived_age"), (_person(perceived_age=-120), "value_range person.perceived_age")],
    "R07": [({"location_other": "Beside the market"}, "place_as_its_type_says"), ({"location_type": "3"}, "place_as_its_type_says")],
    "R08": [({"location_block": "1210"}, "pattern stop.location_block"), ({"location_block": "7"}, "pattern stop.location_block")],
    "R09": [(_place("1", location_latitude="32.7151", location_longitude="-117.157"), "pattern stop.location_latitude"),
            (_place("1", location_latitude="32.715", location_longitude="117.157"), "pattern stop.location_longitude")],
    "R10": [(_person(traffic_violation_code=None), "traffic_violation_given"),
            (_person(**{**SUSPICION, "traffic_violation_type": "1"}), "traffic_violation_given")],
    "R11": [(_person(**{**SUSPICION, "suspicion_subtype": None}), "suspicion_given"), (_person(suspicion_subtype=["1"]), "suspicion_given")],
    "R12": [(_person(**{**CAUSE, "probable_cause_code": None}), "probable_cause_given")],
    "R13": [(_person(reason_for_stop="8", traffic_violation_type=None, traffic_violation_code=None), "school_reason_for_student")],
    "R14": [({"is_k12": "Y", "school_code": "12345678901234", "person": {
        "is_student": "Y", "reason_for_stop": "7", "traffic_violation_type": None, "traffic_violation_code": None, "education_code_section": "1",
    }}, "education_section_given")],
    "R15": [(_person(reason_for_stop="6", reason_given=["19"], traffic_violation_type=None, traffic_violation_code=None), "consensual_search_searched")],
    "R16": [(_person(reason_narrative="Four"), "length person.reason_narrative"), (_person(reason_narrative="x" * 251), "length person.reason_narrative")],
    "R17": [(_person(nonforce_actions=["6", "18"]), "none_stands_alone"), (_person(force_actions=["1", "18"]), "none_stands_alone"),
            (_person(perceived_disability=["4", "8"]), "none_stands_alone"), (_person(contraband=["1", "6"]), "none_stands_alone"),
            (_person(result=["1", "7"], verbal_warning_codes=None), "none_stands_alone")],
    "R18": [(_person(nonforce_actions=["15"]), "search_has_basis"), (_person(**{**_SEARCH, "search_narrative": None}), "search_has_basis")],
    "R19": [(_person(basis_for_search=["5"]), "basis_has_search")],
    "R20": [(_person(**{**_SEARCH, "basis_for_search": ["1"], "search_person_consent": "N", "consent_type": "1"}), "consent_was_given"),
            (_person(**{**_SEARCH, "basis_for_search": ["1"], "search_person_consent": "Y"}), "consent_was_given")],
    "R21": [(_person(**{**_SEARCH, "basis_for_search": ["12"]}), "inventory_of_property")],
    "R22": [(_person(**{**_SEARCH, "basis_for_search": ["10"]}), "arrest_basis_has_arrest")],
    "R23": [(_person(nonforce_actions=["12"]), "seizure_described"), (_person(seized_type=["4"], seizure_basis=["3"]), "seizure_described")],
    "R24": [(_person(verbal_warning_codes=None), "result_has_offenses"), (_person(arrest_codes=["00003"]), "result_has_offenses"),
            (_person(verbal_warning_codes=["54106", "54134", "54099", "54146", "54168", "54171"]), "result_has_offenses")],
    "R25": [(_person(traffic_violation_code="99999"), "codelist person.traffic_violation_code"),
            (_person(traffic_violation_code="08002"), "offense_in_force"), (_person(verbal_warning_codes=["54134", "08002"]), "offense_in_force")],
    "R26": [(_person(nonforce_actions=["1"]), "student_codes_for_student"), (_person(result=["14", "12"]), "student_codes_for_student"),
            (_person(**{**_SEARCH, "basis_for_search": ["13"]}), "student_codes_for_student")],
    "R27": [(_person(reason_given=["20"]), "school_reason_given_at_school")],
    "R29": [({"officer": {"officer_assignment": "10"}}, "other_assignment_described")],
    "R30": [({"officer": {"officer_race": ["7", "7"]}}, "repeated_code officer.officer_race"), ({"officer": {"officer_gender": None}}, "required officer.officer_gender")],
    "R31": [(_person(result=["3"], verbal_warning_codes=None, citation_codes=["65002"]), "placeholder_on_citation")],
    "R32": [(_person(reason_narrative="Driver Maria Gonzalez sped"), "names_nobody"), (_person(reason_narrative="Matched plate 8ABC123"), "names_nobody")],
    "R36": [({"stop_type": "2", "person": {"passenger_in_vehicle": None, "nonforce_actions": ["4"]}}, "passenger_actions_of_a_vehicle")],
    "R37": [({"stop_type": "2", "person": {"passenger_in_vehicle": "Y"}}, "passenger_of_a_vehicle"), (_person(inside_residence="Y"), "passenger_of_a_vehicle")],
}  # fmt: skip
# The edit of the shape before 2024 that the later one does not have.
FAULTS_2018: Mapping[str, Sequence[tuple[Changes, str]]] = {
    "R28": [(_person(perceived_gender=["3"]), "transgender_is_lgbt")],
}  # fmt: skip
