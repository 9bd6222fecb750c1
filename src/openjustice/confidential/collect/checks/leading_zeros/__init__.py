"""No code may have lost its leading zeros."""

from openjustice.confidential.collect.checks.leading_zeros.check import CHECK

__all__ = ["CHECK"]
