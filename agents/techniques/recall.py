"""Mend a failure as it was mended before."""

from __future__ import annotations

import time
from pathlib import Path

from agents.ports import Answer, Limits, Nothing, Proposal, Workbench
from agents.techniques.trial import accepted, before, known_suite
from agents.techniques.unified import Unappliable, changed, parsed
from ledger.events import Task

TRIES = 3


class ProvenFix:
    """Applies a diff that landed for the same failure, when it fits to the byte and the real suite accepts it."""

    name = "proven_fix"

    async def try_on(self, task: Task, bench: Workbench) -> Answer:
        """Propose a proven diff, or answer no."""
        until = time.monotonic() + bench.seconds
        recalled = bench.recall(task.fingerprint) if task.fingerprint else None
        if recalled is None or not recalled.solved:
            return Nothing("no fix of this failure is known")
        fitting, why = _fitting(bench.target.project, recalled.solved[:TRIES])
        if not fitting:
            return Nothing(f"the known fix does not fit here: {why}")
        suite = await known_suite(bench, 0.4)
        was = before(suite, task.targets)
        if suite.outcome != "ran" or not was.failing:
            return Nothing(suite.detail or "none of the task's tests fails any more")
        for new in fitting:
            old = {path: path.read_bytes() for path in new}
            for path, content in new.items():
                path.write_bytes(content)
            why, _ = await accepted(bench.target, was, was.red, Limits(wall=max(5.0, until - time.monotonic())))
            if not why:
                return Proposal(
                    technique=self.name,
                    title=f"mend as before: {was.red[0]}",
                    notes=f"this failure was seen {recalled.seen} times; the same change landed before",
                    fixes=(task.fingerprint,),
                )
            for path, content in old.items():
                path.write_bytes(content)
        return Nothing(f"the known fix does not help here: {why}")


def _fitting(project: Path, diffs: tuple[str, ...]) -> tuple[list[dict[Path, bytes]], str]:
    """Return the new contents by file for each diff that fits, and why the last one that does not fit does not."""
    fitting: list[dict[Path, bytes]] = []
    why = ""
    root = project.resolve()
    for diff in diffs:
        try:
            files = parsed(diff.encode("utf-8", "surrogateescape"))
            contents = {file.path: _read(root, file.path) for file in files}
            fitting.append({root / path: content for path, content in changed(files, contents).items()})
        except Unappliable as problem:
            why = str(problem)
    return fitting, why


def _read(root: Path, path: str) -> bytes:
    file = (root / path).resolve()
    if not file.is_relative_to(root) or not file.is_file() or ".git" in file.parts:
        raise Unappliable(f"{path} is not a file of the project")
    return file.read_bytes()
