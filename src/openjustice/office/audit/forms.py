"""The form that searches the audit record."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class SearchForm(forms.Form):
    """What is searched for; everything may be left empty."""

    thing = forms.CharField(label=_("Thing"), required=False, max_length=40)
    thing_id = forms.CharField(label=_("Its number"), required=False, max_length=80)
    actor = forms.CharField(label=_("Who"), required=False, max_length=80, help_text=_("For example: account 3"))
    event = forms.CharField(label=_("Event"), required=False, max_length=80)
