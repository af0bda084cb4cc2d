"""PURE: which tasks there are, and which come next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from director.core import asked, goals, leftover, routing
from director.core.judge import met
from director.core.leftover import counted
from director.core.leftover import digest as _digest
from director.core.state import ALL, Run
from ledger.events import Finding, Fingerprint, GateSpec, Reading, Task, TaskId

TASKS_PER_ITERATION = 8
LEAST_TARGETS, MOST_TARGETS = 8, 60
"""How many functions one task of the tester has; a third of all within these."""

ALL_FAILING = TaskId("failing_test:*")
MANY = 6
"""Ways to fail from which on a cause in common is looked for, once one of them alone gave no answer."""

BROKEN = 40.0
"""How much more a broken program matters than an untidy one.

Tidying is quick, but each landing is measured whole, and what was searched on the tree before is searched again.
"""

SURROUNDINGS = frozenset({
    "ConnectionError", "ConnectionRefusedError", "ConnectionResetError", "ConnectError", "ConnectTimeout", "gaierror",
    "URLError", "NewConnectionError", "MaxRetryError", "ProxyError", "SSLError", "ClientConnectorError",
    "ModuleNotFoundError", "PackageNotFoundError", "PermissionError", "FixtureLookupError", "ScopeMismatch",
})  # fmt: skip
"""Exceptions that no edit of the project's code is likely to mend: tried after all others."""


def tasks(run: Run) -> tuple[Task, ...]:
    """Return what could be better on the branch as it stands, most promising per cost first."""
    if run.started.asked:
        return tuple(asked.tasks(run))
    by_gate = {r.gate: r for r in run.readings}
    found: list[Task] = asked.tasks(run)
    for spec in run.started.gates:
        reading = by_gate.get(spec.name)
        if reading is None or met(spec, reading):
            continue
        found += _tasks_of(spec, reading, run)
    if run.goal is not None and run.readings:
        found += goals.owed(run.goal, by_gate.get(goals.GATE))
    if run.readings and not run.hot_spots:
        found.append(_structure())
    return tuple(sorted(found, key=lambda t: (-_worth(t), t.id)))


def _worth(task: Task) -> float:
    return task.promise / task.cost * (BROKEN if task.kind == "failing_test" else 1.0)


def eligible(run: Run) -> tuple[Task, ...]:
    """Return the tasks worth an attempt now.

    What was answered no about the same findings is not asked again, except as a last resort on another tree. Tests
    are written only when no failing test can be mended any more: they would record what is wrong as right. What needs
    a model comes after what does not, but for what somebody asked for.
    """
    todo = sorted((t for t in tasks(run) if t.role not in run.roles), key=lambda t: run.spent_on(t) is not None)
    fresh = [t for t in todo if routing.choose(run, t) is not None]
    fresh.sort(key=lambda t: t.kind != "asked" and routing.choose(run, t) != routing.CLASSICAL)
    if any(t.kind == "failing_test" or t.gate == goals.GATE for t in fresh):
        fresh = [t for t in fresh if t.kind != "uncovered"]
    if any(t.gate == goals.GATE for t in fresh):
        fresh = [t for t in fresh if t.kind != "findings" or t.gate == goals.GATE]  # what is built changes them
    if any(t.kind == "lint" for t in fresh):
        fresh = [t for t in fresh if t.kind != "dead_code"]  # it begins with the very same fixes
    if any(t.kind != "structure" for t in fresh):
        return tuple(fresh)
    again = [t for t in todo if run.is_used_up(t) and run.spent[t.id].tree != run.tree and routing.has_technique(t)]
    again = [t for t in again if t.kind != "structure"]
    return tuple(fresh + again)


def is_wanted(run: Run, task: Task) -> bool:
    """Return whether a task that was begun is still worth its end on the branch as it stands."""
    if task.kind == "uncovered":
        now = [t for t in tasks(run) if t.kind == "uncovered"]
        return bool({target for t in now for target in t.targets} & set(task.targets)) or not task.targets
    return task.id == _structure().id or task.id in {t.id for t in tasks(run)}


