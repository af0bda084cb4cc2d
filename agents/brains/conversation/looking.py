"""Whether a task is done, as far as the worktree itself can say; the referee judges later, and alone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple

import msgspec

from agents.brains.conversation.steady import data, shortened, steady
from agents.ports import Limits, SuiteResult, TestOutcome, Workbench
from ledger.errors import LedgerError
from ledger.events import Task

GREEN = ("passed", "xfailed", "xpassed")
QUICK = 5.0
"""Seconds: a suite that is done sooner is run whole at once."""
PATIENT = 60.0
"""Seconds: a suite that takes longer is left to the referee."""
SHOWN = 4000
"""Characters of failing tests that the model is told."""
TESTED = frozenset({"failing_test", "implement"})
"""Kinds of tasks whose targets are tests that must pass."""


ANSWERED = frozenset({"asked", "research", "plan", "opinion"})
"""Kinds of tasks that may be done without any change: what is said is the work."""


class Looked(NamedTuple):
    """What a look at the task gave."""

    met: bool
    told: str
    """What the model is told of it."""
    summary: str
    passed: float = 0.0
    wanted: float = 0.0


Look = Callable[[Task, Workbench, str, float], Awaitable[Looked]]
"""Looks whether a task is done: the task, the bench, the arguments the model ended with, and the seconds there are."""


def look_for(task: Task) -> Look:
    """Return how a task of this kind is looked at."""
    if is_tested(task):
        return look_at_tests
    return look_at_answer if task.kind in ANSWERED else look_at_change


def is_tested(task: Task) -> bool:
    """Return whether tests say when the task is done, so that a look while it goes on tells something."""
    return task.kind in TESTED and bool(task.targets)


async def look_at_change(task: Task, bench: Workbench, said: str, seconds: float) -> Looked:
    """Met when anything was changed: what came of it the gates will say."""
    thinking = bench.thinking
    changed = bool(thinking is not None and (await asyncio.to_thread(thinking.history.status)).strip())
    if changed:
        return Looked(met=True, told="The change is handed over.", summary="something was changed")
    told = (
        "Nothing is changed in the files. Change them with the tools, or call finish again when nothing is to be done."
    )
    return Looked(met=False, told=told, summary="nothing was changed")


async def look_at_answer(task: Task, bench: Workbench, said: str, seconds: float) -> Looked:
    """Met when something was said."""
    if said.strip():
        return Looked(met=True, told="Taken.", summary="answered")
    return Looked(met=False, told="Say in the summary what you found out or did.", summary="nothing was said")


async def look_at_tests(task: Task, bench: Workbench, said: str, seconds: float) -> Looked:
    """Met when the task's tests pass and, where that is quick, no test fails that passed before."""
    before = bench.readings.get(task.gate) or bench.readings.get("tests")
    usual = before.seconds if before is not None else PATIENT
    first = await failing(task, bench, seconds, whole=bool(before) and usual <= QUICK)
    if first.met and (weaker := await asyncio.to_thread(_rewritten, task, bench)):
        told = (
            f"The task's tests pass, but in {', '.join(weaker)} lines that were there are gone or others now. What you "
            "change is measured with the tests as they were: put those lines back, and mend the code instead."
        )
        return first.looked._replace(met=False, told=told, summary=f"changes {weaker[0]}, which tests the task")
    if not first.met or usual > min(PATIENT, seconds / 3):
        return first.looked
    suite = first.suite if usual <= QUICK else await bench.target.suite(limits=Limits(wall=max(10.0, seconds / 2)))
    if broken := _broken(bench, task, suite):
        some = data("test output", shortened(_texts(_of(suite, broken), bench), SHOWN))
        told = f"The task's tests pass, but {len(broken)} passed before and do not now: {', '.join(broken[:5])}\n{some}"
        return Looked(
            met=False, told=told, summary=f"breaks {broken[0]}", passed=first.looked.passed - 0.5,
            wanted=first.looked.wanted,
        )  # fmt: skip
    return first.looked


