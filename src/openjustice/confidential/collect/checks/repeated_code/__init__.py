"""A cell of several codes may name each code once."""

from openjustice.confidential.collect.checks.repeated_code.check import CHECK

__all__ = ["CHECK"]
