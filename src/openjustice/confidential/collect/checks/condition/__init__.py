"""A condition over the fields of one row that must not hold."""

from openjustice.confidential.collect.checks.condition.check import CHECK

__all__ = ["CHECK"]
