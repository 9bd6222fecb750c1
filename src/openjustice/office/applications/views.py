"""Pages of applications: what is asked for, what is still missing, the review with its questions, and the decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from openjustice.contracts.system import say
from openjustice.ground import errors
from openjustice.office.accounts.models import Account
from openjustice.office.applications import selectors, services
from openjustice.office.applications.forms import (
    BeginForm,
    DecideForm,
    FillForm,
    ItemForm,
    MemberForm,
    RefusableForm,
    TextForm,
    in_words,
)
from openjustice.office.applications.rules import acts, case, completeness
from openjustice.office.desk.access import roles_required, step_up
from openjustice.office.desk.middleware import OfficeRequest

ROLES = ("researcher", "team_member", "reviewer", "decider")
# Acts whose form is one of words, with the label of the words.
SAYING: dict[str, Callable[[], str]] = {
    "ask": lambda: _("What do you want to ask?"),
    "answer": lambda: _("Your answer"),
    "send_back": lambda: _("Why does it go back to the reviewers?"),
    "appeal": lambda: _("Why should the denial be looked at again?"),
    "uphold": lambda: _("Why does the denial stand?"),
    "reopen": lambda: _("Why is the application opened again?"),
}


@roles_required(*ROLES)
@require_safe
def show_list(request: OfficeRequest) -> HttpResponse:
    """Show one's own applications, and those that wait for oneself."""
    shown = {
        "own": selectors.own(request.user),
        "waiting": selectors.waiting(request.roles, account=request.user),
        "seen": selectors.seen(request.roles, account=request.user)[:200],
        "may_begin": "researcher" in request.roles,
    }
    return render(request, "applications/list.html", shown)


@roles_required("researcher")
def begin(request: OfficeRequest) -> HttpResponse:
    """Choose the data systems, and begin."""
    form = BeginForm(request.POST or None, jurisdictions=selectors.jurisdictions(), language=language())
    if request.method == "POST" and form.is_valid():
        place, systems = selectors.find_systems(form.cleaned_data["systems"])
        if place:
            made = services.begin(
                account=request.user, jurisdiction=place, systems=systems, actor=selectors.actor_of(request),
                at=request.moment,
            )  # fmt: skip
            return redirect("applications:show", made.pk)
        form.add_error("systems", _("Choose data systems of one jurisdiction."))
    systems_of = [item for place in selectors.jurisdictions().values() for item in place.systems.values()]
    rows = [(item, say(item.title, language()), say(item.statute.says, language())) for item in systems_of]
    return render(request, "applications/begin.html", {"form": form, "rows": rows}, status=_status(form))


@roles_required(*ROLES)
@require_safe
def show(request: OfficeRequest, number: int) -> HttpResponse:
    """Show one application: where it stands, what is missing, its team, items, questions and decision."""
    return _page(request, number, {})


@roles_required("researcher")
def fill(request: OfficeRequest, number: int) -> HttpResponse:
    """Answer the questions of the form, finished or not."""
    actor = selectors.actor_of(request)
    _row, held = selectors.find(number, actor=actor)
    if "fill" not in case.may(held, actor):
        return redirect("applications:show", number)
    form = FillForm(request.POST or None, held=held, language=language())
    if request.method == "POST" and form.is_valid():
        given = {"answers": form.answers, "askers": form.askers}
        if _try(form, lambda: services.act(number, acts.fill, actor=actor, at=request.moment, **given)):
            messages.success(request, _("Your answers are kept."))
            return redirect("applications:show", number)
    return render(request, "applications/form.html", {"form": form, "number": number}, status=_status(form))


