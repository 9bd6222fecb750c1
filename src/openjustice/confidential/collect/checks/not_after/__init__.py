"""A day must not lie after the day of checking."""

from openjustice.confidential.collect.checks.not_after.check import CHECK

__all__ = ["CHECK"]
