"""Every stored police department comes into one contract by its folder alone; what its README counts is counted again."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from openjustice.confidential.collect import conform, validate
from openjustice.confidential.collect.findings import Verdict
from openjustice.contracts import registry
from openjustice.ground.engine import quote

pytestmark = pytest.mark.real_data

FOLDER = "us/use_of_force_pdi"
LOADED = registry.load_registry(only=["united_states"])
DATASET = LOADED.dataset("united_states/use_of_force")
DEPARTMENTS = sorted(DATASET.sources)
# Department: rows in its files, rows that stand twice or say nothing, incidents that it numbers (as its README counts them).
KNOWN = {
    "austin": (26_813, {}, 14_484),
    "baltimore": (68, {}, 0),
    "beloit": (832, {"superseded": 365}, 277),
    "bloomington": (1_343, {"empty": 4, "repeated": 69}, 0),
    "cincinnati": (22_619, {}, 16_648),
    "dallas": (20_610, {}, 12_219),
    "indianapolis": (16_826, {}, 0),
    "lincoln": (391, {}, 391),
    "new_orleans": (5_750, {}, 2_231),
    "northampton": (529, {"empty": 3}, 0),
    "norwich": (321, {"empty": 115}, 0),
    "orlando": (5_658, {"no_row": 2, "repeated": 72}, 5_584),
    "south_bend": (203, {}, 0),
}  # fmt: skip


SHOWN = (
    "WITH rows AS (SELECT _file, record, bool_or(force_type IN ('weapon_exhibited', 'cew_exhibited', 'impact_weapon_exhibited')) "
    "AS shown FROM RECORDS GROUP BY 1, 2), years AS (SELECT avg(shown::INT) AS share FROM rows GROUP BY _file)"
)
DRAWN_ALONE = (
    "SELECT round(avg(coalesce(kinds = ['firearm_exhibited'], false)::INT), 2) FROM (SELECT list(DISTINCT force_type) FILTER (force_type NOT IN "
    "('pursuit', 'projectile_exhibited')) AS kinds FROM RECORDS WHERE _file = 'bloomington_2019_firstq.csv' GROUP BY record)"
)
# What else the README and the notes on it count, in SQL over the records, and the answer.
ANSWERS: dict[str, list[tuple[str, object]]] = {
    "austin": [
        (
            "SELECT count(DISTINCT record) FILTER (force_type = 'physical_unspecified') / count(DISTINCT record) >= 0.7 FROM RECORDS",
            True,
        )
    ],
    "baltimore": [("SELECT count(*) FROM RECORDS WHERE force_type = 'animal_discharge'", 1)],
    "bloomington": [
        # The first quarter of 2017 is that of 2016 under another name.
        ("SELECT count(*) FROM SENT WHERE _left_out = 'repeated' AND _file = 'bloomington_2017_firstq.csv'", 53),
        ("SELECT count(*) FROM SENT WHERE _file = 'bloomington_2017_firstq.csv'", 53),
        (DRAWN_ALONE, 0.38),
    ],
    "cincinnati": [
        ("SELECT count(*) FROM RECORDS WHERE \"incident#raw\" LIKE '-%'", 10_172),
        ("SELECT round(avg((subject_age_group = 'unknown')::INT), 2) FROM RECORDS", 0.46),
    ],
    "dallas": [
        ("SELECT sum(n) FROM (SELECT count(DISTINCT coalesce(incident, '')) AS n FROM RECORDS GROUP BY _file)", 12_229),
        (f"{SHOWN} SELECT round(min(share), 3) FROM years", 0.215),
        (f"{SHOWN} SELECT round(max(share), 2) FROM years", 0.34),
    ],
    "indianapolis": [
        ("SELECT round(avg((force_type IS NOT DISTINCT FROM 'handcuffing')::INT), 2) FROM RECORDS", 0.18),
        ("SELECT round(avg((force_type IS NULL)::INT), 2) FROM RECORDS", 0.08),
    ],
    "new_orleans": [
        ("SELECT round(100 * avg((force_type IN ('firearm_exhibited', 'cew_exhibited'))::INT), 1) FROM RECORDS", 49.5),
    ],
}  # fmt: skip


@dataclass(frozen=True)
class Made:
    """What one department's files became: its name, record of changes, the file that was saved, and the answers."""

    name: str
    record: conform.Transforms
    saved: Path
    incidents: int
    answers: tuple[object, ...]
    measured: str


@pytest.fixture(scope="module", params=DEPARTMENTS)
def made(request, real_data, tmp_path_factory) -> Made:
    """Conform one department, once for all tests."""
    name, folder = request.param, tmp_path_factory.mktemp(request.param)
    with conform.conformed_files(DATASET.sources[name], folder=real_data / FOLDER, contract=DATASET.contract) as done:

        def ask(question: str) -> object:
            for word, table in (("RECORDS", done.records), ("SENT", done.kept)):
                question = question.replace(word, quote(table.relation))
            return done.records.engine.ask(question)[0][0]

        measured = conform.measure(done, dataset=DATASET, codelists=LOADED.jurisdiction("united_states").codelists)
        record = conform.save(done, target=folder, measured=measured)
        incidents = ask("SELECT count(DISTINCT incident) FROM RECORDS")
        assert isinstance(incidents, int)
        answers = tuple(ask(sql) for sql, _ in ANSWERS.get(name, []))
        told = (folder / f"{name}_measured.yaml").read_text()
        return Made(name, record, folder / f"{name}.csv", incidents, answers, told)


def test_every_department_of_the_folder_has_its_own(real_data):
    stored = {path.name for path in (real_data / FOLDER).glob("*.csv")} - {"austin_guide_2018.csv"}
    read = {
        path.name
        for source in DATASET.sources.values()
        for pattern in source.declaration.files
        for path in (real_data / FOLDER).glob(pattern)
    }
    assert read == stored
    assert set(DEPARTMENTS) == set(KNOWN)


def test_a_department_is_read_whole(made):
    assert (made.record.rows_read, made.record.left_out) == KNOWN[made.name][:2]
    assert made.record.unread == {}


def test_a_department_passes_the_checks_of_the_contract(made):
    result = validate.check_file(
        made.saved, dataset=DATASET, jurisdiction=LOADED.jurisdiction("united_states"), today=date(2026, 3, 2)
    )
    assert [(item.rule, item.field, item.count) for item in result.tallies] == []
    assert (result.verdict, result.rows) == (Verdict.ACCEPTED, made.record.records)


def test_no_row_is_lost(made):
    with made.saved.open(newline="", encoding="utf-8") as stream:
        rows = {row["record"] for row in csv.DictReader(stream)}
    assert len(rows) == made.record.rows_read - sum(made.record.left_out.values())


def test_almost_every_kind_of_force_has_its_place(made):
    """Lincoln alone gives codes without labels; nobody guesses them, and all stay unmapped."""
    [force] = [item for item in made.record.fields if item.field == "force_type"]
    assert force.mapped_share == 0 if made.name == "lincoln" else force.mapped_share >= 0.95


def test_incidents_are_counted_as_the_readme_counts_them(made):
    assert made.incidents == KNOWN[made.name][2]


def test_what_the_readme_knows_is_counted_again(made):
    assert list(made.answers) == [answer for _, answer in ANSWERS.get(made.name, [])]


def test_the_figures_of_the_registry_are_those_of_the_files(made, registry_root):
    place = registry_root / "united_states/datasets/use_of_force/sources" / made.name / "measured.yaml"
    assert place.read_text() == made.measured
