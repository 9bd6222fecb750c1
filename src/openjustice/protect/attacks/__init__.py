"""Attacks, one folder each."""
