"""A seal happens whole or not at all, wherever it is stopped; the ledger's line is the turning point.

The draft here is a small one by hand, and its verification is stood in for: what is tested is the placing alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openjustice.airlock import integrity, ledger, repair, seal, verify
from openjustice.airlock.request import RELEASE_REQUEST
from openjustice.airlock.verify import Evidence
from openjustice.confidential import store as stores
from openjustice.confidential.store import SealedCell, Store
from openjustice.contracts import release
from openjustice.contracts.registry import Registry
from openjustice.contracts.release import Declarations, DraftManifest
from openjustice.ground import durable, errors
from openjustice.ground.terms import Approval
from openjustice.public.store import intake, reader
from unit.airlock import homes
from unit.public.store import releases

AT = "2026-03-02T12:00:00+00:00"
FIRST, SECOND = "meridia/deaths/2026-03-02.1", "meridia/deaths/2026-03-02.2"
NO_REGISTRY = Registry({})
CELL = SealedCell(table_id="t", address=(("", "deaths/rows"),), value=12, hidden=False)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a home with two approved drafts."""
    made = tmp_path / "home"
    stores.make_home(made, key=homes.KEY, at=AT, wait_seconds=1)
    with stores.open_store(made) as store:
        for number in (1, 2):
            make_approved_draft(store, number)
    monkeypatch.setattr(verify, "verify_in", trust)
    return made


def make_approved_draft(store: Store, number: int) -> None:
    """Write a small draft and take it to its approval."""
    folder = store.draft_directory(number)
    products = releases.write_draft(folder, rows=[("_T", 11 + number)])
    manifest = DraftManifest(
        number=number, jurisdiction="meridia", dataset="deaths", vintage="2026-03-02.1", author="Ada", at=AT, seed=1,
        inputs=(), declarations=Declarations("c", "p", 1, (), "0"), products=products,
    )  # fmt: skip
    durable.write_file(folder / "draft.json", release.as_json(manifest))
    store.register_draft(jurisdiction="meridia", dataset="deaths", author="Ada", at=AT, digest=manifest.digest)
    for act in ("approve", "approve", "complete"):
        store.mark_draft(number, lifecycle=RELEASE_REQUEST, act=act, actor="Ben", at=AT)


def trust(store: Store, number: int, **_: Any) -> Evidence:
    """Stand in for the verification."""
    manifest = integrity.read_manifest(store, number)
    approvals = tuple(Approval(name, "office", AT, manifest.digest) for name in ("Ben", "Cai"))
    return Evidence(
        number=number, manifest=manifest, title="Deaths", invented=True, checkers=2, approvals=approvals, locks=(),
        results=(), cells=(CELL,),
    )  # fmt: skip


def seal_draft(home: Path, number: int = 1, *, note: str | None = None) -> str:
    """Seal a draft and return the release's address."""
    return seal.seal(home, number, actor="Manager", at=AT, registry=NO_REGISTRY, revision_note=note).address


def seen_outside(home: Path) -> list[str]:
    """Return what a reader outside sees, whole and as it was sealed."""
    with reader.open_reader(home / "public") as opened:
        found = [item.address for item in opened.releases()]
        assert [fault for address in found for fault in reader.find_release_faults(opened, address)] == []
    return found


def draft_states(home: Path) -> list[tuple[str, str | None]]:
    """Return the state and release of every draft."""
    with stores.open_store(home, writable=False) as store:
        return [(row["state"], row["release"]) for row in store.find("draft")]


def test_a_sealed_draft_is_outside_as_it_was_approved(home: Path):
    assert seal_draft(home) == FIRST
    assert seen_outside(home) == [FIRST]
    assert draft_states(home) == [("sealed", FIRST), ("approved", None)]
    with reader.open_reader(home / "public") as opened:
        assert opened.table(FIRST, releases.TABLE).rows() == [{"year": "_T", "numerator": 12}]
        (line,) = opened.ledger()
        manifest = opened.release(FIRST)
    assert (line.release, line.manifest, line.draft) == (FIRST, manifest.digest, manifest.draft_digest)
    assert not (home / "public" / intake.STAGING / "meridia__deaths__2026-03-02.1").exists()
    with stores.open_store(home, writable=False) as store:
        assert store.sealed_cells("deaths") == {FIRST: [CELL]}


def test_a_second_vintage_needs_a_revision_note_and_names_what_it_supersedes(home: Path):
    seal_draft(home)
    for note in (None, " "):
        with pytest.raises(errors.SealRefused) as refused:
            seal_draft(home, 2, note=note)
        assert refused.value.codes == ("revision_note_wanting",)
    assert seal_draft(home, 2, note="One late report is counted now.") == SECOND
    with reader.open_reader(home / "public") as opened:
        assert opened.release(SECOND).supersedes == FIRST
        assert opened.ledger()[1].revision_note == "One late report is counted now."
    assert seen_outside(home) == [FIRST, SECOND]


def test_a_sealed_draft_cannot_be_sealed_again(home: Path):
    seal_draft(home)
    with pytest.raises(errors.AccessRefused) as refused:
        seal_draft(home, note="again")
    assert refused.value.codes == ("may_not_act",)


class Stopped(Exception):
    """The machine stops here."""


