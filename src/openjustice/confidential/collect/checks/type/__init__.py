"""Every cell must be readable as its field's type."""

from openjustice.confidential.collect.checks.type.check import CHECK

__all__ = ["CHECK"]
