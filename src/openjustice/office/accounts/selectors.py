"""Reads accounts: which roles somebody holds, and where."""

from __future__ import annotations

from django.db.models import QuerySet

from openjustice.office.accounts.models import Account, Invitation, Membership


def held_memberships(account: Account) -> list[Membership]:
    """Return what this account is now, and where."""
    return list(account.memberships.filter(state="held").select_related("organization"))


def people() -> QuerySet[Account]:
    """Return every account with its memberships, by name."""
    return Account.objects.order_by("name").prefetch_related("memberships__organization")


def open_invitations() -> QuerySet[Invitation]:
    """Return the invitations that wait to be accepted."""
    return Invitation.objects.filter(state="sent").select_related("organization")


def name_of(actor: str) -> str:
    """Return the name behind an actor of the audit record, where it is an account that still exists."""
    kind, _, number = actor.partition(" ")
    found = Account.objects.filter(pk=int(number)).first() if kind == "account" and number.isdigit() else None
    return found.name if found else actor
