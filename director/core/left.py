"""PURE: what a run did not do, why, and what would do it."""

from __future__ import annotations

from collections.abc import Iterable

from director.core import goals
from director.core.judge import met
from director.core.leftover import counted
from director.core.policy import ALL_FAILING, is_outside, tasks
from director.core.state import Run
from ledger.events import Finding, GateSpec, Left, Reading, Task

DECIDE = "a person must decide"
"""How the referee says that it can tell neither way."""
CONNECT = "or connect a model that may find it: KAIZEN_MODEL=NAME"
"""What is said where no technique has an answer and nobody that thinks was asked."""
MORE_TIME = "run again, or give the run more time"
LONGEST = 160
"""Characters of a failure's own message."""
NAMED = 3
"""Findings that are named of a gate nothing here mends, the worst ones."""
REMEDIES = {
    "coverage": "write the missing tests by hand",
    "types": "correct the types by hand, these places first",
    "complexity": "split these functions by hand",
    "duplication": "remove the duplication by hand",
    "security": "remove and revoke the secrets, and fix the dangerous code by hand",
    "dependencies": "pin what has no version, and update what is vulnerable",
    "documentation": "write the missing docstrings by hand",
    "mutation": "write tests that check what these lines return",
    "performance": "find what became slower since the run's first commit",
    "accessibility": "fix these elements by hand",
    "bundle": "make the largest files smaller, or load them later",
}
"""What a person can do about a gate for which no technique is known."""


def left(run: Run) -> tuple[Left, ...]:
    """Return one entry for each thing that keeps a gate from its target."""
    by_gate = {r.gate: r for r in run.readings or run.baseline}
    remaining: list[Left] = []
    for spec in run.started.gates:
        reading = by_gate.get(spec.name)
        if met(spec, reading):
            continue
        if reading is None or reading.value is None:
            why = reading.detail if reading else "it was not measured"
            remaining.append(Left(what=f"{spec.name} could not be measured", why=why, remedy=_unmeasured(why)))
            continue
        remaining += _of_gate(spec, reading, run)
    return (*remaining, *_lost(run))


def _lost(run: Run) -> list[Left]:
    """Return the models that could not be asked to the end."""
    return [
        Left(what=f"{model} could not be asked", why=why, remedy="fix that, then run again")
        for model, why in run.lost.items()
    ]


def _remedy(run: Run, by_hand: str) -> str:
    return by_hand if run.started.models else f"{by_hand}, {CONNECT}"


def _of_gate(spec: GateSpec, reading: Reading, run: Run) -> list[Left]:
    if spec.name == goals.GATE and run.goal is not None:
        return goals.undone(run.goal, reading)
    own = [task for task in tasks(run) if task.gate == spec.name]
    if spec.name == "tests":
        by_test = {finding.symbol: finding for finding in reading.findings}
        return [_test(t, by_test[t.targets[0]], run) for t in own if t.targets and t.id != ALL_FAILING]
    untried = [task for task in own if run.spent_on(task) is None]
    if spec.name == "lint":
        return list(_lint(reading.findings, untried, run))
    short = f"{spec.name} is {reading.value:.4g}{spec.unit}, the target {spec.target:.4g}{spec.unit}"
    if untried:
        why = f"the run ended with {len(untried)} of {len(own)} tasks for it not tried to their end"
        return [Left(what=short, why=why, remedy=MORE_TIME)]
    remedy = _remedy(run, REMEDIES.get(spec.name, "fix it by hand"))
    why = "no known technique improves it further" if spec.name == "coverage" else "no technique is known for it"
    thought = [run.spent[task.id].why for task in own if task.kind == "findings" and task.id in run.spent]
    why = thought[-1] if thought else why
    return [Left(what=short + _worst(reading), why=why, remedy=remedy)]


def _worst(reading: Reading) -> str:
    """Return the findings a gate names first, with their places."""
    if reading.gate in ("tests", "coverage", "lint") or not reading.findings:
        return ""
    named = [_shown(finding) for finding in reading.findings[:NAMED]]
    more = len(reading.findings) + reading.more - len(named)
    return ": " + ", ".join(named) + (f", and {more} more" if more else "")


def _shown(finding: Finding) -> str:
    place = f"{finding.path}:{finding.line}" if finding.path and finding.line else finding.path or finding.symbol
    said = " ".join(finding.message.split())[:LONGEST]
    return f"{place} {said}".strip()


def _unmeasured(why: str) -> str:
    """Return what to do about a gate without a value; the gate's own words often say so already."""
    return "then run again" if ": " in why else "fix the cause, then run again"


def _lint(findings: Iterable[Finding], untried: list[Task], run: Run) -> Iterable[Left]:
    rules: dict[str, list[Finding]] = {}
    for finding in findings:
        rules.setdefault(finding.rule, []).append(finding)
    waiting = {path for task in untried for path in task.targets}
    for rule, group in sorted(rules.items(), key=lambda item: -len(item[1])):
        first = group[0]
        what = f"{counted(len(group), 'lint finding')} of rule {rule}, e.g. {first.path}:{first.line} {first.message}"
        if all(finding.path in waiting for finding in group):
            yield Left(what=what, why="the run ended before they were tried to the end", remedy=MORE_TIME)
        else:
            why = "no automatic change of them is known to be safe"
            yield Left(what=what, why=why, remedy=_remedy(run, "fix them by hand"))


def _test(task: Task, finding: Finding, run: Run) -> Left:
    said = " ".join(finding.message.split())
    what = f"{task.title}: {said[:LONGEST]}" if said else task.title
    if run.spent_on(task) is None:
        begun = any(attempt.task.id == task.id for attempt in run.open.values())
        why = "the run ended while it was being tried" if begun else "the run ended before it was tried"
        return Left(what=what, why=why, remedy=MORE_TIME)
    said = run.spent[task.id].why
    if DECIDE in said:
        remedy = "look at the patch on the page (`kaizen open`), and apply its diff yourself if it is right"
        return Left(what=what, why=said.partition("; ")[0], remedy=remedy)
    last = said.rpartition("; ")[2] or "no technique has an answer"
    places = run.localised.get(task.id, ())
    where = f"{places[0].path}:{places[0].line} {places[0].symbol}".strip() if places else ""
    if is_outside(finding):
        why = f"the tests seem to need something that is missing here; {last}"
        return Left(what=what, why=why, remedy="provide it, or have these tests skipped where it is missing")
    if where:
        return Left(what=what, why=f"localised in {where}; {last}", remedy=_remedy(run, f"look at {where} first"))
    return Left(what=what, why=last, remedy=_remedy(run, "fix it by hand"))
