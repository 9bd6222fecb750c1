"""Tags for every page: the summary of a form's errors, one field with its hint and error, moments and states in words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from openjustice.office.desk import words

register = template.Library()


@register.inclusion_tag("desk/error_summary.html")
def error_summary(*forms: BaseForm) -> dict[str, Any]:
    """List every error of the forms, each a link to its field; nothing where there is none."""
    found = [
        {"href": f"#{field.id_for_label}", "message": message}
        for form in forms
        if form is not None
        for field in form
        for message in field.errors
    ]
    whole = [
        {"href": "", "message": message} for form in forms if form is not None for message in form.non_field_errors()
    ]
    return {"errors": [*whole, *found]}


@register.inclusion_tag("desk/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """Show one field: label, hint, error, control, tied together for a screen reader."""
    name = bound.id_for_label
    described = [f"{name}-hint"] * bool(bound.help_text) + [f"{name}-error"] * bool(bound.errors)
    kind = getattr(bound.field.widget, "input_type", "")
    is_group = kind in ("radio", "checkbox") and hasattr(bound.field, "choices")
    attributes: dict[str, Any] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return {
        "bound": bound,
        "name": name,
        "control": bound.as_widget(attrs=attributes),
        "is_group": is_group,
        "is_tick": kind == "checkbox" and not is_group,
        "described": " ".join(described),
    }


@register.filter
def in_words(code: str, of: str = "") -> str:
    """Return a state, a role or an act in the reader's language; `of` names the kind of thing that it is said of."""
    return words.in_words(str(code), of=of)


@register.filter
def on_day(at: datetime | date | str | None) -> str:
    """Write a day in the reader's language, with its machine form."""
    if not at:
        return _("never")
    day = (datetime.fromisoformat(at) if len(at) > 10 else date.fromisoformat(at)) if isinstance(at, str) else at
    if isinstance(day, datetime):
        day = timezone.localtime(day).date()
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), formats.date_format(day, "DATE_FORMAT"))


@register.filter
def at_moment(at: datetime | str | None) -> str:
    """Write a moment in the reader's language, with its time zone and machine form."""
    if not at:
        return _("never")
    local = timezone.localtime(datetime.fromisoformat(at) if isinstance(at, str) else at)
    shown = f"{formats.date_format(local, 'DATE_FORMAT')}, {local:%H:%M} {local.tzname()}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), shown)
