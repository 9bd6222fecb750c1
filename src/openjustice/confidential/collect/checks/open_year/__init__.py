"""Finds days of a calendar year that is not open for reporting: a later one, or an earlier one after its closing day."""

from openjustice.confidential.collect.checks.open_year.check import CHECK

__all__ = ["CHECK"]
