"""Finds texts that are shorter or longer than their field allows, in characters."""

from openjustice.confidential.collect.checks.length.check import CHECK

__all__ = ["CHECK"]
