"""What was learned from errors: errors, the solutions tried on them, and the patterns of both, folded from the ledger.

Three kinds of nodes: an *error* is a fingerprint; a *solution* is one attempt's patch, linked to the errors it was made
for; a *pattern* is an exception's name with a technique, and counts how often that went well. Nothing is stored here
that the ledger does not say: the graph can be thrown away and folded again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ledger.events import (
    AttemptId,
    BaselineMeasured,
    BranchMeasured,
    ErrorSeen,
    Fingerprint,
    PatchLanded,
    PatchMeasured,
    PatchProposed,
    PatchRejected,
    Reading,
    Reason,
    RequestId,
    RollbackDecided,
    RolledBack,
)
from ledger.events.recorded import Recorded

if TYPE_CHECKING:
    import networkx

Outcome = Literal["proposed", "landed", "rejected", "undone"]
"""What became of a solution; `proposed` until it is decided."""

KINDS = (
    "BaselineMeasured",
    "BranchMeasured",
    "ErrorSeen",
    "PatchProposed",
    "PatchMeasured",
    "PatchLanded",
    "PatchRejected",
    "RollbackDecided",
    "RolledBack",
)
"""The events the graph is folded from; every other kind changes nothing."""

NOT_ITS_FAULT = "stale"
"""Code of a rejection that says nothing against the patch itself: it may be tried again."""

TESTS = "tests"
"""Name of the gate whose findings are failing tests."""


@dataclass(frozen=True, slots=True)
class ErrorKey:
    """Names an error node."""

    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class SolutionKey:
    """Names a solution node."""

    attempt: AttemptId


@dataclass(frozen=True, slots=True)
class PatternKey:
    """Names a pattern node."""

    exception: str
    technique: str


Key = ErrorKey | SolutionKey | PatternKey


@dataclass(slots=True)
class ErrorNode:
    """One fingerprint, and where it was met."""

    fingerprint: Fingerprint
    seen: int = 0
    first: int = 0
    """Position where it was first seen."""
    last: int = 0
    """Position where it was last seen."""
    gone: int = 0
    """Position of the last measurement of the branch that no longer showed it."""
    shown: int = 0
    """Position of the last measurement of the branch that still showed it."""
    exception: str = ""
    message: str = ""
    trace: str = ""
    test: str = ""
    """The test that showed it last, with the place below."""
    path: str = ""
    line: int = 0
    function: str = ""
    tests: set[str] = field(default_factory=set)

    @property
    def met(self) -> int:
        """Position where the branch was last known to have it."""
        return max(self.last, self.shown)


@dataclass(slots=True)
class SolutionNode:
    """One attempt's patch."""

    attempt: AttemptId
    patch: str
    diff: str
    """Blob of the unified diff."""
    technique: str
    title: str
    proposed: int
    """Position."""
    lines: int
    """Added and removed together."""
    fixes: tuple[Fingerprint, ...]
    """The errors it was made for."""
    outcome: Outcome = "proposed"
    decided: int = 0
    """Position of the event that gave the outcome, 0 while there is none."""
    reasons: tuple[Reason, ...] = ()
    """Why it was rejected."""
    left: frozenset[Fingerprint] = frozenset()
    """Errors it was made for that the measurement of its patch still showed."""

    @property
    def blamed(self) -> bool:
        """Whether the same patch must not be tried again."""
        if self.outcome == "rejected":
            return any(reason.code != NOT_ITS_FAULT for reason in self.reasons)
        return self.outcome == "undone"


@dataclass(slots=True)
class PatternNode:
    """How a technique fared with one kind of exception."""

    exception: str
    technique: str
    successes: int = 0
    """Solutions that stand landed."""
    failures: int = 0
    """Solutions that were rejected for their own fault, or undone."""


@dataclass(slots=True)
class Rows:
    """Everything a graph holds but its links, which follow from it."""

    errors: dict[Fingerprint, ErrorNode] = field(default_factory=dict)
    solutions: dict[AttemptId, SolutionNode] = field(default_factory=dict)
    measured: dict[AttemptId, frozenset[Fingerprint] | None] = field(default_factory=dict)
    """What the tests of a patch not yet decided still showed; None when that is not known."""
    rollbacks: dict[RequestId, RollbackDecided] = field(default_factory=dict)
    """Those that are decided and not yet done."""


