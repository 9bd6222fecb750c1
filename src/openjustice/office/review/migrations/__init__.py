"""Migrations of the review desk."""
