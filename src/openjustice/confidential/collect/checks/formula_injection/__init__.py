"""No text may begin like a formula."""

from openjustice.confidential.collect.checks.formula_injection.check import CHECK

__all__ = ["CHECK"]
