"""What must hold after a run, looked at without Kaizen's own eyes: plain git, plain pytest, files and hashes."""

from __future__ import annotations

import hashlib
import io
import subprocess
import tarfile
import tempfile
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from agents.ports import Limits
from agents.tools.target import SandboxedTarget

SECONDS = 300.0
REPORT = ".junit-report.xml"
GRACE = 20.0
"""Seconds a run may take after its minutes: what is at work is cancelled, the branch is delivered."""


@dataclass(frozen=True, slots=True)
class Plain:
    """What plain pytest says of one tree."""

    passed: frozenset[str]
    red: frozenset[str]
    said: str
    """pytest's last line."""


def fingerprint(repository: Path) -> dict[str, str]:
    """Return a hash of everything in a repository, `.git` with it, by path."""
    found: dict[str, str] = {}
    for path in sorted(repository.rglob("*")):
        name = path.relative_to(repository).as_posix()
        if path.is_symlink():
            found[name] = f"link {path.readlink()}"
        elif path.is_file():
            found[name] = f"{path.stat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
    return found


def moved(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Return what changed besides new objects and the new branch."""
    allowed = (".git/objects/", ".git/refs/heads/kaizen/")
    changed = [name for name in before if before[name] != after.get(name)]
    return changed + [name for name in after if name not in before and not name.startswith(allowed)]


def commits(repository: Path, branch: str) -> list[str]:
    """Return the commits of the branch after the start, the start first."""
    if not branch:
        return [_git(repository, "rev-parse", "HEAD")]
    return _git(repository, "rev-list", "--reverse", branch).split()


def file_at(repository: Path, commit: str, path: str) -> bytes:
    """Return a file as it stands in a commit; nothing when it is not there."""
    done = subprocess.run(["git", "show", f"{commit}:{path}"], cwd=repository, capture_output=True, check=False)
    return done.stdout


async def plain_pytest(repository: Path, commit: str, like: SandboxedTarget) -> Plain:
    """Check a commit out alone and run plain pytest on it, with the run's interpreter."""
    with tempfile.TemporaryDirectory(prefix="commit-") as place:
        root = Path(place).resolve() / "tree"
        checked_out(repository, commit, root)
        target = like.at(root)
        argv = [str(target.environment.python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "addopts="]
        argv += [f"--junitxml={root / REPORT}", "--continue-on-collection-errors"]
        done = await target.run(argv, limits=Limits(wall=SECONDS), writable=True)
        lines = done.stdout.decode("utf-8", "replace").strip().splitlines()
        said = lines[-1].strip("= ") if lines else f"{done.outcome}, status {done.exit}"
        return _read(root, said)


def checked_out(repository: Path, commit: str, root: Path) -> None:
    """Lay a commit's files out in a folder, without touching the repository."""
    argv = ["git", "archive", "--format=tar", commit]
    packed = subprocess.run(argv, cwd=repository, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as opened:
        opened.extractall(root, filter="data")


def worse(before: Plain, after: Plain) -> list[str]:
    """Return the tests that passed in the parent and fail, or are gone, in the child."""
    return sorted(before.passed - after.passed)


def _read(root: Path, said: str) -> Plain:
    passed, red = set(), set()
    report = root / REPORT
    if report.is_file():
        for case in ET.parse(report).iter("testcase"):
            name = f"{case.get('classname')}::{case.get('name')}".replace(str(root), ".")
            states = {child.tag for child in case}
            if states & {"failure", "error"}:
                red.add(name)
            elif "skipped" not in states:
                passed.add(name)
    return Plain(frozenset(passed - red), frozenset(red), said)


def _git(repository: Path, *argv: str) -> str:
    return subprocess.run(["git", *argv], cwd=repository, capture_output=True, check=True, text=True).stdout.strip()
