"""Pages of licenses: until when, renewal, suspension and revocation, and the certificates of destruction at the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from openjustice.contracts.system import say
from openjustice.ground import errors
from openjustice.office.applications import selectors as applications
from openjustice.office.applications.forms import RefusableForm, TextForm
from openjustice.office.applications.views import language
from openjustice.office.desk.access import roles_required, step_up
from openjustice.office.desk.middleware import OfficeRequest
from openjustice.office.licenses import selectors, services
from openjustice.office.licenses.forms import CertifyForm, RefuseForm
from openjustice.office.licenses.rules import acts, grant

ROLES = ("researcher", "team_member", "decider", "steward")
OWN: dict[str, Callable[[], str]] = {
    "ask_renewal": lambda: _("Why is another term needed?"),
    "close": lambda: "",
}
DECIDED: dict[str, Callable[[], str]] = {
    "renew": lambda: "",
    "refuse_renewal": lambda: _("Words to the team"),
    "suspend": lambda: _("Why is it suspended?"),
    "reinstate": lambda: _("Why is it reinstated?"),
    "revoke": lambda: _("Why is it revoked?"),
}


@roles_required(*ROLES)
@require_safe
def show_list(request: OfficeRequest) -> HttpResponse:
    """Show one's own licenses, and those one looks after."""
    shown = {"own": selectors.own(request.user), "others": selectors.others(request.roles, account=request.user)[:200]}
    return render(request, "licenses/list.html", shown)


@roles_required(*ROLES)
@require_safe
def show(request: OfficeRequest, number: int) -> HttpResponse:
    """Show one license: its term, its copies, what may be done."""
    return _page(request, number, {})


@roles_required("researcher")
def certify(request: OfficeRequest, number: int, copy: int) -> HttpResponse:
    """Certify that a copy was destroyed."""
    actor = applications.actor_of(request)
    _row, held = selectors.find(number, actor=actor)
    if "certify" not in grant.may(held, actor) or copy not in [item.number for item in held.uncertified]:
        raise Http404
    form = CertifyForm(request.POST or None, held=held, language=language())
    if request.method == "POST" and form.is_valid():
        try:
            services.act(
                number,
                acts.certify,
                number=copy,
                language=language(),
                actor=actor,
                at=request.moment,
                **form.cleaned_data,
            )
        except errors.AccessRefused as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("The certificate is kept."))
            return redirect("licenses:show", number)
    shown = {"form": form, "number": number, "copy": copy}
    return render(request, "licenses/certify.html", shown, status=422 if form.errors else 200)


@require_POST
@roles_required("researcher", "team_member")
def do(request: OfficeRequest, number: int, act: str) -> HttpResponse:
    """Do one act of the license's holder."""
    if act not in OWN:
        raise Http404
    return _do(request, number, act)


@require_POST
@roles_required("decider")
@step_up
def decide(request: OfficeRequest, number: int, act: str) -> HttpResponse:
    """Do one act of a decider."""
    if act not in DECIDED:
        raise Http404
    return _do(request, number, act)


def _do(request: OfficeRequest, number: int, act: str) -> HttpResponse:
    actor = applications.actor_of(request)
    row, held = selectors.find(number, actor=actor)
    form = _form(act, held, data=request.POST)
    if not form.is_valid():
        return _page(request, number, {act: form})
    given: dict[str, Any] = {name: value for name, value in form.cleaned_data.items() if name in ("text", "reasons")}
    if "reasons" in given:
        given["reasons"] = tuple(given["reasons"])
    if act == "ask_renewal":
        given["application"] = applications.read(row.application)
    try:
        services.act(number, getattr(acts, act), actor=actor, at=request.moment, **given)
    except errors.AccessRefused as refusal:
        form.add_refusal(refusal)
        return _page(request, number, {act: form})
    messages.success(request, _("It is done."))
    return redirect("licenses:show", number)


def _form(act: str, held: grant.License, *, data: Any = None) -> RefusableForm:
    if act == "refuse_renewal":
        return RefuseForm(data, held=held, language=language(), auto_id=f"{act}_%s")
    label = {**OWN, **DECIDED}[act]()
    return TextForm(data, label=label, auto_id=f"{act}_%s") if label else RefusableForm(data)


def _page(request: OfficeRequest, number: int, forms: dict[str, RefusableForm]) -> HttpResponse:
    actor = applications.actor_of(request)
    row, held = selectors.find(number, actor=actor)
    may = grant.may(held, actor)
    names = applications.names_of([*held.members, *(item.by for item in held.notes)])
    writing = {act: forms.get(act, _form(act, held)) for act in {**OWN, **DECIDED} if act in may or act in forms}
    shown = {
        "row": row, "held": held, "may": may, "writing": writing.items(), "decided": list(DECIDED),
        "title": say(held.system.title, language()), "limits": [say(item, language()) for item in held.system.limits],
        "team": [names.get(item, "") for item in held.members], "is_live": grant.is_live(held, at=request.moment),
        "notes": [(item, names.get(item.by, ""), _reasons(held, item)) for item in held.notes],
        "owed": [item.number for item in held.uncertified] if held.ended_at else [],
    }  # fmt: skip
    return render(
        request, "licenses/show.html", shown, status=422 if any(form.errors for form in forms.values()) else 200
    )


def _reasons(held: grant.License, note: grant.Note) -> list[str]:
    return [say(held.system.review.reasons[item], language()) for item in note.reasons]
