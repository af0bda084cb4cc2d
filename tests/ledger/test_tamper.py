"""A changed byte, a missing row, a shortened file: found, placed, and said in one line."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ledger.errors import Damaged, LedgerError
from ledger.events import DIRECTOR, REQUESTS
from ledger.events.recorded import Recorded
from ledger.sql import SqliteStore, verify
from ledger.store import Head
from tests.contracts.store import action, milestone

EVENTS = 40


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole ledger of some pages."""
    path = tmp_path_factory.mktemp("original") / "a_ledger.db"
    store = SqliteStore.open(path, clock=lambda: 1_700_000_000.0)
    for number in range(EVENTS // 4):
        store.append(DIRECTOR, [action(f"edit {number}", why="w" * 200), milestone()], key=f"k{number}").result()
        store.append(REQUESTS, [action("asked", title="x" * 700)] * 2, actor="user", cause=1).result()
    store.save_snapshot("overview", "v1", 4, b"s" * 300)
    store.close()
    return path


@pytest.fixture
def copy(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(original, tmp_path / "a_ledger.db"))


def change(path: Path, *statements: str) -> None:
    """Change the file as its owner can, past the triggers."""
    raw = sqlite3.connect(path)
    raw.executescript("DROP TRIGGER event_no_UPDATE; DROP TRIGGER event_no_DELETE;" + ";".join(statements))
    raw.close()


def seen(path: Path) -> tuple[Head, Sequence[Recorded], Sequence[Recorded]]:
    """Everything a reader can see."""
    store = SqliteStore.open(path)
    try:
        return store.head(), store.read(limit=1000), list(store.stream(DIRECTOR))
    finally:
        store.close()


@pytest.mark.parametrize(
    ("statement", "position", "why"),
    [
        (
            "UPDATE event SET body = CAST(replace(CAST(body AS TEXT), 'edit', 'Edit') AS BLOB) WHERE position = 9",
            9,
            "body was altered",
        ),
        ("UPDATE event SET body = NULL WHERE position = 9", 9, "body is missing"),
        ("UPDATE event SET actor = 'user' WHERE position = 9", 9, "row was altered"),
        ("UPDATE event SET at = at + 1 WHERE position = 10", 10, "row was altered"),
        ("UPDATE event SET key = 'other' WHERE position = 9", 9, "row was altered"),
        ("UPDATE event SET cause = 0 WHERE position = 11", 11, "row was altered"),
        ("UPDATE event SET kind = 'RunPaused' WHERE position = 9", 9, "row was altered"),
        ("UPDATE event SET stream = 'elsewhere' WHERE position = 9", 9, "row was altered"),
        ("DELETE FROM event WHERE position = 9", 9, "row is missing"),
        (f"DELETE FROM event WHERE position = {EVENTS}", EVENTS, "are missing"),
        ("DELETE FROM event", 1, "are missing"),
        ("UPDATE head SET position = 39", 1, "head was altered"),
        ("UPDATE head SET token = 99", 1, "head was altered"),
        ("DELETE FROM head", 1, "no head"),
        ("UPDATE event SET kind = CAST(x'ff41' AS TEXT) WHERE position = 9", 9, "UTF-8"),
        ("DROP TABLE event", 1, "no such table"),
    ],
)
def test_a_changed_row_is_found_where_it_stands(copy: Path, statement: str, position: int, why: str) -> None:
    change(copy, statement)

    verdict = verify(copy)

    assert (verdict.intact, verdict.position) == (False, position)
    assert why in verdict.why


def test_a_row_that_was_changed_and_linked_anew_breaks_the_next(copy: Path) -> None:
    """Whoever changes a row must rewrite every later link; the head's link, kept elsewhere, still tells."""
    change(copy, "UPDATE event SET link = (SELECT link FROM event WHERE position = 8) WHERE position = 9")

    assert verify(copy).position == 9


@pytest.mark.parametrize(
    "statement",
    ["UPDATE event SET body = x'7b7d' WHERE position = 9", "DELETE FROM event WHERE position = 9"],
)
def test_reading_stops_at_a_changed_body_or_a_missing_row(copy: Path, statement: str) -> None:
    change(copy, statement)
    store = SqliteStore.open(copy)

    with pytest.raises(Damaged) as caught:
        store.read()

    assert caught.value.position == 9
    assert store.append(DIRECTOR, [action()]).result()[0].position == EVENTS + 1
    store.close()


def test_a_ledger_without_its_end_is_not_opened(copy: Path) -> None:
    change(copy, f"DELETE FROM event WHERE position > {EVENTS - 3}")

    with pytest.raises(Damaged, match=f"position {EVENTS - 2}"):
        SqliteStore.open(copy)


def test_a_changed_snapshot_is_not_used(copy: Path) -> None:
    change(copy, "UPDATE snapshot SET body = x'00'")
    store = SqliteStore.open(copy)

    assert store.load_snapshot("overview", "v1") is None
    store.close()


def _outcome(look: Callable[[Path], object], path: Path) -> object:
    """What a look gives; every error but the ledger's own fails the test."""
    try:
        return look(path)
    except LedgerError as error:
        assert "\n" not in str(error)
        return None


@pytest.mark.slow
def test_no_changed_byte_passes_for_the_truth(original: Path, copy: Path) -> None:
    """Each changed byte is either found, or lies where nothing is stored and everything reads as before."""
    content, truth = original.read_bytes(), seen(original)
    found = 0
    for place in range(0, len(content), 211):
        changed = bytearray(content)
        changed[place] ^= place % 255 + 1
        copy.write_bytes(changed)
        intact = verify(copy).intact
        found += not intact
        if intact:
            outcome = _outcome(seen, copy)
            assert outcome is None or outcome == truth, f"byte {place} changed the truth unseen"
        else:
            _outcome(seen, copy)
        for leftover in copy.parent.glob("*-wal"), copy.parent.glob("*-shm"):
            for file in leftover:
                file.unlink()
    assert found > len(content) / 211 / 4


@pytest.mark.slow
def test_no_shortened_file_passes_for_whole(original: Path, copy: Path) -> None:
    content = original.read_bytes()
    sizes = [*range(0, len(content), 1500), len(content) - 1]
    for size in sizes:
        copy.write_bytes(content[:size])

        assert not verify(copy).intact, size
        _outcome(seen, copy)
