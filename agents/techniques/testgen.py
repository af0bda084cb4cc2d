"""Tests for functions that no test reaches: what the code does today, recorded, replayed, and written down."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from agents.ports import Answer, Found, Limits, Nothing, Proposal, SuiteResult, Workbench
from agents.techniques.test_file import TestFile, WrittenTest, write_file, write_tests
from agents.techniques.test_place import imported_by_tests, module_name, test_path
from agents.workspace.layout import Layout, parse, read_layout, read_text
from ledger.events import Finding, Task

REPLAYS = 2
"""Fresh runs of the new tests alone; the run of the whole suite is the third."""
FIRST_TARGETS = 30
"""Functions that get tests at once in a project that has none."""
CALLS = 300
MOST = 6
"""Calls tried, and tests kept for their coverage, per function."""


@dataclass(slots=True)
class Recording:
    """What the job sent."""

    cases: list[Mapping[str, Any]] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    """Why, by target."""
    findings: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class Draft:
    """One test file on its way."""

    path: str
    module: str
    tests: list[WrittenTest]
    written: TestFile

    def ids(self, project: Path, runner: str) -> dict[str, str]:
        """Return the id of each test as its runner says it, by name."""
        if runner == "pytest":
            return {f"{self.path}::{name}": name for name in self.written.names}
        place = PurePosixPath(self.path)
        parts = [place.stem]
        while place.parent.name and (project / place.parent / "__init__.py").is_file():
            place = place.parent
            parts.insert(0, place.name)
        return {f"{'.'.join(parts)}.{self.written.class_name}.{name}": name for name in self.written.names}


class Characterise:
    """Records what unreached functions do today and keeps the tests that hold again and again."""

    name = "characterise"

    async def try_on(self, task: Task, bench: Workbench) -> Answer:
        """Propose new test files; existing files stay as they are."""
        project = bench.target.project
        layout = read_layout(project, bench.target.root)
        targets = list(task.targets) or _first_targets(project, layout)
        targets = [target for target in targets if target.partition("::")[0] in layout.files]
        if not targets:
            return Nothing("there is no function of the project's own code to write tests for")
        recording = await self._record(targets, layout, bench)
        if not recording.cases:
            return _nothing(recording)
        drafts = _drafts(recording.cases, project, layout)
        for draft in drafts:
            _write(project, draft)
        kept = await self._replayed(drafts, layout, bench)
        why = await self._spoils(kept, layout, bench) if kept else "no test held when it was run again"
        if why:
            for draft in drafts:
                (project / draft.path).unlink(missing_ok=True)
            return Nothing(why, localised=tuple(recording.findings))
        return _proposal(self.name, kept, targets, recording)

    async def _record(self, targets: Sequence[str], layout: Layout, bench: Workbench) -> Recording:
        """Run the job in the target's interpreter and sort what it sends."""
        imported = imported_by_tests(bench.target.project, layout.tests)
        seconds = max(2.0, min(10.0, bench.seconds / 2 / len(targets)))
        spec = {
            "targets": list(targets), "files": list(layout.files), "tests": list(layout.tests), "seed": bench.seed,
            "modules": {path: module_name(path, layout, imported) for path in layout.files},
            "calls": CALLS, "most": MOST, "seconds": seconds,
        }  # fmt: skip
        bench.progress(f"recording what {len(targets)} functions do")
        run = await bench.target.inside("testgen", spec, limits=Limits(wall=seconds * len(targets) * 2 + 60))
        recording = Recording()
        for message in run.messages:
            match message.get("kind"):
                case "case":
                    recording.cases.append(message)
                case "skipped":
                    recording.skipped[str(message["target"])] = str(message["why"])
                case "finding":
                    recording.findings.append(_finding(message))
        if not run.ended:
            recording.skipped.setdefault(targets[-1], f"the recording ended early: {run.completed.outcome}")
        return recording

    async def _replayed(self, drafts: Sequence[Draft], layout: Layout, bench: Workbench) -> list[Draft]:
        """Run the new tests in fresh interpreters; drop what does not pass each time, and what reaches nothing."""
        project = bench.target.project
        for turn in range(REPLAYS):
            bench.progress(f"replay {turn + 1} of {REPLAYS + 1}")
            ids = {test: draft for draft in drafts for test in draft.ids(project, layout.runner)}
            result = await bench.target.suite(select=sorted(ids), coverage=turn == 0)
            passed = {outcome.id for outcome in result.tests if outcome.outcome == "passed"}
            if result.outcome != "ran":
                passed = set()
            for draft in drafts:
                names = {name for test, name in draft.ids(project, layout.runner).items() if test in passed}
                draft.tests = [test for test in draft.tests if test.name in names]
            if turn == 0:
                _drop_unreached(drafts, result, project)
            for draft in drafts:
                _write(project, _rewritten(draft, layout))
        return [draft for draft in drafts if draft.tests]

    async def _spoils(self, drafts: Sequence[Draft], layout: Layout, bench: Workbench) -> str:
        """Return why the new files may not stay: with them, a test fails that passed without them."""
        bench.progress(f"replay {REPLAYS + 1} of {REPLAYS + 1}, with the whole suite")
        result = await bench.target.suite()
        failing = _failing(result)
        ids = {test: name for draft in drafts for test, name in draft.ids(bench.target.project, layout.runner).items()}
        if shaken := failing & set(ids):
            return f"among the other tests the new ones fail: {', '.join(sorted(shaken)[:3])}"
        known = {found.symbol for found in bench.readings["tests"].findings} if "tests" in bench.readings else set()
        if result.outcome == "ran" and failing <= known:
            return ""
        texts = {draft.path: (bench.target.project / draft.path).read_bytes() for draft in drafts}
        for path in texts:
            (bench.target.project / path).unlink()
        before = await bench.target.suite()
        for path, text in texts.items():
            (bench.target.project / path).write_bytes(text)
        if result.outcome != "ran" and before.outcome == "ran":
            return f"with the new tests the suite did not reach its end: {result.detail}"
        more = failing - _failing(before)
        return f"with the new tests others fail: {', '.join(sorted(more)[:3])}" if more else ""


