"""The tables of accounts: people, organizations, what each is where, and invitations. A password is kept by Django, hashed."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from openjustice.office.accounts import rules


class AccountManager(BaseUserManager):  # type: ignore[type-arg]
    """Makes accounts, for Django's own commands."""

    def create_user(self, email: str, name: str, password: str | None = None, **fields: Any) -> Account:
        """Make an account with this password, or with none that can be used."""
        account = Account(email=self.normalize_email(email), name=name, **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def get_by_natural_key(self, email: str | None) -> Account:
        """Return the account with this address, whatever its case."""
        found: Account = self.get(email__iexact=email)
        return found


class Account(AbstractBaseUser):
    """One person. The name stands beside what they decide, and in the published ledger beside what they approved."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField(null=True)

    objects = AccountManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ("name",)

    class Meta:
        db_table = "account"

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """Return the name."""
        return str(self.name)


class Organization(models.Model):
    """An agency, an authority, a research body or a provider. An agency has its code in its jurisdiction."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=[(item.value, item.value) for item in rules.Kind])
    jurisdiction = models.CharField(_("jurisdiction"), max_length=80, blank=True)
    reporter = models.CharField(_("agency code"), max_length=80, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "organization"
        ordering = ("name",)

    def __str__(self) -> str:
        return str(self.name)


class Membership(models.Model):
    """A role that an account holds in an organization, until it is ended; ended ones stay."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(item.value, item.value) for item in rules.Role])
    state = models.CharField(max_length=20)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "membership"
        ordering = ("role", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["account", "organization", "role"],
                condition=models.Q(state="held"),
                name="membership_held_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state="held", ended_at__isnull=True)
                | models.Q(state="ended", ended_at__isnull=False),
                name="membership_end_is_dated",
            ),
        )


class Invitation(models.Model):
    """An invitation by mail. Of its link only a digest is kept."""

    email = models.EmailField(_("e-mail address"))
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    role = models.CharField(max_length=20, choices=[(item.value, item.value) for item in rules.Role])
    link_sha256 = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=20)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    made_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        db_table = "invitation"
        ordering = ("-pk",)
