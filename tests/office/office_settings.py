"""The settings of the office for tests: those of production, with a set clock, quick passwords and letters kept in memory."""

from __future__ import annotations

from openjustice.office.settings import *  # noqa: F403  (every setting of production, so that tests see what users do)

CLOCK = "office.clock.read_clock"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
OFFICE_SECOND_FACTOR_ROLES = ("administrator",)
