"""What each test of a tree depends on, as its own run in a fork told; and what differs between two trees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from agents.ports import InsideRun, Limits, SuiteResult
from agents.tools.target import SandboxedTarget
from agents.workspace.mirror import Mirror
from director.referee.blocks import Blocks, blocks_of
from director.referee.selection import Change, FileMap, Map, Trail

NO_FILE = "000000"
PLAIN = ("100644", "100755")


def changes(mirror: Mirror, before: str, after: str) -> tuple[Change, ...]:
    """Return each path that differs between two trees, with both contents."""
    found = mirror.git.raw("diff-tree", "-r", "-z", "--no-renames", before, after).split(b"\0")
    changed = []
    for row, name in zip(found[:-1:2], found[1::2], strict=True):
        old_mode, new_mode, old, new, _ = row.decode().lstrip(":").split(" ")
        modes = {mode for mode in (old_mode, new_mode) if mode != NO_FILE}
        changed.append(
            Change(
                name.decode("utf-8", "surrogateescape"),
                None if old_mode == NO_FILE else mirror.git.raw("cat-file", "blob", old),
                None if new_mode == NO_FILE else mirror.git.raw("cat-file", "blob", new),
                plain=len(modes) == 1 and modes <= set(PLAIN),
            )
        )
    return tuple(changed)


def paths_of(mirror: Mirror, tree: str) -> frozenset[str]:
    """Return every file of a tree."""
    names = mirror.git.raw("ls-tree", "-r", "-z", "--name-only", tree).split(b"\0")
    return frozenset(name.decode("utf-8", "surrogateescape") for name in names if name)


async def map_tree(
    target: SandboxedTarget, tree: str, paths: frozenset[str], shared: Mapping[str, str], *,
    known: Mapping[str, FileMap] | None = None, flaky: Iterable[str] = (), limits: Limits | None = None,
) -> Map:  # fmt: skip
    """Run each test of the tree alone and return what it depends on; `shared` is what it became in the whole run.

    Test files that are `known` are not run again. What `flaky` tests become says nothing: they are not mapped.
    """
    known = known or {}
    files = [path for path in dict.fromkeys(test.partition("::")[0] for test in shared) if path not in known]
    run = await target.alone(files, shared, sorted(flaky), limits=limits)
    fresh = read_map(run, tree, target, paths, shared, frozenset(flaky))
    kept = {path: file for path, file in known.items() if any(test in shared for test in file.tests)}
    return fresh if fresh.void else replace(fresh, files={**kept, **fresh.files})


def mappable(suite: SuiteResult) -> dict[str, str]:
    """Return what became of each test, when a whole run says enough to be mapped; else nothing."""
    whole = suite.outcome == "ran" and not suite.broken and suite.runner == "pytest"
    return {test.id: test.outcome for test in suite.tests} if whole else {}


def read_map(
    run: InsideRun, tree: str, target: SandboxedTarget, paths: frozenset[str], shared: Mapping[str, str],
    flaky: frozenset[str],
) -> Map:  # fmt: skip
    """Return the map that a run of the job `mapping` told; a void one when it cannot be relied on."""
    began = next(iter(run.of("began")), None)
    if began is None or not run.ended:
        return _void(tree, target, paths, f"the mapping did not reach its end ({run.completed.outcome})")
    reader = _Reader(target.root, flaky)
    files: dict[str, FileMap] = {}
    for message in run.of("mapped"):
        path = str(message["path"])
        file = reader.file(message, {test: how for test, how in shared.items() if test.partition("::")[0] == path})
        if isinstance(file, str):
            return _void(tree, target, paths, f"{path}: {file}")
        files[path] = file
    return Map(tree, _prefix(target), paths, frozenset(began["loaded"]), files, shared)


def _void(tree: str, target: SandboxedTarget, paths: frozenset[str], why: str) -> Map:
    return Map(tree, _prefix(target), paths, frozenset(), {}, {}, void=why)


def _prefix(target: SandboxedTarget) -> str:
    relative = target.project.relative_to(target.root).as_posix()
    return "" if relative == "." else relative


class _Reader:
    """Turns lines of files into blocks, each file looked at once."""

    def __init__(self, root: Path, flaky: frozenset[str]) -> None:
        self._root, self._flaky = root, flaky
        self._blocks: dict[str, Blocks | None] = {}

    def file(self, message: Mapping[str, Any], shared: Mapping[str, str]) -> FileMap | str:
        """Return the map of one file, or why there can be none."""
        if "broken" in message:
            return str(message["broken"])
        collected = self.trail(message["trail"])
        told = {test: how for test, how in message["tests"].items() if test not in self._flaky}
        became = {test: how["became"] if how else "" for test, how in told.items()} | dict(message["skipped"])
        if became.keys() != shared.keys():
            return "alone it has other tests than in the whole run"
        if became == shared and not message["threads"]:
            return FileMap(collected, {test: self.trail(how["trail"]) for test, how in told.items() if how})
        # They depend on each other: only together they do what they do in the whole run.
        unit = message["unit"]
        if not unit:
            return "its tests did not reach an end together"
        together = {**unit["became"], **message["skipped"]}
        if {test: how for test, how in together.items() if test not in self._flaky} != shared:
            return "even together its tests do something else than in the whole run"
        trail = self.trail(unit["trail"])
        for how in told.values():
            trail |= self.trail(how["trail"]) if how else Trail()
        return FileMap(collected, dict.fromkeys(shared, trail), unit=True)

    def trail(self, told: Mapping[str, Any]) -> Trail:
        """Return a record with its lines as blocks."""
        bodies: set[tuple[str, str]] = set()
        imported: set[str] = set()
        read = set(told["read"])
        for path, lines in told["ran"].items():
            blocks = self._blocks_in(path)
            if blocks is None:
                read.add(path)  # what cannot be read as blocks is depended on as a whole
                continue
            if 0 in lines:
                imported.add(path)
            bodies.update((path, name) for name in map(blocks.at, (line for line in lines if line)) if name)
        return Trail(
            frozenset(bodies), frozenset(imported), frozenset(read),
            frozenset(told["listed"]), frozenset(told["scanned"]),
            frozenset(part for name in told["tried"] for part in str(name).split(".")), str(told["opaque"]),
        )  # fmt: skip

    def _blocks_in(self, path: str) -> Blocks | None:
        if path not in self._blocks:
            place = self._root / path
            readable = place.is_file() and path.endswith(".py")
            self._blocks[path] = blocks_of(place.read_bytes()) if readable else None
        return self._blocks[path]