def has_kin_at_work(run: Run, task: Task) -> bool:
    """Return whether somebody looks for what is likely the same bug: one search for it at a time is enough.

    Tests of one bug fail in ways of their own: one test for other values, or at the same line of the code.
    """
    if task.kind != "failing_test" or task.id == ALL_FAILING:
        return False
    shown = {f.symbol: f for r in run.readings if r.gate == "tests" for f in r.findings}
    own = _signs(task, shown)
    searching = (a.task for a in run.open.values() if a.step != "asked" and a.task.kind == task.kind)
    return any(own & _signs(other, shown) for other in searching if other.id not in (ALL_FAILING, task.id))


def _signs(task: Task, shown: Mapping[str, Finding]) -> set[tuple[str, int]]:
    """Return what speaks for one cause: the tests without their values, and the lines of the code that raise."""
    found = [shown[target] for target in task.targets if target in shown]
    lines = {(f.path, f.line) for f in found if f.line and not f.symbol.startswith(f.path)}
    return lines | {(target.partition("[")[0], 0) for target in task.targets}


def choose(run: Run) -> tuple[tuple[Task, ...], str]:
    """Return the tasks of the next iteration, and why these, in one line."""
    taken = {attempt.task.id for attempt in run.open.values()}
    chosen = tuple(t for t in eligible(run) if t.id not in taken)[:TASKS_PER_ITERATION]
    kinds = dict.fromkeys(t.kind for t in chosen)
    count = len(tasks(run))
    return chosen, f"{len(chosen)} of {count} tasks: {', '.join(k.replace('_', ' ') for k in kinds)}"


def skip(run: Run, task: Task) -> tuple[str, ...]:
    """Return the techniques that already answered no about this very task on this very tree."""
    spent = run.spent_on(task)
    if spent is None or spent.tree != run.tree or ALL in spent.techniques:
        return ()
    return spent.techniques


def _tasks_of(spec: GateSpec, reading: Reading, run: Run) -> list[Task]:
    if spec.name == "tests":
        return _failing_tests(reading, run) + ([_first_tests()] if _has_no_tests(reading) else [])
    if spec.name == "lint":
        return _lint(reading)
    if spec.name == "coverage":
        return _uncovered(reading, run) + leftover.tasks(spec, reading, run)
    return [] if spec.name == goals.GATE else leftover.tasks(spec, reading, run)


def _failing_tests(reading: Reading, run: Run) -> list[Task]:
    groups: dict[str, list[Finding]] = {}
    for finding in reading.findings:
        groups.setdefault(finding.fingerprint or finding.symbol, []).append(finding)
    total = max(1, len(reading.findings))
    beside: Counter[str] = Counter()
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    nth = {key: _count(beside, group[0].path) for key, group in ordered}
    found = [
        Task(
            id=TaskId(f"failing_test:{key}"),
            kind="failing_test",
            gate="tests",
            role="debugger",
            title=_failing_title(group),
            targets=tuple(f.symbol for f in group),
            fingerprint=Fingerprint(group[0].fingerprint),
            digest=_digest(group),
            # Groups that show themselves at one place often have one cause: other places come first.
            promise=(0.5 + 0.5 * len(group) / total) / (1 + 0.1 * nth[key]) * _ease(group[0]),
            cost=20.0,
        )
        for key, group in groups.items()
    ]
    puzzling = len(found) >= MANY and any(run.spent_on(task) for task in found)
    return [_all_failing(reading), *found] if puzzling else found


def _all_failing(reading: Reading) -> Task:
    """Return the task of all failing tests at once: one bug often makes many tests fail, each in its own way."""
    shown = [finding for finding in reading.findings if not is_outside(finding)] or list(reading.findings)
    return Task(
        id=ALL_FAILING,
        kind="failing_test",
        gate="tests",
        role="debugger",
        title=f"what {len(shown)} failing tests have in common",
        targets=tuple(finding.symbol for finding in shown),
        digest=_digest(shown),
        promise=1.0,
        cost=20.0,
    )


def _ease(finding: Finding) -> float:
    """Return how easily a failure is mended beside others: a crash in the code itself says where it is."""
    if is_outside(finding):
        return 0.2
    crashed = finding.rule != "AssertionError" and finding.path and not finding.symbol.startswith(finding.path)
    return 1.2 if crashed else 1.0


