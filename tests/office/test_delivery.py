"""An extract is fetched once, by one person, while the license lives: a revoked licensee cannot fetch another byte."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest
from django.core import mail
from django.test import Client, override_settings

from office import clock
from office.paperwork import Team, approve, make_team, say_again
from openjustice.airlock import extracts
from openjustice.contracts.registry import load_registry
from openjustice.ground import errors
from openjustice.office.accounts.models import Account
from openjustice.office.applications.rules.case import Actor
from openjustice.office.audit import services as audits
from openjustice.office.audit.models import Entry
from openjustice.office.delivery import services
from openjustice.office.delivery.models import Delivery, Key
from openjustice.office.delivery.rules import ranges
from openjustice.office.licenses import selectors as licenses
from openjustice.office.licenses import services as license_services
from openjustice.office.licenses.models import License
from openjustice.office.licenses.rules import acts
from unit.airlock import homes

SignIn = Callable[[Account], Client]
TOKEN = "a-link-that-nobody-guesses"


@pytest.fixture(scope="module")
def records_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a home with the invented deaths in force."""
    jurisdiction = load_registry(only=["demo"]).jurisdiction("demo")
    rows = homes.invent_rows(jurisdiction, rows=1200)
    return homes.make_home(
        tmp_path_factory.mktemp("records") / "home",
        jurisdiction=jurisdiction,
        rows={"custody_deaths": rows["custody_deaths"]},
    )


@pytest.fixture
def home(records_home: Path, tmp_path: Path) -> Iterator[Path]:
    copied = tmp_path / "home"
    shutil.copytree(records_home, copied)
    with override_settings(HOME=copied):
        yield copied


@pytest.fixture
def team(sqlite: str, home: Path, make_account: Callable[..., Account], office_home: object) -> Team:
    return make_team(make_account)


@pytest.fixture
def license_(team: Team) -> License:
    approve(team, ["demo/custody_history"])
    found: License = License.objects.get()
    return found


@pytest.fixture
def identity(team: Team, sign_in: SignIn) -> pyrage.x25519.Identity:
    """Give the researcher a key, by the page."""
    made = pyrage.x25519.Identity.generate()
    client = sign_in(team.researcher)
    say_again(client, "/deliveries/key/")
    assert client.post("/deliveries/key/", {"recipient": "not a key"}).status_code == 422
    assert client.post("/deliveries/key/", {"recipient": str(made.to_public())}).status_code == 302
    return made


@pytest.fixture
def delivery(license_: License, identity: pyrage.x25519.Identity, team: Team, home: Path) -> Delivery:
    steward = Actor(str(team.steward.pk), frozenset({"steward"}))
    return services.deliver(
        license_.pk, dataset="custody_deaths", account=team.researcher, token=TOKEN, name="file-1", actor=steward,
        at=clock.read_clock(), home=home, registry=load_registry(only=["demo"]), address="https://office.example.org",
    )  # fmt: skip


