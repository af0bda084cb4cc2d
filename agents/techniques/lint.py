"""Ruff's safe fixes as a patch."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from agents.ports import Answer, Nothing, Proposal, Workbench
from agents.techniques.ruff import Arguments, Found, Refused, Ruff
from ledger.events import Task


class LintFixes:
    """Lets ruff mend what it can mend safely, in the paths of the task, or everywhere when it names none."""

    name = "ruff_fixes"

    def __init__(self, ruff: Path, arguments: Arguments) -> None:
        self.ruff = Ruff(ruff, arguments)

    async def try_on(self, task: Task, bench: Workbench) -> Answer:
        """Propose the tree with ruff's safe fixes applied."""
        target = bench.target
        paths = paths_of(task) or (".",)
        before = await self.ruff.report(target, paths)
        if isinstance(before, Refused):
            return Nothing(f"ruff refuses the project: {before.why}")
        mendable = [finding for finding in before if finding.safe]
        if not mendable:
            return Nothing(_none_safe(before))
        files = sorted({finding.path for finding in mendable})
        contents = {path: (target.project / path).read_bytes() for path in files}
        refused = await self.ruff.fix(target, files)
        after = await self.ruff.report(target, paths)
        if refused is not None or isinstance(after, Refused):
            return Nothing("ruff could not apply its fixes")
        changed = [path for path in files if (target.project / path).read_bytes() != contents[path]]
        mended = len(before) - len(after)
        if not changed or mended <= 0:
            return Nothing(f"ruff's safe fixes leave {len(after)} of {len(before)} findings")
        return Proposal(
            technique=self.name,
            title=f"ruff: {_many(mended, 'fix', 'fixes')} in {_many(len(changed), 'file', 'files')}",
            notes=f"{len(after)} of {len(before)} findings are left; safe fixes of {_rules(mendable)}",
        )


def paths_of(task: Task) -> tuple[str, ...]:
    """Return the paths among a task's targets, each once, in order."""
    return tuple(dict.fromkeys(target.partition("::")[0] for target in task.targets if target))


def _none_safe(findings: tuple[Found, ...]) -> str:
    if not findings:
        return "ruff finds nothing"
    return f"ruff has no safe fix for {_many(len(findings), 'finding', 'findings')} ({_rules(list(findings))})"


def _rules(findings: list[Found]) -> str:
    counted = Counter(finding.rule for finding in findings)
    return ", ".join(f"{rule} ×{number}" for rule, number in counted.most_common(8))


def _many(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"
