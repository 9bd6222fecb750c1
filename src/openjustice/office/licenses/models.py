"""The table of licenses. What the rulebook decides on is kept whole, as it is; columns beside it are for finding it."""

from __future__ import annotations

from django.db import models

from openjustice.office.accounts.models import Account
from openjustice.office.applications.models import Application


class License(models.Model):
    """The license of one team for the records of one system."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="licenses")
    jurisdiction = models.CharField(max_length=80)
    system = models.CharField(max_length=80)
    state = models.CharField(max_length=20)
    content = models.TextField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, blank=True)
    holder = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="licenses")
    members = models.ManyToManyField(Account, related_name="+")

    class Meta:
        db_table = "license"
        ordering = ("-pk",)
        indexes = (models.Index(fields=["next_at"], name="license_by_clock"),)
