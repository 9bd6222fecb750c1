"""The forms of the review desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class DraftForm(forms.Form):
    """Which dataset is drafted."""

    dataset = forms.ChoiceField(label=_("Dataset"))

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dataset"].choices = choices


class CommentForm(forms.Form):
    """What somebody says of a cell."""

    row = forms.IntegerField(label=_("Row"), min_value=1, required=False)
    column = forms.CharField(label=_("Column"), max_length=120, required=False)
    text = forms.CharField(
        label=_("Comment"), widget=forms.Textarea, max_length=4_000, error_messages={"required": _("Write a comment.")}
    )  # fmt: skip


class ApproveForm(forms.Form):
    """An approval of one exact digest."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    office = forms.CharField(
        label=_("In which office you check"), max_length=120, help_text=_("It is published with your name."),
        error_messages={"required": _("Say in which office you check.")},
    )  # fmt: skip
    looked = forms.BooleanField(
        label=_("I looked at the numbers, the attacks and the report of exactly this draft."),
        error_messages={"required": _("Confirm that you looked at exactly this draft.")},
    )  # fmt: skip


class SealForm(forms.Form):
    """A seal, with a note where an earlier release is replaced."""

    note = forms.CharField(
        label=_("What this release revises, and why"), required=False, max_length=2_000, widget=forms.Textarea,
        help_text=_("Needed where the dataset has a release already. It is published."),
    )  # fmt: skip
