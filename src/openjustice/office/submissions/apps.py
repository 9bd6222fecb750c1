"""Tells Django of the agency desk, and teaches its words."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from openjustice.office.desk import frame, words


class SubmissionsConfig(AppConfig):
    """The agency desk."""

    name = "openjustice.office.submissions"
    label = "submissions"

    def ready(self) -> None:
        """Put the desk into the menu, and teach the words of its states and events."""
        frame.open_desk(frame.Desk("submissions:list", _("Submissions"), frozenset({"clerk", "steward"})))
        words.teach(
            {
                "received": _("received"),
                "checked": _("checked"),
                "accepted": _("accepted"),
                "accepted_with_queries": _("accepted, with questions"),
                "returned": _("returned"),
                "superseded": _("replaced by a later file"),
                "open": _("waiting for an answer"),
                "answered": _("answered"),
                "reopened": _("asked again"),
                "closed": _("closed"),
                "missing": _("missing"),
                "not_due": _("not due yet"),
                "hard": _("must be corrected"),
                "soft": _("will be asked about"),
                "submission_received": _("The file was received"),
                "submission_checked": _("The file was checked"),
                "submission_accepted": _("The file was accepted"),
                "submission_accepted_with_queries": _("The file was accepted; questions are waiting"),
                "submission_returned": _("The file was returned"),
                "submission_settled": _("Every question is closed"),
                "submission_superseded": _("A later file took its place"),
            }
        )
