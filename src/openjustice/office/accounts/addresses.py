"""The addresses of accounts."""

from __future__ import annotations

from django.urls import path

from openjustice.office.accounts import views

app_name = "accounts"
urlpatterns = [
    path("me/", views.show_me, name="me"),
    path("people/", views.show_people, name="people"),
    path("people/invite/", views.invite, name="invite"),
    path("people/organizations/", views.add_organization, name="add_organization"),
    path("people/memberships/<int:number>/end/", views.end_membership, name="end_membership"),
    path("people/invitations/<int:number>/withdraw/", views.withdraw_invitation, name="withdraw_invitation"),
    path("invitation/<str:token>/", views.accept_invitation, name="accept"),
]
