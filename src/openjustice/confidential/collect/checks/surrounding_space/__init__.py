"""No cell may begin or end with a space."""

from openjustice.confidential.collect.checks.surrounding_space.check import CHECK

__all__ = ["CHECK"]