class Failing(NamedTuple):
    """The tests of a task as they are now."""

    looked: Looked
    suite: SuiteResult
    tests: tuple[TestOutcome, ...]
    """Those that fail, as they failed."""

    @property
    def met(self) -> bool:
        """Whether none fails."""
        return self.looked.met


async def failing(task: Task, bench: Workbench, seconds: float, *, whole: bool = False) -> Failing:
    """Run the task's tests and say which fail; a suite that did not reach its end is told as it is."""
    limits = Limits(wall=max(10.0, seconds / 2))
    suite = await bench.target.suite(select=None if whole else task.targets, limits=limits)
    green = {test.id for test in suite.tests if test.outcome in GREEN}
    missed = [one for one in task.targets if one not in green and not _stands_for(one, suite)]
    total = len(task.targets)
    summary = f"{total - len(missed)} of {total} {'test' if total == 1 else 'tests'} of the task pass"
    if not missed:
        return Failing(Looked(True, f"{summary}.", summary, total, total), suite, ())
    tests = _of(suite, missed)
    why = f" The tests did not reach their end: {suite.detail}." if suite.outcome in ("broken", "timeout") else ""
    shown = _texts(tests, bench)
    told = f"{summary}.{steady(why, *_places(bench))} Not passing:\n{data('tests', chr(10).join(missed[:10]))}"
    told += f"\n{data('test output', shortened(shown, SHOWN))}" if shown else ""
    return Failing(Looked(False, told, summary, total - len(missed), total), suite, tests)


def _rewritten(task: Task, bench: Workbench) -> list[str]:
    """Return the files of the task's tests that lost lines: tests that were added take none away.

    Tests that say what is to be implemented were written in the attempt's run and may replace others.
    """
    history = bench.thinking.history if bench.thinking is not None and task.kind == "failing_test" else None
    files = sorted({target.split("::")[0] for target in task.targets} if history else ())
    return [path for path in files if history and re.search(r"^-(?!--)", history.diff(path), re.MULTILINE)]


def _stands_for(wanted: str, suite: SuiteResult) -> bool:
    """Whether all parameters of a test pass, or a module that could not be collected is and none of its tests fails."""
    parameters = [each for each in suite.tests if each.id.startswith(f"{wanted}[")]
    if parameters:
        return all(each.outcome in (*GREEN, "skipped") for each in parameters)
    if not wanted.endswith(".py") or any(each.id == wanted for each in suite.broken):
        return False
    dotted = wanted.removesuffix(".py").replace("/", ".")
    own = [each for each in suite.tests if each.id.startswith((f"{wanted}::", f"{dotted}."))]
    return bool(own) and all(each.outcome in (*GREEN, "skipped") for each in own)


def _of(suite: SuiteResult, wanted: Iterable[str]) -> tuple[TestOutcome, ...]:
    """Return what failed of these; a module that cannot be collected fails all its tests."""
    ids = set(wanted)
    files = {one.split("::")[0] for one in ids}
    red = [test for test in suite.tests if {test.id, test.id.partition("[")[0]} & ids and test.outcome not in GREEN]
    return (*red, *(test for test in suite.broken if test.id in ids | files))


def _texts(tests: Iterable[TestOutcome], bench: Workbench) -> str:
    texts = [test.text or f"{test.exception}: {test.message}" for test in tests]
    each = SHOWN // max(1, len(texts[:3]))
    return steady("\n\n".join(shortened(text, each) for text in texts[:3]), *_places(bench))


def _places(bench: Workbench) -> tuple[str, ...]:
    return (str(bench.target.project), str(bench.target.root), str(bench.scratch))


def _broken(bench: Workbench, task: Task, suite: SuiteResult) -> list[str]:
    """Return the tests that passed on the tree the attempt starts from and do not pass now."""
    before = bench.readings.get("tests")
    if suite.outcome != "ran" or before is None or not before.blob or bench.thinking is None:
        return []
    try:
        passed = msgspec.json.decode(bench.thinking.blobs.get(before.blob), type=list[str])
    except (LedgerError, msgspec.DecodeError):
        return []  # What passed before is not kept any more: the referee knows it anyway.
    green = {test.id for test in suite.tests if test.outcome in (*GREEN, "skipped")}
    return [one for one in passed if one not in green]
