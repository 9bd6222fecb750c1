"""Reads an agency's records system, or its folder of files, bit by bit, and makes an encrypted submission of what is new."""

from openjustice.confidential.collect.extract.extracted import Extracted, extract
from openjustice.confidential.collect.extract.statement import select_new

__all__ = ["Extracted", "extract", "select_new"]
