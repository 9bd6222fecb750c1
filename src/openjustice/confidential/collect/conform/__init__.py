"""Brings the files of any agency into one contract by its declaration alone, and keeps a record of every change."""

from openjustice.confidential.collect.conform.conformed import Conformed, conform
from openjustice.confidential.collect.conform.record import Transforms, transform_record
from openjustice.confidential.collect.conform.saved import (
    conformed_files,
    contract_bytes,
    find_source,
    measure,
    save,
    save_conformed,
)

__all__ = [
    "Conformed",
    "Transforms",
    "conform",
    "conformed_files",
    "contract_bytes",
    "find_source",
    "measure",
    "save",
    "save_conformed",
    "transform_record",
]
