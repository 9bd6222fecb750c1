"""Tells Django of the applications."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from openjustice.office.desk import frame, words


class ApplicationsConfig(AppConfig):
    """Applications for records that are not open."""

    name = "openjustice.office.applications"
    label = "applications"

    def ready(self) -> None:
        """Put the desk into the menu, and teach the words for its codes."""
        from openjustice.office.applications import texts

        words.teach(texts.WORDS)
        roles = frozenset({"researcher", "team_member", "reviewer", "decider"})
        frame.open_desk(frame.Desk("applications:list", _("Applications"), roles))
