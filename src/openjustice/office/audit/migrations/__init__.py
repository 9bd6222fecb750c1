"""Migrations of the audit record."""
