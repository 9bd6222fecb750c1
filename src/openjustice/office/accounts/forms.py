"""The forms of accounts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from openjustice.office.accounts import rules
from openjustice.office.accounts.models import Account, Organization
from openjustice.office.desk import words


class AcceptForm(forms.Form):
    """What an invited person gives: a name and a password."""

    name = forms.CharField(
        label=_("Your full name"), max_length=120, help_text=_("It stands beside what you decide or approve."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    password = forms.CharField(
        label=_("A password"), help_text=_("At least 12 characters. A few unrelated words are good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    repeated = forms.CharField(
        label=_("The password again"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        self.email = email
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Check the password against the rules, and against its repetition."""
        given: dict[str, Any] = super().clean() or {}
        if "password" in given:
            try:
                password_validation.validate_password(
                    given["password"], Account(email=self.email, name=given.get("name", ""))
                )
            except forms.ValidationError as problem:
                self.add_error("password", problem)
        if given.get("password") != given.get("repeated"):
            self.add_error("repeated", _("The two passwords are not the same."))
        return given


class InviteForm(forms.Form):
    """Whom to invite, as what, where."""

    email = forms.EmailField(label=_("E-mail address"))
    organization = forms.ModelChoiceField(label=_("Organization"), queryset=Organization.objects.all())
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(item.value, words.in_words(item.value)) for item in rules.Role]

    def clean(self) -> dict[str, Any]:
        """Check that the organization has such a role."""
        given: dict[str, Any] = super().clean() or {}
        if {"organization", "role"} <= given.keys() and given["role"] not in rules.ROLES_OF[given["organization"].kind]:
            self.add_error("role", _("This organization has no such role."))
        return given


class OrganizationForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new organization."""

    class Meta:
        model = Organization
        fields = ("name", "kind", "jurisdiction", "reporter")
