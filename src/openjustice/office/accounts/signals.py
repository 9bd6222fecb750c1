"""Writes who signed in, who failed to, and what changed about how they sign in."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from django.contrib.auth import signals as auth_signals

from openjustice.office.audit import services
from openjustice.office.audit.rules import Audit
from openjustice.office.desk import moments

_NOBODY = "nobody"


def listen() -> None:
    """Connect every signal to the audit record."""
    auth_signals.user_logged_in.connect(_signed_in, dispatch_uid="office_signed_in")
    auth_signals.user_logged_out.connect(_signed_out, dispatch_uid="office_signed_out")
    auth_signals.user_login_failed.connect(_failed, dispatch_uid="office_failed")
    for name, signal in (
        ("password_changed", account_signals.password_changed),
        ("password_reset", account_signals.password_reset),
        ("authenticator_added", mfa_signals.authenticator_added),
        ("authenticator_removed", mfa_signals.authenticator_removed),
        ("authenticator_reset", mfa_signals.authenticator_reset),
    ):
        signal.connect(_listener(name), weak=False, dispatch_uid=f"office_{name}")


def _listener(event: str) -> Any:
    def listener(sender: Any, user: Any = None, **_given: Any) -> None:  # noqa: ARG001  (the signal's shape)
        _write(event, user)

    return listener


def _signed_in(sender: Any, request: Any, user: Any, **_given: Any) -> None:  # noqa: ARG001  (the signal's shape)
    request.session["began_at"] = moments.as_text(moments.moment())
    _write("signed_in", user)


def _signed_out(sender: Any, request: Any, user: Any, **_given: Any) -> None:  # noqa: ARG001  (the signal's shape)
    _write("signed_out", user)


def _failed(sender: Any, credentials: Any, **_given: Any) -> None:  # noqa: ARG001  (what was typed is not kept)
    _write("sign_in_failed", None)


def _write(event: str, user: Any) -> None:
    actor = f"account {user.pk}" if user is not None and user.pk else _NOBODY
    services.record(
        audit=Audit(actor=actor, role="account", at=moments.moment()), event=event, thing="account",
        thing_id=actor.removeprefix("account "),
    )  # fmt: skip
