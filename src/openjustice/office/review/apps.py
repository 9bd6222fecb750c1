"""Tells Django of the review desk, and teaches its words."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from openjustice.office.desk import frame, words


class ReviewConfig(AppConfig):
    """The review desk."""

    name = "openjustice.office.review"
    label = "review"

    def ready(self) -> None:
        """Put the desk into the menu, and teach the words of its states."""
        frame.open_desk(frame.Desk("review:list", _("Review"), frozenset({"steward", "checker"})))
        words.teach(
            {
                "drafted": _("waits for its checkers"),
                "in_review": _("in review"),
                "approved": _("approved"),
                "sealing": _("being sealed"),
                "sealed": _("sealed"),
                "withdrawn": _("withdrawn"),
                "settled": _("settled"),
                "unsettled": _("not settled"),
            }
        )
