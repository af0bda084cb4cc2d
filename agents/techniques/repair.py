"""Mend a bug by a small edit: searched inside the target, confirmed by its real suite."""

from __future__ import annotations

import asyncio
import codecs
import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from agents.ports import Answer, InsideRun, Limits, Nothing, Proposal, Workbench
from agents.techniques.localise import findings_of
from agents.techniques.trial import Before, Tried, accepted, before, known_suite
from agents.workspace.addopts import kept_options
from agents.workspace.layout import Layout, read_layout
from ledger.events import Fingerprint, Task

TRIES = 5
"""How many ranked patches are shown to the real suite."""
SUITES = 4
"""A short search may take this many times longer than the whole suite: it runs much of it, again and again."""
PATIENCE = 3
"""On a busy machine a short search may last so many times longer than it works."""
SHARE = 0.7
"""Share of the time left that the search may take; the rest is for the suite."""


class TemplateRepair:
    """Searches edits of the code that failing tests run, and proposes the best that the real suite accepts."""

    def __init__(
        self,
        name: str = "template_repair",
        *,
        most: float = math.inf,
        workers: int = 2,
        candidates: int = 200_000,
        parts: Literal["", "last", "any"] = "",
    ) -> None:
        """`workers` judge candidates side by side; the search ends after `candidates` or `most` seconds of work.

        A likely edit that mends only some of the task's tests and breaks none is no answer, better than nothing at the
        `last`, or looked for as `any` other.
        """
        self.name = name
        self.most = most
        self.workers = workers
        self.candidates = candidates
        self.parts = parts

    async def try_on(self, task: Task, bench: Workbench) -> Answer:
        """Propose a patch that turns failing tests of the task green and breaks none."""
        until = time.monotonic() + bench.seconds
        suite = await known_suite(bench, 0.3)
        if suite.outcome not in ("ran", "timeout"):
            return Nothing(f"the tests cannot be run: {suite.detail}")
        was = before(suite, task.targets)
        if not was.failing:
            return Nothing("none of the task's tests fails any more")
        left = until - time.monotonic()
        seconds = min(left * SHARE, left - 1.5 * was.seconds) if was.whole else left * SHARE
        seconds = min(seconds, PATIENCE * (self.most + SUITES * was.seconds))
        if seconds < 3.0:
            return Nothing(f"no time to search: running the tests takes {was.seconds:.0f} s")
        bench.progress(f"searching small edits for {len(was.failing)} failing test{'s' * (len(was.failing) > 1)}")
        layout = read_layout(bench.target.project, bench.target.root)
        run = await bench.target.inside(
            "repair", self._spec(bench, was, layout, seconds), limits=Limits(wall=seconds + 30.0, output=1 << 26)
        )
        refused: list[str] = []
        for patch in run.of("patch")[:TRIES]:
            left = until - time.monotonic()
            if was.whole and left < was.seconds + 1.0:
                refused.append("no time was left to confirm more")
                break
            tried = await self._tried(bench, was, patch, left)
            if not tried.why:
                mended = _mended(bench, tried.green)
                return self._proposal(task, patch, was, mended, run.messages, len(refused))
            refused.append(tried.why)
        return Nothing(_why(run, refused), localised=findings_of(run.messages, was.failing))

    def _spec(self, bench: Workbench, was: Before, layout: Layout, seconds: float) -> dict[str, Any]:
        return {
            "project": str(bench.target.project),
            "sources": list(bench.target.sources),
            "files": list(layout.files),
            "tests": list(layout.tests),
            "runner": was.runner,
            "options": kept_options(layout.addopts)[0],
            "failing": list(was.red),
            "passing": list(was.passing),
            "beside": list(was.beside),
            "crashes": [
                {"id": test.id, "exception": test.exception, "path": frame.path, "line": frame.line}
                for test in was.failing
                for frame in test.frames
            ],
            "seconds": seconds,
            "most": min(seconds, self.most + SUITES * was.seconds),
            "workers": self.workers,
            "candidates": self.candidates,
            "parts": self.parts,
        }

    async def _tried(self, bench: Workbench, was: Before, patch: Mapping[str, Any], left: float) -> Tried:
        """Apply a patch; leave it when the real suite accepts it, else take it back."""
        path = _inside(bench.target.project, str(patch["path"]))
        if path is None:
            return Tried(f"{patch['path']} lies outside the project")
        raw = path.read_bytes()
        new = applied(raw, str(patch["encoding"]), patch["splices"])
        if new is None:
            return Tried("the file is not as it was read")
        bench.progress(f"confirming an edit of {patch['function']} with the real suite")
        path.write_bytes(new)
        if await asyncio.to_thread(bench.was_refused):
            tried = Tried("it was rejected or rolled back before")
        else:
            tried = await accepted(bench.target, was, patch["fixed"], Limits(wall=max(5.0, left)))
        if tried.why:
            path.write_bytes(raw)
        return tried

    def _proposal(
        self, task: Task, patch: Mapping[str, Any], was: Before, mended: Sequence[Fingerprint],
        messages: Sequence[Mapping[str, Any]], refused: int,
    ) -> Proposal:  # fmt: skip
        fixed = list(patch["fixed"])
        tests = f"{fixed[0]} and {len(fixed) - 1} more" if len(fixed) > 1 else fixed[0]
        stats = _stats(messages)
        left = "" if patch["complete"] else f"; of {len(was.red)} failing tests some have another cause"
        own = [task.fingerprint] if patch["complete"] and task.fingerprint else []
        notes = (
            f"{patch['edit']} at {patch['path']}:{patch['line']} in {patch['function']}; "
            f"mends {', '.join(fixed[:5])}{left}. "
            f"{stats.get('candidates', 0)} candidates tried, {stats.get('plausible', 0)} plausible, "
            f"{refused} refused by the real suite before this one."
        )
        return Proposal(
            technique=self.name,
            title=f"mend {patch['function']}: {tests}",
            notes=notes,
            fixes=tuple(dict.fromkeys([*own, *mended])),
        )


