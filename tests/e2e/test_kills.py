"""kill -9 of everything, again and again: the run goes on from its ledger and leaves nothing behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from examples.unpack import unpack
from tests.e2e.command import ROOT, Kaizen
from tests.support.repositories import digest, git, references

pytestmark = pytest.mark.slow

SEED = 20
LONGEST = 6.0
"""Seconds until a kill: some strike while starting, some while measuring, some while landing."""


def test_a_run_killed_ten_times_comes_to_its_end(fresh: Kaizen, tmp_path: Path) -> None:
    killed_again_and_again(fresh, tmp_path, kills=10)


@pytest.mark.soak
def test_a_run_killed_fifty_times_comes_to_its_end(fresh: Kaizen, tmp_path: Path) -> None:
    killed_again_and_again(fresh, tmp_path, kills=50)


def killed_again_and_again(kaizen: Kaizen, place: Path, kills: int) -> None:
    pantry = unpack(ROOT / "examples" / "pantry", place / "pantry")
    files, temporary = digest(pantry), place / "temporary"
    temporary.mkdir()
    chance = random.Random(SEED)

    killed = [kill_once(kaizen, pantry, chance.uniform(0.2, LONGEST), TMPDIR=str(temporary)) for _ in range(kills)]
    last = kaizen.run(pantry, seconds=900, TMPDIR=str(temporary))

    struck = [pid for pid in killed if pid]
    assert len(struck) >= kills // 2, "most of them must have struck a run at work"
    assert last.status == 0, last.err
    assert all(gate["met"] for gate in last.ended["gates"])
    assert digest(pantry) == files
    each_patch_landed_once(kaizen, pantry)
    assert kaizen("verify", "-p", "pantry").status == 0
    nothing_stays(kaizen, temporary, struck)


def kill_once(kaizen: Kaizen, repository: Path, seconds: float, **more: str) -> int:
    """Start a run and kill its whole process group after some seconds; return its id, 0 when it had ended by itself."""
    running = kaizen.start("run", repository, "--json", "--no-page", "--no-deliver", **more)
    try:
        running.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate()
        return running.pid
    assert running.returncode == 0
    return 0


def each_patch_landed_once(kaizen: Kaizen, repository: Path) -> None:
    found = kaizen("log", "-p", "pantry", "--json", "--limit", 1000, "--kind", "PatchLanded").events
    attempts = Counter(event["attempt"] for event in found)
    assert attempts and set(attempts.values()) == {1}
    runs = {event["attempt"].split(".")[0] for event in found}
    mirror = next((kaizen.home / "projects").glob("*/mirror.git"))
    for run in runs:
        branch = f"refs/heads/kaizen/run-{run.removeprefix('r')}"
        on_branch = git(mirror, "rev-list", "--count", f"refs/kaizen/source..{branch}")
        assert int(on_branch) == sum(event["attempt"].startswith(f"{run}.") for event in found)
    assert references(repository).keys() <= {"refs/heads/main"} | {f"refs/heads/kaizen/run-{r[1:]}" for r in runs}


def nothing_stays(kaizen: Kaizen, temporary: Path, struck: Sequence[int]) -> None:
    """No process, worktree, control group or temporary directory of the runs is left."""
    until = time.monotonic() + 30
    while (left := [*leftovers(kaizen), *groups_of(struck)]) and time.monotonic() < until:
        time.sleep(0.5)
    assert left == []
    assert list(temporary.iterdir()) == []


def leftovers(kaizen: Kaizen) -> list[str]:
    projects = kaizen.home / "projects"
    found = [f"process {pid}" for pid in processes_of(kaizen.home)]
    found += [
        str(p) for pattern in ("*/worktrees/*", "*/scratch/*", "*/mirror.git/index-*") for p in projects.glob(pattern)
    ]
    found += [str(p) for p in projects.glob("*/mirror.git/**/*.lock")]
    return found


def groups_of(struck: Sequence[int]) -> list[str]:
    """Return the control groups of commands whose run was killed."""
    return [str(p) for pid in struck for p in Path("/sys/fs/cgroup").glob(f"**/kaizen-{pid}-*")]


def processes_of(home: Path) -> list[int]:
    """Return processes that name the home in their words or their environment, or stand in it."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            words = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            stands = str((entry / "cwd").readlink())
        except OSError:
            continue
        if str(home).encode() in words or stands.startswith(str(home)):
            found.append(int(entry.name))
    return found
