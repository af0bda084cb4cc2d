"""What goes wrong is one clear line and the right exit status, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.command import Kaizen
from tests.support.repositories import FAST, SHOP, commit, digest, git, make, references, write

pytestmark = pytest.mark.slow

DOCTEST_LESS = {"shop.py": "def total(prices):\n    return sum(prices)\n"}


def refused(kaizen: Kaizen, repository: Path, *words: str) -> None:
    done = kaizen("run", repository, "--no-page")

    assert done.status == 2, done.err
    assert done.out == ""
    assert all(word in done.one_line for word in words), done.one_line


def test_what_is_no_repository_is_refused(kaizen: Kaizen, tmp_path: Path) -> None:
    refused(kaizen, tmp_path, "is not in a git repository", "git init")
    refused(kaizen, tmp_path / "nowhere", "is not a directory")
    git(tmp_path, "init", "--quiet", "empty")
    refused(kaizen, tmp_path / "empty", "has no commit yet")


def test_a_repository_with_submodules_is_refused(kaizen: Kaizen, tmp_path: Path) -> None:
    inner, outer = make(tmp_path / "inner"), make(tmp_path / "outer")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "part")
    commit(outer, "With a part")

    refused(kaizen, outer, "submodules (part)")


def test_where_there_is_nothing_to_measure_nothing_is_begun(kaizen: Kaizen, tmp_path: Path) -> None:
    prose = make(tmp_path / "prose", {"README.md": "words\n"})

    refused(kaizen, prose, "no Python file", "nothing to measure")

    assert "prose" not in kaizen("projects").out


def test_a_broken_kaizen_toml_says_where_and_what_was_meant(kaizen: Kaizen, tmp_path: Path) -> None:
    toml = "[gates.tests]\ntarge = 1\n"
    refused(kaizen, make(tmp_path / "broken", {**SHOP, "kaizen.toml": toml}), "'gates.tests.targe'", "mean 'target'?")


def test_tests_that_hang_are_ended_and_named(kaizen: Kaizen, tmp_path: Path) -> None:
    hang = {"tests/test_hang.py": "def test_for_ever():\n    while True:\n        pass\n", "kaizen.toml": FAST}
    shop = make(tmp_path / "hang", {**SHOP, **hang})

    done = kaizen("run", shop, "--dry-run", "--json", seconds=400, KAIZEN_TEST_SECONDS="4")

    assert done.status == 0, done.err
    (tests,) = [reading for reading in done.events[0]["readings"] if reading["gate"] == "tests"]
    assert any("test_hang" in finding["path"] for finding in tests["findings"])


def test_tests_that_print_without_end_hurt_nobody(kaizen: Kaizen, tmp_path: Path) -> None:
    flood = "import os\n\n\ndef test_flood():\n    for _ in range(1024):\n        os.write(1, b'x' * 1048576)\n"
    shop = make(tmp_path / "flood", {**SHOP, "tests/test_flood.py": flood, "kaizen.toml": FAST})

    done = kaizen.run(shop, seconds=400)

    assert done.of("RunEnded"), done.err
    assert done.status in (0, 3)
    ledger = next((kaizen.home / "projects").glob("*/flood_ledger.db"))
    assert ledger.stat().st_size < 5_000_000


def test_a_module_with_a_syntax_error_is_named_and_the_rest_is_mended(kaizen: Kaizen, tmp_path: Path) -> None:
    shop = make(tmp_path / "syntax", {**SHOP, "broken.py": "def f(:\n", "kaizen.toml": FAST})

    done = kaizen.run(shop)

    assert done.status == 3
    assert done.ended["landed"] >= 1
    assert any("broken.py:1" in left["what"] for left in done.ended["left"])


def test_a_project_without_tests_is_worked_on_or_says_so(kaizen: Kaizen, tmp_path: Path) -> None:
    shop = make(tmp_path / "untested", DOCTEST_LESS)

    done = kaizen.run(shop)

    assert done.status in (0, 3), done.err
    assert "no tests were found" in done.out


def test_a_port_that_is_taken_is_said_with_what_to_do(kaizen: Kaizen, tmp_path: Path) -> None:
    shop = make(tmp_path / "port")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        run, up = kaizen("run", shop, "--port", port), kaizen("up", "--port", port)

    assert run.status == up.status == 2
    assert f"127.0.0.1:{port}" in run.one_line and "--port" in run.one_line
    assert f"127.0.0.1:{port}" in up.one_line


def test_a_home_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    shop = make(tmp_path / "shop")
    (tmp_path / "file").write_text("not a folder")

    nowhere = Kaizen(tmp_path / "file" / "home")

    run, up = nowhere("run", shop, "--no-page"), nowhere("up")

    assert run.status == up.status == 2
    assert "KAIZEN_HOME" in run.one_line and "KAIZEN_HOME" in up.one_line


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("a small file system can only be mounted by root")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk_loses_nothing(kaizen: Kaizen, small_disk: Path, tmp_path: Path) -> None:
    shop = make(tmp_path / "shop", {**SHOP, "kaizen.toml": FAST})
    home = kaizen.beside(small_disk / "home")
    assert home.run(shop, "--no-deliver").status == 0
    files, refs = digest(shop), references(shop)
    with (small_disk / "filler").open("wb") as filler:
        fill(filler.fileno())

    full = home.run(shop)
    (small_disk / "filler").unlink()
    again = home.run(shop)

    assert full.status in (1, 2), full.out
    assert "Traceback" not in full.err
    assert "space" in full.err, full.err
    assert digest(shop) == files and references(shop).keys() >= refs.keys()
    assert again.status == 0, again.err
    assert home("verify", "-p", "shop").status == 0


def fill(file: int) -> None:
    for size in (65536, 4096, 1):
        try:
            while True:
                os.write(file, b"x" * size)
        except OSError:
            continue


@pytest.fixture(scope="module")
def told(kaizen: Kaizen, tmp_path_factory: pytest.TempPathFactory) -> tuple[Kaizen, Path]:
    """A home with one finished run, to be damaged in copies."""
    place = tmp_path_factory.mktemp("told")
    home = kaizen.beside(place / "home")
    shop = make(place / "shop", {**SHOP, "kaizen.toml": FAST})
    assert home.run(shop).status == 0
    return home, shop


def damaged(told: tuple[Kaizen, Path], place: Path) -> tuple[Kaizen, Path]:
    shutil.copytree(told[0].home, place, symlinks=True)
    return Kaizen(place), next((place / "projects").glob("*/shop_ledger.db"))


def test_a_ledger_altered_by_one_byte_is_found_and_not_gone_on_with(told: tuple[Kaizen, Path], tmp_path: Path) -> None:
    home, ledger = damaged(told, tmp_path / "altered")
    with sqlite3.connect(ledger) as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        rows = database.execute("SELECT position, body FROM event").fetchall()
        position, body = next(row for row in reversed(rows) if b"ruff" in row[1])
        database.execute("UPDATE event SET body = ? WHERE position = ?", (body.replace(b"ruff", b"rufg", 1), position))
    before = ledger.read_bytes()

    verify, run = home("verify", "-p", "shop"), home("run", told[1], "--no-page")

    assert verify.status == 1
    assert verify.out.startswith(f"DAMAGED at position {position}")
    assert run.status in (1, 2) and "damaged" in run.one_line
    assert "Traceback" not in run.err
    assert len(ledger.read_bytes()) >= len(before)


def test_a_truncated_ledger_is_found_and_not_written_over(told: tuple[Kaizen, Path], tmp_path: Path) -> None:
    home, ledger = damaged(told, tmp_path / "truncated")
    with sqlite3.connect(ledger) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = ledger.stat().st_size
    with ledger.open("r+b") as file:
        file.truncate(size // 2)

    verify, run = home("verify", "-p", "shop"), home("run", told[1], "--no-page")

    assert verify.status in (1, 2) and "Traceback" not in verify.err
    assert run.status in (1, 2) and "damaged" in run.one_line
    assert ledger.stat().st_size == size // 2


def test_a_user_setting_that_is_wrong_is_said(kaizen: Kaizen, tmp_path: Path) -> None:
    done = kaizen("status", KAIZEN_PORT="eighty")
    home = kaizen.beside(tmp_path / "home")
    write(home.home, {"kaizen.toml": "iteration = 3\n"})
    file = home("status")

    assert done.status == file.status == 2
    assert "port" in done.one_line
    assert "did you mean 'iterations'?" in file.one_line