def applied(raw: bytes, encoding: str, splices: Sequence[Sequence[Any]]) -> bytes | None:
    """Return the file with the splices done, offsets in characters of its text; None when they do not fit."""
    try:
        codecs.lookup(encoding)
        text = raw.decode(encoding)
    except (LookupError, UnicodeDecodeError):
        return None
    parts: list[str] = []
    last = 0
    for start, end, new in sorted(splices, key=lambda splice: (splice[0], splice[1])):
        if not last <= start <= end <= len(text):
            return None
        parts += [text[last:start], new]
        last = end
    return ("".join(parts) + text[last:]).encode(encoding)


def _mended(bench: Workbench, green: frozenset[str]) -> list[Fingerprint]:
    """Return the failures that a change ends, those of other tasks too: of which every test passes."""
    tests: dict[Fingerprint, set[str]] = {}
    for finding in bench.readings["tests"].findings if "tests" in bench.readings else ():
        if finding.fingerprint:
            tests.setdefault(finding.fingerprint, set()).add(finding.symbol)
    return [failure for failure, symbols in tests.items() if symbols <= green]


def _inside(project: Path, path: str) -> Path | None:
    found = (project / path).resolve()
    return found if found.is_relative_to(project.resolve()) and found.is_file() else None


def _stats(messages: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return next((message for message in messages if message["kind"] == "stats"), {})


def _why(run: InsideRun, refused: Sequence[str]) -> str:
    messages = run.messages
    if refused:
        return f"{len(refused)} plausible edits, none accepted by the real suite: {refused[0]}"
    why = next((str(message["why"]) for message in messages if message["kind"] == "ended" and message["why"]), "")
    if why:
        return why
    stats = _stats(messages)
    tried = stats.get("candidates")
    if stats.get("plausible") and not stats.get("likely"):
        return f"{stats['plausible']} of {tried} small edits mend some of the tests, none mends enough of them"
    if stats.get("waiting"):
        return f"{stats['waiting']} small edits please these tests and few of the others that fail: those come first"
    if stats.get("plausible"):
        return f"{stats['plausible']} plausible edits of {tried}, none confirmed by a fresh run of the tests"
    if tried is None:
        ended = f"{run.completed.outcome} {run.completed.exit}"
        return f"the search did not reach its end ({ended}); give it more time or memory"
    return f"none of {tried} small edits mends the tests"
