"""The addresses of the audit desk."""

from __future__ import annotations

from django.urls import path

from openjustice.office.audit import views

app_name = "audit"
urlpatterns = [path("", views.show_entries, name="entries")]
