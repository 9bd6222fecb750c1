"""The review desk: two checkers, neither the author, approve exactly one digest; then the airlock seals it, with the checkpoint."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.test.utils import override_settings

from office.people import PASSWORD
from openjustice.confidential.drafting import draft as drafting
from openjustice.confidential.drafting import looking
from openjustice.ground import errors
from openjustice.office.accounts.models import Account
from openjustice.office.audit import rules as audit_rules
from openjustice.office.audit import selectors as audit_selectors
from openjustice.office.audit.models import Entry
from openjustice.office.audit.rules import Audit
from openjustice.office.desk import declared, keys
from openjustice.office.review import rules
from openjustice.office.review.models import Comment
from unit.airlock import homes

DATASET, INDICATOR = "demo/custody_deaths", "custody_deaths"


@pytest.fixture(scope="session")
def review_registry(registry_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the invented state with one indicator, so that a draft is quick."""
    folder = tmp_path_factory.mktemp("review") / "registry"
    shutil.copytree(registry_root / "demo", folder / "demo")
    for place in (folder / "demo" / "indicators").iterdir():
        if place.name != INDICATOR:
            shutil.rmtree(place)
    return folder


@pytest.fixture(scope="session")
def drafted(review_registry: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a home with one draft, once."""
    registry = homes.load_registry(review_registry)
    jurisdiction = registry.jurisdiction("demo")
    rows = homes.invent_rows(jurisdiction, rows=400)
    home = homes.make_home(
        tmp_path_factory.mktemp("drafted") / "home", jurisdiction=jurisdiction, rows={"custody_deaths": rows["custody_deaths"]}
    )  # fmt: skip
    keys.make_keys(home, secret=b"s" * keys.SECRET_BYTES, seed=b"k" * keys.SEED_BYTES)
    drafting.make_draft(home, dataset=DATASET, author="Stella Steward", at=homes.AT, seed=homes.SEED, registry=registry)
    return home


@pytest.fixture
def reviewed(drafted: Path, review_registry: Path, tmp_path: Path, sqlite: str) -> Iterator[Path]:
    """Give the office a copy of that home, and its registry."""
    home = Path(shutil.copytree(drafted, tmp_path / "home"))
    with override_settings(HOME=home, REGISTRY=[review_registry], OFFICE_SECOND_FACTOR_ROLES=()):
        declared.read_registry.cache_clear()
        yield home
    declared.read_registry.cache_clear()


@pytest.fixture
def browser(make_account: Callable[..., Account], sign_in: Callable[[Account], Client]) -> Callable[[str, str], Client]:
    """Give the browser of somebody, who said just now who they are."""

    def open_browser(role: str, name: str) -> Client:
        client = sign_in(make_account(role, name=name))
        client.post("/account/reauthenticate/", {"password": PASSWORD})
        return client

    return open_browser


def approve(client: Client, digest: str, **given: str):
    """Approve as the form does."""
    return client.post("/review/1/approve/", {"digest": digest, "office": "privacy officer", "looked": "on", **given})


def digest_of(home: Path) -> str:
    """Return the digest of the draft."""
    return drafting.read_draft(home, 1).manifest.digest


def test_two_checkers_approve_and_the_release_carries_the_checkpoint(
    reviewed: Path, browser: Callable, make_account: Callable, sign_in: Callable
):
    steward, two = browser("steward", "Stella Steward"), browser("checker", "Chandra")
    one = sign_in(make_account("checker", name="Charles"))  # signed in, and not asked again yet
    digest = digest_of(reviewed)
    page = one.get("/review/1/").content.decode()
    assert digest in page
    assert "Approve exactly this draft" in page
    assert "Approve exactly this draft" not in steward.get("/review/1/").content.decode()
    asked = approve(one, digest)["Location"]  # nobody approves without saying again who they are
    assert asked.startswith("/account/reauthenticate/")
    assert drafting.read_draft(reviewed, 1).approvals == ()
    assert one.post(asked, {"password": PASSWORD})["Location"] == "/review/1/"
    assert [item.checker for item in drafting.read_draft(reviewed, 1).approvals] == ["Charles"]
    assert approve(one, digest).status_code == 409  # nobody twice
    assert (
        steward.post("/review/1/seal/", {}).status_code == 403 or drafting.read_draft(reviewed, 1).state == "in_review"
    )
    assert approve(two, digest).status_code == 302
    assert steward.post("/review/1/seal/", {}).status_code == 302
    assert drafting.read_draft(reviewed, 1).state == "sealed"
    manifest = json.loads(next((reviewed / "public").rglob("manifest.json")).read_text())
    point = audit_rules.read_checkpoint(manifest["audit_checkpoint"])
    assert audit_selectors.read_checkpoints(reviewed) == [point]
    assert audit_selectors.find_tampering(checkpoints=[point], key=keys.read_checkpoint_public(reviewed)) == []
    assert point.size < Entry.objects.count()
    done = [
        event for event in Entry.objects.filter(thing="draft").values_list("event", flat=True) if "view" not in event
    ]
    assert done == [
        "approval_begun", "draft_approved", "approval_begun", "approval_refused", "seal_begun", "seal_refused",
        "approval_begun", "draft_approved", "seal_begun", "draft_sealed",
    ]  # fmt: skip


def test_the_author_may_not_approve(reviewed: Path, browser: Callable, audit: Audit):
    client = browser("checker", "stella  steward")  # the same name, written otherwise
    answer = approve(client, digest_of(reviewed))
    assert answer.status_code == 409
    assert b"author_may_not_check" in answer.content
    assert drafting.read_draft(reviewed, 1).approvals == ()


def test_only_what_was_looked_at_is_approved(reviewed: Path, browser: Callable):
    client = browser("checker", "Charles")
    assert b"other_digest_shown" in approve(client, "0" * 64).content
    answer = client.post("/review/1/approve/", {"digest": digest_of(reviewed), "office": ""})
    assert answer.status_code == 422
    assert 'href="#id_looked"' in answer.content.decode()
    assert drafting.read_draft(reviewed, 1).approvals == ()


def test_an_open_comment_keeps_a_draft_from_its_seal(reviewed: Path, browser: Callable):
    steward, checker = browser("steward", "Stella Steward"), browser("checker", "Charles")
    product = next(item.id for item in drafting.read_draft(reviewed, 1).manifest.products if item.kind == "table")
    given = {"row": "3", "column": "numerator", "text": "Is this cell not too small?"}
    assert checker.post(f"/review/1/tables/{product}/comment/", given).status_code == 302
    made = Comment.objects.get()
    assert (made.row, made.column, made.state) == (3, "numerator", "unsettled")
    assert "Is this cell not too small?" in steward.get("/review/1/").content.decode()
    assert b"comments_open" in steward.post("/review/1/seal/", {}).content
    assert steward.post(f"/review/comments/{made.pk}/settle/").status_code == 302
    assert b"comments_open" not in steward.post("/review/1/seal/", {}).content
    assert not Entry.objects.filter(detail__contains="too small").exists()


def test_a_table_shows_its_rows_and_what_each_column_shows(reviewed: Path, browser: Callable):
    client = browser("checker", "Charles")
    product = next(item.id for item in drafting.read_draft(reviewed, 1).manifest.products if item.kind == "table")
    page = client.get(f"/review/1/tables/{product}/?page=1&row=2").content.decode()
    assert "numerator_marker" in page
    assert 'name="row" value="2"' in page
    look = looking.look_at(reviewed, 1, product, first=1, count=10_000, small_below=10)
    place = look.columns.index("numerator")
    numbers = [row[place] for _, row in look.rows if row[place] is not None]
    summary = next(item for item in look.summaries if item.name == "numerator")
    assert (summary.filled, summary.empty) == (len(numbers), look.total - len(numbers))
    assert (summary.least, summary.greatest) == (min(numbers), max(numbers))
    assert summary.small == sum(0 < value < 10 for value in numbers)
    assert summary.rounded_to == max(base for base in (1, 2, 3, 5, 10) if all(value % base == 0 for value in numbers))


def test_a_plot_is_an_image_that_nothing_runs_in(reviewed: Path, browser: Callable):
    client = browser("checker", "Charles")
    answers = [client.get(f"/review/1/plots/{name}.svg") for name in ("risk", "hidden", "attacks", "none")]
    assert [answer.status_code for answer in answers].count(200) >= 1
    assert answers[-1].status_code == 404
    for answer in answers[:-1]:
        assert answer.status_code == 404 or (
            answer["Content-Type"] == "image/svg+xml" and b"<script" not in answer.content
        )


def test_a_draft_is_for_its_roles_alone(reviewed: Path, browser: Callable):
    for path in ("/review/", "/review/1/", "/review/1/report.html", "/review/1/plots/risk.svg"):
        assert Client().get(path).status_code == 302
    for role in ("researcher", "clerk", "decider", "administrator"):
        client = browser(role, f"Robin {role}")
        for path in ("/review/", "/review/1/", "/review/1/report.html", "/review/1/plots/risk.svg"):
            assert client.get(path).status_code == 403
    client = browser("checker", "Charles")
    for path in ("/review/9/", "/review/1/tables/none/", "/review/1/plots/none.svg"):
        assert client.get(path).status_code == 404
    assert client.post("/review/1/seal/").status_code == 403
    assert client.post("/review/draft/").status_code == 403


def test_the_same_digest_is_the_only_one():
    rules.check_same_digest("a", now="a")
    with pytest.raises(errors.SealRefused):
        rules.check_same_digest("a", now="b")