def revoke(license_: License, team: Team) -> None:
    decider = Actor(str(team.decider.pk), frozenset({"decider"}))
    license_services.act(license_.pk, acts.revoke, text="A breach", actor=decider, at=clock.read_clock())


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_an_extract_is_fetched_whole_once_and_opens_with_the_key_alone(
    delivery: Delivery, identity: pyrage.x25519.Identity, team: Team, sign_in: SignIn, home: Path
):
    client = sign_in(team.researcher)
    assert client.head(f"/deliveries/fetch/{TOKEN}/")["Content-Length"] == str(delivery.size)
    answer = client.get(f"/deliveries/fetch/{TOKEN}/")
    assert answer["Content-Disposition"] == f'attachment; filename="license-{delivery.license_id}-copy-1.zip.age"'
    sealed = body(answer)
    opened = pyrage.decrypt(sealed, [identity])
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed, [pyrage.x25519.Identity.generate()])
    with zipfile.ZipFile(io.BytesIO(opened)) as packed:
        assert f"License {delivery.license_id}, copy 1" in packed.read("README.txt").decode()
        rows = [tuple(row) for row in csv.reader(io.StringIO(packed.read("records.csv").decode()))]
    found = extracts.name_leak(
        home, rows[1:], copies=[*services.copies_of([delivery.license_id]), "license-999-copy-1"]
    )
    assert (found[0].copy, found[0].is_named, found[1].is_named) == (
        f"license-{delivery.license_id}-copy-1",
        True,
        False,
    )
    delivery.refresh_from_db()
    assert (delivery.state, delivery.given) == ("fetched", delivery.size)
    again = client.get(f"/deliveries/fetch/{TOKEN}/")
    assert again.status_code == 403
    held = licenses.read(License.objects.get())
    assert held.copies[0].fetched_at == clock.START
    made = Entry.objects.get(event="copy_delivered")
    assert held.copies[0].sha256 in made.detail
    assert Entry.objects.get(event="delivery_made").detail.count(held.copies[0].mark) == 1
    assert TOKEN not in "".join(Entry.objects.values_list("detail", flat=True))


