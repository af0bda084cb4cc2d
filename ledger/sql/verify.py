"""Recomputes a ledger's whole chain from the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection

from ledger.chain import Row, Verdict, check
from ledger.errors import Damaged, LedgerError, Missing
from ledger.sql.database import reading
from ledger.sql.failures import FAILURES, translate
from ledger.sql.head import COLUMNS, read_head

_PAGE = 5000
_ROWS = f"SELECT {', '.join(Row._fields)} FROM event WHERE position > ? AND position <= ? ORDER BY position LIMIT ?"


def verify(path: Path) -> Verdict:
    """Return whether every row is what was appended and none is missing; raise Missing when there is no file.

    What is appended while it works is left for the next time.
    """
    path = Path(path).absolute()
    if not path.exists():
        raise Missing("ledger", str(path))
    engine = reading(path)
    try:
        with engine.connect() as connection:
            return _verify(connection, path)
    except FAILURES as error:
        return _verdict_of(translate(error, path, 1))
    except Damaged as error:
        return _verdict_of(error)
    finally:
        engine.dispose()


def _verify(connection: Connection, path: Path) -> Verdict:
    head = read_head(connection.exec_driver_sql(f"SELECT {', '.join(COLUMNS)} FROM head").fetchone(), path)
    verdict = check(_rows(connection, path, head.position), (head.position, head.link))
    if not verdict.intact:
        return verdict
    beyond = connection.exec_driver_sql("SELECT min(position) FROM event WHERE position < 1").scalar()
    structure = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
    if beyond is None and structure == "ok":
        return verdict
    why = " ".join(str(structure).split()) if beyond is None else f"a row stands at position {beyond}"
    return Verdict(False, verdict.events, verdict.link, 0, why)


def _rows(connection: Connection, path: Path, last: int) -> Iterator[Row]:
    """Read in pages; where a page cannot be read, row by row up to the one that cannot."""
    position, page = 0, _PAGE
    while position < last:
        try:
            rows = connection.exec_driver_sql(_ROWS, (position, last, page)).fetchall()
        except FAILURES as error:
            if page == 1:
                raise translate(error, path, position + 1) from error
            page = 1
            continue
        if not rows:
            return
        yield from map(Row._make, rows)
        position = rows[-1][0]


def _verdict_of(error: LedgerError) -> Verdict:
    if not isinstance(error, Damaged):
        raise error
    return Verdict(False, error.position - 1, "", error.position, error.why)
