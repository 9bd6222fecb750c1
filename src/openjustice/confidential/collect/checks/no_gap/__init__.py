"""Finds reporters with a month without a single record between their first and their last."""

from openjustice.confidential.collect.checks.no_gap.check import CHECK

__all__ = ["CHECK"]
