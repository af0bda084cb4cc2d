"""PURE: the one table of what is asked of each gate when the project does not say; `docs/gates.md` shows it."""

from __future__ import annotations

from ledger.events import GateSpec

DEFAULTS: dict[str, GateSpec] = {
    spec.name: spec
    for spec in (
        GateSpec(name="tests", better="lower", target=0, tolerance=0, ratchet=True, weight=3.0, unit=" failing"),
        GateSpec(name="coverage", better="higher", target=80, tolerance=0.5, unit=" %"),
        GateSpec(name="lint", better="lower", target=0, tolerance=0, unit=" findings"),
    )
}

MEANS: dict[str, str] = {
    "tests": "failed tests + errors + tests of modules that cannot be collected + tests that passed on the last "
    "checkpoint and do not pass here; a skipped test is no failure unless it passed there",
    "coverage": "lines and branches that ran, together, out of all lines and branches of the project's code; "
    "pragmas and the project's coverage configuration hide nothing",
    "lint": "findings of ruff under the rules of the last checkpoint, or under E4, E7, E9 and F when it names none",
}
"""What the value is, for people."""


def table() -> str:
    """Return the table as Markdown."""
    columns = ("gate", "value", "better", "target", "tolerance", "ratchet", "weight")
    rows = [columns, tuple("---" for _ in columns)]
    for name, spec in DEFAULTS.items():
        numbers = (f"{spec.target:g}", f"{spec.tolerance:g}", "yes" if spec.ratchet else "no", f"{spec.weight:g}")
        rows.append((name, MEANS[name], spec.better, *numbers))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
