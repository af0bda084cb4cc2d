"""Commits checked out alone, with nothing of Kaizen's beside them."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.support.repositories import git
from tests.target.plain import plain_python


def falls_alone(repository: Path, base: str, commits: list[str], place: Path) -> list[str]:
    """Return the commits that fail more of their parent's tests, each checked out alone with a plain Python."""
    worse, before = [], failing(repository, base, place)
    for one in commits:
        now = failing(repository, one, place)
        if not now <= before:
            worse.append(one)
        before = now
    return worse


def failing(repository: Path, commit_: str, place: Path) -> set[str]:
    folder = place / f"alone-{git(repository, 'rev-parse', commit_)}"
    git(repository, "-c", "core.hooksPath=/dev/null", "clone", "--quiet", "--no-checkout", ".", str(folder))
    git(folder, "checkout", "--quiet", git(repository, "rev-parse", commit_))
    command = [plain_python(), "-P", "-m", "pytest", "-q", "-rfE", "-p", "no:cacheprovider", "--no-header"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env={"PYTHONPATH": "src:."})
    assert done.returncode in (0, 1), done.stdout
    words = [line.split()[1] for line in done.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    return set(words)
