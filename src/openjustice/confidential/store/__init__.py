"""The key to the records: one database for records and all administrative state, raw files beside it, one lock."""

from openjustice.confidential.store.home import Home, make_home, read_home
from openjustice.confidential.store.opening import open_store
from openjustice.confidential.store.store import SealedCell, Store

__all__ = ["Home", "SealedCell", "Store", "make_home", "open_store", "read_home"]
