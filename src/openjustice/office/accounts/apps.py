"""Tells Django of the accounts."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from openjustice.office.desk import frame


class AccountsConfig(AppConfig):
    """Accounts, organizations and roles."""

    name = "openjustice.office.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Put the desk into the menu, and listen for who signs in."""
        from openjustice.office.accounts import signals

        signals.listen()
        frame.open_desk(frame.Desk("accounts:people", _("People"), frozenset({"administrator"})))
