"""The store: one transaction for a change and its audit, one holder at a time, a home whole or absent."""

from __future__ import annotations

from datetime import date
from multiprocessing import get_context
from pathlib import Path

import pytest

from openjustice.confidential import store
from openjustice.confidential.collect import queries
from openjustice.confidential.store import SealedCell, Store
from openjustice.ground import errors
from openjustice.ground.terms import Approval, Plane
from unit.confidential.home_fixture import AT, KEY, keep_open, make_home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_home(tmp_path)


def ask_something(opened: Store) -> int:
    """Add a query to a store."""
    values = {
        "submission": 1, "dataset": "d", "reporter": "r", "rule": "rule", "question": "Why?", "says": "So.", "count": 2,
        "lines": [2, 3], "due_date": date(2026, 3, 9), "opened_at": AT,
    }  # fmt: skip
    return opened.create("query", values=values, state="open", event="query_opened", actor="clerk", at=AT)


# -- a home -------------------------------------------------------------------------------------------------------------


def test_a_home_keeps_its_secrets_to_its_owner(home: Path):
    place = store.read_home(home)
    modes = {
        path.name: path.stat().st_mode & 0o777 for path in (place.key_file.parent, place.confidential, place.key_file)
    }
    assert modes == {"keys": 0o700, "confidential": 0o700, "pseudonym.key": 0o600}
    assert place.identities.parent.stat().st_mode & 0o077 == 0
    assert place.read_key() == KEY


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda key: key.chmod(0o644), "key_open"),
        (lambda key: key.write_bytes(b"short"), "key_short"),
        (lambda key: key.unlink(), "key_missing"),
    ],
)
def test_a_doubtful_key_is_refused(home: Path, damage, code: str):
    damage(store.read_home(home).key_file)
    with pytest.raises(errors.RegistryRefused) as refused:
        store.read_home(home).read_key()
    assert refused.value.codes == (code,)


def test_a_home_is_never_overwritten(home: Path):
    with pytest.raises(errors.RegistryRefused) as refused:
        store.make_home(home, key=b"another key, which must not replace", at=AT, wait_seconds=1)
    assert refused.value.codes == ("home_exists",)
    assert store.read_home(home).read_key() == KEY


