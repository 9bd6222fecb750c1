"""The addresses of applications."""

from __future__ import annotations

from django.urls import path

from openjustice.office.applications import views

app_name = "applications"
urlpatterns = [
    path("", views.show_list, name="list"),
    path("begin/", views.begin, name="begin"),
    path("<int:number>/", views.show, name="show"),
    path("<int:number>/form/", views.fill, name="fill"),
    path("<int:number>/items/<str:need>/", views.bring, name="bring"),
    path("<int:number>/papers/<int:paper>/", views.fetch_paper, name="paper"),
    path("<int:number>/decide/", views.decide, name="decide"),
    path("<int:number>/<str:act>/", views.do, name="do"),
]
