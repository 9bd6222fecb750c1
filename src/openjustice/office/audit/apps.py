"""Tells Django of the audit record, and puts its desk into the menu."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from openjustice.office.desk import frame


class AuditConfig(AppConfig):
    """The audit record."""

    name = "openjustice.office.audit"
    label = "audit"

    def ready(self) -> None:
        """Put the desk into the menu."""
        frame.open_desk(frame.Desk("audit:entries", _("Audit"), frozenset({"administrator"})))
