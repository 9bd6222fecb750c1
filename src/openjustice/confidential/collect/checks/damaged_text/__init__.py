"""No cell may hold letters that were lost between two encodings."""

from openjustice.confidential.collect.checks.damaged_text.check import CHECK

__all__ = ["CHECK"]
