"""PURE: what the referee may object to, in words for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ledger.events import Reason

CODES: dict[str, str] = {
    "worse": "a gate of the candidate is worse than the base's",
    "expected": "a test that passes on the base does not pass over the candidate's code",
    "gone": "a test that passes on the base is skipped, deselected or missing, and nothing checks the same",
    "fitted": "a failing test was changed until it passes; the code still fails the trusted one",
    "dropped": "a failing test was taken away and the code still fails it",
    "weaker": "the changed tests let faults through that the trusted tests notice",
    "checks-nothing": "a new test notices no fault in the code it runs",
    "behaviour": "trusted tests fail over the new code and the changed ones pass: is the new behaviour meant?",
    "canary": "planted tests did not end as planted: something forges results",
    "patched": "the code changes parts of the interpreter or of the test runner",
    "watched": "the code answers otherwise when no test runner is watching, or at another time",
    "unexplained": "a failing test passes, though nothing it calls gives anything else than before",
    "special-cased": "the code answers only what the tests ask; its neighbours are as wrong as before",
    "memorised": "the code gives the tested answers and others where the base gave right ones",
    "blurred": "the code no longer tells errors apart that it told apart before",
    "always-equal": "the code returns objects that equal everything",
    "too-equal": "a failing test passes because things are equal that were told apart",
    "documented": "an example in the documentation of the base is no longer true",
    "settings": "the configuration of a measuring tool is weaker",
    "settings-unclear": "the configuration of a measuring tool changed in a way nobody here can judge",
    "suppressed": "comments hide more findings than before",
    "types-hidden": "types that were checked before are hidden",
    "shadowed": "a new module takes the name of one that Python or the tests import",
    "read-by-itself": "a new file is read by the interpreter or by git without being asked",
    "harness": "test files newly define what decides which tests run and how they end",
    "looks-at-tests": "the code looks at whether or how it is tested",
    "undecided": "what was found is for a person to decide; the reasons follow",
    "unmeasurable": "the base or the candidate could not be measured",
}
"""Every reason code; `docs/referee.md` shows this table."""


@dataclass(frozen=True, slots=True)
class Objection:
    """One thing against a candidate."""

    reason: Reason
    weight: Literal["rejects", "doubts"]
    """What alone rejects, and what only a person can decide."""


def rejects(code: str, message: str, path: str = "", line: int = 0, rule: str = "") -> Objection:
    """Return an objection that rejects."""
    return Objection(_reason(code, message, path, line, rule), "rejects")


def doubts(code: str, message: str, path: str = "", line: int = 0, rule: str = "") -> Objection:
    """Return an objection for a person to decide."""
    return Objection(_reason(code, message, path, line, rule), "doubts")


def _reason(code: str, message: str, path: str, line: int, rule: str) -> Reason:
    assert code in CODES, code
    return Reason(code=code, message=message[:500], path=path, line=line, rule=rule)
