"""Every text must be written as its pattern says."""

from openjustice.confidential.collect.checks.pattern.check import CHECK

__all__ = ["CHECK"]
