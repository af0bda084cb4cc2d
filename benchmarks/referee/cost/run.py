"""What a verdict costs, and whether choosing tests ever misses one; `--help` names the parts.

Every step is kept as soon as it is done: run it again, with the same arguments, until it says that nothing is left.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import msgspec

sys.path.insert(0, str(Path(__file__).parents[3]))

from agents.workspace.moving import move, restore
from benchmarks.referee.cost.gates import STATIC, Gates
from benchmarks.referee.cost.ground import LIMITS, Ground, every_second, own_seconds
from benchmarks.referee.cost.journal import Journal
from benchmarks.referee.cost.made import any_edit, body_edit, line_edit, shop, ways
from director.referee.mapping import changes, mappable
from director.referee.selection import FileMap, Map, select
from tests.referee.mapped_project import FILES

RESULTS = Path(__file__).parents[2] / "results" / "referee_cost.json"
WHOLE_RUNS = 3
FILES_AT_ONCE = 10
"""Test files that are mapped in one step."""
COMPARED = 4
"""One edit in so many is measured once more without any memory."""
GATED_TESTS = 2000
"""Tests of the project whose files the gates read: one module and one file of tests for each twenty."""
PROJECTS = {"traps": FILES, "ways": ways()}
EDITS = {"body edit": body_edit, "one-line edit": line_edit}
Table = dict[str, object]


async def cost(folder: Path, journal: Journal, given: argparse.Namespace) -> Table | None:
    """Edits of a project of many tests: what the first look costs beside the whole run."""
    steps = [f"whole {n}" for n in range(WHOLE_RUNS)]
    edits = [f"{name} {n}" for name in EDITS for n in range(given.edits)]
    paths = [path for path in shop(given.tests, given.seed) if path.startswith("tests/")]
    parts = {f"map {at:04}": paths[at : at + FILES_AT_ONCE] for at in range(0, len(paths), FILES_AT_ONCE)}
    if any(journal.get(step) is None for step in (*steps, *parts, *edits)):
        ground = Ground(folder, shop(given.tests, given.seed))
        for step in journal.left(steps):
            suite = await ground.whole({})
            journal.put(step, {"cpu": suite.cpu_seconds, "shared": mappable(suite)})
        shared = (journal.get("whole 0") or {}).get("shared", {})
        for step in journal.left(list(parts)):
            made, spent = await ground.map(shared, parts[step])
            journal.put(step, {"cpu": spent, "map": msgspec.to_builtins(made)})
        await _edited(ground, journal, parts, edits, given.seed)
        await ground.warm.close()
    done = all(journal.get(step) is not None for step in (*steps, *parts, *edits))
    return _cost_table(journal) if done else None


async def _edited(
    ground: Ground, journal: Journal, parts: Mapping[str, list[str]], edits: list[str], seed: int
) -> None:
    if any(journal.get(step) is None for step in parts):
        return
    made = _joined([msgspec.convert(journal.get(step)["map"], Map) for step in parts])
    await ground.warm.suite(ground.base, [next(iter(made.files))], LIMITS)
    for step in journal.left(edits):
        name = step.rpartition(" ")[0]
        tree = ground.tree(EDITS[name](ground.files, random.Random(f"{seed} {step}")))
        began = every_second()
        spent, everything = await ground.look(made, tree)
        journal.put(step, {"cpu": spent, "every": every_second() - began, "everything": everything})


def _joined(maps: list[Map]) -> Map:
    files: dict[str, FileMap] = {path: file for each in maps for path, file in each.files.items()}
    outcomes = {test: how for each in maps for test, how in each.outcomes.items()}
    return replace(maps[0], files=files, outcomes=outcomes)


def _cost_table(journal: Journal) -> Table:
    whole = statistics.median(row["cpu"] for row in journal.rows("whole "))
    mapping = sum(row["cpu"] for row in journal.rows("map "))
    rows: Table = {
        "tests": len(journal.get("whole 0")["shared"]), "whole run, CPU s": round(whole, 2),
        "map, CPU s": round(mapping, 1), "map / whole run": round(mapping / whole, 1),
    }  # fmt: skip
    for name in EDITS:
        found = journal.rows(f"{name} ")
        taken = [whole if row["everything"] else row["cpu"] for row in found]
        shares = sorted(spent / whole for spent in taken)
        cheap = sum(share <= 0.05 or share * whole <= 0.2 for share in shares) / len(shares)
        rows[name] = {
            "n": len(found), "median CPU s": round(statistics.median(taken), 3),
            "median share": f"{statistics.median(shares):.1%}",
            "p95 share": f"{shares[int(0.95 * (len(shares) - 1))]:.1%}",
            "share of edits <= 5 %": f"{sum(share <= 0.05 for share in shares) / len(shares):.1%}",
            "share of edits <= 5 % or <= 0.2 s": f"{cheap:.1%}",
            "edits after which all were run": sum(bool(row["everything"]) for row in found),
            "mean CPU s, every process counted": round(statistics.mean(row["every"] for row in found), 3),
        }  # fmt: skip
    return rows


async def equality(folder: Path, journal: Journal, given: argparse.Namespace) -> Table | None:
    """Random edits of projects of traps: every test that changes in the whole run was chosen, and says the same."""
    share = given.mutations // len(PROJECTS)
    tables: Table = {}
    for name, files in PROJECTS.items():
        steps = [f"equality {name} {n}" for n in range(share)]
        left = journal.left(steps)
        first = next(left, None)
        if first is not None:
            place = folder / name
            place.mkdir()
            ground = Ground(place, files)
            made = await _mapped(ground, journal, name)
            for step in chain([first], left):
                journal.put(step, await _compared(ground, made, random.Random(f"{given.seed} {step}")))
            await ground.warm.close()
        if any(journal.get(step) is None for step in steps):
            return None
        tables[name] = _equality_table(journal, name)
    return tables


async def _mapped(ground: Ground, journal: Journal, name: str) -> Map:
    if journal.get(f"mapped {name}") is None:
        suite = await ground.target.suite(limits=LIMITS)
        shared = mappable(suite)
        assert shared, suite
        made, spent = await ground.map(shared, sorted({test.partition("::")[0] for test in shared}))
        journal.put(f"mapped {name}", {"cpu": suite.cpu_seconds, "map cpu": spent, "map": msgspec.to_builtins(made)})
    return msgspec.convert(journal.get(f"mapped {name}")["map"], Map)


async def _compared(ground: Ground, made: Map, chance: random.Random) -> dict[str, Any]:
    """Return what a whole run says of one edit, and in what the chosen tests differ from it."""
    was = made.outcomes
    edit = any_edit(ground.files, chance)
    tree = ground.tree(edit)
    selection = select(made, changes(ground.mirror, ground.base, tree))
    whole_run = await ground.whole(edit)
    whole = {test.id: test.outcome for test in whole_run.tests}
    changed = {test for test in was.keys() | whole.keys() if was.get(test) != whole.get(test)}
    found: dict[str, Any] = {"edit": edit, "told": bool(changed), "ran": whole_run.outcome == "ran", "share": 1.0}
    if selection.everything:
        return {**found, "everything": selection.everything}
    wanted = set(selection.wanted)

    def is_chosen(test: str) -> bool:
        return bool({test, test.partition("[")[0], test.partition("::")[0]} & wanted)

    found["share"] = sum(is_chosen(test) for test in was) / len(was)
    if whole_run.outcome == "ran":
        found["missed"] = sorted(test for test in changed if not is_chosen(test))
        quick = await ground.warm.suite(tree, selection.wanted, LIMITS) if wanted else None
        said = {test.id: test.outcome for test in quick.tests} if quick is not None else {}
        found["different"] = sorted(test for test, outcome in said.items() if whole.get(test) != outcome)
    return found


def _equality_table(journal: Journal, name: str) -> Table:
    found = journal.rows(f"equality {name} ")
    about = journal.get(f"mapped {name}")
    return {
        "tests": len(about["map"]["outcomes"]), "whole run, CPU s": round(about["cpu"], 2), "edits": len(found),
        "with another outcome in the whole run": sum(row["told"] for row in found),
        "all were run": sum("everything" in row for row in found),
        "missed": [[sorted(row["edit"]), row["missed"]] for row in found if row.get("missed")],
        "another outcome among the chosen":
            [[sorted(row["edit"]), row["different"]] for row in found if row.get("different")],
        "mean share chosen": f"{statistics.mean(row['share'] for row in found):.0%}",
    }  # fmt: skip


async def trees(folder: Path, journal: Journal, given: argparse.Namespace) -> Table | None:
    """How long it takes until the files of a candidate stand: a new checkout, and two ways of moving the last one."""
    for step in journal.left(["trees"]):
        journal.put(step, _moved(folder, given.files))
    table: Table | None = journal.get("trees")
    return table


def _moved(folder: Path, files: int) -> Table:
    ground = Ground(folder, {f"d{n % 200:03}/f{n}.txt": f"{n}\n" for n in range(files)})
    place, index = folder / "moved", folder / "moved-index"
    place.mkdir()
    trees = [ground.base, *(ground.tree({f"d000/f{200 * n}.txt": "x\n"}) for n in range(9))]
    ways: dict[str, Callable[[str, str], None]] = {
        "moved": lambda held, tree: move(ground.mirror, tree, place, index, held),
        "moved and looked through": lambda _, tree: restore(ground.mirror, tree, place, index),
        "new checkout": lambda _, tree: ground.mirror.checkout(tree, folder / f"new-{tree}"),
    }
    found: Table = {"files": files}
    for name, way in ways.items():
        restore(ground.mirror, ground.base, place, index)
        taken = []
        for held, tree in pairwise(trees if name != "new checkout" else trees[:3]):
            before, began = own_seconds(), time.perf_counter()
            way(held, tree)
            taken.append(((time.perf_counter() - began) * 1000, (own_seconds() - before) * 1000))
        found[f"{name}, median ms"] = round(statistics.median(wall for wall, _ in taken), 1)
        found[f"{name}, median CPU ms"] = round(statistics.median(cpu for _, cpu in taken), 1)
    return found


async def gates(folder: Path, journal: Journal, given: argparse.Namespace) -> Table | None:
    """The gates that only read: after one changed file each says what it says of the whole, for less."""
    steps = [f"gates {n}" for n in range(given.gated)]
    if any(journal.get(step) is None for step in steps):
        measured = Gates(Ground(folder, shop(GATED_TESTS, given.seed)))
        base = await measured.base()
        for step in journal.left(steps):
            compared = steps.index(step) % COMPARED == 0
            found = await measured.edited(random.Random(f"{given.seed} {step}"), compared=compared)
            journal.put(step, {**found, "base": base})
    if any(journal.get(step) is None for step in steps):
        return None
    rows = journal.rows("gates ")
    return {
        "files": 2 * GATED_TESTS // 20, "edits": len(rows),
        "whole project, CPU s": {gate: round(rows[0]["base"][gate], 3) for gate in STATIC},
        "after one changed file, median CPU s":
            {gate: round(statistics.median(row["cpu"][gate] for row in rows), 3) for gate in STATIC},
        "all of them, whole project": round(sum(rows[0]["base"].values()), 2),
        "all of them, after one changed file": round(statistics.median(sum(row["cpu"].values()) for row in rows), 2),
        "compared with a whole look": sum(row["compared"] for row in rows),
        "different": [row["different"] for row in rows if row["different"]],
    }  # fmt: skip


PARTS: dict[str, Callable[[Path, Journal, argparse.Namespace], Awaitable[Table | None]]] = {
    "cost": cost, "equality": equality, "trees": trees, "gates": gates,
}  # fmt: skip


async def main() -> int:
    """Go on with the parts that are asked for; return 1 when something is left to be measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="*", default=list(PARTS), choices=list(PARTS))
    parser.add_argument("--tests", type=int, default=5000)
    parser.add_argument("--edits", type=int, default=100, help="of the cost, of each kind")
    parser.add_argument("--mutations", type=int, default=500, help="of the equality, of all projects together")
    parser.add_argument("--gated", type=int, default=20, help="edits of the gates")
    parser.add_argument("--files", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=86400, help="begin no step after so many")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "kaizen-referee-cost")
    given = parser.parse_args()
    size = f"{given.tests}-{given.edits}-{given.mutations}-{given.files}-{given.seed}"
    found: Table = {
        "python": sys.version.split()[0], "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1),
        "seed": given.seed,
    }  # fmt: skip
    for name in given.parts:
        journal = Journal(given.keep / f"{size}-{name}.jsonl", given.seconds)
        with tempfile.TemporaryDirectory(prefix="cost-", dir="/var/tmp", ignore_cleanup_errors=True) as folder:
            found[name] = await PARTS[name](Path(folder).resolve(), journal, given)
        print(json.dumps({name: found[name] or "not measured to its end: run again"}, indent=2), flush=True)
    _keep({name: table for name, table in found.items() if table is not None}, given)
    return int(any(found[name] is None for name in given.parts))


def _keep(found: Table, given: argparse.Namespace) -> None:
    """Renew the parts that were measured in full, when they were measured at full size."""
    if found.keys() & PARTS and (given.tests, given.edits, given.mutations, given.files) == (5000, 100, 500, 20000):
        before = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
        RESULTS.write_text(json.dumps({**before, **found}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
