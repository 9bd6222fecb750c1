"""Every day must be a day of the calendar."""

from openjustice.confidential.collect.checks.impossible_date.check import CHECK

__all__ = ["CHECK"]
