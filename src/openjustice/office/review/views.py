"""Pages of the review desk."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openjustice.confidential.drafting import draft as drafting
from openjustice.confidential.drafting.draft import Draft
from openjustice.ground import errors
from openjustice.office.audit import services as audits
from openjustice.office.audit.requests import audit_of
from openjustice.office.desk.access import roles_required, step_up
from openjustice.office.desk.middleware import OfficeRequest
from openjustice.office.review import rules, selectors, services
from openjustice.office.review.forms import ApproveForm, CommentForm, DraftForm, SealForm
from openjustice.office.review.models import Comment

_ROLES = (rules.CHECKER, rules.STEWARD)


@roles_required("steward", "checker")
def show_list(request: OfficeRequest) -> HttpResponse:
    """Show the drafts and where each stands."""
    return _list(request, DraftForm(choices=selectors.draftable()))


@require_POST
@roles_required("steward")
def make_draft(request: OfficeRequest) -> HttpResponse:
    """Make a draft of a dataset."""
    form = DraftForm(request.POST, choices=selectors.draftable())
    if not form.is_valid():
        return _list(request, form)
    number = services.make_draft(
        dataset=form.cleaned_data["dataset"], author=request.user.name, audit=audit_of(request, rules.STEWARD)
    )
    return redirect("review:show", number)


@roles_required("steward", "checker")
def show_draft(request: OfficeRequest, number: int) -> HttpResponse:
    """Show one draft: risk, utility and attacks in plots, what is hidden, who approved, and what was said."""
    return _show(request, _read(number))


@roles_required("steward", "checker")
def show_plot(request: OfficeRequest, number: int, name: str) -> HttpResponse:  # noqa: ARG001  (the view's shape)
    """Give one plot as SVG, which a page shows as an image: nothing in it can run."""
    drawn = selectors.plot(_read(number).manifest.number, name)
    if drawn is None:
        raise Http404
    return HttpResponse(drawn, content_type="image/svg+xml")


@roles_required("steward", "checker")
def download_page(request: OfficeRequest, number: int, name: str) -> HttpResponse:
    """Give the disclosure report, or the view of what was hidden and why, as a file to read and print."""
    _read(number)
    path = {"report": drafting.report_page, "hidden": drafting.steward_page}[name](settings.HOME, number)
    if path is None:
        raise Http404
    _note(request, f"draft_{name}_read", number)
    answer = HttpResponse(path.read_bytes(), content_type="text/html; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="draft-{number}-{name}.html"'
    return answer


@roles_required("steward", "checker")
def show_table(request: OfficeRequest, number: int, product: str) -> HttpResponse:
    """Show the rows of a table, what each column shows of itself, and what was said of its cells."""
    return _table(request, _read(number), product, form=CommentForm(initial=request.GET.dict()))


@require_POST
@roles_required("steward", "checker")
def comment(request: OfficeRequest, number: int, product: str) -> HttpResponse:
    """Keep a comment on a cell."""
    draft, form = _read(number), CommentForm(request.POST)
    if not form.is_valid():
        return _table(request, draft, product, form=form)
    given = form.cleaned_data
    services.comment(
        draft=number, digest=draft.manifest.digest, by=request.user, text=given["text"], product=product, row=given["row"],
        column=given["column"], audit=audit_of(request, *_ROLES),
    )  # fmt: skip
    messages.success(request, _("Your comment is kept."))
    return redirect("review:table", number, product)


@require_POST
@roles_required("steward", "checker")
def settle(request: OfficeRequest, number: int) -> HttpResponse:
    """Settle a comment."""
    made = get_object_or_404(Comment, pk=number)
    services.settle(made, by=request.user, audit=audit_of(request, *_ROLES))
    messages.success(request, _("The comment is settled."))
    return redirect("review:show", made.draft)


@require_POST
@roles_required("checker")
@step_up
def approve(request: OfficeRequest, number: int) -> HttpResponse:
    """Approve exactly the draft that the page showed."""
    draft, form = _read(number), ApproveForm(request.POST)
    if not form.is_valid():
        return _show(request, draft, approve_form=form)
    services.approve(
        number, shown_digest=form.cleaned_data["digest"], checker=request.user.name, office=form.cleaned_data["office"],
        audit=audit_of(request, rules.CHECKER),
    )  # fmt: skip
    messages.success(request, _("Your approval is kept."))
    return redirect("review:show", number)


@require_POST
@roles_required("steward")
@step_up
def seal(request: OfficeRequest, number: int) -> HttpResponse:
    """Seal an approved draft."""
    draft, form = _read(number), SealForm(request.POST)
    if not form.is_valid():
        return _show(request, draft, seal_form=form)
    release = services.seal(
        number, sealer=request.user.name, note=form.cleaned_data["note"], audit=audit_of(request, rules.STEWARD)
    )
    messages.success(request, _("Sealed as %(address)s.") % {"address": release.address})
    return redirect("review:show", number)


def _read(number: int) -> Draft:
    try:
        return selectors.read(number)
    except errors.SealRefused as refusal:
        raise Http404 from refusal


def _list(request: OfficeRequest, form: DraftForm) -> HttpResponse:
    shown = {"rows": selectors.list_drafts(), "form": form, "is_steward": rules.STEWARD in request.roles}
    return render(request, "review/list.html", shown, status=422 if form.errors else 200)


def _show(request: OfficeRequest, draft: Draft, **forms: Any) -> HttpResponse:
    number, names = draft.manifest.number, tuple(item.checker for item in draft.approvals)
    wanted, small = selectors.policy_of(draft)
    approve_form = forms.get("approve_form") or ApproveForm(initial={"digest": draft.manifest.digest})
    shown = {
        "draft": draft, "number": number, "wanted": wanted, "small": small,
        "products": [(item, draft.hidden.get(item.id, "")) for item in draft.manifest.products if item.kind in selectors.SHOWN],
        "plots": selectors.plots_of(number), "comments": selectors.comments_of(number),
        "has_hidden_view": drafting.steward_page(settings.HOME, number) is not None,
        "may_approve": rules.may_approve(
            request.user.name, author=draft.manifest.author, approvals=names, roles=request.roles, state=draft.state
        ),
        "may_seal": rules.STEWARD in request.roles and draft.state == "approved",
        "approve_form": approve_form, "seal_form": forms.get("seal_form") or SealForm(), "wrong": next(iter(forms.values()), None),
    }  # fmt: skip
    _note(request, "draft_viewed", number)
    return render(request, "review/show.html", shown, status=422 if forms else 200)


def _table(request: OfficeRequest, draft: Draft, product: str, *, form: CommentForm) -> HttpResponse:
    number, given = draft.manifest.number, request.GET.get("page", "1")
    page = int(given) if given.isdigit() else 1
    try:
        look = selectors.look(draft, product, page=page)
    except errors.SealRefused as refusal:
        raise Http404 from refusal
    pages = max(1, -(-look.total // selectors.PAGE))
    _note(request, "draft_table_viewed", number, product=product, page=page)
    shown = {
        "draft": draft, "number": number, "look": look, "page": page, "pages": pages, "form": form,
        "comments": selectors.comments_of(number, product=product), "small": selectors.policy_of(draft)[1],
    }  # fmt: skip
    return render(request, "review/table.html", shown, status=422 if form.errors else 200)


def _note(request: OfficeRequest, event: str, number: int, **detail: Any) -> None:
    audits.record(audit=audit_of(request, *_ROLES), event=event, thing="draft", thing_id=number, detail=detail)
