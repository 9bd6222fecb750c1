"""Reads licenses: a person's own, those that wait, one in the rulebook's form, and who is suspended."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404

from openjustice.office.accounts.models import Account
from openjustice.office.applications.rules.case import Actor
from openjustice.office.licenses.models import License
from openjustice.office.licenses.rules import grant


def read(row: License) -> grant.License:
    """Return a license in the rulebook's form."""
    return grant.License.model_validate_json(row.content)


def find(number: int, *, actor: Actor) -> tuple[License, grant.License]:
    """Return a license that this person may see; raises Http404 where there is none, or it is not for them."""
    row = License.objects.filter(pk=number).first()
    if row is None:
        raise Http404
    held = read(row)
    if not grant.may_see(held, actor):
        raise Http404
    return row, held


def own(account: Account) -> QuerySet[License]:
    """Return the licenses of the teams that somebody is on, newest first."""
    return License.objects.filter(members=account).order_by("-pk")


def others(roles: frozenset[str], *, account: Account) -> QuerySet[License]:
    """Return the licenses that somebody who decides or delivers looks after, those that wait for a decision first."""
    if not roles & {"decider", "steward"}:
        return License.objects.none()
    return License.objects.exclude(members=account).order_by("ends_at")


def due(*, at: datetime) -> list[int]:
    """Return the licenses for which the clock has something to do."""
    return list(License.objects.filter(next_at__lte=at).order_by("next_at", "pk").values_list("pk", flat=True))


def suspended_accounts() -> frozenset[str]:
    """Return the accounts that are on the team of a suspended license."""
    found = License.objects.filter(state="suspended").values_list("members", flat=True)
    return frozenset(str(item) for item in found if item is not None)


def is_live(number: int, *, at: datetime) -> bool:
    """Say whether a license lets its team have records at this moment, by what the database holds now."""
    row = License.objects.filter(pk=number).first()
    return row is not None and grant.is_live(read(row), at=at)
