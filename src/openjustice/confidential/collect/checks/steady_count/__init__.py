"""Finds months in which far fewer records come for each unit than in the other months of the same reporter: under-reporting."""

from openjustice.confidential.collect.checks.steady_count.check import CHECK

__all__ = ["CHECK"]
