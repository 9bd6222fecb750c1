"""The table of the review desk: comments on the cells of a draft. Drafts and approvals stay in the confidential store."""

from __future__ import annotations

from django.db import models

from openjustice.office.accounts.models import Account


class Comment(models.Model):
    """What somebody says of a cell, a row, a table or the whole draft, until it is settled."""

    draft = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    product = models.CharField(max_length=200, blank=True)
    row = models.PositiveIntegerField(null=True, blank=True)
    column = models.CharField(max_length=120, blank=True)
    text = models.TextField(max_length=4_000)
    by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=20)
    settled_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "review_comment"
        ordering = ("pk",)
        indexes = (models.Index(fields=["draft", "state"], name="review_comment_draft"),)
