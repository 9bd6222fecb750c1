"""No cell may hold characters that only look like others."""

from openjustice.confidential.collect.checks.look_alike.check import CHECK

__all__ = ["CHECK"]
