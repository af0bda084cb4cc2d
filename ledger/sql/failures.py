"""What SQLite says when it fails, in the ledger's own words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from ledger.errors import Damaged, LedgerError, Unwritable

_DAMAGED = {
    sqlite3.SQLITE_CORRUPT: "the file's structure is broken",
    sqlite3.SQLITE_NOTADB: "it is not a ledger",
    sqlite3.SQLITE_FORMAT: "it is not a ledger",
}
_UNWRITABLE = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "it is read-only",
    sqlite3.SQLITE_PERM: "it is not permitted",
    sqlite3.SQLITE_AUTH: "it is not permitted",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_IOERR: "the disk refused",
    sqlite3.SQLITE_BUSY: "another program is writing to it",
    sqlite3.SQLITE_LOCKED: "another program is writing to it",
    sqlite3.SQLITE_NOLFS: "the file grew too large",
    sqlite3.SQLITE_TOOBIG: "the event is too large",
}


FAILURES = (DBAPIError, UnicodeDecodeError)
"""What a damaged or unwritable file raises; the second when even the message or a column is no text any more."""


def translate(error: DBAPIError | UnicodeDecodeError, path: Path, position: int) -> LedgerError:
    """Return the ledger's error for one of the database; `position` is the first that may be hurt."""
    if isinstance(error, UnicodeDecodeError):
        return Damaged(str(path), position, "its text is not readable")
    original = error.orig
    code = getattr(original, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _UNWRITABLE:
        return Unwritable(str(path), _UNWRITABLE[code])
    return Damaged(str(path), position, _DAMAGED.get(code, " ".join(str(original).split())))


@contextmanager
def in_our_words(path: Path, position: int = 1) -> Iterator[None]:
    """Turn the database's errors inside the block into the ledger's."""
    try:
        yield
    except FAILURES as error:
        raise translate(error, path, position) from error
