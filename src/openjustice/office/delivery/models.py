"""The tables of deliveries: the public keys of people, and what lies ready for one of them behind a link."""

from __future__ import annotations

from django.db import models

from openjustice.office.accounts.models import Account
from openjustice.office.licenses.models import License


class Key(models.Model):
    """A person's public key of age. A new one takes the place of the old one, which stays noted."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="age_keys")
    recipient = models.CharField(max_length=100)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "age_key"
        constraints = (
            models.UniqueConstraint(fields=["account"], condition=models.Q(ended_at__isnull=True), name="age_key_once"),
        )


class Delivery(models.Model):
    """One encrypted copy for one person. Of its link only a digest is kept; `given` is how many bytes went out so far."""

    license = models.ForeignKey(License, on_delete=models.PROTECT, related_name="deliveries")
    copy = models.PositiveIntegerField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="deliveries")
    file = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    link_sha256 = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=20)
    given = models.PositiveBigIntegerField(default=0)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "delivery"
        ordering = ("-pk",)
        constraints = (models.UniqueConstraint(fields=["license", "copy"], name="delivery_of_a_copy"),)
