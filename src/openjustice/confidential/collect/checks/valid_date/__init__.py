"""Year, month and day together must be a day of the calendar."""

from openjustice.confidential.collect.checks.valid_date.check import CHECK

__all__ = ["CHECK"]
