"""Makes the audit argument of a request: who asks, in which of their roles, at the request's moment."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from openjustice.office.audit.rules import Audit
from openjustice.office.desk.middleware import OfficeRequest


def audit_of(request: OfficeRequest, *roles: str) -> Audit:
    """Return who acts: the account, in the first of these roles that it has. Refused where it has none of them."""
    for role in roles:
        if role in request.roles:
            return Audit(actor=f"account {request.user.pk}", role=role, at=request.moment)
    raise PermissionDenied
