"""Accounts: by invitation alone, with roles that fit their organization, sessions that end, and a second factor where it counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from allauth.mfa import signals
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.test import Client
from django.test.utils import override_settings

from office import clock
from office.people import PASSWORD
from openjustice.ground import errors
from openjustice.office.accounts import rules, services
from openjustice.office.accounts.models import Account, Invitation, Organization
from openjustice.office.audit.models import Entry
from openjustice.office.audit.rules import Audit
from openjustice.office.desk import keys

TOKEN = "a-link-that-nobody-guesses"
GIVEN = {"name": "Ana  Torres", "password": PASSWORD, "repeated": PASSWORD}


@pytest.fixture
def authority(audit: Audit) -> Organization:
    """Give an authority."""
    return services.add_organization(name="The authority", kind="authority", audit=audit)


def invite(authority: Organization, audit: Audit, role: str = "checker") -> Invitation:
    """Invite somebody."""
    return services.invite(
        email="ana@example.org", organization=authority, role=role, token=TOKEN, address="https://office.example.org",
        audit=audit,
    )  # fmt: skip


def test_an_invited_person_makes_an_account_and_is_signed_in(database: str, authority: Organization, audit: Audit):
    invite(authority, audit)
    client = Client()
    assert client.get(f"/accounts/invitation/{TOKEN}/").status_code == 200
    answer = client.post(f"/accounts/invitation/{TOKEN}/", GIVEN)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    account = Account.objects.get()
    assert (account.name, account.memberships.get().role) == ("Ana Torres", "checker")
    assert client.get("/accounts/me/").status_code == 200
    events = list(Entry.objects.values_list("event", flat=True))
    assert events == ["organization_added", "invitation_sent", "account_added", "invitation_accepted", "membership_granted", "signed_in"]  # fmt: skip


def test_the_link_is_sent_after_the_commit_and_only_its_digest_is_kept(
    database: str, authority: Organization, audit: Audit
):
    made = invite(authority, audit)
    assert mail.outbox == [] or TOKEN not in mail.outbox[-1].subject
    assert TOKEN not in "".join(str(value) for value in vars(made).values())
    assert not Entry.objects.filter(detail__contains=TOKEN).exists()


@pytest.mark.parametrize("given", [{}, {"days": 7}])
def test_a_link_works_once_and_for_seven_days(database: str, authority: Organization, audit: Audit, given: dict):
    invite(authority, audit)
    if given:
        clock.pass_time(**given)
    else:
        Client().post(f"/accounts/invitation/{TOKEN}/", GIVEN)
    answer = Client().get(f"/accounts/invitation/{TOKEN}/")
    assert answer.status_code == 403
    assert b"invitation_over" in answer.content
    assert Account.objects.count() == (0 if given else 1)


def test_errors_are_listed_with_a_link_to_each_field(sqlite: str, authority: Organization, audit: Audit):
    invite(authority, audit)
    answer = Client().post(f"/accounts/invitation/{TOKEN}/", {"name": "", "password": "short", "repeated": "other"})
    page = answer.content.decode()
    for field in ("id_name", "id_password", "id_repeated"):
        assert f'href="#{field}"' in page
        assert f'id="{field}-error"' in page
    assert 'aria-invalid="true"' in page


def test_an_agency_has_no_decider(sqlite: str, audit: Audit):
    agency = services.add_organization(name="The police", kind="agency", audit=audit)
    with pytest.raises(errors.AccessRefused) as refused:
        services.invite(email="a@example.org", organization=agency, role="decider", token="t", address="", audit=audit)
    assert refused.value.codes == ("role_not_of_organization",)
    assert Invitation.objects.count() == 0


def test_nobody_signs_up_alone(sqlite: str):
    answer = Client().get("/account/signup/")
    assert "password1" not in answer.content.decode()


def test_a_session_ends_when_it_is_idle(sqlite: str, make_account: Callable, sign_in: Callable):
    client = sign_in(make_account("clerk"))
    clock.pass_time(minutes=29)
    assert client.get("/").status_code == 200
    clock.pass_time(minutes=31)
    assert client.get("/").status_code == 302


def test_a_session_ends_after_its_hours_whatever_is_done(sqlite: str, make_account: Callable, sign_in: Callable):
    client = sign_in(make_account("clerk"))
    for _ in range(24):
        clock.pass_time(minutes=29)
        assert client.get("/").status_code == 200
    clock.pass_time(minutes=25)
    assert client.get("/").status_code == 302


def test_who_sees_confidential_things_needs_a_second_factor(sqlite: str, make_account: Callable, sign_in: Callable):
    client = sign_in(make_account("administrator"))
    answer = client.get("/accounts/people/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/2fa/")
    assert client.get("/account/2fa/").status_code == 200


def test_an_authenticator_app_opens_the_desks_and_is_asked_for_at_the_next_sign_in(
    sqlite: str, make_account: Callable, sign_in: Callable
):
    account = make_account("administrator")
    client = sign_in(account)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.get("/account/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    assert client.post("/account/2fa/totp/activate/", {"code": "000000"}).status_code == 200
    assert client.post("/account/2fa/totp/activate/", {"code": code_of(secret)}).status_code == 302
    assert client.get("/accounts/people/").status_code == 200
    signals.authenticator_added.send(sender=None, user=account)  # sent after the commit, which a test rolls back
    assert Entry.objects.filter(event="authenticator_added", actor=f"account {account.pk}").exists()
    again = Client()
    answer = again.post("/account/login/", {"login": account.email, "password": PASSWORD})
    assert answer["Location"].startswith("/account/2fa/authenticate/")
    assert again.get("/accounts/people/").status_code == 302  # the password alone is not enough


def code_of(secret: str) -> str:
    """Return the code that an authenticator app shows now."""
    return str(totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time())))))


def test_a_passkey_can_be_added_and_offered_at_sign_in(sqlite: str, make_account: Callable, sign_in: Callable):
    client = sign_in(make_account("clerk"))
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/webauthn/add/").content.decode()
    assert "webauthn" in page
    assert "publicKey" in page
    assert "mfa_login" in Client().get("/account/login/").content.decode()


def test_providers_of_identities_are_declared_in_the_home(tmp_path: Path):
    (tmp_path / "keys").mkdir()
    assert keys.read_providers(tmp_path) == {}
    declared = tmp_path / "keys" / "providers.yaml"
    declared.write_text(
        'providers:\n  - {id: state, name: State sign-in, client_id: office, secret: s, server_url: "https://login.example.gov"}\n'
    )
    app = keys.read_providers(tmp_path)["openid_connect"]["APPS"][0]
    assert (app["provider_id"], app["settings"]["server_url"]) == ("state", "https://login.example.gov")
    declared.write_text("providers:\n  - {id: state}\n")
    with pytest.raises(errors.RegistryRefused) as refused:
        keys.read_providers(tmp_path)
    assert len(refused.value.faults) == 4


def test_a_key_that_others_can_read_is_refused(tmp_path: Path):
    (tmp_path / "keys").mkdir()
    with pytest.raises(errors.RegistryRefused) as refused:
        keys.read_secret(tmp_path)
    assert refused.value.codes == ("office_not_set_up",)
    keys.make_keys(tmp_path, secret=b"a" * 32, seed=b"b" * 32)
    kept = keys.read_secret(tmp_path)
    keys.make_keys(tmp_path, secret=b"c" * 32, seed=b"d" * 32)
    assert keys.read_secret(tmp_path) == kept  # never replaced
    (tmp_path / "keys" / keys.SECRET).chmod(0o644)
    with pytest.raises(errors.RegistryRefused) as refused:
        keys.read_secret(tmp_path)
    assert refused.value.codes == ("office_key_open",)


PAGES = {"/accounts/people/": {"administrator"}, "/audit/": {"administrator"}, "/": {item.value for item in rules.Role}}


@pytest.mark.parametrize("role", list(rules.Role))
def test_a_page_is_open_to_its_roles_alone(sqlite: str, role: str, make_account: Callable, sign_in: Callable):
    with override_settings(OFFICE_SECOND_FACTOR_ROLES=()):
        client = sign_in(make_account(role))
        got = {page: client.get(page).status_code for page in PAGES}
    assert got == {page: 200 if role in roles else 403 for page, roles in PAGES.items()}


def test_nobody_sees_a_page_without_signing_in(sqlite: str):
    assert {Client().get(page).status_code for page in PAGES} == {302}


def test_a_failed_sign_in_is_recorded_without_what_was_typed(sqlite: str, make_account: Callable):
    account = make_account("clerk")
    Client().post("/account/login/", {"login": account.email, "password": "wrong words here"})
    entry = Entry.objects.order_by("-number").first()
    assert (entry.event, entry.actor, entry.detail) == ("sign_in_failed", "nobody", "{}")


def test_sign_in_is_rate_limited(sqlite: str, make_account: Callable):
    account = make_account("clerk")
    wrong = {"login": account.email, "password": "wrong words here"}
    answer = [Client().post("/account/login/", wrong) for _ in range(12)][-1]
    assert "Too many" in answer.content.decode() or answer.status_code == 429
    right = Client().post("/account/login/", {"login": account.email, "password": PASSWORD})
    assert right.status_code != 302


def test_a_role_is_not_taken_without_saying_again_who_one_is(sqlite: str, make_account: Callable, sign_in: Callable):
    held = make_account("checker").memberships.get()
    path = f"/accounts/people/memberships/{held.pk}/end/"
    with override_settings(OFFICE_SECOND_FACTOR_ROLES=()):
        client = sign_in(make_account("administrator"))
        asked = client.post(path)["Location"]
        assert asked.startswith("/account/reauthenticate/")
        held.refresh_from_db()
        assert held.state == "held"
        client.post(asked, {"password": "wrong words here"})
        held.refresh_from_db()
        assert held.state == "held"
        assert client.post(asked, {"password": PASSWORD})["Location"] == "/accounts/people/"
    held.refresh_from_db()
    assert held.state == "ended"


def test_headers_of_every_page_are_strict(sqlite: str):
    answer = Client().get("/account/login/")
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert (answer["X-Content-Type-Options"], answer["X-Frame-Options"]) == ("nosniff", "DENY")
    assert "no-store" in answer["Cache-Control"]
    assert "<script>" not in answer.content.decode()
    assert " style=" not in answer.content.decode()


def test_the_language_is_chosen_and_kept(sqlite: str):
    client = Client()
    answer = client.post("/language/", {"language": "es", "back": "/account/login/"})
    assert answer["Location"] == "/account/login/"
    page = client.get("/account/login/").content.decode()
    assert '<html lang="es">' in page
    assert "Ir al contenido" in page
    assert client.post("/language/", {"language": "es", "back": "https://elsewhere.example/"})["Location"] == "/"
