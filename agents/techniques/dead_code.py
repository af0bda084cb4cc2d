"""Taking out code that nothing uses, each piece with its proof."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from agents.ports import Nothing, Outcome, Proposal, Workbench
from agents.techniques.lint import paths_of
from agents.techniques.mentions import LARGEST, Mentions, TooMuch, text_files
from agents.techniques.ruff import Arguments, Found, Refused, Ruff
from agents.techniques.spans import Source, applied, parse
from agents.techniques.unused import BY_RULE, Removal, private_definitions, public_names, unreachable
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

    async def try_on(self, task: Task, bench: Workbench) -> Outcome:
        """Propose the tree without the unused code found in the task's paths, or in all of the project's code."""
        project = bench.target.project
        chosen = await asyncio.to_thread(_chosen, project, bench.target.sources, paths_of(task))
        if not chosen:
            return Nothing("the task names no file of the project's code")
        try:
            mentions = await asyncio.to_thread(Mentions, bench.target.root)
        except TooMuch:
            return Nothing("the repository is too large to prove that a name is mentioned nowhere")
        removed: list[Removal] = []
        known: set[tuple[str, str, str]] | None = None
        for _ in range(_ROUNDS):
            reported = await self.ruff.report(bench.target, chosen, also=_RULES)
            if isinstance(reported, Refused):
                return Nothing(f"ruff refuses the project: {reported.why}")
            # Imports unused from the start are the linter's own business, and may be there for others to import.
            known = {_mark(each) for each in reported if each.rule == "F401"} if known is None else known
            findings = [each for each in reported if each.rule in BY_RULE and _mark(each) not in known]
            done = await asyncio.to_thread(_remove, bench, chosen, mentions, findings, MOST - len(removed))
            if not done:
                break
            removed += done
        if not removed:
            return Nothing(f"nothing in {len(chosen)} files is provably unused")
        return Proposal(technique=self.name, title=_title(removed), notes="\n".join(map(_line, removed)))


def _chosen(project: Path, sources: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Return the Python files of the project's code, those the task names when it names any."""
    files = [path for path in text_files(project) if path.endswith(".py") and _within(path, sources)]
    return sorted(path for path in files if not _is_test(path) and (not wanted or _within(path, wanted)))


def _within(path: str, places: Sequence[str]) -> bool:
    return any(place in (".", "") or path == place or path.startswith(place.rstrip("/") + "/") for place in places)


def _is_test(path: str) -> bool:
    *folders, name = path.split("/")
    return bool({"tests", "test", "testing"} & set(folders)) or name == "conftest.py" or name.startswith("test_")


def _remove(
    bench: Workbench, chosen: Sequence[str], mentions: Mentions, findings: Sequence[Found], most: int
) -> list[Removal]:
    """Take out what one look finds, file by file, and return what went."""
    project, prefix = bench.target.project, bench.target.project.relative_to(bench.target.root)
    gone: list[Removal] = []
    for path in chosen:
        place = (prefix / path).as_posix()
        source = _read(project, path)
        if source is None:
            continue
        by_rule = [BY_RULE[each.rule](source, each) for each in findings if each.path == path]
        found = [each for each in by_rule if each is not None]
        found += [*unreachable(source), *private_definitions(source, mentions, place)]
        done = _apply(project, source, found[: most - len(gone)])
        if done:
            gone += done
            mentions.read(place)
    return gone


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
