"""Tells django-allauth that accounts are made by invitation alone, and what their owners are called."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves."""

    def is_open_for_signup(self, request: Any) -> bool:  # noqa: ARG002  (allauth's shape)
        """Say no: an invitation makes an account."""
        return False


class InvitedOnlyProviders(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """A provider of identities lets in those who have an account with that address, and makes no new one."""

    def is_open_for_signup(self, request: Any, sociallogin: Any) -> bool:  # noqa: ARG002  (allauth's shape)
        """Say no: an invitation makes an account."""
        return False
