"""The addresses of the agency desk."""

from __future__ import annotations

from django.urls import path

from openjustice.office.submissions import views

app_name = "submissions"
urlpatterns = [
    path("", views.show_list, name="list"),
    path("send/", views.send, name="send"),
    path("<int:number>/", views.show_submission, name="show"),
    path("questions/<int:number>/answer/", views.act_on_query, {"act": "answer"}, name="answer"),
    path("questions/<int:number>/close/", views.act_on_query, {"act": "close"}, name="close"),
    path("questions/<int:number>/reopen/", views.act_on_query, {"act": "reopen"}, name="reopen"),
    path("playbook/<slug:jurisdiction>/<slug:name>/", views.show_playbook, name="playbook"),
    path("playbook/<slug:jurisdiction>/<slug:name>/empty.csv", views.download_template, name="template"),
]
