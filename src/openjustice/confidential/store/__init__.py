"""The key to the records: one database for records and all administrative state, raw files beside it, one lock."""

from openjustice.confidential.store.assessed import find_assessed, keep_assessed
from openjustice.confidential.store.home import Home, make_home, read_home
from openjustice.confidential.store.lock import Waiting
from openjustice.confidential.store.opening import open_store
from openjustice.confidential.store.raw import RawFile, find_damaged, keep_file
from openjustice.confidential.store.schema import RECORD_COLUMNS, records_relation
from openjustice.confidential.store.store import AWAITED, IN_FORCE, SealedCell, Store

__all__ = [
    "AWAITED",
    "IN_FORCE",
    "RECORD_COLUMNS",
    "Home",
    "RawFile",
    "SealedCell",
    "Store",
    "Waiting",
    "find_assessed",
    "find_damaged",
    "keep_assessed",
    "keep_file",
    "make_home",
    "open_store",
    "read_home",
    "records_relation",
]
