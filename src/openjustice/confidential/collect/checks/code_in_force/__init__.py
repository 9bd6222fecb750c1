"""A code must be in force on the day that it is used for."""

from openjustice.confidential.collect.checks.code_in_force.check import CHECK

__all__ = ["CHECK"]
