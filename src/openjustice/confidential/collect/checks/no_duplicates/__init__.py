"""No row may stand twice."""

from openjustice.confidential.collect.checks.no_duplicates.check import CHECK

__all__ = ["CHECK"]
