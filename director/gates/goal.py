"""Gate `goal`: how far the goal in words is, by acceptance tests that no candidate can change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from agents.ports import Limits, SuiteResult, Target, TestOutcome
from agents.workspace.layout import read_layout
from director.core.goals import GATE, Goal, asked_of_the_gate, count_of
from director.gates.by_command import Shown, shares
from director.gates.defaults import DEFAULTS
from director.gates.gate import MeasuredTree
from director.gates.laid import laid_over
from director.gates.tests import finding_of
from ledger.blobs import Blobs
from ledger.events import Finding, GateSpec, Reading

LIMITS = Limits(wall=600.0)
GOOD = ("passed", "xpassed")


class GoalReached:
    """Weighs every step of the plan alike: with the share of its tests that pass, or with a reviewer's opinion."""

    name = GATE
    spec = DEFAULTS[GATE]

    async def measure(self, tree: MeasuredTree, spec: GateSpec) -> Reading:
        """Lay the acceptance tests over a copy of the tree and run them; before there is a plan the value is 0."""
        steps = [_Step(**step) for step in json.loads(spec.options.get("steps", "[]"))]
        if not steps:
            return Reading(gate=spec.name, value=0.0, detail="there is no plan yet", tool="acceptance tests")
        python = [step for step in steps if not step.gate]
        files = {path: text for step in python for path, text in step.files.items()}
        wanted = [test for step in python for test in step.tests]
        suite = SuiteResult("none", "")
        if files:
            with laid_over(tree.target, files) as target:
                suite = await target.suite(select=asked_tests(wanted, files, target), limits=LIMITS)
            if suite.outcome in ("broken", "timeout"):
                return Reading(gate=spec.name, value=None, detail=suite.detail, tool=suite.tool)
        return _reading(spec, steps, suite, await _by_commands(tree, spec, steps))


class _Step(NamedTuple):
    id: str
    title: str
    opinion: bool
    satisfied: bool
    model: str
    tests: list[str]
    files: dict[str, str]
    gate: str = ""
    """The gate whose command runs its tests; empty for tests in Python."""


async def _by_commands(tree: MeasuredTree, spec: GateSpec, steps: Sequence[_Step]) -> dict[str, Shown]:
    """Return how far the steps are whose tests a command of the project's runs."""
    found: dict[str, Shown] = {}
    commands = msgspec.json.decode(spec.options.get("commands", "{}"), type=dict[str, GateSpec])
    for name, command in commands.items():
        own = [(step.id, step.files) for step in steps if step.gate == name]
        found |= await shares(tree, command, own)
    return found


def with_goal(specs: Iterable[GateSpec], goal: Goal | None, blobs: Blobs) -> tuple[GateSpec, ...]:
    """Return what is asked of the gates, the one of the goal with its plan and the text of its acceptance tests."""
    specs = tuple(specs)
    return tuple(_with_plan(spec, goal, blobs, specs) if goal and spec.name == GATE else spec for spec in specs)


def _with_plan(spec: GateSpec, goal: Goal, blobs: Blobs, specs: Sequence[GateSpec]) -> GateSpec:
    steps = json.loads(asked_of_the_gate(goal))
    for step in steps:
        step["files"] = {path: blobs.get(blob).decode("utf-8") for path, blob in step["files"].items()}
    named = {step["gate"] for step in steps}
    commands = msgspec.json.encode({each.name: each for each in specs if each.name in named}).decode()
    return msgspec.structs.replace(spec, options={**spec.options, "steps": json.dumps(steps), "commands": commands})


def asked_tests(tests: Iterable[str], files: Iterable[str], target: Target) -> list[str]:
    """Return what the suite is asked for: pytest takes files, unittest every name that a test may have there."""
    if read_layout(target.project, target.root).runner == "pytest":
        return sorted(files)
    return sorted({name for test in tests for name in _names(test)})


def outcomes_of(test: str, suite: SuiteResult) -> list[TestOutcome]:
    """Return what became of a test, one outcome for each of its parameters, whatever runner named it."""
    names = set(_names(test))
    return [one for one in suite.tests if names & set(_names(one.id.partition("[")[0]))]


def _names(test: str) -> list[str]:
    """Return the dotted names a test may have, with all folders down to class and function alone."""
    path, _, inner = test.partition("::")
    dotted = f"{path.removesuffix('.py').replace('/', '.')}.{inner.replace('::', '.')}" if inner else test
    parts = dotted.split(".")
    least = 2 if len(parts) < 3 else 3 if parts[-2][:1].isupper() else 2
    return [".".join(parts[start:]) for start in range(len(parts) - least + 1)]


def _reading(spec: GateSpec, steps: Sequence[_Step], suite: SuiteResult, commands: Mapping[str, Shown]) -> Reading:
    counts: dict[str, float] = {}
    findings: list[Finding] = []
    total = 0.0
    tests = passing = 0
    for step in steps:
        shown = commands.get(step.id)
        bad = [] if step.opinion else _missing(step, shown) if step.gate else list(_bad(step, suite))
        good = len(step.tests) - len({test for test, _ in bad})
        share = float(step.satisfied) if step.opinion else good / len(step.tests) if step.tests else 0.0
        share = shown.share if shown is not None else share
        counts[count_of(step.id)] = share
        findings += [finding for _, finding in bad]
        tests, passing, total = tests + len(step.tests), passing + good, total + share
    done = [step for step in steps if counts[count_of(step.id)] == 1]
    counts |= {"steps": float(len(steps)), "done": float(len(done)), "tests": float(tests), "passed": float(passing)}
    judged = [step for step in done if step.opinion]
    detail = f"{len(done)} of {len(steps)} steps are done, {passing} of {tests} acceptance tests pass"
    if judged:
        detail += f"; {len(judged)} by the opinion of {judged[0].model}, not by a test"
    return Reading(
        gate=spec.name,
        value=1.0 if len(done) == len(steps) else min(0.9999, round(total / len(steps), 4)),
        detail=detail,
        tool=suite.tool or "acceptance tests",
        findings=tuple(findings),
        counts=counts,
    )


def _missing(step: _Step, shown: Shown | None) -> list[tuple[str, Finding]]:
    """Return what is missing of a step by the command that runs its tests: it speaks for all of them."""
    shown = shown or Shown(0.0, f"there is no gate {step.gate} any more that runs it")
    return [(test, shown.finding(step.gate, test)) for test in step.tests if shown.why]


def _bad(step: _Step, suite: SuiteResult) -> Iterator[tuple[str, Finding]]:
    broken = {one.id: one for one in suite.broken}
    for test in step.tests:
        outcomes = outcomes_of(test, suite)
        wrong = next((one for one in outcomes if one.outcome not in GOOD), None)
        if wrong is not None:
            yield test, finding_of(wrong)
        elif not outcomes:
            module = broken.get(test.partition("::")[0]) or next(iter(broken.values()), None)
            why = f"{module.exception}: {module.message}" if module else "it was not run"
            yield test, Finding(rule="not-run", message=why, path=test.partition("::")[0], symbol=test)
