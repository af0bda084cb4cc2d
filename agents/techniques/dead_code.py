"""Taking out code that nothing uses, each piece with its proof."""

from __future__ import annotations

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from agents.ports import Answer, Nothing, Proposal, Target, Workbench
from agents.techniques.lint import paths_of
from agents.techniques.mentions import LARGEST, Mentions, TooMuch, text_files
from agents.techniques.ruff import Arguments, Found, Refused, Ruff
from agents.techniques.spans import Source, applied, parse
from agents.techniques.unused import BY_RULE, Removal, private_definitions, private_names, public_names, unreachable
from agents.workspace.layout import is_test_path
from ledger.events import Task

MOST = 40
"""Pieces in one patch: what a person can still read."""
_ROUNDS = 6
"""What only removed code used is unused itself; chains longer than this wait for the next task."""
_RULES = ("F401", "F811", "F841")


class UnusedCode:
    """Removes unreachable code, private definitions nobody mentions, and locals nobody reads; never a public name.

    Tests are left alone: what a test does not use is often what it is about.
    """

    name = "unused_code"

    def __init__(self, ruff: Path, arguments: Arguments) -> None:
        self.ruff = Ruff(ruff, arguments)

    async def try_on(self, task: Task, bench: Workbench) -> Answer:
        """Propose the tree without the unused code found in the task's paths, or in all of the project's code."""
        project = bench.target.project
        chosen = await asyncio.to_thread(_chosen, project, bench.target.sources, paths_of(task))
        if not chosen:
            return Nothing("the task names no file of the project's code")
        try:
            mentions = await asyncio.to_thread(Mentions, bench.target.root)
        except TooMuch:
            return Nothing("the repository is too large to prove that a name is mentioned nowhere")
        search = _Search(bench.target, mentions, chosen)
        for _ in range(_ROUNDS):
            reported = await self.ruff.report(bench.target, sorted(search.look), also=_RULES)
            if isinstance(reported, Refused):
                return Nothing(f"ruff refuses the project: {reported.why}")
            if not await asyncio.to_thread(search.step, reported):
                break
        removed = search.removed
        if not removed:
            return Nothing(f"nothing in {len(chosen)} {'file' if len(chosen) == 1 else 'files'} is provably unused")
        return Proposal(technique=self.name, title=_title(removed), notes="\n".join(map(_line, removed)))


class _Search:
    """One search through the chosen files: what was removed, and where to look next."""

    def __init__(self, target: Target, mentions: Mentions, chosen: Sequence[str]) -> None:
        self.removed: list[Removal] = []
        self.look = set(chosen)
        self._project = target.project
        self._prefix = target.project.relative_to(target.root)
        self._mentions = mentions
        self._homes: dict[str, set[str]] = defaultdict(set)
        """Files by the private names they define."""
        self._known: frozenset[tuple[str, str, str]] | None = None
        """Imports unused from the start: the linter's own business, and perhaps there for others to import."""

    def step(self, reported: Sequence[Found]) -> bool:
        """Take out what one look finds, and return whether another look may find more."""
        if self._known is None:
            self._known = frozenset(_mark(each) for each in reported if each.rule == "F401")
        findings: dict[str, list[Found]] = defaultdict(list)
        for each in reported:
            if each.rule in BY_RULE and _mark(each) not in self._known:
                findings[each.path].append(each)
        freed: set[str] = set()
        changed: set[str] = set()
        for path in sorted(self.look):
            words = self._mend(path, findings[path])
            if words:
                changed.add(path)
                freed |= words
        self.look = changed | {path for name in freed & self._homes.keys() for path in self._homes[name]}
        return bool(changed) and len(self.removed) < MOST

    def _mend(self, path: str, findings: Sequence[Found]) -> frozenset[str]:
        """Take out what is unused in one file and return the words of what went."""
        source, place = _read(self._project, path), (self._prefix / path).as_posix()
        if source is None:
            return frozenset()
        for name in private_names(source):
            self._homes[name].add(path)
        by_rule = [BY_RULE[each.rule](source, each) for each in findings]
        found = [each for each in by_rule if each is not None]
        found += [*unreachable(source), *private_definitions(source, self._mentions, place)]
        done = _apply(self._project, source, found[: MOST - len(self.removed)])
        if not done:
            return frozenset()
        self.removed += done
        self._mentions.read(place)
        gone = b" ".join(source.content[edit.start : edit.end] for each in done for edit in each.edits)
        return frozenset(re.findall(r"\w+", gone.decode("utf-8", "replace")))


def _chosen(project: Path, sources: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Return the Python files of the project's code, those the task names when it names any."""
    files = [path for path in text_files(project) if path.endswith(".py") and _within(path, sources)]
    return sorted(path for path in files if not is_test_path(path) and (not wanted or _within(path, wanted)))


def _within(path: str, places: Sequence[str]) -> bool:
    return any(place in (".", "") or path == place or path.startswith(place.rstrip("/") + "/") for place in places)


def _read(project: Path, path: str) -> Source | None:
    place = project / path
    if not place.resolve().is_relative_to(project.resolve()) or place.stat().st_size > LARGEST:
        return None
    return parse(path, place.read_bytes())


def _apply(project: Path, source: Source, found: Sequence[Removal]) -> list[Removal]:
    """Write the file without the pieces; leave it when the result would not be the same module for others."""
    taken: list[Removal] = []
    for removal in found:
        if not any(_overlap(removal, other) for other in taken):
            taken.append(removal)
    content = applied(source.content, [edit for removal in taken for edit in removal.edits])
    after = parse(source.path, content)
    if not taken or after is None or public_names(after.tree) != public_names(source.tree):
        return []
    (project / source.path).write_bytes(content)
    return taken


def _overlap(one: Removal, other: Removal) -> bool:
    return any(a.start < b.end and b.start < a.end for a in one.edits for b in other.edits)


def _mark(finding: Found) -> tuple[str, str, str]:
    return finding.path, finding.rule, finding.message


def _title(removed: Sequence[Removal]) -> str:
    kinds = Counter(each.kind for each in removed)
    files = len({each.path for each in removed})
    parts = ", ".join(f"{kind} ×{number}" for kind, number in kinds.most_common())
    return f"remove {parts} in {files} {'file' if files == 1 else 'files'}"


def _line(removal: Removal) -> str:
    return f"{removal.path}:{removal.line}: {removal.kind} {removal.what}: {removal.why}"
