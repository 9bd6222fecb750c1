"""Every cell of the published matrix of roles: each role tries each act in each state, and exactly the cell's acts are let through."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.test.utils import override_settings

from office import clock
from office.people import PASSWORD
from openjustice.cli.house.reference import permissions
from openjustice.ground import errors
from openjustice.office.accounts import rules as accounts
from openjustice.office.accounts.models import Invitation, Membership
from openjustice.office.audit import services as audits
from openjustice.office.audit.rules import Audit
from openjustice.office.review import rules as review
from openjustice.office.review.models import Comment
from openjustice.office.submissions import rules as submissions

ROLES = [*(role.value for role in accounts.Role), accounts.HOUSE]
MODELS = {"invitation": Invitation, "membership": Membership, "comment": Comment}


@pytest.mark.parametrize("lifecycle", permissions.MOVED, ids=lambda item: item.thing)
def test_each_role_moves_exactly_what_its_cell_says(database: str, lifecycle, make_account: Callable):
    account = make_account("checker")
    held = account.memberships.get()
    more: dict = {"ended_at": clock.START} if lifecycle.thing == "membership" else {}
    for state in lifecycle.states:
        for act in {step.act for step in lifecycle.transitions}:
            for role in ROLES:
                with transaction.atomic():
                    made = make(lifecycle.thing, state, account=account, organization=held.organization)
                    audit = Audit(actor="account 1", role=role, at=clock.START)
                    try:
                        audits.move(made, lifecycle=lifecycle, act=act, audit=audit, **more)
                        went = True
                    except errors.AccessRefused:
                        went = False
                    transaction.set_rollback(True)
                allowed = any(step.act == act and role in permissions.roles_of(step) for step in lifecycle.acts(state))
                assert went == allowed, (state, act, role)


def make(thing: str, state: str, *, account, organization):
    """Make a thing in a state, as it would stand there."""
    at = clock.START
    if thing == "comment":
        return Comment.objects.create(draft=1, digest="d", text="t", by=account, made_at=at, state=state)
    if thing == "membership":
        ended = None if state == "held" else at
        return Membership.objects.create(
            account=account, organization=organization, role="steward", state=state, made_at=at, ended_at=ended
        )
    return Invitation.objects.create(
        email="a@example.org", organization=organization, role="steward", link_sha256="0" * 64, state=state, made_at=at,
        ends_at=at + timedelta(days=7),
    )  # fmt: skip


# The address that carries out each act of a desk, for a thing that is not there: who may act is told "not found", others "no".
ADDRESSES = {
    ("Agency desk", "check a file"): ("GET", "/submissions/send/"),
    ("Agency desk", "see a submission"): ("GET", "/submissions/999/"),
    ("Agency desk", "answer a question"): ("POST", "/submissions/questions/999/answer/"),
    ("Agency desk", "close a question"): ("POST", "/submissions/questions/999/close/"),
    ("Agency desk", "ask again"): ("POST", "/submissions/questions/999/reopen/"),
    ("Review desk", "make a draft"): ("POST", "/review/draft/"),
    ("Review desk", "look at a draft"): ("GET", "/review/999/"),
    ("Review desk", "comment on a cell"): ("POST", "/review/999/tables/x/comment/"),
    ("Review desk", "settle a comment"): ("POST", "/review/comments/999/settle/"),
    ("Review desk", "approve a draft"): ("POST", "/review/999/approve/"),
    ("Review desk", "seal a draft"): ("POST", "/review/999/seal/"),
}
# A clerk and a steward share these pages; what only one of them may do is refused inside, on a thing that is there.
SHARED = {"answer a question", "close a question", "ask again"}


def test_each_role_reaches_exactly_the_acts_of_its_desks(
    sqlite: str, home: Path, make_account: Callable, sign_in: Callable
):
    with override_settings(OFFICE_SECOND_FACTOR_ROLES=()):
        for role in accounts.Role:
            client = sign_in(make_account(role, name=f"Robin {role}"))
            client.post("/account/reauthenticate/", {"password": PASSWORD})
            for (desk, act), (method, path) in ADDRESSES.items():
                answer = client.post(path) if method == "POST" else client.get(path)
                may = permissions.DESKS[desk][act]
                may = (submissions.CLERK, submissions.STEWARD) if act in SHARED else may
                assert (answer.status_code != 403) == (role in may), (role, act, answer.status_code)
            client.post("/account/logout/")


def test_every_act_of_the_desks_is_tried():
    tried = {act for _, act in ADDRESSES} | {"send a file"}  # sending is tried in the tests of its desk
    assert {act for acts in permissions.DESKS.values() for act in acts} == tried


def test_nobody_reaches_any_act_without_signing_in(sqlite: str, home: Path):
    for method, path in ADDRESSES.values():
        answer = Client().post(path) if method == "POST" else Client().get(path)
        assert answer["Location"].startswith("/account/login/")


def test_the_words_of_the_lower_rooms_are_roles():
    named = {
        by for lifecycle in permissions.LOWER for step in lifecycle.transitions for by in permissions.roles_of(step)
    }
    assert named <= set(ROLES)
    assert review.COMMENT in permissions.MOVED
