"""Gate `tests`: how many tests do not pass."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

import msgspec

from agents.ports import SuiteResult, TestOutcome
from agents.workspace.layout import parse, read_text
from director.gates.defaults import DEFAULTS
from director.gates.gate import MeasuredTree
from knowledge_graph.fingerprint import fingerprint
from ledger.blobs import Blobs
from ledger.events import Finding, GateSpec, Reading


class Tests:
    """Counts what fails, what cannot be collected, and what passed before and does not pass here."""

    __test__ = False  # pytest takes it for tests otherwise
    name = "tests"
    spec = DEFAULTS["tests"]

    async def measure(self, tree: MeasuredTree, spec: GateSpec) -> Reading:
        """Run the suite; without tests, or without an end of the run, there is no value."""
        suite = await tree.suite()
        bad = [test for test in suite.tests if test.outcome in ("failed", "error")]
        findings = [finding_of(test) for test in [*suite.broken, *bad]]
        counts = {
            "passed": float(len(passed(suite))),
            "failed": float(len(bad)),
            "skipped": float(sum(test.outcome == "skipped" for test in suite.tests)),
            "total": float(len(suite.tests)),
            "broken": float(len(suite.broken)),
        }
        value: float | None = None
        detail = suite.detail
        if suite.outcome == "ran":
            gone = _gone(suite, tree.expected)
            hidden = {test.id: _hidden(tree, test.id, gone) for test in suite.broken}
            alone = [test for test in gone if not any(_belongs(test, path) for path in hidden)]
            findings += [_gone_finding(test, suite.tests) for test in alone]
            counts["gone"] = float(len(alone))
            value = float(len(bad) + sum(hidden.values()) + len(alone))
            detail = "; ".join(part for part in (_said(counts, suite.broken), detail) if part)
        return Reading(
            gate=spec.name, value=value, detail=detail, tool=suite.tool, findings=tuple(findings), counts=counts,
            seconds=suite.seconds,
        )  # fmt: skip


def passed(suite: SuiteResult) -> frozenset[str]:
    """Return the ids that passed: what the next tree is expected to pass too."""
    return frozenset(test.id for test in suite.tests if test.outcome in ("passed", "xpassed"))


def keep_passed(readings: Iterable[Reading], suite: SuiteResult, blobs: Blobs) -> tuple[Reading, ...]:
    """Store the ids that passed and return the readings, the one of the tests with the name of the blob."""
    name = blobs.put(msgspec.json.encode(sorted(passed(suite))))
    return tuple(
        msgspec.structs.replace(reading, blob=name) if reading.gate == Tests.name else reading for reading in readings
    )


def finding_of(test: TestOutcome) -> Finding:
    """Return the finding of a test that does not pass; its place is the innermost frame of the project."""
    inner = test.frames[-1] if test.frames else None
    path = inner.path if inner is not None else test.id.split("::")[0] if ".py" in test.id else ""
    return Finding(
        rule=test.exception or test.outcome,
        message=test.message,
        path=path,
        line=inner.line if inner is not None else 0,
        symbol=test.id,
        fingerprint=fingerprint(
            test.exception or test.outcome, test.message, [(frame.path, frame.function) for frame in test.frames]
        ),
    )


def _gone(suite: SuiteResult, expected: frozenset[str]) -> list[str]:
    """Expected ids that neither passed nor failed: skipped, renamed, deleted, never collected."""
    heard = {test.id for test in suite.tests if test.outcome in ("failed", "error")} | passed(suite)
    return sorted(expected - heard)


def _gone_finding(test: str, tests: Sequence[TestOutcome]) -> Finding:
    became = next((f"is {other.outcome}" for other in tests if other.id == test), "is not there any more")
    return Finding(
        rule="gone", message=f"passed on the last checkpoint and {became}", symbol=test,
        path=test.split("::")[0] if ".py" in test else "",
    )  # fmt: skip


def _hidden(tree: MeasuredTree, path: str, gone: Sequence[str]) -> int:
    """How many tests a module hides that cannot be collected.

    It must not count for less than the tests in it: else mending the module, which shows those that fail, were worse.
    """
    syntax = parse(read_text(tree.target.project / path))
    written = 0
    if syntax is not None:
        written = sum(
            isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test")
            for node in ast.walk(syntax)
        )
    return max(1, written, sum(_belongs(test, path) for test in gone))


def _belongs(test: str, path: str) -> bool:
    if test.startswith(path + "::"):
        return True
    dotted = path.removesuffix(".py").replace("/", ".")
    return any(test.startswith(name + ".") for name in (dotted, dotted.rpartition(".")[2]))


def _said(counts: dict[str, float], broken: Sequence[TestOutcome]) -> str:
    parts = [f"{counts['passed']:g} of {counts['total']:g} tests pass"]
    if counts["skipped"]:
        parts.append(f"{counts['skipped']:g} skipped")
    if broken:
        named = ", ".join(test.id for test in broken[:3]) + (", …" if len(broken) > 3 else "")
        parts.append(f"{len(broken)} module{'s' * (len(broken) != 1)} cannot be collected ({named})")
    if counts.get("gone"):
        parts.append(f"{counts['gone']:g} that passed before do not pass here")
    return ", ".join(parts)
