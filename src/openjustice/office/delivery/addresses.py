"""The addresses of deliveries."""

from __future__ import annotations

from django.urls import path

from openjustice.office.delivery import views

app_name = "delivery"
urlpatterns = [
    path("", views.show_list, name="list"),
    path("key/", views.set_key, name="key"),
    path("licenses/<int:number>/", views.deliver, name="deliver"),
    path("fetch/<str:token>/", views.fetch, name="fetch"),
]
