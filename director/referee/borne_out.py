"""PURE: what comments and settings are said to hide, held against what the gates found under the trusted settings.

The gates of types, coverage and security count what comments hide, and the gate of lint says how much of it there is:
a comment that none of them noticed hides nothing, and settings hide nothing where there is nothing to be found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from director.referee.objections import Objection
from ledger.events import Reading

LINT = re.compile(r"noqa|ruff|flake8")
TYPES = re.compile(r"(?:type|mypy)\s*:")
COVERAGE = re.compile(r"pragma\s*:?\s*no \s*(?:cover|branch)")
TRUSTED_FAIL = frozenset({"expected", "behaviour", "fitted", "dropped", "canary"})
"""What is said where trusted tests, under the trusted settings, do not pass over the new code."""
MEASURED = {"ruff": "lint", "mypy": "types"}
"""Gates that find under the trusted settings what a tool would find."""


def borne_out(
    objections: Iterable[Objection], before: Sequence[Reading], after: Sequence[Reading], tells: bool = False
) -> Iterator[Objection]:
    """Yield objections with the weight that the readings leave them.

    Hooks of a test runner do nothing where no test is lost, changed or forged and where the project's own command
    `tells` that planted tests fail: then they are the project's own affair.
    """
    old, new = ({reading.gate: reading for reading in readings} for readings in (before, after))
    every = list(objections)
    if tells and all(one.reason.code == "harness" for one in every):
        return
    trusted_pass = not any(one.reason.code in TRUSTED_FAIL for one in every)
    for one in every:
        rule, weighs = one.reason.rule, True
        if one.reason.code == "suppressed":
            if (TYPES.match(rule) and "types" not in new) or (_names_rules(rule) and not _hides(rule, old, new)):
                continue  # types are not asked for here, or it hides one thing that nobody finds
            weighs = _hides(rule, old, new) or (one.weight == "rejects" and bool(COVERAGE.match(rule)))
        elif one.reason.code in ("settings", "settings-unclear"):
            warnings = rule.startswith("pytest ") and rule.endswith("filterwarnings")
            weighs = not (trusted_pass if warnings else _finds_nothing(rule.partition(" ")[0], new))
        if weighs:
            yield one
        elif one.weight == "rejects":
            yield Objection(one.reason, "doubts")


def _names_rules(kind: str) -> bool:
    """Return whether a linter is told what not to find: what it finds later in the same place is told still."""
    return bool(LINT.match(kind)) and not kind.endswith(" *")


def _hides(kind: str, old: dict[str, Reading], new: dict[str, Reading]) -> bool:
    """Return whether a comment may hide something that a gate would count; whoever is not asked may have found it."""
    if LINT.match(kind):
        was, now = old.get("lint"), new.get("lint")
        if was is None or now is None or None in (was.value, now.value):
            return True
        return now.counts.get("suppressed", 0.0) > was.counts.get("suppressed", 0.0)
    if TYPES.match(kind):
        return new["types"].value is None or new["types"].counts.get("newly_hidden", 0.0) > 0
    if COVERAGE.match(kind):
        return "coverage" not in new or new["coverage"].value is None
    return True


def _finds_nothing(tool: str, new: dict[str, Reading]) -> bool:
    """Return whether the tool, asked as the base asks it, has nothing to say of the candidate."""
    reading = new.get(MEASURED.get(tool, ""))
    return reading is not None and reading.value == 0