@roles_required("researcher", "team_member")
def bring(request: OfficeRequest, number: int, need: str) -> HttpResponse:
    """Bring one required item."""
    actor = selectors.actor_of(request)
    row, held = selectors.find(number, actor=actor)
    item = next((item for item in selectors.items_of(row, held, actor=actor, at=request.moment, language=language()) if item.need == need), None)  # fmt: skip
    wanted = next((one for one in held.needs if one.need == need), None)
    if item is None or wanted is None or not item.mine:
        raise Http404
    today = selectors.today(held, at=request.moment)
    form = ItemForm(
        request.POST or None, request.FILES or None, need=wanted, language=language(), initial={"made_on": today}
    )
    if request.method == "POST" and form.is_valid() and _try(form, lambda: _bring(form, number, wanted, request)):
        messages.success(request, _("It is kept."))
        return redirect("applications:show", number)
    return render(
        request, "applications/item.html", {"form": form, "item": item, "number": number}, status=_status(form)
    )


def _bring(form: ItemForm, number: int, wanted: case.Need, request: OfficeRequest) -> None:
    given, actor = form.cleaned_data, selectors.actor_of(request)
    days = {"made_on": given["made_on"], "ends_on": given.get("ends_on")}
    if "file" in given:
        most = max(item.attachments.most_bytes for item in selectors.find(number, actor=actor)[1].systems)
        services.keep_paper(
            number, need=wanted.need, content=given["file"].read(most + 1), actor=actor, at=request.moment,
            home=settings.HOME, name=get_random_string(40), **days,
        )  # fmt: skip
        return
    held = selectors.find(number, actor=actor)[1]
    services.act(
        number, acts.bring, need=wanted.need, reference=given.get("reference", ""), signed=given.get("signed", ""),
        actor=actor, at=request.moment, today=selectors.today(held, at=request.moment), **days,
    )  # fmt: skip


@roles_required(*ROLES)
@require_safe
def fetch_paper(request: OfficeRequest, number: int, paper: int) -> HttpResponse:
    """Give a paper as a file to be saved: a browser is never asked to show it."""
    found = selectors.find_paper(number, paper, actor=selectors.actor_of(request))
    path = settings.HOME / "office" / "papers" / found.file
    answer = FileResponse(
        path.open("rb"), as_attachment=True, filename=f"paper-{found.pk}.{found.kind}",
        content_type="application/octet-stream",
    )  # fmt: skip
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@roles_required("decider")
@step_up
def decide(request: OfficeRequest, number: int) -> HttpResponse:
    """Approve or deny, system by system, with reasons."""
    actor = selectors.actor_of(request)
    _row, held = selectors.find(number, actor=actor)
    if "approve" not in case.may(held, actor):
        return redirect("applications:show", number)
    form = DecideForm(request.POST or None, held=held, language=language())
    if request.method == "POST" and form.is_valid():
        denies = len(form.denied) == len(held.systems)
        function = acts.deny if denies else acts.approve
        given = {"denied": form.denied, "words": form.cleaned_data["words"]}
        if _try(form, lambda: services.act(number, function, actor=actor, at=request.moment, **given)):
            messages.success(request, _("Your decision is kept, and the team is told."))
            return redirect("applications:show", number)
    return render(request, "applications/decide.html", {"form": form, "number": number}, status=_status(form))


@require_POST
@roles_required(*ROLES)
def do(request: OfficeRequest, number: int, act: str) -> HttpResponse:
    """Do one act of the rulebook; what it refuses stands on the page, with a link to where it is put right."""
    actor = selectors.actor_of(request)
    _row, held = selectors.find(number, actor=actor)
    calls = _calls(request, held)
    if act not in calls:
        raise Http404
    form, call = calls[act]
    if not form.is_bound or form.is_valid():
        try:
            call(form)
        except errors.Refusal as refusal:
            return _page(request, number, {act: form}, refusal=refusal)
        messages.success(request, _("It is done."))
        return redirect(
            "applications:list" if act == "decline" else "applications:show", *([] if act == "decline" else [number])
        )
    return _page(request, number, {act: form})


Call = Callable[[RefusableForm], Any]


