"""The audit desk: who did and saw what, for those who answer for it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from openjustice.office.audit import selectors, services
from openjustice.office.audit.forms import SearchForm
from openjustice.office.audit.requests import audit_of
from openjustice.office.desk.access import roles_required
from openjustice.office.desk.middleware import OfficeRequest

_PAGE = 50


@roles_required("administrator")
def show_entries(request: OfficeRequest) -> HttpResponse:
    """Show the entries that fit, newest first. Looking is itself recorded."""
    form = SearchForm(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = Paginator(selectors.entries_of(**wanted), _PAGE).get_page(request.GET.get("page"))
    services.record(
        audit=audit_of(request, "administrator"), event="audit_viewed", thing="audit record", thing_id="entries",
        detail={"page": found.number, "searched_by": sorted(name for name, value in wanted.items() if value)},
    )  # fmt: skip
    return render(request, "audit/entries.html", {"form": form, "found": found})
