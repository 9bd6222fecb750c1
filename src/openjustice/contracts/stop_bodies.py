"""What stands in an invented stop: a person and a place that are right in everything, and what is planted in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from openjustice.contracts.declaration import Declared

Body = dict[str, str]
_NARRATIVES = (
    "Speed over the posted limit", "Rolled through a stop sign", "Expired registration tabs", "Brake light did not work",
    "Using a phone while driving", "Matched a broadcast description", "Seen trying door handles of cars", "Warrant found by records check",
    "Weaving between lanes", "Headlights off at night", "On probation with search terms", "Call of a disturbance, seen leaving",
)  # fmt: skip
_SEARCH_WORDS = (
    "Bulge in waistband",
    "Smell of alcohol and open can seen",
    "Search terms of probation",
    "Arrested for a warrant",
    "Agreed to a search of the car",
)
_TRAFFIC = ("54106", "54134", "54099", "54146", "54168", "54171")


class Shares(Declared):
    """Weights of codes, and shares of what else may be so."""

    stop_type: Mapping[str, float]
    location_type: Mapping[str, float]
    reason: Mapping[str, float]
    race: Mapping[str, float]
    gender: Mapping[str, float]
    searched: float
    call_for_service: float
    at_school: float


def make_person(random: Random, shares: Shares, *, kind: str) -> Body:
    """Invent one person of a stop of a kind, right in everything."""
    body = {
        "perceived_race": _draw(random, shares.race), "perceived_gender": _draw(random, shares.gender),
        "perceived_sexual_orientation": "1" if random.random() < 0.02 else "2",
        "perceived_age": str(min(120, max(12, round(random.gauss(36, 14))))),
        "perceived_limited_english": "Y" if random.random() < 0.04 else "N",
        "perceived_disability": "4" if random.random() < 0.02 else "8",
        "perceived_unhoused": "Y" if random.random() < 0.03 else "N",
        "passenger_in_vehicle": ("Y" if random.random() < 0.05 else "N") if kind == "1" else "",
        "inside_residence": ("Y" if random.random() < 0.02 else "N") if kind == "3" else "",
        "reason_narrative": f"{random.choice(_NARRATIVES)}, {random.choice(_NARRATIVES).lower()}", "nonforce_actions": "18",
        "force_actions": "1" if random.random() < 0.08 else "18", "contraband": "1",
    }  # fmt: skip
    reason = _draw(random, shares.reason)
    _give_reason(body, random, reason)
    _give_actions(body, random, shares, reason)
    return body


def _give_reason(body: Body, random: Random, reason: str) -> None:
    body["reason_for_stop"] = reason
    match reason:
        case "1":
            kind = random.choice("1112233")
            body |= {
                "traffic_violation_type": kind,
                "traffic_violation_code": random.choice(_TRAFFIC),
                "reason_given": kind,
            }
        case "2":
            body |= {
                "suspicion_subtype": random.choice(("1", "2", "1;9", "10")),
                "suspicion_code": "00003",
                "reason_given": "5",
            }
        case "9":
            body |= {
                "probable_cause_type": random.choice(("1", "3")),
                "probable_cause_code": "58028",
                "reason_given": "14",
            }
        case _:
            body["reason_given"] = {"3": "16", "4": "17", "6": "19", "10": "15"}[reason]


def _give_actions(body: Body, random: Random, shares: Shares, reason: str) -> None:
    result = random.choices(("14", "3", "4", "1"), weights=(30, 50, 6, 14))[0]
    if reason == "6" or random.random() < shares.searched:
        basis = random.choice(("1", "2", "4", "10", "5"))
        actions = ["14"] if basis != "1" else ["3", "15"]
        body |= {"basis_for_search": basis, "search_narrative": random.choice(_SEARCH_WORDS)}
        if basis == "1":
            body |= {"search_property_consent": "Y", "consent_type": random.choice("123")}
        if basis == "10":
            result = "6"
        if random.random() < 0.2:
            body |= {"contraband": random.choice(("2", "5", "6;8")), "seizure_basis": "3", "seized_type": "4"}
            actions.insert(0, "12")
        body["nonforce_actions"] = ";".join(actions)
    elif random.random() < 0.1:
        body["nonforce_actions"] = random.choice(("6", "8", "11", "7"))
    codes = {"14": "verbal_warning_codes", "3": "citation_codes", "4": "cite_release_codes", "6": "arrest_codes"}
    body["result"] = result
    if result in codes:
        body[codes[result]] = "00003" if result == "6" else random.choice(_TRAFFIC)


def make_place(random: Random, shares: Shares, *, kind: str) -> Body:
    """Invent what else is said of a stop of a kind: how long, where, and whether it answered a call."""
    body = {
        "stop_time": f"{random.randrange(24):02d}{random.randrange(60):02d}", "stop_type": kind,
        "stop_duration": str(min(1440, max(1, round(random.lognormvariate(2.6, 0.8))))),
        "stop_in_response_to_cfs": "Y" if random.random() < shares.call_for_service else "N",
        "welfare_check": "Y" if random.random() < 0.01 else "N", "location_type": _draw(random, shares.location_type),
        "location_city": random.choice(("ALPINE", "SAN DIEGO", "LOS ANGELES", "CARLSBAD", "EL CAJON", "RIVERSIDE")),
        "is_k12": "N",
    }  # fmt: skip
    match body["location_type"]:
        case "1":
            body |= {
                "location_latitude": f"{random.uniform(32.6, 41.9):.3f}", "location_longitude": f"{random.uniform(-123, -115):.3f}",
            }  # fmt: skip
        case "2":
            body |= {
                "location_block": f"{random.randrange(1, 250)}00",
                "location_street": random.choice(("A ST", "MAIN ST", "3RD AVE")),
            }
        case "3":
            body |= {
                "location_cross_1": random.choice(("A ST", "MAIN ST")),
                "location_cross_2": random.choice(("1ST AVE", "ELM AVE")),
            }
        case "4":
            body |= {
                "location_highway": random.choice(("I-5", "SR-78", "US-101")),
                "location_exit": random.choice(("GRAND AVE", "A ST")),
            }
        case _:
            body["location_other"] = "Parking lot of the market"
    return body


# What is planted in a person's record, by the name of the error in the declaration.
PLANTED: Mapping[str, Callable[[Body], Body]] = {
    "consensual_without_search": lambda body: _without_reason(body) | {
        "reason_for_stop": "6", "reason_given": "19", "nonforce_actions": "18", "basis_for_search": "", "search_narrative": "",
        "consent_type": "", "search_property_consent": "", "seizure_basis": "", "seized_type": "",
    },
    "arrest_basis_without_arrest": lambda body: _without_result(body) | {
        "nonforce_actions": "14", "basis_for_search": "10", "search_narrative": "Search before transport", "consent_type": "",
        "seizure_basis": "", "seized_type": "", "result": "1",
    },
    "search_without_basis": lambda body: body | {
        "nonforce_actions": "14", "basis_for_search": "", "search_narrative": "", "consent_type": "", "seizure_basis": "",
        "seized_type": "", "reason_for_stop": body["reason_for_stop"],
    },
    "suspicion_without_subtype": lambda body: _without_reason(body) | {"reason_for_stop": "2", "reason_given": "5"},
    "no_action_with_others": lambda body: _without_result(body) | {"result": "1;7"},
    "result_missing": lambda body: _without_result(body) | {"result": ""},
    "force_actions_missing": lambda body: body | {"force_actions": ""},
    "nonforce_actions_missing": lambda body: body | {
        "nonforce_actions": "", "basis_for_search": "", "search_narrative": "", "consent_type": "", "seizure_basis": "", "seized_type": "",
        "reason_for_stop": body["reason_for_stop"],
    },
    "impossible_age": lambda body: body | {"perceived_age": "445"},
}  # fmt: skip
# The rule of the dataset that finds each: a check, or what a field implies.
FOUND_BY: Mapping[str, str] = {
    "consensual_without_search": "consensual_search_searched", "arrest_basis_without_arrest": "arrest_basis_has_arrest",
    "search_without_basis": "search_has_basis", "suspicion_without_subtype": "suspicion_given",
    "no_action_with_others": "none_stands_alone", "result_missing": "required person.result",
    "force_actions_missing": "required person.force_actions", "nonforce_actions_missing": "required person.nonforce_actions",
    "impossible_age": "value_range person.perceived_age",
}  # fmt: skip


def _without_reason(body: Body) -> Body:
    names = (
        "traffic_violation_type",
        "traffic_violation_code",
        "suspicion_subtype",
        "suspicion_code",
        "probable_cause_type",
        "probable_cause_code",
    )
    return body | dict.fromkeys(names, "")


def _without_result(body: Body) -> Body:
    return body | dict.fromkeys(
        ("verbal_warning_codes", "written_warning_codes", "citation_codes", "cite_release_codes", "arrest_codes"), ""
    )


def _draw(random: Random, weights: Mapping[str, float]) -> str:
    return random.choices(list(weights), weights=list(weights.values()))[0]
