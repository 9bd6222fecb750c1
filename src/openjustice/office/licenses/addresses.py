"""The addresses of licenses."""

from __future__ import annotations

from django.urls import path

from openjustice.office.licenses import views

app_name = "licenses"
urlpatterns = [
    path("", views.show_list, name="list"),
    path("<int:number>/", views.show, name="show"),
    path("<int:number>/copies/<int:copy>/certify/", views.certify, name="certify"),
    path("<int:number>/decide/<str:act>/", views.decide, name="decide"),
    path("<int:number>/<str:act>/", views.do, name="do"),
]
