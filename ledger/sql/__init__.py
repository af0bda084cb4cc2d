"""The store on SQLite: one file per project, one writer, readers beside it."""

from ledger.sql.store import SqliteStore
from ledger.sql.verify import verify

__all__ = ["SqliteStore", "verify"]