def _first_targets(project: Path, layout: Layout) -> list[str]:
    """Return public functions and methods of a project that has no tests at all."""
    found: list[str] = []
    for path in layout.files:
        tree = parse(read_text(project / path))
        for node in tree.body if tree is not None else ():
            inner = node.body if isinstance(node, ast.ClassDef) else [node]
            prefix = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
            if prefix.startswith("_"):
                continue
            found += [
                f"{path}::{prefix}{each.name}" for each in inner
                if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and not each.name.startswith("_")
            ]  # fmt: skip
    return found[:FIRST_TARGETS]


def _drafts(cases: Sequence[Mapping[str, Any]], project: Path, layout: Layout) -> list[Draft]:
    """Return one file per module; no two of one name."""
    by_module: dict[str, list[Mapping[str, Any]]] = {}
    for case in cases:
        by_module.setdefault(str(case["module"]), []).append(case)
    drafts: list[Draft] = []
    taken = list(layout.tests)
    for module, own in by_module.items():
        path = test_path(module, project, taken)
        taken.append(path)
        draft = Draft(path, module, write_tests(own, layout.runner), TestFile("", (), ""))
        if draft.tests:
            drafts.append(_rewritten(draft, layout))
    return drafts


def _rewritten(draft: Draft, layout: Layout) -> Draft:
    # What ruff takes for first-party lies in the project directory or in `src`.
    near = [source for source in layout.sources if source.count("/") == 0 or source.startswith("src/")]
    own = {PurePosixPath(source).stem for source in near}
    draft.written = write_file(draft.tests, draft.module, layout.runner, own)
    return draft


def _write(project: Path, draft: Draft) -> None:
    """Write the file, or remove it when none of its tests is left."""
    place = project / draft.path
    if draft.tests:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(draft.written.text, encoding="utf-8")
    else:
        place.unlink(missing_ok=True)


def _drop_unreached(drafts: Sequence[Draft], result: SuiteResult, project: Path) -> None:
    """Drop the tests of functions whose body still does not run: they would raise nothing."""
    executed = {file.path: set(file.executed) for file in result.coverage}
    if not executed:
        return
    for draft in drafts:
        draft.tests = [
            test for test in draft.tests if _body(test.target, project) & executed.get(_path(test.target), set())
        ]


def _path(target: str) -> str:
    return target.partition("::")[0]


def _body(target: str, project: Path) -> set[int]:
    """Return the lines of a function's body."""
    tree = parse(read_text(project / _path(target)))
    scope: list[ast.stmt] = list(tree.body) if tree is not None else []
    found: ast.AST | None = None
    for name in target.partition("::")[2].partition(".<locals>")[0].split("."):
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        inner = [each for statement in scope for each in ast.walk(statement) if isinstance(each, kinds)]
        found = next((each for each in reversed(inner) if each.name == name), None)
        scope = found.body if isinstance(found, kinds) else []
    if not scope:
        return set()
    return set(range(scope[0].lineno, (scope[-1].end_lineno or scope[-1].lineno) + 1))


def _failing(result: SuiteResult) -> set[str]:
    failed = {outcome.id for outcome in result.tests if outcome.outcome in ("failed", "error")}
    return failed | {outcome.id for outcome in result.broken}


def _finding(message: Mapping[str, Any]) -> Finding:
    path, _, name = str(message["target"]).partition("::")
    return Finding(rule=str(message["rule"]), message=str(message["message"]), path=path, line=int(message["line"]),
                   symbol=name)  # fmt: skip


def _nothing(recording: Recording) -> Answer:
    if recording.findings:
        return Found(tuple(recording.findings))
    whys = dict.fromkeys(recording.skipped.values())
    return Nothing("no function could be recorded: " + "; ".join(list(whys)[:3]) if whys else "nothing was recorded")


def _proposal(technique: str, drafts: Sequence[Draft], targets: Sequence[str], recording: Recording) -> Proposal:
    number = sum(len(draft.tests) for draft in drafts)
    reached = {test.target for draft in drafts for test in draft.tests}
    places = ", ".join(sorted({_path(target) for target in reached})[:3])
    notes = [f"{finding.path}:{finding.line} {finding.symbol}: {finding.message}" for finding in recording.findings]
    notes += [
        f"{target} has no test: {why}" for target, why in sorted(recording.skipped.items()) if target not in reached
    ]
    return Proposal(
        technique=technique,
        title=f"{number} characterisation tests for {len(reached)} of {len(targets)} functions in {places}",
        notes="\n".join(notes[:20]),
    )
