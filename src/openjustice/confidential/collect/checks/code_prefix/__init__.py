"""The beginning of one code must be the code of another field."""

from openjustice.confidential.collect.checks.code_prefix.check import CHECK

__all__ = ["CHECK"]