def stop(owner: Any, name: str, *, after: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the machine before or after a step, whatever the step is."""
    original: Callable[..., Any] = getattr(owner, name)

    def step(*args: Any, **kwargs: Any) -> Any:
        if after:
            original(*args, **kwargs)
        raise Stopped

    monkeypatch.setattr(owner, name, step)


BEFORE_THE_LINE = [
    (Store, "save_sealed_cells", False),
    (Store, "save_sealed_cells", True),
    (Store, "mark_draft", False),
    (Store, "mark_draft", True),
    (intake, "stage", False),
    (intake, "stage", True),
    (intake, "place", False),
    (intake, "place", True),
    (ledger, "append", False),
]
AFTER_THE_LINE = [
    (ledger, "append", True),
    (intake, "write_catalog", False),
    (intake, "write_catalog", True),
]


def name_of(step: Any) -> str:
    """Name a step for the test's report."""
    return getattr(step, "__name__", str(step)).rpartition(".")[2]


@pytest.mark.parametrize(("owner", "name", "after"), BEFORE_THE_LINE, ids=name_of)
def test_a_seal_stopped_before_the_line_never_was(home: Path, owner: Any, name: str, after: bool):
    with pytest.MonkeyPatch.context() as patch:
        stop(owner, name, after=after, monkeypatch=patch)
        with pytest.raises(Stopped):
            seal_draft(home)
    assert seen_outside(home) == []
    with stores.open_store(home) as store:
        assert repair.repair(store, at=AT, actor="Manager") == ()
        assert store.sealed_cells("deaths") == {}
    assert draft_states(home)[0] == ("approved", None)
    assert intake.placed_addresses(home / "public") == ()
    assert seal_draft(home) == FIRST
    assert seen_outside(home) == [FIRST]


@pytest.mark.parametrize(("owner", "name", "after"), AFTER_THE_LINE, ids=name_of)
def test_a_seal_stopped_after_the_line_is_finished(home: Path, owner: Any, name: str, after: bool):
    with pytest.MonkeyPatch.context() as patch:
        stop(owner, name, after=after, monkeypatch=patch)
        with pytest.raises(Stopped):
            seal_draft(home)
    assert seen_outside(home) in ([], [FIRST])
    assert seal_draft(home, 2, note="The next draft finishes the first.") == SECOND
    assert seen_outside(home) == [FIRST, SECOND]
    assert draft_states(home) == [("sealed", FIRST), ("sealed", SECOND)]
    with stores.open_store(home, writable=False) as store:
        assert store.sealed_cells("deaths") == {FIRST: [CELL], SECOND: [CELL]}


@pytest.mark.parametrize("after", [False, True])
def test_a_seal_stopped_at_its_last_note_is_finished(home: Path, after: bool):
    original = Store.mark_draft

    def step(store: Store, number: int, **kwargs: Any) -> Any:
        if kwargs["act"] != "finish_seal" or after:
            original(store, number, **kwargs)
        if kwargs["act"] == "finish_seal":
            raise Stopped

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "mark_draft", step)
        with pytest.raises(Stopped):
            seal_draft(home)
    assert seen_outside(home) == [FIRST]
    assert draft_states(home)[0] == ("sealed" if after else "sealing", FIRST)
    assert seal_draft(home, 2, note="The next draft finishes the first.") == SECOND
    assert draft_states(home) == [("sealed", FIRST), ("sealed", SECOND)]


def test_a_half_written_line_is_no_line(home: Path):
    with pytest.MonkeyPatch.context() as patch:
        stop(ledger, "append", after=False, monkeypatch=patch)
        with pytest.raises(Stopped):
            seal_draft(home)
    (home / "public" / "ledger.jsonl").write_text('{"actor":"Man')
    assert seal_draft(home) == FIRST
    assert seen_outside(home) == [FIRST]


def edit_line(public: Path) -> None:
    """Change a word in the ledger."""
    path = public / "ledger.jsonl"
    path.write_text(path.read_text().replace("Manager", "Somebody"))


def cut_ledger(public: Path) -> None:
    """Remove the ledger's last line; the chain that is left holds."""
    (public / "ledger.jsonl").write_text("")


def lose_release(public: Path) -> None:
    """Remove a sealed release."""
    shutil.rmtree(public / "releases" / FIRST)


def smuggle_release(public: Path) -> None:
    """Copy a release beside the sealed one."""
    shutil.copytree(public / "releases" / FIRST, public / "releases" / "meridia/deaths/2026-03-09.1")


def change_release(public: Path) -> None:
    """Edit the manifest of a sealed release."""
    path = public / "releases" / FIRST / "manifest.json"
    path.write_text(path.read_text().replace("Deaths", "Lives"))


@pytest.mark.parametrize(
    ("tamper", "codes"),
    [
        (edit_line, {"ledger_broken"}),
        (cut_ledger, {"ledger_broken", "release_unexplained"}),
        (lose_release, {"release_missing"}),
        (smuggle_release, {"release_unexplained"}),
        (change_release, {"release_changed"}),
    ],
)
def test_nothing_is_sealed_while_the_outside_is_not_what_it_should_be(home: Path, tamper, codes: set[str]):
    seal_draft(home)
    tamper(home / "public")
    with pytest.raises(errors.SealRefused) as refused:
        seal_draft(home, 2, note="note")
    assert set(refused.value.codes) == codes
    assert draft_states(home)[1] == ("approved", None)
    with stores.open_store(home, writable=False) as store:
        assert {fault.code for fault in repair.find_outside_faults(store)} == codes


def test_a_ledger_of_another_home_is_refused(home: Path, tmp_path: Path):
    seal_draft(home)
    with stores.open_store(home) as store:
        store.engine.change("UPDATE drafts SET digest = 'other' WHERE number = 1")
        with pytest.raises(errors.SealRefused) as refused:
            repair.repair(store, at=AT, actor="Manager")
    assert refused.value.codes == ("ledger_broken",)


def test_a_broken_catalog_is_made_again_from_the_ledger(home: Path):
    seal_draft(home)
    (home / "public" / "catalog.json").write_text("[")
    with stores.open_store(home) as store:
        repair.repair(store, at=AT, actor="Manager")
    assert seen_outside(home) == [FIRST]
