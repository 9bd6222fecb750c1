"""A key may stand on one row only."""

from openjustice.confidential.collect.checks.unique.check import CHECK

__all__ = ["CHECK"]
