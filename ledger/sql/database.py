"""Opens the file: makes a new one whole or not at all, brings an older one up, sets the pragmas."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool, QueuePool

from ledger.errors import Damaged, Unwritable
from ledger.sql.failures import FAILURES, in_our_words
from ledger.sql.tables import REVISION

_BUSY_MS = 5000
_OLDEST_SQLITE = (3, 37)
"""The first with strict tables."""
_READERS = 8
"""Idle reading connections kept; more are opened and closed as needed."""


def prepare(path: Path) -> None:
    """See to it that a ledger of the newest revision stands at the path; raise Unwritable or Damaged."""
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise Unwritable(str(path), f"SQLite {sqlite3.sqlite_version} is too old; use a Python with 3.37 or newer")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _create(path)
    except OSError as error:
        raise Unwritable(str(path), error.strerror or str(error)) from error
    with in_our_words(path):
        _bring_up(path)


def writing(path: Path) -> Engine:
    """Return an engine for the one writing connection: WAL, and every commit on the disk before it returns."""
    return _engine(path, NullPool, ("journal_mode=WAL", "synchronous=FULL", "journal_size_limit=67108864"))


def reading(path: Path) -> Engine:
    """Return an engine for short reads; its connections never write and never move the log into the file."""
    return _engine(path, QueuePool, ("query_only=ON", "wal_autocheckpoint=0"), pool_size=_READERS, max_overflow=-1)


def _engine(path: Path, pool: type, pragmas: tuple[str, ...], **options: int) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=pool,
        isolation_level="AUTOCOMMIT",
        connect_args={"check_same_thread": False, "timeout": _BUSY_MS / 1000},
        **options,
    )

    def prepare_connection(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in (f"busy_timeout={_BUSY_MS}", "foreign_keys=ON", "mmap_size=0", *pragmas):
            connection.execute(f"PRAGMA {pragma}").close()

    event.listen(engine, "connect", prepare_connection)
    return engine


def _create(path: Path) -> None:
    """Build the new ledger beside and link it into place, so that an empty file is never taken for a new ledger."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    beside.unlink(missing_ok=True)
    try:
        with in_our_words(path):
            _on_connection(beside, lambda connection: _migrate(connection, path))
        _put_in_place(beside, path)
    finally:
        for leftover in (beside, *(beside.with_name(beside.name + end) for end in ("-wal", "-shm", "-journal"))):
            leftover.unlink(missing_ok=True)


def _put_in_place(beside: Path, path: Path) -> None:
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        return  # another program was first; its ledger is as good
    except OSError:
        beside.rename(path)  # a file system without hard links
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _bring_up(path: Path) -> None:
    if path.stat().st_size == 0:
        raise Damaged(str(path), 1, "the file is empty")

    def upgrade_if_older(connection: Connection) -> None:
        found = _revision_of(connection, path)
        if found == REVISION:
            return
        if found > REVISION:
            raise Unwritable(str(path), f"it was written by a newer Kaizen (revision {found}); upgrade Kaizen")
        _migrate(connection, path)

    _on_connection(path, upgrade_if_older)


def _on_connection(path: Path, act: Callable[[Connection], None]) -> None:
    engine = writing(path)
    try:
        with engine.connect() as connection:
            act(connection)
    finally:
        engine.dispose()


def _revision_of(connection: Connection, path: Path) -> str:
    tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name = 'alembic_version'").fetchall()
    row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").fetchone() if tables else None
    if row is None:
        raise Damaged(str(path), 1, "it is not a ledger")
    return str(row[0])


def _migrate(connection: Connection, path: Path) -> None:
    """Run the migrations in one transaction. Alembic is imported here, because most openings do without it."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", "ledger.sql:migrations")
    config.attributes["connection"] = connection
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        connection.exec_driver_sql("ROLLBACK")
        raise Damaged(str(path), 1, f"its tables are of an unknown revision ({error})") from error
    except FAILURES:
        connection.exec_driver_sql("ROLLBACK")
        raise
    connection.exec_driver_sql("COMMIT")
