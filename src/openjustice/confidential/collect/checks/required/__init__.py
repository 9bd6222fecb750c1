"""Every required field must be filled."""

from openjustice.confidential.collect.checks.required.check import CHECK

__all__ = ["CHECK"]
