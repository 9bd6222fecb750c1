"""Takes a file in: what it is, how it is written, which layout it has, and its rows as a table that statements can read."""

from openjustice.confidential.collect.ingest.limits import Limits, read_limits
from openjustice.confidential.collect.ingest.read import Ingested, read_file

__all__ = ["Ingested", "Limits", "read_file", "read_limits"]
