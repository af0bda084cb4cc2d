"""A project in a repository, and what one look at a candidate of it costs."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from agents.ports import Limits, SuiteResult
from agents.sandbox.choose import choose
from agents.tools.target import SandboxedTarget
from agents.tools.warm import WarmTarget
from agents.workspace.environment import Environment
from agents.workspace.mirror import Mirror
from director.referee.mapping import changes, paths_of, read_map
from director.referee.selection import Map, select

LIMITS = Limits(wall=1800)
Edited = Mapping[str, str | None]


class Ground:
    """A project in a repository, its mirror, and an interpreter that waits for its candidates."""

    def __init__(self, folder: Path, files: Mapping[str, str]) -> None:
        self.folder, self.files = folder, files
        user = folder / "user"
        write(user, files)
        for words in (
            ["init", "-q"],
            ["add", "."],
            ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"],
        ):
            subprocess.run(["git", *words], cwd=user, check=True)
        self.mirror = Mirror(folder / "mirror.git", user)
        self.base = self.mirror.take().tree
        shown = tuple({Path(sys.prefix), Path(sys.base_prefix)})
        python = Environment(Path(sys.executable), sys.version.split()[0], "base", readable=shown)
        self.mirror.checkout(self.base, folder / "base")
        self.target = SandboxedTarget(choose(True, False), python, folder / "base", scratch=folder)
        self.warm = WarmTarget(self.mirror, self.target, folder / "warm")
        self._edit = folder / "edit"
        self.mirror.checkout(self.base, self._edit)

    async def map(self, shared: Mapping[str, str], files: list[str]) -> tuple[Map, float]:
        """Return the map of these test files, and the processor seconds of making it."""
        asked = {test: how for test, how in shared.items() if test.partition("::")[0] in files}
        before = own_seconds()
        run = await self.target.alone(files, asked, limits=LIMITS)
        made = read_map(run, self.base, self.target, paths_of(self.mirror, self.base), asked, frozenset())
        assert not made.void, made.void
        return made, own_seconds() - before + run.completed.cpu_seconds

    def tree(self, edit: Edited) -> str:
        """Return the tree with an edit."""
        write(self._edit, edit)
        tree = self.mirror.snapshot(self._edit, self.base)
        write(self._edit, {path: self.files.get(path) for path in edit})
        return tree

    async def whole(self, edit: Edited) -> SuiteResult:
        """Run everything in a new interpreter on the tree with an edit."""
        write(self.folder / "base", edit)
        suite = await self.target.suite(limits=LIMITS)
        write(self.folder / "base", {path: self.files.get(path) for path in edit})
        return suite

    async def look(self, made: Map, tree: str) -> tuple[float, str]:
        """Return the processor seconds of a first look at a tree, and why nothing was chosen if so."""
        before = own_seconds()
        selection = select(made, changes(self.mirror, self.base, tree))
        inside = 0.0
        if not selection.everything and selection.wanted:
            suite = await self.warm.suite(tree, selection.wanted, LIMITS)
            assert suite is not None and suite.outcome in ("ran", "none"), suite
            inside = suite.cpu_seconds
        return own_seconds() - before + inside, selection.everything


def write(folder: Path, files: Edited) -> None:
    """Write files into a folder; None takes one away, and the folders that are empty then."""
    for name, text in files.items():
        path = folder / name
        if text is None:
            path.unlink(missing_ok=True)
            while path.parent != folder and path.parent.is_dir() and not any(path.parent.iterdir()):
                path.parent.rmdir()
                path = path.parent
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def own_seconds() -> float:
    """Return the processor seconds of this process and of those it waited for."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def every_second() -> float:
    """Return the processor seconds of this process, of those it waited for, and of every living one below it."""
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                fields = (place / "stat").read_bytes().rpartition(b")")[2].split()
            except OSError:
                continue
            parents[int(place.name)] = int(fields[1])
            used[int(place.name)] = sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")
    below = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= more
    return own_seconds() + sum(used[pid] for pid in below if pid != os.getpid())
