"""The store on SQLite keeps every promise of a store, and what it wrote outlives it."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from ledger.errors import Damaged, Missing, Unwritable
from ledger.events import DIRECTOR
from ledger.sql import SqliteStore, tables, verify
from tests.contracts.store import StoreContract, action

Clock = Callable[[], float]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shop_ledger.db"


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger nothing was appended to: its tables are made once, and not for every promise of a store."""
    path = tmp_path_factory.mktemp("new") / "new_ledger.db"
    SqliteStore.open(path).close()
    return path


@pytest.fixture
def store(path: Path, new: Path, clock: Clock) -> Iterator[SqliteStore]:
    shutil.copyfile(new, path)
    opened = SqliteStore.open(path, clock=clock)
    yield opened
    opened.close()


class TestSqliteStore(StoreContract):
    """The contract, on a file."""


def test_what_was_appended_is_there_after_opening_again(path: Path, store: SqliteStore, clock: Clock) -> None:
    written = store.append(DIRECTOR, [action(str(n)) for n in range(10)], token=3, key="k").result()
    head = store.head()
    store.close()

    again = SqliteStore.open(path, clock=clock)

    assert tuple(again.read()) == written
    assert again.head() == head
    assert again.append(DIRECTOR, [action()], key="k").result() == written
    assert type(again.append(DIRECTOR, [action()], token=2).exception()).__name__ == "Fenced"
    again.close()


def test_a_file_may_have_any_name(tmp_path: Path) -> None:
    path = tmp_path / "what? 100%#1 & ü:memory:" / "a?b=c_ledger.db"
    store = SqliteStore.open(path)
    store.append(DIRECTOR, [action()]).result()
    store.close()

    assert verify(path).events == 1
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_opening_while_another_appends_finds_no_damage(path: Path, store: SqliteStore) -> None:
    done = threading.Event()

    def produce() -> None:
        while not done.is_set():
            store.append(DIRECTOR, [action()]).result()

    producer = threading.Thread(target=produce)
    producer.start()
    try:
        for _ in range(30):
            SqliteStore.open(path).close()
            assert verify(path).intact
    finally:
        done.set()
        producer.join()


def test_closing_writes_what_is_still_queued(path: Path, store: SqliteStore) -> None:
    futures = [store.append(DIRECTOR, [action()]) for _ in range(500)]
    store.close()

    assert all(future.result() for future in futures)
    assert verify(path).events == 500


def test_two_openings_of_one_file_see_each_other(path: Path, store: SqliteStore, clock: Clock) -> None:
    other = SqliteStore.open(path, clock=clock)
    for _ in range(5):
        store.append(DIRECTOR, [action()]).result()
        other.append(DIRECTOR, [action()]).result()

    assert [one.version for one in store.stream(DIRECTOR)] == list(range(1, 11))
    other.append(DIRECTOR, [action()]).result()
    assert store.wait(10, 5.0)
    assert store.verify().events == 11
    other.close()


def test_a_cancelled_append_is_not_written(store: SqliteStore) -> None:
    futures = [store.append(DIRECTOR, [action()]) for _ in range(2000)]
    cancelled = sum(future.cancel() for future in futures)
    store.append(DIRECTOR, [action()]).result()

    assert store.head().position == 2000 - cancelled + 1


@pytest.mark.parametrize("statement", ["UPDATE event SET body = x'00'", "DELETE FROM event"])
def test_the_file_itself_refuses_to_change_the_past(path: Path, store: SqliteStore, statement: str) -> None:
    store.append(DIRECTOR, [action()]).result()
    store.close()
    raw = sqlite3.connect(path)

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(statement)
    raw.close()


def test_the_migrations_make_the_tables_of_the_models(path: Path, store: SqliteStore) -> None:
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    engine.dispose()

    assert differences == []
    scripts = ScriptDirectory(str(Path(tables.__file__).with_name("migrations")))
    assert scripts.get_current_head() == tables.REVISION


@pytest.mark.slow
def test_an_up_to_date_ledger_is_opened_without_alembic(path: Path, store: SqliteStore) -> None:
    store.close()
    program = (
        "import sys; from pathlib import Path; from ledger.sql import SqliteStore\n"
        "SqliteStore.open(Path(sys.argv[1])).close(); print('alembic' in sys.modules)"
    )

    answer = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)

    assert answer.stdout == "False\n"


def test_durability_is_full_on_the_writing_connection(path: Path) -> None:
    from ledger.sql.database import writing

    SqliteStore.open(path).close()
    engine = writing(path)
    with engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys", "mmap_size")
        }
    engine.dispose()

    assert found.pop("mmap_size") in (0, None)
    assert found == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 5000, "foreign_keys": 1}


def test_a_ledger_of_a_newer_version_is_left_alone(path: Path, store: SqliteStore) -> None:
    store.append(DIRECTOR, [action()]).result()
    store.close()
    raw = sqlite3.connect(path)
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.commit()
    raw.close()

    with pytest.raises(Unwritable, match="newer Kaizen"):
        SqliteStore.open(path)


@pytest.mark.parametrize("content", [b"", b"not a database, only a text that somebody put there\n" * 100])
def test_a_file_that_is_no_ledger_is_refused_and_left_as_it_is(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with pytest.raises(Damaged) as caught:
        SqliteStore.open(path)

    assert "\n" not in str(caught.value)
    assert path.read_bytes() == content
    assert not verify(path).intact


def test_another_program_s_database_is_refused(path: Path) -> None:
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE recipes(name TEXT)")
    raw.close()

    with pytest.raises(Damaged, match="not a ledger"):
        SqliteStore.open(path)
    assert not verify(path).intact


def test_verifying_nothing_says_that_nothing_is_there(path: Path) -> None:
    with pytest.raises(Missing):
        verify(path)

    assert not path.exists()
