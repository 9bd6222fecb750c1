"""Reads deliveries: a person's own, their key, and the one behind a link."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from openjustice.office.accounts.models import Account
from openjustice.office.accounts.services import digest_of
from openjustice.office.delivery.models import Delivery, Key


def own(account: Account) -> QuerySet[Delivery]:
    """Return what was made ready for somebody, newest first."""
    return Delivery.objects.filter(account=account).order_by("-pk")


def key_of(account: Account) -> Key | None:
    """Return somebody's public key; None where they have given none."""
    return Key.objects.filter(account=account, ended_at=None).first()


def find(token: str, *, account: Account) -> Delivery:
    """Return the delivery behind a link, where it is this person's; raises Http404 otherwise."""
    found = Delivery.objects.filter(link_sha256=digest_of(token), account=account).first()
    if found is None:
        raise Http404
    return found
