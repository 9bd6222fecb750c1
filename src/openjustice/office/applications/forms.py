"""The forms of applications. The questions of a form come from the declaration that the application was begun with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.contracts.system import Evidence, Question, say
from openjustice.ground import errors
from openjustice.office.applications.rules import case, completeness
from openjustice.office.desk import words


class RefusableForm(forms.Form):
    """A form that can show what a rulebook refused, each fault at its field."""

    def add_refusal(self, refusal: errors.Refusal) -> None:
        """Put every fault of a refusal at the field that it names, or at the top."""
        for fault in refusal.faults:
            where = str(fault.place.field or "")
            known = where if where in self.fields else where.rpartition(".")[0]
            self.add_error(known if known in self.fields else None, in_words(fault))


def in_words(fault: errors.Fault) -> str:
    """Return what is wrong in the reader's language."""
    return words.in_words(fault.code) if fault.code in words.known() else f"{fault.what} {fault.way_out}".strip()


class BeginForm(RefusableForm):
    """Which data systems to ask for."""

    systems = forms.MultipleChoiceField(
        label=_("Which records do you want to ask for?"), widget=forms.CheckboxSelectMultiple,
        help_text=_("One application may ask for several data systems of one jurisdiction. A paper that several of them need is brought once."),
        error_messages={"required": _("Choose at least one data system.")},
    )  # fmt: skip

    def __init__(self, *args: Any, jurisdictions: dict[str, Jurisdiction], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["systems"].choices = [
            (f"{name}/{system.system}", f"{system.acronym}: {say(system.title, language)} ({item.declaration.title})")
            for name, item in jurisdictions.items()
            for system in item.systems.values()
        ]


class FillForm(RefusableForm):
    """The questions of an application."""

    def __init__(self, *args: Any, held: case.Application, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for system in held.systems:
            choices = [(name, say(item.title, language)) for name, item in system.askers.items()]
            self.fields[f"asker.{system.system}"] = forms.ChoiceField(
                label=_("%(system)s: who asks?") % {"system": system.acronym}, choices=[("", "—"), *choices],
                required=False, initial=held.askers.get(system.system, ""), help_text=system.statute.citation,
            )  # fmt: skip
        for name, question in completeness.questions(held).items():
            self.fields[f"answer.{name}"] = _field(question, language, initial=held.answers.get(name, ""))

    @property
    def answers(self) -> dict[str, str]:
        """Return the answers that were given, by question."""
        return self._given("answer.")

    @property
    def askers(self) -> dict[str, str]:
        """Return who asks, by system, where it was said."""
        return {name: value for name, value in self._given("asker.").items() if value}

    def _given(self, start: str) -> dict[str, str]:
        found = self.cleaned_data.items()
        return {name.removeprefix(start): value for name, value in found if name.startswith(start)}


def _field(question: Question, language: str, *, initial: str) -> forms.Field:
    # What is required is told by the rulebook when the application is submitted: an unfinished form can be kept.
    told: dict[str, Any] = {
        "label": say(question.title, language), "required": False, "initial": initial,
        "help_text": say(question.says, language) if question.says else "",
    }  # fmt: skip
    match question.kind:
        case "line":
            return forms.CharField(max_length=question.most, **told)
        case "text":
            return forms.CharField(max_length=question.most, widget=forms.Textarea, **told)
        case "choice":
            choices = [(name, say(item, language)) for name, item in question.choices.items()]
            return forms.ChoiceField(choices=[("", "—"), *choices], **told)
        case "yes_no":
            return forms.ChoiceField(choices=[("", "—"), ("yes", _("Yes")), ("no", _("No"))], **told)


class ItemForm(RefusableForm):
    """One required item: the day of the paper, and the paper, its number, or a signature."""

    made_on = forms.DateField(
        label=_("Day of the paper"), widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The day on which it was made or signed."),
    )  # fmt: skip

    def __init__(self, *args: Any, need: case.Need, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        required = need.requirement
        if required.states_its_end:
            self.fields["ends_on"] = forms.DateField(
                label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}),
                help_text=_("The last day on which it holds, as it stands on the paper."),
            )  # fmt: skip
        match required.evidence:
            case Evidence.DOCUMENT:
                self.fields["file"] = forms.FileField(
                    label=_("The paper"), help_text=_("A PDF, a PNG, a JPEG or a Word document."), allow_empty_file=True,
                )  # fmt: skip
            case Evidence.REFERENCE:
                self.fields["reference"] = forms.CharField(label=_("Number"), max_length=80)
            case Evidence.STATEMENT:
                self.fields["signed"] = forms.CharField(
                    label=_("Your full name, as your signature"), max_length=120,
                    help_text=say(required.statement or {"en": ""}, language),
                )  # fmt: skip
                self.fields["made_on"].widget = forms.HiddenInput()


class TextForm(RefusableForm):
    """Words of one act: a question, an answer, a reason."""

    text = forms.CharField(label=_("Your words"), widget=forms.Textarea, max_length=4000)

    def __init__(self, *args: Any, label: str = "", needs: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["text"].label = label
        if needs:
            self.fields["need"] = forms.ChoiceField(
                label=_("About which item?"), choices=[("", _("the application as a whole")), *needs], required=False
            )


class MemberForm(RefusableForm):
    """Whom to ask onto the team."""

    email = forms.EmailField(label=_("E-mail address of the person"))


class DecideForm(RefusableForm):
    """A decision, system by system, with reasons for each denial."""

    words = forms.CharField(
        label=_("Words to the team"), widget=forms.Textarea, max_length=4000, required=False,
        help_text=_("Needed where everything is denied."),
    )  # fmt: skip

    def __init__(self, *args: Any, held: case.Application, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = held
        for system in held.systems:
            self.fields[f"outcome.{system.system}"] = forms.ChoiceField(
                label=system.acronym, choices=[("approve", _("Approve")), ("deny", _("Deny"))], widget=forms.RadioSelect
            )
            self.fields[f"reasons.{system.system}"] = forms.MultipleChoiceField(
                label=_("%(system)s: reasons for a denial") % {"system": system.acronym}, required=False,
                widget=forms.CheckboxSelectMultiple,
                choices=[(name, say(item, language)) for name, item in system.review.reasons.items()],
            )  # fmt: skip
        self.order_fields([*(name for name in self.fields if name != "words"), "words"])

    @property
    def denied(self) -> dict[str, tuple[str, ...]]:
        """Return the reasons of each system that is denied."""
        return {
            item.system: tuple(self.cleaned_data[f"reasons.{item.system}"])
            for item in self.held.systems
            if self.cleaned_data[f"outcome.{item.system}"] == "deny"
        }
