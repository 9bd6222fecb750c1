"""Adds the row that says where the record ends, and makes the database refuse every change of an entry."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from openjustice.office.audit import locks, rules


def make_head(apps: Any, _schema_editor: Any) -> None:
    """Add the one row of the head."""
    apps.get_model("audit", "Head").objects.create(pk=1, size=0, hash=rules.NOTHING)


class Migration(migrations.Migration):
    """Locks of the audit record."""

    dependencies = (("audit", "0001_initial"),)
    operations = (
        migrations.RunPython(make_head, migrations.RunPython.noop),
        migrations.RunPython(locks.make_triggers, locks.drop_triggers),
    )
