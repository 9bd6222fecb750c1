"""No value may be written the way a spreadsheet shortens long numbers."""

from openjustice.confidential.collect.checks.scientific_notation.check import CHECK

__all__ = ["CHECK"]
