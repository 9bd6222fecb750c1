"""Words that name somebody are found and never shown, and no words of officers are ever released."""

from __future__ import annotations

import json

import pytest

from openjustice.confidential.collect.personal import shipped_screen
from openjustice.contracts import export, related
from openjustice.contracts.registry import load_registry
from openjustice.ground.terms import Role
from spec import stop_records

NAMES_SOMEBODY = {
    "name": ["Driver identified as Maria Gonzalez at scene", "Detained JOHN SMITH without incident", "Suspect Okonkwo ran", "Mr. Abernathy objected"],
    "phone_number": ["Call (415) 555-2671 for owner", "contact 213.555.0142 given"],
    "plate": ["Matched plate 8ABC123 from broadcast", "truck 5T12345 fled"],
    "plate_of_another_state": ["Nevada plate ABC 1234 was expired"],
    "social_security": ["gave 123-45-6789 as number"],
    "drivers_license": ["license D1234567 was suspended"],
    "email": ["wrote to someone@example.org"],
    "birth_date": ["born 4/12/1987 by own account"],
}  # fmt: skip
NAMES_NOBODY = [
    "Speeding 22350 VC at 1430 hours", "Driver failed to stop for red light at Main Street", "11377(A) HS found in vehicle",
    "Penal Code section 459 in progress", "Vehicle traveling 85 in a 65 zone", "Radio call of a fight at 200 block",
    "Expired registration", "Test Case 3A", "Matched description of suspect in robbery near City Park", "5150 WI welfare check at West Avenue",
    "Wanted for warrant no. 2024", "Driver on probation with search terms", "NO FRONT PLATE ON VEHICLE",
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, listed in NAMES_SOMEBODY.items() for text in listed])
def test_what_names_somebody_is_found(kind, text):
    assert kind in shipped_screen().find_kinds(text)


@pytest.mark.parametrize("text", NAMES_NOBODY)
def test_the_usual_words_of_reports_name_nobody(text):
    assert shipped_screen().find_kinds(text) == frozenset()


@pytest.fixture(scope="module")
def california():
    return load_registry(only=["california"])


def test_what_is_found_in_a_stop_is_a_question_without_the_words(california, tmp_path):
    changes = [{}, {"person": {"reason_narrative": "Driver Quincy Canarybird said Maria Gonzalez lent it"}}, {}]
    stops = [stop_records.make_stop(number, given) for number, given in enumerate(changes, start=1)]
    result = stop_records.check_stops(stops, registry=california, folder=tmp_path)
    (tally,) = result.tallies
    assert (tally.rule, tally.lines, tally.is_hard, tally.table) == ("names_nobody", (2,), False, "person")
    said = json.dumps(result.as_dict())
    assert not any(word in said for word in ("Canarybird", "Gonzalez", "Maria"))


@pytest.mark.parametrize("shape", ["stops_2018", "stops_2024"])
def test_words_of_officers_and_exact_places_are_in_no_release(california, shape):
    dataset = california.dataset(f"california/{shape}")
    apart = {
        "reason_narrative",
        "search_narrative",
        "officer_id",
        "location_latitude",
        "location_street",
        "location_other",
    }
    declared = {
        name: field for table in related.table_names(dataset.contract)
        for name, field in related.fields_of_table(dataset.contract, table).items()
    }  # fmt: skip
    assert {declared[name].role for name in apart} == {Role.DIRECT_IDENTIFIER}
    for table in related.table_names(dataset.contract):
        assert not apart & set(export.public_view(related.flat_contract(dataset.contract, table)))
    recoded = {item.of for tier in dataset.policy.tiers.values() for item in tier.recode.values()}
    assert not recoded & set(dataset.contract.fields_with(Role.DIRECT_IDENTIFIER))


def test_the_screen_is_not_asked_of_words_without_a_hint(monkeypatch, california, tmp_path):
    asked: list[str] = []

    def note(text: str) -> frozenset[str]:
        asked.append(text)
        return frozenset()

    monkeypatch.setattr(shipped_screen(), "find_kinds", note)
    stops = [stop_records.make_stop(1, {"person": {"reason_narrative": "Over the limit"}}), stop_records.make_stop(2)]
    stops[1]["person"]["reason_narrative"] = "Seen with Somebody"
    stop_records.check_stops(stops, registry=california, folder=tmp_path)
    assert asked == ["Seen with Somebody"]
