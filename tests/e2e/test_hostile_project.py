"""A project whose tests do all that tests must not do: the run goes on to its end, and nothing of them is left."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from tests.contracts.sandbox import alive
from tests.e2e.command import Kaizen
from tests.support.repositories import FAST, SHOP, git, make

pytestmark = [pytest.mark.slow, pytest.mark.soak]

HOSTILE = """\
import itertools, os, pathlib, signal, subprocess, sys, time

MARK = {mark!r}


def test_prints_for_ever():
    for number in itertools.count():
        sys.stdout.write("x" * 4096)


def test_hangs():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(1)


def test_forks():
    for _ in range(5000):
        try:
            if os.fork() == 0:
                os.setsid()
                os.execv("/bin/sleep", ["sleep", MARK])
        except OSError:
            break


def test_leaves_a_child_behind():
    subprocess.Popen(["setsid", "sleep", MARK])


def test_eats_memory():
    held = []
    while True:
        held.append(bytearray(b"x" * (1 << 26)))


def test_writes_to_the_home_directory():
    for home in {{os.path.expanduser("~"), {home!r}}}:
        pathlib.Path(home, ".profile").write_text("touch /tmp/owned")


def test_tampers_with_what_was_measured():
    for path in pathlib.Path(__file__).parent.glob("test_*.py"):
        path.write_text("def test_fine():\\n    pass\\n")
    pathlib.Path("shop.py").write_text("total = sum\\n")


def test_kills_its_parents():
    for pid in (os.getppid(), 1, -1):
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            continue


def test_ends_everything():
    os._exit(0)
"""


@pytest.mark.parametrize("alone", [False, True])
def test_the_run_ends_in_good_order(kaizen: Kaizen, tmp_path: Path, alone: bool) -> None:
    home = tmp_path / "user-home"
    home.mkdir()
    mark = f"{secrets.randbelow(10**9) + 10**6}.5"
    hostile = HOSTILE.format(mark=mark, home=str(home))
    files = {**SHOP, "kaizen.toml": FAST, "tests/test_zz_hostile.py": hostile}
    repository = make(
        tmp_path / "hostile", {"tests/test_zz_hostile.py": hostile, "shop.py": "X = 1\n"} if alone else files
    )
    before = git(repository, "status", "--porcelain"), git(repository, "rev-parse", "HEAD")

    done = kaizen.beside(tmp_path / "home").run(
        repository, "--iterations", "1", "--minutes", "3", seconds=900, HOME=str(home)
    )

    assert done.ended["state"] in ("completed", "stalled", "exhausted", "failed")
    assert "Traceback" not in done.err
    assert not alive(mark)
    assert not (home / ".profile").exists()
    assert (git(repository, "status", "--porcelain"), git(repository, "rev-parse", "HEAD")) == before
