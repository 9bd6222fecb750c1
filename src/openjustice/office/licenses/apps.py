"""Tells Django of the licenses."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from openjustice.office.desk import frame, words


class LicensesConfig(AppConfig):
    """Licenses: what was approved, until when, and what is owed at the end."""

    name = "openjustice.office.licenses"
    label = "licenses"

    def ready(self) -> None:
        """Put the desk into the menu, teach its words, and grant a license wherever an application is approved."""
        from openjustice.office.applications import services as applications
        from openjustice.office.licenses import selectors, services, texts

        words.teach(texts.WORDS)
        applications.when_decided(services.grant_all)
        applications.ask_for_suspended(selectors.suspended_accounts)
        roles = frozenset({"researcher", "team_member", "decider", "steward"})
        frame.open_desk(frame.Desk("licenses:list", _("Licenses"), roles))
