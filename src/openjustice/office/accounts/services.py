"""Changes accounts: organizations, invitations and roles, each with its audit entry in the same transaction."""

from __future__ import annotations

import hashlib
from datetime import datetime

from allauth.account.models import EmailAddress
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from openjustice.ground import errors
from openjustice.office.accounts import rules
from openjustice.office.accounts.models import Account, Invitation, Membership, Organization
from openjustice.office.audit import services as audits
from openjustice.office.audit.rules import Audit


def add_organization(*, name: str, kind: str, audit: Audit, jurisdiction: str = "", reporter: str = "") -> Organization:
    """Add an organization."""
    with transaction.atomic():
        made = Organization(name=name, kind=kind, jurisdiction=jurisdiction, reporter=reporter, made_at=audit.at)
        made.full_clean()
        made.save()
        audits.record(
            audit=audit, event="organization_added", thing="organization", thing_id=made.pk, detail={"kind": kind}
        )  # fmt: skip
    return made


def add_account(*, email: str, name: str, password: str | None, audit: Audit) -> Account:
    """Add an account whose address is known to be its owner's. Surprise: it has no role until one is granted."""
    with transaction.atomic():
        made = Account.objects.create_user(
            email=email, name=" ".join(name.split()), password=password, made_at=audit.at
        )
        EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
        audits.record(audit=audit, event="account_added", thing="account", thing_id=made.pk)
    return made


def grant(*, account: Account, organization: Organization, role: str, audit: Audit) -> Membership:
    """Give an account a role in an organization; the same again changes nothing."""
    rules.check_grant(role, kind=organization.kind)
    with transaction.atomic():
        held = account.memberships.filter(organization=organization, role=role, state="held").first()
        if held:
            found: Membership = held
            return found
        return audits.create(
            Membership, lifecycle=rules.MEMBERSHIP, event="membership_granted", audit=audit, account=account,
            organization=organization, role=role, made_at=audit.at,
            detail={"account": account.pk, "organization": organization.pk, "role": role},
        )  # fmt: skip


def end_membership(membership: Membership, *, audit: Audit) -> Membership:
    """Take a role away from now on."""
    return audits.move(
        membership, lifecycle=rules.MEMBERSHIP, act="end", audit=audit, ended_at=audit.at,
        detail={"account": membership.account_id, "role": membership.role},
    )  # fmt: skip


def invite(
    *, email: str, organization: Organization, role: str, token: str, address: str, audit: Audit,
    made_by: Account | None = None,
) -> Invitation:  # fmt: skip
    """Invite somebody by mail. `token` is the secret of the link, of which a digest is kept; `address` is the office's own."""
    rules.check_grant(role, kind=organization.kind)
    with transaction.atomic():
        made = audits.create(
            Invitation, lifecycle=rules.INVITATION, event="invitation_sent", audit=audit, email=email,
            organization=organization, role=role, link_sha256=digest_of(token), made_at=audit.at,
            ends_at=audit.at + rules.INVITATION_LIFE, made_by=made_by,
            detail={"organization": organization.pk, "role": role},
        )  # fmt: skip
        told = {"invitation": made, "link": f"{address}/accounts/invitation/{token}/"}
        transaction.on_commit(
            lambda: send_mail(
                _("Your invitation to the office"),
                render_to_string("accounts/invitation.txt", told),
                None,
                [email],
            )
        )
    return made


def find_invitation(token: str, *, at: datetime) -> Invitation:
    """Return the invitation of a link; raises AccessRefused where there is none that is open and in time."""
    found = Invitation.objects.filter(link_sha256=digest_of(token), state="sent").select_related("organization").first()
    if found is None or found.ends_at <= at:
        raise errors.AccessRefused.because(
            "invitation_over", "This invitation was used, was withdrawn, or is over.",
            way_out="Ask for a new one.", ask="the administrator of the office",
        )  # fmt: skip
    return found


def accept_invitation(invitation: Invitation, *, name: str, password: str, at: datetime) -> Account:
    """Make the account of an invited person, or find the one they have, and give it the role."""
    known = Account.objects.filter(email__iexact=invitation.email).first()
    actor = Audit(actor=f"account {known.pk}" if known else f"invitation {invitation.pk}", role=invitation.role, at=at)
    with transaction.atomic():
        account = known or add_account(email=invitation.email, name=name, password=password, audit=actor)
        audits.move(
            invitation, lifecycle=rules.INVITATION, act="accept", audit=actor, account=account,
            detail={"account": account.pk},
        )  # fmt: skip
        grant(account=account, organization=invitation.organization, role=invitation.role, audit=actor)
    return account


def withdraw_invitation(invitation: Invitation, *, audit: Audit) -> Invitation:
    """Make an invitation's link worthless."""
    return audits.move(invitation, lifecycle=rules.INVITATION, act="withdraw", audit=audit)


def digest_of(token: str) -> str:
    """Return what is kept of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()
