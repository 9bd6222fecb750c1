"""The addresses of the review desk."""

from __future__ import annotations

from django.urls import path, re_path

from openjustice.office.review import views

app_name = "review"
urlpatterns = [
    path("", views.show_list, name="list"),
    path("draft/", views.make_draft, name="draft"),
    path("<int:number>/", views.show_draft, name="show"),
    path("<int:number>/plots/<slug:name>.svg", views.show_plot, name="plot"),
    re_path(r"^(?P<number>\d+)/(?P<name>report|hidden)\.html$", views.download_page, name="page"),
    path("<int:number>/tables/<str:product>/", views.show_table, name="table"),
    path("<int:number>/tables/<str:product>/comment/", views.comment, name="comment"),
    path("<int:number>/approve/", views.approve, name="approve"),
    path("<int:number>/seal/", views.seal, name="seal"),
    path("comments/<int:number>/settle/", views.settle, name="settle"),
]
