"""PURE: the one table of what is asked of each gate when the project does not say; `docs/gates.md` shows it."""

from __future__ import annotations

from ledger.events import GateSpec

DEFAULTS: dict[str, GateSpec] = {
    spec.name: spec
    for spec in (
        GateSpec(name="tests", better="lower", target=0, tolerance=0, ratchet=True, weight=3.0, unit=" failing"),
        GateSpec(name="coverage", better="higher", target=80, tolerance=0.5, unit=" %"),
        GateSpec(name="lint", better="lower", target=0, tolerance=0, unit=" findings"),
        GateSpec(name="types", better="lower", target=0, tolerance=0, unit=" errors"),
        GateSpec(name="complexity", better="lower", target=0, tolerance=0, weight=0.5, unit=" functions"),
        GateSpec(name="duplication", better="lower", target=3, tolerance=0.25, weight=0.5, unit=" %"),
        GateSpec(name="security", better="lower", target=0, tolerance=0, ratchet=True, weight=2.0, unit=" findings"),
        GateSpec(name="dependencies", better="lower", target=0, tolerance=0, unit=" findings"),
        GateSpec(name="documentation", better="higher", target=80, tolerance=0.5, weight=0.5, unit=" %"),
        GateSpec(name="mutation", better="higher", target=60, tolerance=2, unit=" %"),
        GateSpec(name="performance", better="lower", target=5, tolerance=2, unit=" % slower"),
        GateSpec(name="accessibility", better="lower", target=0, tolerance=0, unit=" violations"),
        GateSpec(name="bundle", better="lower", target=500, tolerance=5, weight=0.5, unit=" kB"),
        GateSpec(name="goal", better="higher", target=1, tolerance=0, ratchet=True, weight=3.0),
        GateSpec(name="command", better="lower", target=0, tolerance=0),
    )
}

MEANS: dict[str, str] = {
    "tests": "failed tests + errors + tests of modules that cannot be collected + tests that passed on the trusted "
    "checkpoint and do not pass here; a skipped test is no failure unless it passed there",
    "coverage": "lines and branches that ran, together, out of all lines and branches of the project's code; "
    "pragmas and the project's coverage configuration hide nothing",
    "lint": "findings of ruff under the rules of the trusted checkpoint, or under E4, E7, E9 and F when it names none",
    "types": "errors of mypy under the configuration of the trusted checkpoint + what is newly hidden from it",
    "complexity": "functions whose cyclomatic complexity is over `limit` (15)",
    "duplication": "lines of the project's code that stand in it twice, out of all its lines of code",
    "security": "findings of bandit (medium and high) and secrets in any committed file; no comment hides one",
    "dependencies": "known vulnerabilities of what is installed + dependencies that no version is pinned of",
    "documentation": "public modules, classes and functions of the project's code that have a docstring",
    "mutation": "faults put into the code that the tests notice, out of a drawn `sample` (60)",
    "performance": "how much slower the benchmark is than on the trusted checkpoint, as far as that is certain",
    "accessibility": "violations that axe finds, run by a command of the project's",
    "bundle": "size of the built files of the front end, compressed with gzip",
    "goal": "steps of the plan for a goal in words, each by the share of its acceptance tests that pass, which no "
    "candidate can change; a step that no test can say counts by a reviewer's opinion, and that is said",
    "command": "what a command of the project's says: an exit status, a number, or a report",
}
"""What the value is, for people."""

UNASKED = frozenset({"tests", "coverage", "lint"})
"""Gates of this table that are measured without being asked for; `types` is too where the project configures mypy."""

RUNS = frozenset({"command", "seconds", "trusted"})
READS = frozenset({"read", "regex", "json_path", "file"})
OPTIONS: dict[str, frozenset[str]] = {
    "complexity": frozenset({"limit"}),
    "duplication": frozenset({"limit"}),
    "mutation": frozenset({"sample"}),
    "performance": RUNS | READS | {"better"},
    "accessibility": RUNS | READS,
    "bundle": RUNS | {"files"},
    "command": RUNS | READS | {"better", "unit"},
}
"""What may be said of a gate beside target, tolerance, ratchet and enabled."""


def table() -> str:
    """Return the table as Markdown."""
    columns = ("gate", "value", "better", "target", "tolerance", "ratchet", "weight", "on")
    rows = [columns, tuple("---" for _ in columns)]
    for name, spec in DEFAULTS.items():
        numbers = (f"{spec.target:g}", f"{spec.tolerance:g}", "yes" if spec.ratchet else "no", f"{spec.weight:g}")
        rows.append((name, MEANS[name], spec.better, *numbers, _on(name)))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _on(name: str) -> str:
    if name == "goal":
        return "with a goal in words"
    if name == "types":
        return "where mypy is configured"
    return "yes" if name in UNASKED else "when asked"
