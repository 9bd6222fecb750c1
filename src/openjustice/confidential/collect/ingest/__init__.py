"""Takes a file in: what it is, how it is written, which layout it has, and its rows as a table that statements can read."""

from openjustice.confidential.collect.ingest.ingested import Ingested
from openjustice.confidential.collect.ingest.limits import Limits, read_limits
from openjustice.confidential.collect.ingest.read import read_file
from openjustice.confidential.collect.ingest.screened import Screen, Screened

__all__ = ["Ingested", "Limits", "Screen", "Screened", "read_file", "read_limits"]
