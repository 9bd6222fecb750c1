"""The forms of licenses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openjustice.contracts.system import say
from openjustice.office.applications.forms import RefusableForm, TextForm
from openjustice.office.licenses.rules import grant


class CertifyForm(RefusableForm):
    """The certificate of destruction of one copy, signed by typing one's name under the statement."""

    destroyed_on = forms.DateField(label=_("Day of its destruction"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, held: grant.License, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = held.system.license.destruction
        self.fields["method"] = forms.ChoiceField(
            label=_("How was it destroyed?"), widget=forms.RadioSelect,
            choices=[(name, say(item, language)) for name, item in rules.methods.items()],
        )  # fmt: skip
        self.fields["signed"] = forms.CharField(
            label=_("Your full name, as your signature"), max_length=120, help_text=say(rules.statement, language)
        )


class RefuseForm(TextForm):
    """The refusal of a renewal, with declared reasons."""

    def __init__(self, *args: Any, held: grant.License, language: str, **kwargs: Any) -> None:
        super().__init__(*args, label=_("Words to the team"), **kwargs)
        self.fields["reasons"] = forms.MultipleChoiceField(
            label=_("Reasons"), widget=forms.CheckboxSelectMultiple,
            choices=[(name, say(item, language)) for name, item in held.system.review.reasons.items()],
        )  # fmt: skip
