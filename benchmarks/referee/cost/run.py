"""What a verdict costs, and whether choosing tests ever misses one; `--help` names the parts."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from agents.ports import Limits, SuiteResult
from agents.sandbox.choose import choose
from agents.tools.target import SandboxedTarget
from agents.tools.warm import WarmTarget
from agents.workspace.environment import Environment
from agents.workspace.mirror import Mirror
from benchmarks.referee.cost.made import any_edit, body_edit, line_edit, shop
from director.referee.mapping import changes, mappable, paths_of, read_map
from director.referee.selection import Map, select
from tests.referee.mapped_project import FILES

LIMITS = Limits(wall=900)
RESULTS = Path(__file__).parents[2] / "results" / "referee_cost.json"
Edited = Mapping[str, str | None]


class Ground:
    """A project in a repository, its mirror, and an interpreter that waits for its candidates."""

    def __init__(self, folder: Path, files: Mapping[str, str]) -> None:
        self.folder, self.files = folder, files
        user = folder / "user"
        _write(user, files)
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

    async def mapped(self) -> tuple[SuiteResult, Map, float]:
        """Return the whole run, the map, and the processor seconds of making it."""
        suite = await self.target.suite(limits=LIMITS)
        shared = mappable(suite)
        began = time.process_time()
        files = list(dict.fromkeys(test.partition("::")[0] for test in shared))
        run = await self.target.alone(files, shared, limits=Limits(wall=3600))
        made = read_map(run, self.base, self.target, paths_of(self.mirror, self.base), shared, frozenset())
        assert not made.void, made.void
        return suite, made, time.process_time() - began + run.completed.cpu_seconds

    def tree(self, edit: Edited) -> str:
        """Return the tree with an edit."""
        _write(self._edit, edit)
        tree = self.mirror.snapshot(self._edit, self.base)
        _write(self._edit, {path: self.files.get(path) for path in edit})
        return tree

    async def whole(self, edit: Edited) -> SuiteResult:
        """Run everything in a new interpreter on the tree with an edit."""
        _write(self.folder / "base", edit)
        suite = await self.target.suite(limits=LIMITS)
        _write(self.folder / "base", {path: self.files.get(path) for path in edit})
        return suite


def _write(folder: Path, files: Edited) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.unlink(missing_ok=True)
        else:
            path.write_text(text, encoding="utf-8")


def _processor() -> float:
    """Processor seconds of this process, of those it waited for, and of every living one below it."""
    own = sum(resource.getrusage(who).ru_utime + resource.getrusage(who).ru_stime
              for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))  # fmt: skip
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
    return own + sum(used[pid] for pid in below if pid != os.getpid())


async def verdict(ground: Ground, made: Map, tree: str) -> tuple[float, str]:
    """Return the processor seconds of a first look at a tree, and why nothing was chosen if so."""
    before = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    selection = select(made, changes(ground.mirror, ground.base, tree))
    inside = 0.0
    if not selection.everything and selection.wanted:
        suite = await ground.warm.suite(tree, selection.wanted, LIMITS)
        assert suite is not None and suite.outcome in ("ran", "none"), suite
        inside = suite.cpu_seconds
    after = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = sum(b.ru_utime + b.ru_stime - a.ru_utime - a.ru_stime for a, b in zip(before, after, strict=True))
    return spent + inside, selection.everything


async def cost(folder: Path, tests: int, edits: int, seed: int) -> dict[str, object]:
    """Edits of a project of many tests: what the first look costs beside the whole run."""
    ground = Ground(folder, shop(tests, seed))
    suite, made, mapping = await ground.mapped()
    full = suite.cpu_seconds
    rows: dict[str, object] = {
        "tests": len(suite.tests), "whole run, CPU s": round(full, 2), "map, CPU s": round(mapping, 1),
        "map / whole run": round(mapping / full, 1),
    }  # fmt: skip
    await ground.warm.suite(ground.base, ["tests/test_m000.py"], LIMITS)
    chance = random.Random(seed)
    for name, make in (("body edit", body_edit), ("one-line edit", line_edit)):
        trees = [ground.tree(make(ground.files, chance)) for _ in range(edits)]
        began, taken = _processor(), []
        for tree in trees:
            spent, everything = await verdict(ground, made, tree)
            taken.append(full if everything else spent)
        whole_tree = (_processor() - began) / edits
        shares = sorted(spent / full for spent in taken)
        cheap = sum(share <= 0.05 or share * full <= 0.2 for share in shares) / len(shares)
        rows[name] = {
            "n": edits, "median CPU s": round(statistics.median(taken), 3),
            "median share": f"{statistics.median(shares):.1%}",
            "p95 share": f"{shares[int(0.95 * (len(shares) - 1))]:.1%}",
            "share of edits <= 5 % or <= 0.2 s": f"{cheap:.1%}",
            "mean CPU s, every process counted": round(whole_tree, 3),
        }  # fmt: skip
    await ground.warm.close()
    return rows


async def equality(folder: Path, edits: int, seed: int) -> dict[str, object]:
    """Random edits of a project of traps: every test that changes in the whole run was chosen, and says the same."""
    ground = Ground(folder, FILES)
    suite, made, _ = await ground.mapped()
    was = {test.id: test.outcome for test in suite.tests}
    chance = random.Random(seed)
    missed, different, chosen, told = [], [], [], 0
    for _ in range(edits):
        edit = any_edit(ground.files, chance)
        tree = ground.tree(edit)
        selection = select(made, changes(ground.mirror, ground.base, tree))
        whole_run = await ground.whole(edit)
        whole = {test.id: test.outcome for test in whole_run.tests}
        changed = {test for test in was.keys() | whole.keys() if was.get(test) != whole.get(test)}
        told += bool(changed)
        if selection.everything:
            chosen.append(1.0)
            continue
        wanted = set(selection.wanted)
        chosen.append(sum(bool({test, test.partition("::")[0]} & wanted) for test in was) / len(was))
        unseen = sorted(test for test in changed if not {test, test.partition("::")[0]} & wanted)
        if unseen and whole_run.outcome == "ran":
            missed.append([sorted(edit), unseen])
        quick = await ground.warm.suite(tree, selection.wanted, LIMITS) if selection.wanted else None
        if quick is not None and whole_run.outcome == "ran":
            said = {test.id: test.outcome for test in quick.tests}
            if wrong := sorted(test for test, outcome in said.items() if whole.get(test) != outcome):
                different.append([sorted(edit), wrong])
    await ground.warm.close()
    return {
        "edits": edits, "with another outcome in the whole run": told, "missed": missed,
        "another outcome among the chosen": different, "mean share chosen": f"{statistics.mean(chosen):.0%}",
    }  # fmt: skip


async def trees(folder: Path, count: int) -> dict[str, object]:
    """How long it takes until the files of a candidate stand: a new checkout, and the moved tree."""
    files = {f"d{n % 200:03}/f{n}.txt": f"{n}\n" for n in range(count)}
    ground = Ground(folder, files)
    place, index = folder / "moved", folder / "moved-index"
    place.mkdir()
    ground.mirror.move(ground.base, place, index)
    changed = [ground.tree({f"d000/f{200 * n}.txt": "x\n"}) for n in range(5)]
    taken = []
    for tree in (changed[0], *changed):
        began = time.perf_counter()
        ground.mirror.move(tree, place, index)
        taken.append((time.perf_counter() - began) * 1000)
    began = time.perf_counter()
    ground.mirror.checkout(changed[0], folder / "new")
    new = (time.perf_counter() - began) * 1000
    return {"files": count, "moved, median ms": round(statistics.median(taken), 1), "new checkout, ms": round(new)}


async def main() -> None:
    """Run the parts that are asked for, and write one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="*", default=["cost", "equality", "trees"])
    parser.add_argument("--tests", type=int, default=5000)
    parser.add_argument("--edits", type=int, default=100, help="of the cost")
    parser.add_argument("--mutations", type=int, default=500, help="of the equality")
    parser.add_argument("--files", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    parts: dict[str, Callable[[Path], Awaitable[dict[str, object]]]] = {
        "cost": lambda folder: cost(folder, given.tests, given.edits, given.seed),
        "equality": lambda folder: equality(folder, given.mutations, given.seed),
        "trees": lambda folder: trees(folder, given.files),
    }
    found: dict[str, object] = {
        "python": sys.version.split()[0], "cores": os.cpu_count(), "load": os.getloadavg()[0], "seed": given.seed,
    }  # fmt: skip
    for name in given.parts:
        with tempfile.TemporaryDirectory(prefix="cost-", dir="/var/tmp", ignore_cleanup_errors=True) as folder:
            found[name] = await parts[name](Path(folder).resolve())
        print(json.dumps({name: found[name]}, indent=2), flush=True)
    if given.parts == ["cost", "equality", "trees"]:
        RESULTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
