"""Every refusal of the airlock, provoked for real: only the draft's number comes in, and nothing else is believed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from openjustice.airlock import review, seal, verify
from openjustice.airlock.request import RELEASE_REQUEST
from openjustice.confidential import store as stores
from openjustice.confidential.drafting import sources
from openjustice.contracts.registry import Registry
from openjustice.ground import errors
from unit.airlock import forging, homes

YEARS = "tables/custody_deaths__by_year.parquet"
MANNERS = "tables/custody_deaths__by_county_manner.parquet"
RECORDS = "microdata/custody_deaths.parquet"


def codes_of(home: Path, registry: Registry, number: int = 1) -> set[str]:
    """Return the code of every fault that verification finds."""
    return {fault.code for fault in verify.verify_evidence(home, number, registry=registry).faults}


def approve(home: Path, registry: Registry, *checkers: str) -> None:
    """Let each checker approve the draft."""
    for checker in checkers:
        review.approve(home, 1, checker=checker, role="office", at=homes.AT, registry=registry)


def seal_it(home: Path, registry: Registry) -> str:
    """Seal the draft and return the release's address."""
    return seal.seal(home, 1, actor="Manager", at=homes.AT, registry=registry).address


def test_an_honest_draft_holds_passes_two_checkers_and_is_sealed(home: Path, registry: Registry):
    evidence = verify.verify_evidence(home, 1, registry=registry)
    assert evidence.faults == ()
    assert all(lock.holds for lock in evidence.locks)
    of_tables, of_records = (
        {"interval", "differencing"},
        {"matching", "press", "homogeneity", "attribute", "membership"},
    )
    assert {item.attack for item in evidence.results} == of_tables | of_records
    approve(home, registry, "Ben", "Cai")
    assert verify.verify(home, 1, registry=registry).approvals[0].checker == "Ben"
    assert seal_it(home, registry) == "demo/custody_deaths/2026-03-02.1"


def test_an_unknown_draft_is_refused(home: Path, registry: Registry):
    with pytest.raises(errors.SealRefused) as refused:
        verify.verify(home, 99, registry=registry)
    assert refused.value.codes == ("draft_unknown",)


def test_a_manifest_that_cannot_be_read_is_refused(home: Path, registry: Registry):
    (forging.folder_of(home) / "draft.json").write_text("{")
    with pytest.raises(errors.SealRefused) as refused:
        verify.verify(home, 1, registry=registry)
    assert refused.value.codes == ("draft_changed",)


def append_byte(folder: Path) -> None:
    """Change one file by a byte."""
    path = folder / "report.html"
    path.write_bytes(path.read_bytes() + b" ")


def add_file(folder: Path) -> None:
    """Add a file that the manifest does not name."""
    (folder / "tables" / "more.txt").write_text("more")


def edit_author(folder: Path) -> None:
    """Write another author into the manifest."""
    path = folder / "draft.json"
    path.write_text(path.read_text().replace('"author": "Ada"', '"author": "Bob"'))


def link_outside(folder: Path) -> None:
    """Replace a file by a link to the same bytes elsewhere."""
    (folder / "report.json").rename(folder.parent / "report.json")
    (folder / "report.json").symlink_to(folder.parent / "report.json")


@pytest.mark.parametrize("tamper", [append_byte, add_file, edit_author, link_outside])
def test_a_draft_that_was_edited_is_refused(home: Path, registry: Registry, tamper: Callable[[Path], None]):
    tamper(forging.folder_of(home))
    assert codes_of(home, registry) == {"draft_changed"}


def test_a_table_that_cannot_be_read_is_wanting(home: Path, registry: Registry):
    (forging.folder_of(home) / YEARS).write_bytes(b"not parquet")
    assert codes_of(home, registry) == {"draft_changed", "schema_differs"}


FORGED_TABLES = [
    (YEARS, "SELECT * EXCLUDE (coverage) FROM t", {"schema_differs"}),
    (YEARS, "SELECT *, 1 AS more FROM t", {"schema_differs"}),
    (YEARS, "SELECT * REPLACE (numerator + 1 AS numerator) FROM t", {"number_differs"}),
    (YEARS, "SELECT * REPLACE (value + 0.5 AS value) FROM t", {"number_differs"}),
    (YEARS, "SELECT * REPLACE ('p' AS status_marker) FROM t", {"number_differs"}),
    (YEARS, "SELECT * FROM t WHERE death_year <> '_T'", {"number_differs"}),
    (YEARS, "SELECT * FROM t UNION ALL SELECT * FROM t WHERE death_year = '_T'", {"number_differs"}),
    (MANNERS, "SELECT * REPLACE (CASE WHEN numerator_marker = 'c' THEN 'x' ELSE numerator_marker END AS numerator_marker) FROM t", {"number_differs"}),
    (RECORDS, "SELECT * REPLACE ('Female' AS sex) FROM t", {"microdata_differs"}),
    (RECORDS, "SELECT * EXCLUDE (sex) FROM t", {"schema_differs", "microdata_differs", "microdata_unsafe"}),
]  # fmt: skip


