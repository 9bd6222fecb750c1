"""Finds reporters whose share of one code changes sharply against their own earlier records: systematic misreporting."""

from openjustice.confidential.collect.checks.steady_share.check import CHECK

__all__ = ["CHECK"]
