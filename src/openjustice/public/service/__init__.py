"""Answers questions over sealed releases, read-only: records, aggregates and what is known about them."""
