"""The tables of the audit record: entries that are only ever added, and one row that says where they end."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One entry. It has no foreign key: history never holds back the living data, and outlasts it."""

    number = models.BigIntegerField(primary_key=True)
    at = models.CharField(max_length=32)
    actor = models.CharField(max_length=80)
    role = models.CharField(max_length=40)
    event = models.CharField(max_length=80)
    thing = models.CharField(max_length=40)
    thing_id = models.CharField(max_length=80)
    source = models.CharField(max_length=40, blank=True)
    target = models.CharField(max_length=40, blank=True)
    detail = models.TextField(default="{}")
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_entry"
        ordering = ("number",)
        indexes = (
            models.Index(fields=["thing", "thing_id"], name="audit_entry_thing"),
            models.Index(fields=["actor", "number"], name="audit_entry_actor"),
        )


class Head(models.Model):
    """Where the record ends: the row that a writer holds while it adds an entry, so that entries never fork."""

    size = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)
    edge = models.TextField(blank=True)

    class Meta:
        db_table = "audit_head"
        constraints = (models.CheckConstraint(condition=models.Q(pk=1), name="audit_head_is_one"),)
