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
                "submission.received": _("received"),
                "submission.checked": _("checked"),
                "submission.accepted": _("accepted"),
                "submission.accepted_with_queries": _("accepted, with questions"),
                "submission.returned": _("returned"),
                "submission.superseded": _("replaced by a later file"),
                "query.open": _("waiting for an answer"),
                "query.answered": _("answered"),
                "query.reopened": _("asked again"),
                "query.closed": _("closed"),
                "owed.returned": _("returned"),
                "owed.missing": _("missing"),
                "owed.not_due": _("not due yet"),
                "submission_received": _("The file was received"),
                "submission_checked": _("The file was checked"),
                "submission_accepted": _("The file was accepted"),
                "submission_accepted_with_queries": _("The file was accepted; questions are waiting"),
                "submission_returned": _("The file was returned"),
                "submission_settled": _("Every question is closed"),
                "submission_superseded": _("A later file took its place"),
            }
        )
