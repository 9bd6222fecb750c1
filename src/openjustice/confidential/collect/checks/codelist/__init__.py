"""Every code must be in its field's code list."""

from openjustice.confidential.collect.checks.codelist.check import CHECK

__all__ = ["CHECK"]
