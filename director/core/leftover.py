"""PURE: what gates say that no technique mends: tasks for models, one for each file or kind of finding."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from director.core.goals import GATE
from director.core.state import Run
from ledger.events import Finding, GateSpec, Reading, Task, TaskId

ROLES = {
    "tests": "debugger",
    "coverage": "tester",
    "mutation": "tester",
    "complexity": "architect",
    "duplication": "architect",
    "security": "security",
    "accessibility": "ui_refiner",
    "bundle": "ui_refiner",
}
"""Who looks at what a gate found; the coder at everything else."""
TASKS_OF_A_GATE = 6
MOST_FINDINGS = 40
"""Findings one task has at most: more do not fit into one patch a person reads."""


def tasks(spec: GateSpec, reading: Reading, run: Run) -> list[Task]:
    """Return the tasks of a gate for which no technique is known; none without a model."""
    if not run.started.models or reading.value is None or spec.name == GATE:
        return []
    groups = _by_file(_open_findings(reading, run))
    if not groups and spec.name != "tests":
        groups = [[]]  # the gate names no place: the number alone must do
    return [_task(spec, reading, group, len(groups)) for group in groups[:TASKS_OF_A_GATE]]


def _open_findings(reading: Reading, run: Run) -> list[Finding]:
    if reading.gate != "coverage":
        return list(reading.findings)
    return [f for f in reading.findings if f.rule != "unreached" or f"{f.path}::{f.symbol}" in run.hopeless]


def _by_file(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Return findings by file, the files with most first; a file with very many is cut."""
    files: dict[str, list[Finding]] = {}
    for finding in findings:
        files.setdefault(finding.path, []).append(finding)
    return [group[:MOST_FINDINGS] for group in sorted(files.values(), key=lambda g: (-len(g), g[0].path))]


def counted(number: int, what: str) -> str:
    """Return a number with what is counted, e.g. `1 finding`, `2 findings`."""
    return f"{number} {what}{'s' * (number != 1)}"


def _task(spec: GateSpec, reading: Reading, group: list[Finding], groups: int) -> Task:
    path = group[0].path if group else ""
    where = f" in {path}" if path else ""
    what = f"{counted(len(group), 'finding')} of {spec.name}{where}" if group else f"{spec.name}: {reading.detail}"
    return Task(
        id=TaskId(f"findings:{spec.name}:{path}"),
        kind="findings",
        gate=spec.name,
        role=ROLES.get(spec.name, "coder"),
        title=_first(group) if len(group) == 1 else what,
        targets=tuple(dict.fromkeys(_target(finding) for finding in group)),
        digest=digest(group) if group else f"{reading.value:g}",
        promise=0.5 / max(1, groups),
        cost=30.0,
    )


def _first(group: list[Finding]) -> str:
    finding = group[0]
    where = f"{finding.path}:{finding.line}" if finding.line else finding.path
    return f"{where} {finding.rule}: {finding.message}"[:160].strip()


def _target(finding: Finding) -> str:
    return f"{finding.path}::{finding.symbol}" if finding.symbol else finding.path


def digest(findings: Iterable[Finding]) -> str:
    """Return what changes when the findings do."""
    text = "\n".join(sorted(f"{f.rule}\0{f.path}\0{f.symbol}\0{f.message}" for f in findings))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
