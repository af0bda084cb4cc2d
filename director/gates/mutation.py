"""Gate `mutation`: how many small faults the tests notice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from agents.ports import Limits, SuiteResult
from agents.workspace.addopts import kept_options
from agents.workspace.layout import read_layout, read_text
from director.gates.defaults import DEFAULTS
from director.gates.gate import MeasuredTree
from director.gates.mutants import Mutant, drawn, mutants_of
from director.gates.sources import source_files
from director.gates.tests import passed
from ledger.events import Finding, GateSpec, Reading

SAMPLE = 60
WALL = 1800.0
CPU = 600.0
"""Seconds for all faults together: a sample that needs more is too large for the suite."""
MOST_TESTS = 200
"""Tests of one fault: those that reach the fewest lines look the closest."""


class Mutation:
    """Draws faults by their own code, so that the same ones are tried on every tree they are in."""

    name = "mutation"
    spec = DEFAULTS["mutation"]
    contexts = True

    async def measure(self, tree: MeasuredTree, spec: GateSpec) -> Reading:
        """Try each fault with the tests that reach it; one that no test reaches stays unnoticed without a run."""
        suite = await tree.suite()
        if suite.outcome != "ran":
            return Reading(gate=spec.name, value=None, detail=suite.detail or "no tests were found", tool=suite.tool)
        if not suite.lines_of:
            why = "which test runs what is not known: coverage.py is not there"
            return Reading(gate=spec.name, value=None, detail=why, tool=suite.tool)
        sample = int(spec.options.get("sample", SAMPLE))
        project = tree.target.project
        every = [mutant for path in source_files(tree.target) for mutant in mutants_of(path, read_text(project / path))]
        chosen = drawn(every, sample)
        if not chosen:
            return Reading(gate=spec.name, value=None, detail="the code has no place for a fault", tool=suite.tool)
        reached = _reached_by(suite)
        tests = {n: reached.get((mutant.path, mutant.line), ()) for n, mutant in enumerate(chosen)}
        outcomes = await _outcomes(tree, chosen, tests) if any(tests.values()) else {}
        if isinstance(outcomes, str):
            return Reading(gate=spec.name, value=None, detail=outcomes, tool=suite.tool)
        return _reading(spec, suite, len(every), [(m, outcomes.get(n, "unreached")) for n, m in enumerate(chosen)])


def _reading(spec: GateSpec, suite: SuiteResult, every: int, tried: list[tuple[Mutant, str]]) -> Reading:
    known = [(mutant, outcome) for mutant, outcome in tried if outcome != "unknown"]
    if not known:
        return Reading(
            gate=spec.name, value=None, detail="no fault could be tried to its end: run again", tool=suite.tool
        )
    killed = sum(outcome == "killed" for _, outcome in known)
    alive = [(mutant, outcome) for mutant, outcome in known if outcome != "killed"]
    value = round(100 * killed / len(known), 4)
    return Reading(
        gate=spec.name,
        value=value,
        detail=f"{value:.1f} % ({killed} of {len(known)} faults are noticed; {every} are possible)",
        tool=suite.tool,
        findings=tuple(
            Finding(
                rule=outcome,
                message=f"no test {'notices' if outcome == 'survived' else 'runs it'} when it {mutant.what}",
                path=mutant.path,
                line=mutant.line,
                symbol=mutant.symbol,
            )
            for mutant, outcome in alive
        ),
        counts={
            "tried": float(len(known)), "killed": float(killed),
            "unreached": float(sum(outcome == "unreached" for _, outcome in known)),
            "unknown": float(len(tried) - len(known)),
        },
    )  # fmt: skip


def _reached_by(suite: SuiteResult) -> Mapping[tuple[str, int], tuple[str, ...]]:
    """Return which passing tests run a line, those that run the fewest lines first."""
    good = passed(suite)
    size = {test: sum(map(len, files.values())) for test, files in suite.lines_of.items()}
    found: dict[tuple[str, int], list[str]] = defaultdict(list)
    for test in sorted(good & suite.lines_of.keys(), key=lambda test: (size[test], test)):
        for path, lines in suite.lines_of[test].items():
            for line in lines:
                if len(found[path, line]) < MOST_TESTS:
                    found[path, line].append(test)
    return {place: tuple(tests) for place, tests in found.items()}


async def _outcomes(
    tree: MeasuredTree, chosen: list[Mutant], tests: Mapping[int, tuple[str, ...]]
) -> dict[int, str] | str:
    """Return what became of each fault by its number, or why the tests could not be run for it."""
    layout = read_layout(tree.target.project, tree.target.root)
    addopts, _ = kept_options(layout.addopts)
    spec = {
        "runner": layout.runner, "addopts": addopts, "tests": layout.tests, "files": layout.files, "wall": WALL / 3,
        "select": sorted({test for some in tests.values() for test in some}),
        "mutants": [
            {"id": n, "path": m.path, "start": m.start, "end": m.end, "text": m.text, "tests": tests[n]}
            for n, m in enumerate(chosen) if tests[n]
        ],
    }  # fmt: skip
    run = await tree.target.inside("mutation", spec, limits=Limits(wall=WALL, cpu=CPU), copied=True)
    for stuck in run.of("stuck"):
        return str(stuck["why"])
    if not run.ended:
        said = run.completed.outcome
        return f"the faults were not tried to the end ({said}): draw fewer with `sample`"
    return {int(m["id"]): str(m["outcome"]) for m in run.of("mutant")}
