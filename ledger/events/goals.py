"""PURE: a goal in words on its way to tests that pass."""

from __future__ import annotations

from ledger.events.values import AttemptId, Event, LaidFile, PlanStep, RunId


class FactsGathered(Event, frozen=True, kw_only=True):
    """The researcher read what matters for the goal."""

    run: RunId
    attempt: AttemptId
    summary: str
    facts: str
    """Blob."""


class PlanMade(Event, frozen=True, kw_only=True):
    """The planner cut the goal into steps, each with what shows that it is done."""

    run: RunId
    attempt: AttemptId
    steps: tuple[PlanStep, ...]
    """No step needs a later one."""


class AcceptanceWritten(Event, frozen=True, kw_only=True):
    """Tests of a step stand; they fail on the base for the right reason."""

    run: RunId
    attempt: AttemptId
    step: str
    files: tuple[LaidFile, ...]
    tests: tuple[str, ...]
    """Ids of the tests that must pass; with `gate` their files."""
    why: str = ""
    """How they fail on the base, in one line."""
    gate: str = ""
    """The gate whose command runs them; empty for tests in Python."""


class OpinionGiven(Event, frozen=True, kw_only=True):
    """A model judged what no test can say. An opinion, never a reading."""

    run: RunId
    attempt: AttemptId
    step: str
    satisfied: bool
    opinion: str
    model: str
