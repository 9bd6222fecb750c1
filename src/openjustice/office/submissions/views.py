"""Pages of the agency desk."""

from __future__ import annotations

import csv
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openjustice.confidential.collect.findings import Verdict
from openjustice.confidential.collect.queries import State as QueryState
from openjustice.contracts.jurisdiction import Dataset
from openjustice.ground import errors
from openjustice.office.audit import services as audits
from openjustice.office.audit.requests import audit_of
from openjustice.office.desk import declared
from openjustice.office.desk.access import roles_required
from openjustice.office.desk.middleware import OfficeRequest
from openjustice.office.submissions import rules, selectors, services
from openjustice.office.submissions.forms import AnswerForm, AskAgainForm, SendForm

_ASKED = frozenset({QueryState.OPEN, QueryState.REOPENED})
_ANSWERED = frozenset({QueryState.ANSWERED})


@roles_required("clerk", "steward")
def show_list(request: OfficeRequest) -> HttpResponse:
    """Show what was sent, and what waits for whom."""
    today = request.moment.date()
    seen = selectors.list_seen(roles=request.roles, agencies=_agencies(request))
    shown = {
        "rows": seen,
        "owed": selectors.list_owed(_agencies(request), today=today),
        "asked": selectors.waiting_queries(seen, states=_ASKED, today=today),
        "answered": selectors.waiting_queries(seen, states=_ANSWERED, today=today),
        "is_clerk": rules.CLERK in request.roles,
        "is_steward": rules.STEWARD in request.roles,
    }
    return render(request, "submissions/list.html", shown)


@roles_required("clerk", "steward")
def send(request: OfficeRequest) -> HttpResponse:
    """Check a file, or send it."""
    agencies = _agencies(request)
    datasets = selectors.datasets_for(agencies, is_steward=rules.STEWARD in request.roles)
    form = SendForm(request.POST or None, request.FILES or None, datasets=datasets, agencies=agencies)
    result = None
    if request.method == "POST" and form.is_valid():
        try:
            if "send" in request.POST:
                return _send(request, form)
            audit = audit_of(request, rules.CLERK, rules.STEWARD)
            result = services.check_file(
                form.cleaned_data["file"], dataset=form.datasets[form.cleaned_data["dataset"]], audit=audit
            )
        except errors.SubmissionRefused as refusal:
            form.add_refusal(refusal)
    shown = {
        "form": form, "datasets": datasets, "is_clerk": bool(agencies), "result": result,
        "found": selectors.found_in(result) if result else [], "is_fine": result is not None and result.verdict is not Verdict.RETURNED,
    }  # fmt: skip
    return render(request, "submissions/send.html", shown, status=422 if form.errors else 200)


@roles_required("clerk", "steward")
def show_submission(request: OfficeRequest, number: int) -> HttpResponse:
    """Show one submission: what was found by line, what is asked, and what was done."""
    return _show(request, number, wrong=None)


@require_POST
@roles_required("clerk", "steward")
def act_on_query(request: OfficeRequest, number: int, act: str) -> HttpResponse:
    """Answer a question, close it, or ask again."""
    of = selectors.submission_of_query(number)
    if of is None or selectors.show(of, roles=request.roles, agencies=_agencies(request)) is None:
        raise Http404
    form = {"answer": AnswerForm, "reopen": AskAgainForm}.get(act, AnswerForm)(request.POST, auto_id=f"id_{number}_%s")
    if act != "close" and not form.is_valid():
        return _show(request, of, wrong=(number, form))
    name = request.user.name
    if act == "answer":
        services.answer_query(number, answer=form.cleaned_data["text"], name=name, audit=audit_of(request, rules.CLERK))
        messages.success(request, _("Your answer is kept. The data steward looks at it next."))
    elif act == "close":
        services.close_query(number, name=name, audit=audit_of(request, rules.STEWARD))
        messages.success(request, _("The question is closed."))
    else:
        services.reopen_query(
            number, question=form.cleaned_data["text"], name=name, audit=audit_of(request, rules.STEWARD)
        )
        messages.success(request, _("The question is asked again."))
    return redirect("submissions:show", of)


@roles_required("clerk", "steward")
def show_playbook(request: OfficeRequest, jurisdiction: str, name: str) -> HttpResponse:
    """Show what to send for a dataset: every field, its codes and its rules; it prints well."""
    dataset = _dataset(request, jurisdiction, name)
    place = declared.read_registry().jurisdiction(jurisdiction)
    codes = {
        field.codelist: place.codelist(field.codelist).labels()
        for field in dataset.contract.fields.values()
        if field.codelist
    }
    return render(request, "submissions/playbook.html", {"dataset": dataset, "codes": codes})


@roles_required("clerk", "steward")
def download_template(request: OfficeRequest, jurisdiction: str, name: str) -> HttpResponse:
    """Give an empty file with the columns of a dataset."""
    dataset = _dataset(request, jurisdiction, name)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{dataset.id}.csv"'
    csv.writer(answer).writerow(dataset.contract.fields)
    return answer


def _send(request: OfficeRequest, form: SendForm) -> HttpResponse:
    given = form.cleaned_data
    receipt = services.send_file(
        given["file"], dataset=form.datasets[given["dataset"]], agency=form.agencies[given["agency"]],
        agencies=_agencies(request), period=given["period"].strip(), sender=request.user.name,
        audit=audit_of(request, rules.CLERK),
    )  # fmt: skip
    if receipt.repeated:
        messages.info(request, _("This very file is here already; nothing was changed."))
    return redirect("submissions:show", receipt.number)


def _show(request: OfficeRequest, number: int, *, wrong: tuple[int, AnswerForm] | None) -> HttpResponse:
    found = selectors.show(number, roles=request.roles, agencies=_agencies(request))
    if found is None:
        raise Http404
    audits.record(
        audit=audit_of(request, rules.CLERK, rules.STEWARD), event="submission_viewed", thing="submission", thing_id=number
    )  # fmt: skip
    row = found.submission
    shown = {
        "row": row, "title": declared.title_of(f"{row['jurisdiction']}/{row['dataset']}"),
        "found": selectors.found_of(found.findings), "history": found.audit,
        "questions": [_question(item, request, wrong=wrong, today=request.moment.date()) for item in found.queries],
        "wrong": wrong[1] if wrong else None,
    }  # fmt: skip
    return render(request, "submissions/show.html", shown, status=422 if wrong else 200)


def _question(
    row: dict[str, Any], request: OfficeRequest, *, wrong: tuple[int, AnswerForm] | None, today: date
) -> dict[str, Any]:
    mine = wrong[1] if wrong and wrong[0] == row["number"] else None
    may_answer = row["state"] in _ASKED and rules.CLERK in request.roles
    may_close = row["state"] in _ANSWERED and rules.STEWARD in request.roles
    form = mine or (AnswerForm if may_answer else AskAgainForm)(auto_id=f"id_{row['number']}_%s")
    is_overdue = row["state"] in _ASKED and row["due_date"] < today
    return row | {"form": form, "may_answer": may_answer, "may_close": may_close, "is_overdue": is_overdue}


def _agencies(request: OfficeRequest) -> list[rules.Agency]:
    return selectors.agencies_of(request.memberships)


def _dataset(request: OfficeRequest, jurisdiction: str, name: str) -> Dataset:
    known = selectors.datasets_for(_agencies(request), is_steward=rules.STEWARD in request.roles)
    found = next((item for item in known if item.address == f"{jurisdiction}/{name}"), None)
    if found is None:
        raise Http404
    return found
