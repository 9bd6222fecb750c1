"""Parts must add up to their total."""

from openjustice.confidential.collect.checks.sum_equals.check import CHECK

__all__ = ["CHECK"]
