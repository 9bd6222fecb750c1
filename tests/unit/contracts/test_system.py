"""Data systems: what is asked of an applicant is declared, what is wrong is told all at once, what is unconfirmed says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from openjustice.contracts import registry, system
from openjustice.contracts.declaration import Declaration, read_declaration
from openjustice.ground import errors

SHIPPED = registry.shipped_registry()
FIVE = {
    "achs": ("Penal Code 13202", {"fingerprint_check", "curriculum_vitae", "irb_approval", "human_subjects_training", "conditions_of_release"}),
    "jcpss": ("Penal Code 13010.5(b)", {"fingerprint_check", "curriculum_vitae", "irb_approval", "human_subjects_training", "conditions_of_release"}),
    "cures": ("Health and Safety Code 11165(c)(2)(A)", {"notary_identity", "curriculum_vitae", "irb_approval", "human_subjects_training", "conditions_of_release"}),
    "carpos": ("Penal Code 14231.5", {"fingerprint_check", "curriculum_vitae", "irb_approval", "human_subjects_training", "conditions_of_release"}),
    "ripa": ("Government Code 12525.5(d); 11 CCR 999.228(h)", {"notary_identity", "curriculum_vitae", "conditions_of_release"}),
}  # fmt: skip


@pytest.fixture(scope="module")
def systems() -> dict[str, system.System]:
    return registry.load_registry().jurisdiction("california").systems


def refuse(tmp_path: Path, change: dict[str, Any]) -> list[errors.Fault]:
    """Load a California whose ACHS is changed at some places, and return the faults."""
    content = yaml.safe_load((SHIPPED / "california" / "systems" / "achs.yaml").read_text())
    for where, value in change.items():
        *path, last = where.split(".")
        place = content
        for part in path:
            place = place[part]
        if value is None:
            del place[last]
        else:
            place[last] = value
    folder = tmp_path / "registry" / "california" / "systems"
    folder.mkdir(parents=True)
    (folder / "achs.yaml").write_text(yaml.safe_dump(content))
    with pytest.raises(errors.RegistryRefused) as refused:
        registry.load_registry([SHIPPED, tmp_path / "registry"], only=["california"])
    return list(refused.value.faults)


@pytest.mark.parametrize("name", FIVE)
def test_each_system_asks_for_what_its_statute_asks(systems: dict[str, system.System], name: str):
    citation, kinds = FIVE[name]
    assert systems[name].statute.citation == citation
    assert {item.kind.value for item in systems[name].requirements.values()} == kinds


def test_stop_data_asks_for_the_cv_of_everybody_and_the_others_of_the_investigator(systems: dict[str, system.System]):
    asked = {name: item.requirements["curriculum_vitae"].of.value for name, item in systems.items()}
    assert asked.pop("ripa") == "every_member"
    assert set(asked.values()) == {"principal_investigator"}


def test_a_license_runs_a_year_and_renewal_opens_ninety_days_before(systems: dict[str, system.System]):
    for item in systems.values():
        assert (item.license.term_years, item.license.renewal_opens_days) == (1, 90)
        assert item.license.reminders_days == (90, 60, 30, 7)
        assert item.delivery.link_hours <= 72


def test_what_nobody_has_confirmed_says_so(systems: dict[str, system.System]):
    assert all("review" in item.to_confirm for item in systems.values())
    assert "askers.stop_data_requestor" in systems["ripa"].to_confirm


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_word_is_there_in_both_languages(language: str):
    found = 0

    def walk(value: Any, where: str) -> None:
        nonlocal found
        if isinstance(value, dict):
            if "en" in value:
                found += 1
                assert value.get(language, "").strip(), where
            for name, part in value.items():
                walk(part, f"{where}.{name}")
        if isinstance(value, list):
            for part in value:
                walk(part, where)

    for path in SHIPPED.glob("*/systems/*.yaml"):
        walk(yaml.safe_load(path.read_text()), path.stem)
    assert found > 100


def test_all_faults_come_at_once_with_their_line(tmp_path: Path):
    faults = refuse(
        tmp_path,
        {
            "statute.status": "sure",
            "requirements.irb_approval.kind": "a_letter",
            "requirements.fingerprint_check.verifier": None,
            "license.time_zone": "America/Nowhere",
            "license.reminders_days": [30, 90],
            "delivery.link_hours": 96,
            "title": {"es": "Sistema"},
            "fee": 10,
        },
    )
    fields = {fault.place.field for fault in faults}
    assert {
        "statute.status", "requirements.irb_approval.kind", "requirements.fingerprint_check.verifier", "delivery.link_hours",
        "title", "fee", "license",
    } <= fields  # fmt: skip
    assert all(fault.place.line and str(fault.place.file).endswith("systems/achs.yaml") for fault in faults)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"system": "other"}, "name_differs"),
        ({"delivery.datasets": ["unknown"]}, "unknown_dataset"),
        ({"requirements.conditions_of_release.statement": None}, "wrong_value"),
        ({"requirements.irb_approval.valid_months": 6}, "wrong_value"),
        ({"license.renewal_opens_days": 400}, "wrong_value"),
        ({"license.reminders_days": [60, 90]}, "wrong_value"),
        ({"license.destruction.chase_days": [7, 1]}, "wrong_value"),
        ({"review.steps": []}, "wrong_value"),
        ({"form.questions.purpose.kind": "choice"}, "wrong_value"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(tmp_path: Path, change: dict[str, Any], code: str):
    assert {fault.code for fault in refuse(tmp_path, change)} == {code}


def test_a_certificate_is_asked_for_until_it_is_given(systems: dict[str, system.System]):
    rules = systems["achs"].license.destruction
    days = [rules.chase_day(number) for number in range(9)]
    assert days == [1, 7, 14, 30, 60, 90, 120, 150, 180]


def test_words_fall_back_on_english():
    assert system.say({"en": "Day", "es": "Día"}, "es") == "Día"
    assert system.say({"en": "Day"}, "fr") == "Day"


def test_a_system_is_found_by_its_file_alone(tmp_path: Path):
    text = (SHIPPED / "demo" / "systems" / "arrest_records.yaml").read_text().replace("arrest_records", "other_records")
    folder = tmp_path / "more" / "demo" / "systems"
    folder.mkdir(parents=True)
    (folder / "other_records.yaml").write_text(text)
    loaded = registry.load_registry([SHIPPED, tmp_path / "more"], only=["demo"]).jurisdiction("demo")
    assert "other_records" in loaded.systems
    file = read_declaration(folder / "other_records.yaml", label="x")
    assert isinstance(file, Declaration)
