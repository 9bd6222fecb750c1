"""The forms of deliveries."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openjustice.office.applications.forms import RefusableForm


class KeyForm(RefusableForm):
    """A public key of age."""

    recipient = forms.CharField(
        label=_("Your public key of age"), max_length=100,
        help_text=_("Make a pair of keys with age-keygen and keep the private one to yourself. The public one begins with age1."),
    )  # fmt: skip


class DeliverForm(RefusableForm):
    """What to deliver, and to whom."""

    dataset = forms.ChoiceField(label=_("Dataset"))
    account = forms.ChoiceField(label=_("To whom"))

    def __init__(self, *args: Any, datasets: list[str], people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dataset"].choices = [(item, item) for item in datasets]
        self.fields["account"].choices = people
