"""What was measured once and need not be measured again: a disposable file beside the ledger, never the truth.

A reading is found again only by everything it was made from, so nothing in here can become wrong: it can only be
missed. Deleting the file costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

MOST = 200_000
"""Entries kept; the oldest go first."""
SCHEMA = "CREATE TABLE IF NOT EXISTS readings (key TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID"
ORDER = "CREATE TABLE IF NOT EXISTS kept (number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL)"


def key_of(*parts: object) -> str:
    """Return the key of what these parts determine: tree or blob, gate, configuration, tool, environment."""
    digest = hashlib.sha256()
    for part in parts:
        text = str(part).encode("utf-8", "surrogatepass")
        digest.update(b"%d:%s" % (len(text), text))
    return digest.hexdigest()


class Readings:
    """The cache of one project; safe to be opened by several processes, and to be killed at any time."""

    def __init__(self, file: Path) -> None:
        """A file that cannot be read as a cache is replaced: nothing in it is needed."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = file
        try:
            self._prepare()
        except sqlite3.DatabaseError:
            for name in (file, *file.parent.glob(f"{file.name}-*")):
                name.unlink(missing_ok=True)
            self._prepare()

    def get(self, key: str) -> bytes | None:
        """Return what was kept under the key."""
        return self.get_all([key]).get(key)

    def get_all(self, keys: Iterable[str]) -> Mapping[str, bytes]:
        """Return what was kept, by key; what is missing is not in it."""
        found: dict[str, bytes] = {}
        with closing(self._open()) as database:
            for key in keys:
                row = database.execute("SELECT content FROM readings WHERE key = ?", (key,)).fetchone()
                if row is not None:
                    found[key] = zlib.decompress(row[0])
        return found

    def put(self, key: str, content: bytes) -> None:
        """Keep it; a second time under one key changes nothing."""
        self.put_all({key: content})

    def put_all(self, contents: Mapping[str, bytes]) -> None:
        """Keep several at once."""
        with closing(self._open()) as database, database:
            for key, content in contents.items():
                packed = zlib.compress(content, 1)
                if database.execute("INSERT OR IGNORE INTO readings VALUES (?, ?)", (key, packed)).rowcount:
                    database.execute("INSERT INTO kept (key) VALUES (?)", (key,))
            oldest = "SELECT key FROM kept WHERE number <= (SELECT max(number) FROM kept) - ?"
            database.execute(f"DELETE FROM readings WHERE key IN ({oldest})", (MOST,))
            database.execute("DELETE FROM kept WHERE number <= (SELECT max(number) FROM kept) - ?", (MOST,))

    def _prepare(self) -> None:
        with closing(self._open()) as database, database:
            database.execute(SCHEMA)
            database.execute(ORDER)

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._file, timeout=30.0)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = OFF")
        return database