def is_outside(finding: Finding) -> bool:
    """Return whether a failure looks like one of the surroundings: a fixture, the network, something not installed."""
    return finding.path.rpartition("/")[2] == "conftest.py" or finding.rule in SURROUNDINGS


def _count(seen: Counter[str], path: str) -> int:
    seen[path] += 1
    return seen[path] - 1


def _failing_title(group: list[Finding]) -> str:
    first = group[0]
    more = f" (and {len(group) - 1} more)" if len(group) > 1 else ""
    where = f" in {first.path}:{first.line}" if first.path and first.line else ""
    return f"{first.rule}{where}: {first.symbol}{more}"


def _lint(reading: Reading) -> list[Task]:
    fixable = [f for f in reading.findings if f.fixable]
    rest = [f for f in reading.findings if not f.fixable]
    found = []
    if fixable:
        found.append(_lint_task("lint", f"{counted(len(fixable), 'lint finding')} with a safe fix", fixable, cost=2.0))
    if rest:
        title = f"{counted(len(rest), 'lint finding')}, by removing unused code"
        found.append(_lint_task("dead_code", title, rest, cost=5.0))
    return found


def _lint_task(kind: str, title: str, findings: list[Finding], cost: float) -> Task:
    return Task(
        id=TaskId(f"{kind}:lint"),
        kind="lint" if kind == "lint" else "dead_code",
        gate="lint",
        role="coder",
        title=title,
        targets=tuple(dict.fromkeys(f.path for f in findings)),
        digest=_digest(findings),
        promise=0.5,
        cost=cost,
    )


def _uncovered(reading: Reading, run: Run) -> list[Task]:
    """Return tasks of several files each: one must gain more than the gate's tolerance to land."""
    hot = {(f.path, f.symbol) for f in run.hot_spots}
    unreached = sorted(_unreached(reading, run.hopeless), key=lambda f: (f.path, f.line))
    size = min(MOST_TARGETS, max(LEAST_TARGETS, -(-len(unreached) // 3)))
    found = []
    for group in _by_file(unreached, size):
        warm = sum((f.path, f.symbol) in hot for f in group)
        paths = tuple(dict.fromkeys(f.path for f in group))
        found.append(
            Task(
                id=TaskId(f"uncovered:{paths[0]}"),
                kind="uncovered",
                gate="coverage",
                role="tester",
                title=f"{len(group)} function{'s' * (len(group) != 1)} of {_and(paths)} that no test reaches",
                targets=tuple(map(_target, group)),
                digest=_digest(group),
                promise=0.4 * (len(group) + warm) / (len(unreached) + warm),
                cost=10.0,
            )
        )
    return found


def _unreached(reading: Reading, hopeless: frozenset[str]) -> list[Finding]:
    return [f for f in reading.findings if f.rule == "unreached" and _target(f) not in hopeless]


def _target(finding: Finding) -> str:
    return f"{finding.path}::{finding.symbol}"


def _by_file(findings: list[Finding], size: int) -> list[list[Finding]]:
    """Cut into groups of at least `size`, never within a file."""
    groups: list[list[Finding]] = []
    for finding in findings:
        same_file = groups and groups[-1][-1].path == finding.path
        if groups and (len(groups[-1]) < size or (same_file and len(groups[-1]) < MOST_TARGETS)):
            groups[-1].append(finding)
        else:
            groups.append([finding])
    return groups


def _and(paths: tuple[str, ...]) -> str:
    return paths[0] if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1} more file{'s' * (len(paths) > 2)}"


def _has_no_tests(reading: Reading) -> bool:
    """Return whether none were found; those that something keeps from being found are there."""
    return reading.value is None and not reading.findings and not reading.counts.get("total")


def _first_tests() -> Task:
    return Task(
        id=TaskId("uncovered:"),
        kind="uncovered",
        gate="tests",
        role="tester",
        title="the project has no tests",
        digest="none",
        promise=1.0,
        cost=20.0,
    )


def _structure() -> Task:
    return Task(
        id=TaskId("structure"),
        kind="structure",
        gate="",
        role="architect",
        title="import cycles and hot spots",
        digest="once",
        promise=0.05,
        cost=5.0,
    )
