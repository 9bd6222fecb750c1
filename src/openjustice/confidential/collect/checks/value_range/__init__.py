"""Every number must lie in its field's range."""

from openjustice.confidential.collect.checks.value_range.check import CHECK

__all__ = ["CHECK"]