def _calls(request: OfficeRequest, held: case.Application) -> dict[str, tuple[RefusableForm, Call]]:
    """Return, for each act, its form and what does it."""
    actor, at, number = selectors.actor_of(request), request.moment, int(held.number)
    today = selectors.today(held, at=at)

    def run(function: Callable[..., acts.Done], **given: Any) -> None:
        services.act(number, function, actor=actor, at=at, **given)

    need = request.POST.get("need", "")
    said: dict[str, Call] = {
        "ask": lambda form: run(acts.ask, text=form.cleaned_data["text"], need=form.cleaned_data.get("need", "")),
        "answer": lambda form: run(acts.answer, text=form.cleaned_data["text"], today=today),
        "send_back": lambda form: run(acts.send_back, text=form.cleaned_data["text"]),
        "appeal": lambda form: run(acts.appeal, text=form.cleaned_data["text"]),
        "uphold": lambda form: run(acts.settle_appeal, upheld=True, text=form.cleaned_data["text"]),
        "reopen": lambda form: run(acts.settle_appeal, upheld=False, text=form.cleaned_data["text"]),
    }
    plain: dict[str, Call] = {
        "accept": lambda _form: run(acts.accept),
        "decline": lambda _form: run(acts.decline),
        "submit": lambda _form: run(acts.submit, today=today, suspended=services.suspended()),
        "begin": lambda _form: run(acts.begin_review),
        "recommend": lambda _form: run(acts.recommend),
        "withdraw": lambda _form: run(acts.withdraw),
        "verify": lambda _form: run(acts.verify, need=need, today=today),
        "reject": lambda _form: run(acts.reject, need=need, note=request.POST.get("note", "")),
        "remove": lambda _form: run(acts.remove, account=request.POST.get("account", "")),
    }
    forms = {name: (_text_form(name, held, data=request.POST), call) for name, call in said.items()}
    member = MemberForm(request.POST)
    return {
        **forms,
        **{name: (RefusableForm(), call) for name, call in plain.items()},
        "invite": (member, lambda form: run(acts.invite, account=_account(form))),
    }


def _account(form: RefusableForm) -> str:
    found = Account.objects.filter(email__iexact=form.cleaned_data["email"], is_active=True).first()
    held = found is not None and found.memberships.filter(state="held", role__in=("researcher", "team_member")).exists()
    if found is None or not held:
        raise errors.AccessRefused.because(
            "member_without_account",
            "Nobody with this address has an account for research here.",
            way_out="Ask the office to invite them, then add them again.", ask="the administrator of the office",
            place=errors.Place(field="email"),
        )  # fmt: skip
    return str(found.pk)


def _text_form(act: str, held: case.Application, *, data: Any = None) -> TextForm:
    needs = None
    if act == "ask":
        titles = selectors.names_of(held.accounts)
        needs = [
            (item.need, f"{say(item.requirement.title, language())} {titles.get(item.account, '')}".strip())
            for item in held.needs
        ]
    return TextForm(data, label=SAYING[act](), needs=needs, prefix=None, auto_id=f"{act}_%s")


def _page(
    request: OfficeRequest, number: int, forms: dict[str, RefusableForm], *, refusal: errors.Refusal | None = None
) -> HttpResponse:
    actor = selectors.actor_of(request)
    row, held = selectors.find(number, actor=actor)
    may = case.may(held, actor)
    lacks = completeness.find_lacks(held, today=selectors.today(held, at=request.moment))
    faults = (
        [{"href": _href(item, number), "message": _named(held, item)} for item in refusal.faults] if refusal else []
    )
    writing = {act: forms.get(act, _text_form(act, held)) for act in SAYING if act in may}
    shown: dict[str, Any] = {
        "row": row, "held": held, "may": may, "faults": faults, "lacking": len(lacks),
        "names": selectors.names_of([*held.accounts, *(item.by for item in held.messages), *(item.by for item in held.decisions)]),
        "items": selectors.items_of(row, held, actor=actor, at=request.moment, language=language()),
        "answers": _answers(held), "team": _team(held), "writing": writing.items(),
        "member_form": forms.get("invite", MemberForm()) if "invite" in may else None,
        "is_invited": any(item.account == actor.account and not item.accepted_at for item in held.members),
        "messages_said": _said(held), "decisions": _decisions(held), "is_late": row.due_at and row.due_at <= request.moment,
        "is_mine": actor.account == held.investigator,
        "lacks": [{"href": _where(item.where, number), "message": _named(held, _as_fault(item))} for item in lacks],
    }  # fmt: skip
    failed = bool(faults) or any(form.errors for form in forms.values())
    return render(request, "applications/show.html", shown, status=422 if failed else 200)