def test_a_home_is_not_made_among_other_things(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(errors.RegistryRefused) as refused:
        store.make_home(tmp_path, key=KEY, at=AT, wait_seconds=1)
    assert refused.value.codes == ("place_taken",)


def test_making_a_home_that_was_stopped_leaves_none_and_can_be_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def stop(staged: Path, _target: Path) -> None:
        raise KeyboardInterrupt(staged.name)

    with monkeypatch.context() as patched:
        patched.setattr("openjustice.ground.durable.move_folder", stop)
        with pytest.raises(KeyboardInterrupt):
            make_home(tmp_path)
    assert not (tmp_path / "home").exists()
    (tmp_path / "home").mkdir()
    assert store.read_home(make_home(tmp_path)).read_key() == KEY
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_folder_that_is_no_home_is_refused(tmp_path: Path):
    with pytest.raises(errors.RegistryRefused) as refused, store.open_store(tmp_path):
        pass
    assert refused.value.codes == ("home_missing",)


# -- a hold -------------------------------------------------------------------------------------------------------------


def test_a_second_process_waits_then_is_refused_then_served(home: Path):
    context = get_context("forkserver")
    ours, theirs = context.Pipe()
    holder = context.Process(target=keep_open, args=(home, theirs))
    holder.start()
    assert ours.poll(30)
    number = ours.recv()
    told: list[str] = []
    with pytest.raises(errors.AccessRefused) as refused, store.open_store(home, waiting=told.append):
        pass
    assert refused.value.codes == ("store_busy",)
    assert len(told) == 1
    assert f"number {number}" in told[0]
    ours.send("leave")
    with store.open_store(home, waiting=told.append) as opened:
        assert opened.find("submission") == []
    holder.join()


def test_readers_share_a_store_and_see_nothing_in_a_new_home(home: Path):
    with store.open_store(home, writable=False) as one, store.open_store(home, writable=False) as two:
        assert one.summary(today=date(2026, 3, 2)) == two.summary(today=date(2026, 3, 2))
        assert one.find("submission") == []


def test_a_store_of_another_layout_is_refused(home: Path):
    with store.open_store(home) as opened:
        opened.engine.change("UPDATE store SET layout = layout + 1")
    with pytest.raises(errors.RegistryRefused) as refused, store.open_store(home):
        pass
    assert refused.value.codes == ("other_layout",)


def test_what_a_stopped_process_spilled_is_removed(home: Path):
    left = [home / "confidential" / folder / "rows.tmp" for folder in (".spill", ".scratch")]
    for path in left:
        path.parent.mkdir()
        path.write_text("rows")
    with store.open_store(home):
        assert [path for path in left if path.exists()] == []


# -- states and audit ---------------------------------------------------------------------------------------------------


def test_every_change_of_state_has_its_audit_record(home: Path):
    with store.open_store(home) as opened:
        number = ask_something(opened)
        opened.step(queries.LIFECYCLE, number, act="answer", actor="reporter", at=AT, changes={"answer": "Because."})
        trail = [(step["event"], step["from_state"], step["to_state"], step["actor"]) for step in opened.audit()]
    assert trail == [("query_opened", None, "open", "clerk"), ("query_answered", "open", "answered", "reporter")]


def answer_twice(opened: Store, number: int) -> None:
    """Answer a query twice in one transaction; the second time is refused."""
    with opened.transaction():
        for _ in range(2):
            opened.step(queries.LIFECYCLE, number, act="answer", actor="reporter", at=AT)


def test_a_change_that_fails_leaves_neither_state_nor_audit(home: Path):
    with store.open_store(home) as opened:
        number = ask_something(opened)
        with pytest.raises(errors.AccessRefused):
            answer_twice(opened, number)
        assert opened.get("query", number)["state"] == "open"
        assert len(opened.audit()) == 1
        with pytest.raises(errors.AccessRefused):
            opened.step(queries.LIFECYCLE, number, act="close", actor="steward", at=AT)
        assert len(opened.audit()) == 1


def test_what_does_not_exist_is_refused_by_number(home: Path):
    with store.open_store(home) as opened, pytest.raises(errors.AccessRefused) as refused:
        opened.get("draft", 7)
    assert refused.value.codes == ("unknown_draft",)


# -- records ------------------------------------------------------------------------------------------------------------


def test_there_are_no_records_before_a_file_is_accepted(home: Path):
    with store.open_store(home) as opened, pytest.raises(errors.SubmissionRefused) as refused:
        opened.current_records("custody_deaths")
    assert refused.value.codes == ("no_records",)


def add_ages(opened: Store, *, submission: int, fields: dict[str, str]) -> None:
    """Add one record with these fields to a store."""
    columns = {"_record": "VARCHAR", "_line": "BIGINT", **fields}
    table = opened.engine.make_table(
        "rows", columns=columns, rows=[["a", 2, *("1" for _ in fields)]], plane=Plane.CONFIDENTIAL
    )
    opened.add_records(table, dataset="d", submission=submission, fields=fields)


def test_a_newer_contract_may_bring_a_field_but_not_change_one(home: Path):
    with store.open_store(home) as opened:
        add_ages(opened, submission=1, fields={"age": "BIGINT"})
        add_ages(opened, submission=2, fields={"age": "BIGINT", "sex": "VARCHAR"})
        kept = opened.engine.table(store.records_relation("d")).rows(order_by=["_submission"])
        assert [(row["_submission"], row["age"], row["sex"]) for row in kept] == [(1, 1, None), (2, 1, "1")]
        with pytest.raises(errors.RegistryRefused) as refused:
            add_ages(opened, submission=3, fields={"age": "VARCHAR"})
        assert refused.value.codes == ("type_changed",)


def test_a_field_that_became_a_direct_identifier_is_not_left_among_the_records(home: Path):
    with store.open_store(home) as opened:
        add_ages(opened, submission=1, fields={"age": "BIGINT"})
        table = opened.engine.table(store.records_relation("d"))
        with pytest.raises(errors.RegistryRefused) as refused:
            opened.add_records(table, dataset="d", submission=2, fields={}, apart=["age"])
    assert refused.value.codes == ("became_identifier",)


# -- drafts and releases ------------------------------------------------------------------------------------------------


def test_a_draft_carries_its_approvals(home: Path):
    approval = Approval(checker="Ada", role="statistician", at=AT, digest="f00d")
    with store.open_store(home) as opened:
        number = opened.register_draft(jurisdiction="demo", dataset="d", author="Bo", at=AT, digest="f00d")
        opened.record_approval(number, approval)
        assert opened.approvals(number) == (approval,)
        assert opened.approvals(number + 1) == ()
        assert opened.draft_directory(number).name == str(number)
        assert opened.draft_state(number) == opened.audit(thing="draft")[0]["to_state"]


def test_sealed_cells_come_back_as_they_were_and_a_resumed_seal_replaces_them(home: Path):
    cells = [
        SealedCell(table_id="t", address=(("", "d/rows"), ("sex", "Ñ \"'")), value=3, hidden=True),
        SealedCell(table_id="t", address=(("", "d/rows"),), value=9, hidden=False),
    ]
    with store.open_store(home) as opened:
        opened.save_sealed_cells("demo/d/2026-03-02.1", dataset="d", cells=cells[:1])
        opened.save_sealed_cells("demo/d/2026-03-02.1", dataset="d", cells=cells)
        opened.save_sealed_cells("demo/d/2026-03-02.2", dataset="d", cells=[])
        kept = opened.sealed_cells("d")
        assert opened.sealed_cells("e") == {}
    assert {release: set(found) for release, found in kept.items()} == {"demo/d/2026-03-02.1": set(cells)}
