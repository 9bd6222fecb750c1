"""The tables of applications. What the rulebook decides on is kept whole, as it is; columns beside it are for finding it."""

from __future__ import annotations

from django.db import models

from openjustice.office.accounts.models import Account


class Application(models.Model):
    """One application: the rulebook's own form of it, and what it is found by."""

    jurisdiction = models.CharField(max_length=80)
    systems = models.CharField(max_length=400)
    state = models.CharField(max_length=20)
    content = models.TextField()
    investigator = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="applications")
    begun_at = models.DateTimeField()
    since = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "application"
        ordering = ("-pk",)
        indexes = (models.Index(fields=["state", "due_at"], name="application_by_state"),)


class Seat(models.Model):
    """One person on the team of an application."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="seats")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="seats")

    class Meta:
        db_table = "application_seat"
        constraints = (models.UniqueConstraint(fields=["application", "account"], name="seat_once"),)


class Paper(models.Model):
    """One attached file: where its bytes are, what they are, and their digest. Its own name is not kept."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="papers")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    need = models.CharField(max_length=120)
    file = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=8)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    scanned_by = models.CharField(max_length=40, blank=True)
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "application_paper"
