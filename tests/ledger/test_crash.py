"""kill -9, a full disk, a folder one may not write to: nothing acknowledged is lost, nothing half is kept."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.blobs import FileBlobs
from ledger.errors import Unwritable
from ledger.events import DIRECTOR
from ledger.sql import SqliteStore, verify
from tests.contracts.store import action

pytestmark = pytest.mark.slow

WRITER = """
import sys, threading
from pathlib import Path
from ledger.events import ActionRecorded
from ledger.sql import SqliteStore

store = SqliteStore.open(Path(sys.argv[1]))

def produce(name):
    number = sum(1 for _ in store.stream(name))
    while True:
        events = [ActionRecorded(agent=name, action=str(number + part)) for part in range(2)]
        written = store.append(name, events, expected=number).result()
        number += 2
        sys.stdout.write(f"{written[-1].position} {written[-1].link}\\n")
        sys.stdout.flush()

for number in range(4):
    threading.Thread(target=produce, args=(f"attempt-{number}",)).start()
"""

FILLER = """
import resource, sys
from pathlib import Path
from ledger.errors import Unwritable
from ledger.events import ActionRecorded
from ledger.sql import SqliteStore

path, limit = Path(sys.argv[1]), int(sys.argv[2])
store = SqliteStore.open(path)
event = ActionRecorded(agent="coder", action="x" * 5000)
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
kept, refused = 0, ""
while not refused:
    try:
        kept += len(store.append("director", [event, event]).result())
    except Unwritable as error:
        refused = str(error)
assert len(store.read(limit=10_000)) == kept, "half an append was kept"
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
kept += len(store.append("director", [event]).result())
assert store.verify().events == kept, store.verify()
store.close()
print(kept, refused)
"""


def run(program: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a program that imports the ledger."""
    command = [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def test_killing_the_writer_loses_nothing_acknowledged(tmp_path: Path) -> None:
    path, chance = tmp_path / "a_ledger.db", random.Random(7)
    acknowledged: dict[int, str] = {}
    for _ in range(10):
        with run(WRITER, path) as program:
            assert program.stdout is not None
            first = program.stdout.readline()
            time.sleep(chance.random() * 0.2)
            program.kill()
            lines = [first, *program.stdout]
        acknowledged |= {
            int(position): link for position, link in (line.split() for line in lines if line[-1:] == "\n")
        }

        store = SqliteStore.open(path)
        links = {one.position: one.link for one in store.read(limit=100_000)}
        versions = [len(list(store.stream(f"attempt-{number}"))) for number in range(4)]
        store.close()

        assert acknowledged.items() <= links.items()
        assert all(version % 2 == 0 for version in versions), "half an append survived"
        assert verify(path).intact
    assert len(acknowledged) > 100


@pytest.mark.parametrize("limit", [200_000, 1_000_000, 5_000_000])
def test_a_file_that_may_not_grow_refuses_whole_appends_and_goes_on_when_it_may(tmp_path: Path, limit: int) -> None:
    with run(FILLER, tmp_path / "a_ledger.db", limit) as program:
        answer, complaint = program.communicate(timeout=60)

    assert program.returncode == 0, complaint
    assert "cannot write" in answer
    assert answer.count("\n") == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB; needs the right to mount."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small disk can only be mounted by root")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_full_disk_refuses_and_a_freed_one_goes_on(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1_000_000))
    store = SqliteStore.open(small_disk / "a_ledger.db")
    blobs = FileBlobs(small_disk / "blobs")
    kept = 0
    with pytest.raises(Unwritable, match="full") as caught:
        while True:
            kept += len(store.append(DIRECTOR, [action("x" * 5000)] * 3).result())
    with pytest.raises(Unwritable):
        blobs.put(os.urandom(1_500_000))

    ballast.unlink()

    assert "\n" not in str(caught.value)
    assert store.append(DIRECTOR, [action("after")]).result()[0].position == kept + 1
    assert blobs.get(blobs.put(b"small")) == b"small"
    assert not list((small_disk / "blobs").rglob(".new-*"))
    store.close()
    assert verify(small_disk / "a_ledger.db").events == kept + 1


def test_one_append_too_large_for_the_disk_does_not_fail_the_small_ones(small_disk: Path) -> None:
    store = SqliteStore.open(small_disk / "a_ledger.db")

    small = [store.append(DIRECTOR, [action(str(n))]) for n in range(20)]
    large = store.append(DIRECTOR, [action("x" * 1_500_000)] * 2)
    small += [store.append(DIRECTOR, [action(str(n))]) for n in range(20)]

    assert isinstance(large.exception(), Unwritable)
    assert [future.result()[0].position for future in small] == list(range(1, 41))
    store.close()
    assert verify(small_disk / "a_ledger.db").events == 40


READER = """
import os, sys
from pathlib import Path
from ledger.blobs import FileBlobs
from ledger.errors import Unwritable
from ledger.lease import Lease
from ledger.sql import SqliteStore

if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
folder = Path(sys.argv[1])
tries = (
    lambda: SqliteStore.open(folder / "new_ledger.db"),
    lambda: SqliteStore.open(folder / "old_ledger.db"),
    lambda: SqliteStore.open(folder / "deeper" / "new_ledger.db"),
    lambda: FileBlobs(folder).put(b"x"),
    lambda: Lease.take(folder / "lock", "test"),
)
for attempt in tries:
    try:
        attempt()
    except Unwritable as error:
        print("Unwritable", error)
"""


def test_a_folder_one_may_not_write_to_is_said_in_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    SqliteStore.open(folder / "old_ledger.db").close()
    (folder / "old_ledger.db").chmod(0o444)
    folder.chmod(0o555)
    for parent in folder.parents:
        if parent.is_relative_to(tmp_path.parents[1]):
            parent.chmod(0o755)

    with run(READER, folder) as program:
        answer, complaint = program.communicate(timeout=60)
    folder.chmod(0o755)

    assert program.returncode == 0, complaint
    assert [line.split()[0] for line in answer.splitlines()] == ["Unwritable"] * 5