class ErrorGraph:
    """The graph, and the one way it changes. Owned by one thread; `KINDS` says which events it needs."""

    def __init__(self, rows: Rows | None = None) -> None:
        """Begin with nothing, or with the rows of another graph, which become its own."""
        import networkx

        self.nodes: networkx.DiGraph[Key] = networkx.DiGraph()
        """Solution → error (made for), solution → pattern (an example of), pattern → error (about)."""
        self.rows = rows or Rows()
        self.errors, self.solutions = self.rows.errors, self.rows.solutions
        self.patterns: dict[PatternKey, PatternNode] = {}
        self.nodes.add_nodes_from(map(ErrorKey, self.errors))
        for solution in self.solutions.values():
            self._link(solution)

    def evolve(self, recorded: Recorded) -> None:
        """Fold one event; events that teach nothing about errors are passed over."""
        position, event = recorded.position, recorded.event
        match event:
            case ErrorSeen():
                self._see(event, position)
            case BaselineMeasured() | BranchMeasured():
                self._note(_failing(event.readings), position)
            case PatchProposed():
                self._propose(event, position)
            case PatchMeasured():
                self.rows.measured[event.attempt] = _failing(event.readings)
            case PatchLanded():
                self._land(event.attempt, position)
            case PatchRejected():
                self.rows.measured.pop(event.attempt, None)
                self._settle(event.attempt, "rejected", position, event.reasons)
            case RollbackDecided():
                self.rows.rollbacks[event.request] = event
            case RolledBack():
                self._roll_back(event, position)
            case _:
                pass

    def tried_on(self, fingerprint: Fingerprint) -> list[SolutionNode]:
        """Return the solutions made for an error, oldest first."""
        key = ErrorKey(fingerprint)
        if key not in self.nodes:
            return []
        made = (self.solutions[each.attempt] for each in self.nodes.predecessors(key) if isinstance(each, SolutionKey))
        return sorted(made, key=lambda solution: (solution.proposed, solution.attempt))

    def made_for(self, attempt: AttemptId) -> list[ErrorNode]:
        """Return the errors a solution was made for."""
        targets = self.nodes.successors(SolutionKey(attempt))
        return [self.errors[each.fingerprint] for each in targets if isinstance(each, ErrorKey)]

    # --- one step each

    def _see(self, event: ErrorSeen, position: int) -> None:
        error = self._error(event.fingerprint)
        if not error.seen:
            error.first = position
            error.exception = event.exception
            for solution in self.tried_on(event.fingerprint):
                self._exemplify(solution, error)
        error.seen += 1
        error.last = position
        error.message, error.trace, error.test = event.message, event.trace, event.test
        error.path, error.line, error.function = event.path, event.line, event.function
        error.tests.add(event.test)

    def _propose(self, event: PatchProposed, position: int) -> None:
        if event.attempt in self.solutions:
            return
        lines = sum(file.added + file.removed for file in event.files)
        solution = SolutionNode(
            event.attempt, event.patch, event.diff, event.technique, event.title, proposed=position, lines=lines,
            fixes=event.fixes,
        )  # fmt: skip
        self.solutions[event.attempt] = solution
        self._link(solution)

    def _land(self, attempt: AttemptId, position: int) -> None:
        failing = self.rows.measured.pop(attempt, None)
        solution = self.solutions.get(attempt)
        if solution is not None and failing is not None:
            solution.left = failing & {error.fingerprint for error in self.made_for(attempt)}
        self._settle(attempt, "landed", position)
        self._note(failing, position)

    def _roll_back(self, event: RolledBack, position: int) -> None:
        decided = self.rows.rollbacks.pop(event.request, None)
        if decided is None:
            return
        for attempt in decided.undone:
            self._settle(attempt, "undone", position)
        for attempt in decided.redone:
            self._settle(attempt, "landed", position)

    def _settle(self, attempt: AttemptId, outcome: Outcome, position: int, reasons: tuple[Reason, ...] = ()) -> None:
        solution = self.solutions.get(attempt)
        if solution is None:
            return
        for pattern in self._examples_of(attempt):
            _count(pattern, solution, -1)
        solution.outcome, solution.decided, solution.reasons = outcome, position, reasons
        for pattern in self._examples_of(attempt):
            _count(pattern, solution, +1)

    def _note(self, failing: frozenset[Fingerprint] | None, position: int) -> None:
        """Note which errors the branch shows and which no more; an incomplete measurement proves nothing."""
        if failing is None:
            return
        for error in self.errors.values():
            if error.fingerprint in failing:
                error.shown = position
            else:
                error.gone = position

    # --- nodes and links

    def _error(self, fingerprint: Fingerprint) -> ErrorNode:
        if fingerprint not in self.errors:
            self.errors[fingerprint] = ErrorNode(fingerprint)
            self.nodes.add_node(ErrorKey(fingerprint))
        return self.errors[fingerprint]

    def _link(self, solution: SolutionNode) -> None:
        self.nodes.add_node(SolutionKey(solution.attempt))
        for fingerprint in solution.fixes:
            error = self._error(fingerprint)
            self.nodes.add_edge(SolutionKey(solution.attempt), ErrorKey(fingerprint))
            if error.seen:
                self._exemplify(solution, error)

    def _exemplify(self, solution: SolutionNode, error: ErrorNode) -> None:
        key = PatternKey(error.exception, solution.technique)
        pattern = self.patterns.setdefault(key, PatternNode(error.exception, solution.technique))
        if not self.nodes.has_edge(SolutionKey(solution.attempt), key):
            self.nodes.add_edge(SolutionKey(solution.attempt), key)
            _count(pattern, solution, +1)
        self.nodes.add_edge(key, ErrorKey(error.fingerprint))

    def _examples_of(self, attempt: AttemptId) -> list[PatternNode]:
        targets = self.nodes.successors(SolutionKey(attempt))
        return [self.patterns[each] for each in targets if isinstance(each, PatternKey)]


def folded(events: Iterable[Recorded]) -> ErrorGraph:
    """Return the graph of these events."""
    graph = ErrorGraph()
    for recorded in events:
        graph.evolve(recorded)
    return graph


def _count(pattern: PatternNode, solution: SolutionNode, by: int) -> None:
    if solution.outcome == "landed":
        pattern.successes += by
    elif solution.blamed:
        pattern.failures += by


def _failing(readings: tuple[Reading, ...]) -> frozenset[Fingerprint] | None:
    """Return the fingerprints a measurement of the tests shows; None when it does not name them all."""
    for reading in readings:
        if reading.gate != TESTS:
            continue
        named = frozenset(finding.fingerprint for finding in reading.findings)
        if reading.value is None or reading.more or "" in named:
            return None
        return named
    return None