@pytest.mark.parametrize(("place", "statement", "codes"), FORGED_TABLES)
def test_a_forged_table_is_refused_though_every_digest_agrees(
    home: Path, registry: Registry, place: str, statement: str, codes: set[str]
):
    forging.rewrite_table(home, place, statement)
    assert codes <= codes_of(home, registry)


def test_a_refusal_names_the_table_and_the_column_and_no_number(home: Path, registry: Registry):
    forging.rewrite_table(
        home, YEARS, "SELECT * REPLACE (CASE WHEN death_year = '_T' THEN 777777 ELSE numerator END AS numerator) FROM t"
    )
    faults = verify.verify_evidence(home, 1, registry=registry).faults
    assert (
        next(str(fault.place) for fault in faults if fault.code == "number_differs")
        == "custody_deaths__by_year, field numerator"
    )
    assert "777" not in " ".join(str(fault) for fault in faults)


def hidden_rows(home: Path, registry: Registry) -> list[dict[str, Any]]:
    """Return the rows of a table that the draft hides, with their true counts."""
    with stores.open_store(home, writable=False) as store:
        jurisdiction = registry.jurisdiction("demo")
        truth = sources.measure(store, dataset=jurisdiction.datasets["custody_deaths"], jurisdiction=jurisdiction)
        measured = next(item for item in truth.tables if MANNERS.endswith(f"/{item.id}.parquet"))
        shown = store.engine.read_parquet(forging.folder_of(home) / MANNERS, name="shown").rows()
        marks = {(row["county"], row["manner_group"]): row["numerator_marker"] for row in shown}
        return [row for row in measured.table.rows() if marks[row["county"], row["manner_group"]] == "c"]


@pytest.mark.parametrize("small", [True, False])
def test_a_hidden_number_that_is_shown_by_hand_is_refused(home: Path, registry: Registry, small: bool):
    """Shown with its true value everything adds up; only the attack finds it: as a small count, or as the helper of one."""
    row = next(item for item in hidden_rows(home, registry) if (item["numerator"] < 5) == small)
    here = f"county = '{row['county']}' AND manner_group = '{row['manner_group']}'"
    shown = {
        "numerator": row["numerator"],
        "value": float(row["numerator"]),
        "numerator_marker": "NULL",
        "value_marker": "NULL",
    }
    changes = ", ".join(f"CASE WHEN {here} THEN {value} ELSE {name} END AS {name}" for name, value in shown.items())
    forging.rewrite_table(home, MANNERS, f"SELECT * REPLACE ({changes}) FROM t")
    assert codes_of(home, registry) == {"attack_failed", "report_differs"}


def test_a_blank_that_is_filled_by_hand_is_refused(home: Path, registry: Registry):
    numbered = "SELECT *, row_number() OVER () AS n FROM t"
    statement = (
        f"SELECT * EXCLUDE (n) REPLACE (CASE WHEN n = 1 THEN 'Unheard of' ELSE sex END AS sex) FROM ({numbered})"
    )
    forging.rewrite_table(home, RECORDS, statement)
    assert {"microdata_differs", "microdata_unsafe"} <= codes_of(home, registry)


def test_a_draft_without_one_of_its_tables_or_papers_is_refused(home: Path, registry: Registry):
    for name in (YEARS, "report.json", "trace.json"):
        (forging.folder_of(home) / name).unlink()
    forging.agree(home, lambda item: None if item.path in (YEARS, "report.json", "trace.json") else item)
    assert codes_of(home, registry) == {"schema_differs", "report_missing"}


def test_a_report_that_cannot_be_read_is_refused(home: Path, registry: Registry):
    (forging.folder_of(home) / "report.json").write_text("[]")
    forging.agree(home, lambda item: item)
    assert codes_of(home, registry) == {"report_missing"}


def say_passed(content: dict[str, Any]) -> None:
    """Tell another rate than was found."""
    content["attacks"][2]["figures"]["bold_rate"] = 0.0


@pytest.mark.parametrize(
    "change",
    [
        say_passed,
        lambda content: content.update(policy_digest="other"),
        lambda content: content["attacks"].pop(0),
        lambda content: content["attacks"].append(
            {"attack": "none", "against": "nothing", "passed": True, "figures": {}}
        ),
    ],
)
def test_a_report_that_says_other_things_than_were_found_is_refused(home: Path, registry: Registry, change):
    forging.rewrite_json(home, "report.json", change)
    assert codes_of(home, registry) == {"report_differs"}


def edited(registry_folder: Path, tmp_path: Path, *, place: str, old: str, new: str) -> Registry:
    """Copy the registry, change one word of one declaration, and load it."""
    folder = Path(shutil.copytree(registry_folder, tmp_path / "edited"))
    path = folder / "demo" / place
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    return homes.load_registry(folder)


POLICY, CONTRACT = "datasets/custody_deaths/policy.yaml", "datasets/custody_deaths/contract.yaml"


