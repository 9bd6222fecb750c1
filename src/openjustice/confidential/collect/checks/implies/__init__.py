"""Where one thing holds, another must."""

from openjustice.confidential.collect.checks.implies.check import CHECK

__all__ = ["CHECK"]
