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
                "draft.drafted": _("waits for its checkers"),
                "draft.in_review": _("in review"),
                "draft.approved": _("approved"),
                "draft.sealing": _("being sealed"),
                "draft.sealed": _("sealed"),
                "draft.withdrawn": _("withdrawn"),
                "comment.settled": _("settled"),
                "comment.unsettled": _("not settled"),
            }
        )
