"""A condition over the records that hang on one record must not hold."""

from openjustice.confidential.collect.checks.related.check import CHECK

__all__ = ["CHECK"]
