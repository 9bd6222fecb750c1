"""The commands of the office: set up, invite, sign a checkpoint, verify, and the accounts of a demonstration."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from openjustice.cli.main import app
from openjustice.cli.office import demonstration, desks
from openjustice.ground import errors
from openjustice.office.accounts.models import Account, Invitation, Membership
from openjustice.office.audit.models import Entry, Head


@pytest.fixture(autouse=True)
def kept_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the environment back as it was: the commands name their home in it."""
    for name in ("OPENJUSTICE_HOME", "OPENJUSTICE_OFFICE_DEMO"):
        monkeypatch.setenv(name, "")


def run(*command: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(app, command, catch_exceptions=True)


def refusal(result: Result) -> errors.Refusal:
    """Return what a command refused."""
    assert isinstance(result.exception, errors.Refusal), result.exception
    return result.exception


def test_an_office_is_set_up_and_its_first_administrator_is_invited(sqlite: str, home: Path):
    assert run("office", "setup", "--home", str(home)).exit_code == 0
    assert (home / "keys" / "office.secret").stat().st_mode & 0o077 == 0
    done = run("office", "invite", "ana@example.org", "--home", str(home))
    assert done.exit_code == 0, done.exception
    assert "/accounts/invitation/" in done.stdout
    made = Invitation.objects.get()
    assert (made.email, made.role, made.organization.kind) == ("ana@example.org", "administrator", "authority")
    unknown = run("office", "invite", "b@example.org", "--organization", "New", "--kind", "club", "--home", str(home))
    assert refusal(unknown).codes == ("kind_unknown",)


def test_a_checkpoint_is_signed_and_the_record_verified(sqlite: str, home: Path, tmp_path: Path):
    run("office", "invite", "ana@example.org", "--home", str(home))
    done = run("office", "checkpoint", "--home", str(home))
    assert json.loads(done.stdout)["size"] == Entry.objects.count()
    kept = tmp_path / "kept.jsonl"
    kept.write_text(done.stdout)
    whole = run("audit", "verify", "--home", str(home), "--checkpoints", str(kept))
    assert whole.exit_code == 0, whole.exception
    assert "Checkpoints: 1" in whole.stdout
    Head.objects.update(size=1)
    broken = refusal(run("audit", "verify", "--home", str(home)))
    assert (broken.codes, broken.exit_code) == (("audit_broken",), 70)


def test_a_role_of_the_database_needs_postgresql(sqlite: str, home: Path):
    assert refusal(run("office", "grant", "office_app", "--home", str(home))).codes == ("no_database_roles",)


def test_a_folder_that_is_no_home_is_refused(sqlite: str, tmp_path: Path):
    for command in (("office", "checkpoint"), ("audit", "verify"), ("office", "start")):
        assert refusal(run(*command, "--home", str(tmp_path / "none"))).codes == ("home_missing",)


def test_a_demonstration_has_an_account_for_every_role(sqlite: str, home: Path):
    made = demonstration.make_accounts(
        home, jurisdiction="demo", reporter="ME0100200", password="demo-words-for-a-test"
    )
    held = set(Membership.objects.values_list("account__email", "role"))
    assert {(item.email, item.role) for item in made} == held
    assert {item.role for item in made} == {
        "clerk", "steward", "checker", "reviewer", "decider", "researcher", "team_member", "provider", "administrator",
    }  # fmt: skip
    assert all(account.check_password("demo-words-for-a-test") for account in Account.objects.all())
    assert demonstration.make_password() != demonstration.make_password()


def test_the_server_answers_on_this_machine_alone():
    command = desks.serving_command(port=8001, workers=2)
    assert "127.0.0.1:8001" in command
    assert "sync" in command