@pytest.mark.parametrize(
    ("place", "old", "new", "codes"),
    [
        (POLICY, "version: 1", "version: 2", {"policy_changed"}),
        (CONTRACT, "unit: one death", "unit: one dead person", {"contract_changed"}),
        (
            "indicators/suicide_share/indicator.yaml",
            "decimals: 1",
            "decimals: 2",
            {"indicators_changed", "number_differs"},
        ),
        (POLICY, "on: 2025-12-01", "on: 2027-12-01", {"policy_changed", "policy_unsigned"}),
        (POLICY, "in_force_from: 2026-01-01", "in_force_from: 2027-01-01", {"policy_changed", "policy_not_in_force"}),
        (POLICY, "minimum_frequency: 5", "minimum_frequency: 30", {"policy_changed", "attack_failed"}),
    ],
)
def test_a_draft_made_under_other_declarations_is_refused(
    home: Path, small_registry: Path, tmp_path: Path, place: str, old: str, new: str, codes: set[str]
):
    changed = edited(small_registry, tmp_path, place=place, old=old, new=new)
    assert codes <= codes_of(home, changed)


def test_records_that_came_after_the_draft_are_found(home: Path, registry: Registry):
    jurisdiction = registry.jurisdiction("demo")
    rows = homes.invent_rows(jurisdiction, rows=3)["custody_deaths"]
    with stores.open_store(home) as store:
        homes.accept_rows(store, jurisdiction.datasets["custody_deaths"].contract, rows=rows, jurisdiction="demo")
    assert {"inputs_changed", "number_differs"} <= codes_of(home, registry)


def test_too_few_approvals_are_refused(home: Path, registry: Registry):
    approve(home, registry, "Ben")
    with pytest.raises(errors.SealRefused) as refused:
        seal_it(home, registry)
    assert refused.value.codes == ("approvals_wanting",)


def test_the_author_may_not_approve(home: Path, registry: Registry):
    with pytest.raises(errors.SealRefused) as refused:
        approve(home, registry, "ada")
    assert refused.value.codes == ("author_may_not_check",)


def test_nobody_approves_twice(home: Path, registry: Registry):
    with pytest.raises(errors.SealRefused) as refused:
        approve(home, registry, "Ben", "BEN")
    assert refused.value.codes == ("checker_twice",)


def test_a_draft_with_a_fault_cannot_be_approved(home: Path, registry: Registry):
    append_byte(forging.folder_of(home))
    with pytest.raises(errors.SealRefused) as refused:
        approve(home, registry, "Ben")
    assert refused.value.codes == ("draft_changed",)
    with stores.open_store(home, writable=False) as store:
        assert (store.approvals(1), store.draft_state(1)) == ((), "drafted")


def test_an_approval_holds_for_what_was_looked_at_alone(home: Path, registry: Registry):
    approve(home, registry, "Ben", "Cai")
    forging.register(home, replace(forging.read_manifest(home), at="2026-03-02T09:00:01+00:00"))
    with pytest.raises(errors.SealRefused) as refused:
        seal_it(home, registry)
    assert refused.value.codes == ("approval_of_other_digest", "approvals_wanting")


def test_a_sealed_draft_is_not_verified_again(home: Path, registry: Registry):
    approve(home, registry, "Ben", "Cai")
    seal_it(home, registry)
    with pytest.raises(errors.SealRefused) as refused:
        seal_it(home, registry)
    assert refused.value.codes == ("already_sealed",)


def test_a_withdrawn_draft_is_refused(home: Path, registry: Registry):
    with stores.open_store(home) as store:
        store.mark_draft(1, lifecycle=RELEASE_REQUEST, act="withdraw", actor="Ada", at=homes.AT)
    with pytest.raises(errors.SealRefused) as refused:
        verify.verify_evidence(home, 1, registry=registry)
    assert refused.value.codes == ("draft_withdrawn",)


def test_a_broken_ledger_is_found_before_anything_is_sealed(home: Path, registry: Registry):
    (home / "public" / "ledger.jsonl").write_text("not a line\n")
    assert codes_of(home, registry) == {"ledger_broken"}


def test_all_faults_are_found_at_once(home: Path, registry: Registry, small_registry: Path, tmp_path: Path):
    forging.rewrite_table(home, YEARS, "SELECT * REPLACE (numerator + 1 AS numerator) FROM t")
    add_file(forging.folder_of(home))
    changed = edited(small_registry, tmp_path, place=CONTRACT, old="unit: one death", new="unit: one dead person")
    assert {"number_differs", "draft_changed", "contract_changed"} <= codes_of(home, changed)


def test_no_refusal_holds_a_value_of_a_record(home: Path, registry: Registry):
    """Counties and manners are named by the cells' addresses; nothing finer is, and no count."""
    forging.rewrite_table(home, RECORDS, "SELECT * REPLACE ('Female' AS sex) FROM t")
    text = json.dumps([fault.as_dict() for fault in verify.verify_evidence(home, 1, registry=registry).faults])
    assert "ME0" not in text
