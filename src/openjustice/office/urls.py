"""Every address of the office: one line for each desk."""

from __future__ import annotations

from django.urls import include, path

from openjustice.office.accounts import views as accounts
from openjustice.office.desk import views as desk

urlpatterns = [
    path("", accounts.show_home, name="home"),
    path("language/", desk.choose_language, name="language"),
    path("account/", include("allauth.urls")),
    path("accounts/", include("openjustice.office.accounts.addresses")),
    path("submissions/", include("openjustice.office.submissions.addresses")),
    path("applications/", include("openjustice.office.applications.addresses")),
    path("deliveries/", include("openjustice.office.delivery.addresses")),
    path("licenses/", include("openjustice.office.licenses.addresses")),
    path("review/", include("openjustice.office.review.addresses")),
    path("audit/", include("openjustice.office.audit.addresses")),
]
handler403 = "openjustice.office.desk.views.refuse"
handler404 = "openjustice.office.desk.views.not_found"
handler500 = "openjustice.office.desk.views.failed"