def test_a_download_that_was_cut_off_goes_on_where_it_stopped(
    delivery: Delivery, team: Team, sign_in: SignIn, home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(services, "PIECE", 1000)
    client, path = sign_in(team.researcher), f"/deliveries/fetch/{TOKEN}/"
    pieces = iter(client.get(path).streaming_content)
    first = next(pieces) + next(pieces)
    assert client.get(path, headers={"Range": f"bytes={len(first) + 1}-"}).status_code == 403, "no byte is left out"
    assert client.get(path, headers={"Range": "bytes=0-1,5-9"}).status_code == 403
    answer = client.get(path, headers={"Range": f"bytes={len(first)}-"})
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {len(first)}-{delivery.size - 1}/{delivery.size}"
    assert first + body(answer) == (home / "office" / "deliveries" / "file-1").read_bytes()


def test_a_revoked_licensee_cannot_fetch_another_byte(
    delivery: Delivery, license_: License, team: Team, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(services, "PIECE", 1000)
    client, path = sign_in(team.researcher), f"/deliveries/fetch/{TOKEN}/"
    answer = client.get(path)
    pieces = iter(answer.streaming_content)
    assert len(next(pieces)) == 1000
    revoke(license_, team)
    assert list(pieces) == [], "the running download ends there"
    for header in ("bytes=1000-", "bytes=0-", "bytes=999-1000", ""):
        refused = client.get(path, headers={"Range": header} if header else {})
        assert refused.status_code == 403, header
        assert not refused.streaming
    delivery.refresh_from_db()
    assert (delivery.state, delivery.given) == ("stopped", 1000)
    assert [copy.number for copy in licenses.read(License.objects.get()).uncertified] == [1], (
        "what they have, they must destroy"
    )


@pytest.mark.parametrize(("hours", "status"), [(71.99, 200), (72, 403)])
def test_a_link_holds_seventy_two_hours(delivery: Delivery, team: Team, sign_in: SignIn, hours: float, status: int):
    clock.set_clock(clock.START + timedelta(hours=hours))
    assert sign_in(team.researcher).get(f"/deliveries/fetch/{TOKEN}/").status_code == status


def test_a_license_that_has_ended_gives_nothing_though_the_clock_was_not_looked_at(
    delivery: Delivery, license_: License, team: Team, sign_in: SignIn
):
    Delivery.objects.update(ends_at=license_.ends_at + timedelta(days=1))
    clock.set_clock(license_.ends_at - timedelta(seconds=1))
    client = sign_in(team.researcher)
    clock.set_clock(license_.ends_at)
    assert License.objects.get().state == "active"
    assert client.get(f"/deliveries/fetch/{TOKEN}/").status_code in (302, 403)
    assert Delivery.objects.get().given == 0


@pytest.mark.parametrize("who", ["second", "third", "steward", "reviewer", "decider", "nobody"])
def test_a_link_is_one_person_s(delivery: Delivery, team: Team, sign_in: SignIn, who: str):
    client = Client() if who == "nobody" else sign_in(getattr(team, who))
    assert client.get(f"/deliveries/fetch/{TOKEN}/").status_code in (302, 403, 404)
    assert Delivery.objects.get().given == 0


def test_the_clock_ends_links_and_removes_what_nobody_can_fetch(delivery: Delivery, home: Path):
    file = home / "office" / "deliveries" / "file-1"
    assert services.look_at_clock(at=clock.START + timedelta(hours=71), home=home) == 0
    assert file.is_file()
    assert services.look_at_clock(at=clock.START + timedelta(hours=72), home=home) == 1
    assert not file.exists()


def test_the_steward_delivers_by_the_page_and_the_link_goes_to_the_person(
    license_: License, identity: pyrage.x25519.Identity, team: Team, sign_in: SignIn, home: Path
):
    client, path = sign_in(team.steward), f"/deliveries/licenses/{license_.pk}/"
    say_again(client, path)
    wanting = client.post(path, {"dataset": "custody_deaths", "account": str(team.second.pk)})
    assert (wanting.status_code, "has given no key" in wanting.content.decode()) == (422, True)
    assert client.post(path, {"dataset": "county_arrests", "account": str(team.researcher.pk)}).status_code == 422
    assert client.post(path, {"dataset": "custody_deaths", "account": str(team.researcher.pk)}).status_code == 302
    assert Delivery.objects.get().account == team.researcher
    assert sign_in(team.researcher).get("/deliveries/").status_code == 200
    assert sign_in(team.decider).get(path).status_code == 403
    assert sign_in(team.researcher).post(path, {}).status_code == 403


def test_a_new_key_takes_the_place_of_the_old_one(identity: pyrage.x25519.Identity, team: Team, sign_in: SignIn):
    client = sign_in(team.researcher)
    say_again(client, "/deliveries/key/")
    client.post("/deliveries/key/", {"recipient": str(pyrage.x25519.Identity.generate().to_public())})
    assert Key.objects.filter(account=team.researcher).count() == 2
    assert Key.objects.filter(account=team.researcher, ended_at=None).count() == 1


@pytest.mark.parametrize(
    ("header", "given", "span"),
    [
        ("", 0, (0, 10)),
        ("bytes=0-", 0, (0, 10)),
        ("bytes=4-", 6, (4, 10)),
        ("bytes=2-3", 5, (2, 4)),
        ("bytes=2-99", 5, (2, 10)),
    ],
)
def test_a_range_that_may_be_asked_for(header: str, given: int, span: tuple[int, int]):
    read = ranges.read_span(header, size=10, given=given)
    assert (read.start, read.stop) == span


@pytest.mark.parametrize(
    ("header", "given"),
    [
        ("bytes=1-", 0),
        ("bytes=10-", 10),
        ("bytes=5-4", 9),
        ("bytes=-3", 9),
        ("lines=0-1", 0),
        ("", 5),
        ("bytes=0-1,3-4", 9),
    ],
)
def test_a_range_that_may_not(header: str, given: int):
    with pytest.raises(errors.AccessRefused):
        ranges.read_span(header, size=10, given=given)


def test_nothing_is_kept_where_the_letter_or_the_note_fails(
    license_: License, identity: pyrage.x25519.Identity, team: Team, home: Path, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_given: object, **_named: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(audits, "create", fail)
    steward = Actor(str(team.steward.pk), frozenset({"steward"}))
    with pytest.raises(RuntimeError):
        services.deliver(
            license_.pk, dataset="custody_deaths", account=team.researcher, token=TOKEN, name="file-2", actor=steward,
            at=clock.read_clock(), home=home, registry=load_registry(only=["demo"]), address="https://office.example.org",
        )  # fmt: skip
    assert not list((home / "office" / "deliveries").glob("*"))
    assert licenses.read(License.objects.get()).copies == ()
    assert not mail.outbox or TOKEN not in mail.outbox[-1].body
