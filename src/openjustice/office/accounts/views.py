"""Pages of accounts: the start page, one's own account, invitations, and the people of the office."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openjustice.office.accounts import selectors, services
from openjustice.office.accounts.forms import AcceptForm, InviteForm, OrganizationForm
from openjustice.office.accounts.models import Invitation, Membership
from openjustice.office.audit.requests import audit_of
from openjustice.office.desk import frame
from openjustice.office.desk.access import roles_required, step_up
from openjustice.office.desk.middleware import OfficeRequest

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@login_required
def show_home(request: OfficeRequest) -> HttpResponse:
    """Show the desks that this person may use."""
    return render(request, "accounts/home.html", {"desks": frame.desks_for(request.roles)})


@login_required
def show_me(request: OfficeRequest) -> HttpResponse:
    """Show one's own roles, and where sign-in is changed."""
    return render(request, "accounts/me.html")


def accept_invitation(request: OfficeRequest, token: str) -> HttpResponse:
    """Let an invited person make their account, or add the role to the one they have."""
    invitation = services.find_invitation(token, at=request.moment)
    form = AcceptForm(request.POST or None, email=invitation.email)
    if request.method == "POST" and form.is_valid():
        account = services.accept_invitation(
            invitation, name=form.cleaned_data["name"], password=form.cleaned_data["password"], at=request.moment
        )
        if account.made_at == request.moment:  # a new account; whoever has one signs in as ever
            login(request, account, backend=_BACKEND)
            record_authentication(request, account, method="password", email=account.email)
        messages.success(request, _("Welcome. Your account is ready."))
        return redirect("home")
    return render(request, "accounts/accept.html", {"form": form, "invitation": invitation})


@roles_required("administrator")
def show_people(request: OfficeRequest) -> HttpResponse:
    """Show every account with its roles, the open invitations, and the forms that add to them."""
    return _people(request, InviteForm(), OrganizationForm())


@require_POST
@roles_required("administrator")
@step_up
def invite(request: OfficeRequest) -> HttpResponse:
    """Invite somebody by mail."""
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _people(request, form, OrganizationForm())
    services.invite(
        **form.cleaned_data, token=get_random_string(43), address=settings.ADDRESS, made_by=request.user,
        audit=audit_of(request, "administrator"),
    )  # fmt: skip
    messages.success(request, _("The invitation is on its way."))
    return redirect("accounts:people")


@require_POST
@roles_required("administrator")
def add_organization(request: OfficeRequest) -> HttpResponse:
    """Add an organization."""
    form = OrganizationForm(request.POST)
    if not form.is_valid():
        return _people(request, InviteForm(), form)
    services.add_organization(**form.cleaned_data, audit=audit_of(request, "administrator"))
    messages.success(request, _("The organization is added."))
    return redirect("accounts:people")


@require_POST
@roles_required("administrator")
@step_up
def end_membership(request: OfficeRequest, number: int) -> HttpResponse:
    """Take a role away."""
    services.end_membership(get_object_or_404(Membership, pk=number), audit=audit_of(request, "administrator"))
    messages.success(request, _("The role is ended."))
    return redirect("accounts:people")


@require_POST
@roles_required("administrator")
def withdraw_invitation(request: OfficeRequest, number: int) -> HttpResponse:
    """Make an invitation worthless."""
    services.withdraw_invitation(get_object_or_404(Invitation, pk=number), audit=audit_of(request, "administrator"))
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("accounts:people")


def _people(request: OfficeRequest, form: InviteForm, organization_form: OrganizationForm) -> HttpResponse:
    shown = {
        "people": selectors.people(), "invitations": selectors.open_invitations(), "form": form,
        "organization_form": organization_form,
    }  # fmt: skip
    status = 422 if form.errors or organization_form.errors else 200
    return render(request, "accounts/people.html", shown, status=status)
