"""Tells Django of the desk's templates, assets and catalogs."""

from __future__ import annotations

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The frame of every page."""

    name = "openjustice.office.desk"
    label = "desk"
