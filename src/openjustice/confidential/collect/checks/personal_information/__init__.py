"""Words may not name anybody."""

from openjustice.confidential.collect.checks.personal_information.check import CHECK

__all__ = ["CHECK"]
