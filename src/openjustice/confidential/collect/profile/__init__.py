"""Proposes a mapping for a file that nobody has seen: what each column could be, how sure that is, and a draft to correct."""

from openjustice.confidential.collect.profile.draft import as_draft
from openjustice.confidential.collect.profile.knowledge import Knowledge, learn
from openjustice.confidential.collect.profile.profiled import Profiled, columns_of, profile_files, read_profiling
from openjustice.confidential.collect.profile.propose import Proposal, propose

__all__ = [
    "Knowledge",
    "Profiled",
    "Proposal",
    "as_draft",
    "columns_of",
    "learn",
    "profile_files",
    "propose",
    "read_profiling",
]
