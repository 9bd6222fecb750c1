"""Pages of deliveries: what lies ready, one's key, and the one-time link itself."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from openjustice.contracts import registry
from openjustice.ground import errors
from openjustice.office.accounts.models import Account
from openjustice.office.applications import selectors as applications
from openjustice.office.audit.requests import audit_of
from openjustice.office.delivery import selectors, services
from openjustice.office.delivery.forms import DeliverForm, KeyForm
from openjustice.office.desk import moments
from openjustice.office.desk.access import roles_required, step_up
from openjustice.office.desk.middleware import OfficeRequest
from openjustice.office.licenses import selectors as licenses
from openjustice.office.licenses.models import License
from openjustice.office.licenses.rules import grant

TEAM = ("researcher", "team_member")


@roles_required(*TEAM, "steward")
@require_safe
def show_list(request: OfficeRequest) -> HttpResponse:
    """Show what lies ready for oneself, and one's key."""
    shown = {
        "own": selectors.own(request.user), "key": selectors.key_of(request.user),
        "live": License.objects.filter(state__in=("active", "renewal_open", "renewal_asked")) if "steward" in request.roles else [],
    }  # fmt: skip
    return render(request, "delivery/list.html", shown)


@roles_required(*TEAM)
@step_up
def set_key(request: OfficeRequest) -> HttpResponse:
    """Give a public key, in the place of the one before."""
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_key(
                account=request.user, recipient=form.cleaned_data["recipient"], audit=audit_of(request, *TEAM)
            )
        except errors.AccessRefused as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("Your key is kept."))
            return redirect("delivery:list")
    return render(request, "delivery/key.html", {"form": form}, status=422 if form.errors else 200)


@roles_required("steward")
@step_up
def deliver(request: OfficeRequest, number: int) -> HttpResponse:
    """Make an extract for one person of a license."""
    actor = applications.actor_of(request)
    _row, held = licenses.find(number, actor=actor)
    if "deliver" not in grant.may(held, actor):
        raise Http404
    names = applications.names_of(held.members)
    form = DeliverForm(
        request.POST or None,
        datasets=list(held.system.delivery.datasets),
        people=[(one, names[one]) for one in held.members],
    )
    if request.method == "POST" and form.is_valid():
        folders = [registry.shipped_registry(), *settings.REGISTRY]
        try:
            services.deliver(
                number, dataset=form.cleaned_data["dataset"], token=get_random_string(43), name=get_random_string(40),
                account=get_object_or_404(Account, pk=form.cleaned_data["account"]), actor=actor, at=request.moment,
                home=settings.HOME, registry=registry.load_registry(folders, only=[held.jurisdiction]),
                address=settings.ADDRESS,
            )  # fmt: skip
        except (errors.AccessRefused, errors.SealRefused) as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("The extract is made, and its link is on its way."))
            return redirect("licenses:show", number)
    shown = {"form": form, "number": number}
    return render(request, "delivery/deliver.html", shown, status=422 if form.errors else 200)


@roles_required(*TEAM)
@require_safe
def fetch(request: OfficeRequest, token: str) -> HttpResponse:
    """Give the bytes behind a link to the one person it was made for, once, while the license is live."""
    row = selectors.find(token, account=request.user)
    header = request.headers.get("Range", "")
    if request.method == "HEAD":
        return HttpResponse(headers={"Content-Length": str(row.size), "Accept-Ranges": "bytes"})
    span = services.open_link(row, header=header, actor=applications.actor_of(request), at=request.moment)
    pieces = services.give(row, span, home=settings.HOME, now=moments.moment)
    answer = StreamingHttpResponse(pieces, status=206 if header else 200, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="license-{row.license_id}-copy-{row.copy}.zip.age"'
    answer.headers["Content-Length"] = str(span.stop - span.start)
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if header:
        answer.headers["Content-Range"] = span.header(row.size)
    return answer