def _as_fault(item: completeness.Lack) -> errors.Fault:
    return errors.Fault(code=item.code, what=item.code, place=errors.Place(field=item.where))


def _named(held: case.Application, item: errors.Fault) -> str:
    """Return what is wrong, with the question, the item or the person that it is about."""
    kind, _dot, name = str(item.place.field or "").partition(".")
    asked, names = completeness.questions(held), selectors.names_of(held.accounts)
    about = ""
    if kind == "answer" and name in asked:
        about = say(asked[name].title, language())
    elif kind == "item" and (need := next((one for one in held.needs if one.need == name), None)):
        about = " ".join(filter(None, [say(need.requirement.title, language()), names.get(need.account, "")]))
    elif kind == "member":
        about = names.get(name, "")
    elif kind == "asker":
        about = next((one.acronym for one in held.systems if one.system == name), "")
    return f"{about}: {in_words(item)}" if about else in_words(item)


def _href(item: errors.Fault, number: int) -> str:
    return _where(str(item.place.field or ""), number)


def _where(field: str, number: int) -> str:
    """Return where something is put right: the form, an item's page, or the place on this page."""
    kind, _dot, name = field.partition(".")
    match kind:
        case "answer" | "asker":
            return f"/applications/{number}/form/#id_{field}"
        case "item":
            return f"#item-{name}"
        case "member" | "email":
            return "#team"
        case _:
            return "#acts"


def _answers(held: case.Application) -> list[tuple[str, str]]:
    asked, asks = completeness.questions(held), _("who asks?")
    askers = [
        (f"{item.acronym}: {asks}", say(item.askers[held.askers[item.system]].title, language()) if item.system in held.askers else "")
        for item in held.systems
    ]  # fmt: skip
    shown = {
        name: say(question.choices[given], language()) if (given := held.answers.get(name, "")) in question.choices else given
        for name, question in asked.items()
    }  # fmt: skip
    return [*askers, *((say(question.title, language()), shown[name]) for name, question in asked.items())]


def _team(held: case.Application) -> list[dict[str, Any]]:
    names = selectors.names_of(held.accounts)
    return [
        {"account": item.account, "name": names.get(item.account, ""), "accepted_at": item.accepted_at, "leads": index == 0}
        for index, item in enumerate(held.members)
    ]  # fmt: skip


def _said(held: case.Application) -> list[dict[str, Any]]:
    names = selectors.names_of([item.by for item in held.messages])
    titles = {item.need: say(item.requirement.title, language()) for item in held.needs}
    return [
        {"kind": item.kind, "by": names.get(item.by, ""), "at": item.at, "text": item.text, "about": titles.get(item.need, "")}
        for item in held.messages
    ]  # fmt: skip


def _decisions(held: case.Application) -> list[dict[str, Any]]:
    acronyms = {item.system: item.acronym for item in held.systems}
    names = selectors.names_of([item.by for item in held.decisions])
    return [
        {
            "by": names.get(item.by, ""), "at": item.at, "words": item.words,
            "approved": [acronyms[name] for name in item.approved],
            "denied": [(acronyms[name], words) for name, words in acts.reason_words(held, item, language=language()).items()],
        }
        for item in held.decisions
    ]  # fmt: skip


def _try(form: RefusableForm, call: Callable[[], Any]) -> bool:
    try:
        call()
    except errors.AccessRefused as refusal:
        form.add_refusal(refusal)
        return False
    return True


def _status(form: RefusableForm) -> int:
    return 422 if form.errors else 200


def language() -> str:
    """Return the reader's language."""
    return (get_language() or "en").partition("-")[0]
