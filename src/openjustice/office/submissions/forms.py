"""The forms of the agency desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openjustice.contracts.jurisdiction import Dataset
from openjustice.ground import errors
from openjustice.office.submissions.rules import Agency

# Where a refusal of the collecting room belongs on the form; any other is about the file.
_FIELD_OF = {"reporter_unknown": "agency", "other_jurisdiction": "dataset", "other_home": "dataset"}


class SendForm(forms.Form):
    """What is sent: a dataset, an agency, a period and a file."""

    dataset = forms.ChoiceField(label=_("What the file holds"))
    agency = forms.ChoiceField(label=_("For which agency"), required=False)
    period = forms.CharField(
        label=_("For which period"), max_length=20, required=False,
        help_text=_("A month (2024-03), a quarter (2024-Q1), a half-year (2024-H1), a year (2024) or several (2016/2023)."),
    )  # fmt: skip
    file = forms.FileField(
        label=_("The file"), help_text=_("CSV, Excel, Parquet or JSON Lines; for several tables, a zip archive of them."),
        error_messages={"empty": _("This file is empty."), "required": _("Choose a file.")},
    )  # fmt: skip

    def __init__(self, *args: Any, datasets: list[Dataset], agencies: list[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.datasets = {item.address: item for item in datasets}
        self.agencies = {f"{item.jurisdiction}/{item.reporter}": item for item in agencies}
        self.fields["dataset"].choices = [(item.address, item.contract.title) for item in datasets]
        self.fields["agency"].choices = [(key, item.name or item.reporter) for key, item in self.agencies.items()]
        for name in ("agency", "period"):
            self.fields[name].is_asked = bool(agencies)  # checking does without, sending does not: not called optional
        if not agencies:
            del self.fields["agency"]

    def clean(self) -> dict[str, Any]:
        """Ask for the agency and the period only where the file is sent, not where it is only checked."""
        given: dict[str, Any] = super().clean() or {}
        if "send" in self.data:
            for name, message in (
                ("agency", _("Choose an agency.")),
                ("period", _("Say which period the file covers.")),
            ):
                if not given.get(name):
                    self.add_error(name if name in self.fields else None, message)
        return given

    def add_refusal(self, refusal: errors.Refusal) -> None:
        """Show why the collecting room did not take the file, each reason at its field."""
        for fault in refusal.faults:
            name = "period" if fault.code.startswith("period") else _FIELD_OF.get(fault.code, "file")
            self.add_error(
                name if name in self.fields else None, " ".join(filter(None, (fault.what, fault.why, fault.way_out)))
            )


class AnswerForm(forms.Form):
    """An answer to a question, or a question asked again."""

    text = forms.CharField(
        label=_("Your answer"), help_text=_("Do not name a person."), widget=forms.Textarea, max_length=4_000,
        error_messages={"required": _("Write an answer.")},
    )  # fmt: skip


class AskAgainForm(AnswerForm):
    """A question asked again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("What is still open")
        self.fields["text"].error_messages["required"] = _("Say what is still open.")
