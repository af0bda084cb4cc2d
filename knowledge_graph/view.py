"""PURE: the error graph as rows and neighbourhoods, ready for JSON (`msgspec.to_builtins`)."""

from __future__ import annotations

from typing import Literal

import msgspec

from knowledge_graph.graph import ErrorGraph, ErrorKey, ErrorNode, Key, Outcome, PatternKey, SolutionNode
from knowledge_graph.recall import proves
from ledger.events import AttemptId, Fingerprint, Reason

State = Literal["open", "solved", "rejected", "undone"]


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """One solution tried on an error."""

    attempt: AttemptId
    technique: str
    title: str
    outcome: Outcome
    patch: str
    diff: str
    """Blob of the unified diff."""
    position: int
    """Where it was decided, or proposed while it is not."""
    reasons: tuple[Reason, ...] = ()


class ErrorRow(msgspec.Struct, frozen=True, kw_only=True):
    """One error, how it stands and what was tried."""

    fingerprint: Fingerprint
    state: State
    seen: int
    first: int
    last: int
    exception: str
    message: str
    trace: str
    test: str
    """The test that showed it last."""
    tests: tuple[str, ...]
    path: str
    line: int
    function: str
    solutions: tuple[Tried, ...]


class PatternRow(msgspec.Struct, frozen=True, kw_only=True):
    """How a technique fared with one kind of exception."""

    exception: str
    technique: str
    successes: int
    failures: int


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One node of a neighbourhood."""

    id: str
    kind: Literal["error", "solution", "pattern"]
    label: str
    state: str = ""
    """Of an error its state, of a solution its outcome, of a pattern `successes/tries`."""


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """One link of a neighbourhood."""

    source: str
    target: str
    kind: Literal["made for", "example of", "about"]


class Neighbourhood(msgspec.Struct, frozen=True, kw_only=True):
    """What stands around an error."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def as_table(graph: ErrorGraph) -> tuple[ErrorRow, ...]:
    """Return one row per error that was seen, the latest seen first."""
    seen = [error for error in graph.errors.values() if error.seen]
    return tuple(_row(graph, error) for error in sorted(seen, key=lambda error: -error.last))


def patterns(graph: ErrorGraph) -> tuple[PatternRow, ...]:
    """Return one row per pattern, the most successful first."""
    rows = [
        PatternRow(exception=each.exception, technique=each.technique, successes=each.successes, failures=each.failures)
        for each in graph.patterns.values()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.successes, row.failures, row.exception, row.technique)))


def neighbourhood(graph: ErrorGraph, fingerprint: Fingerprint, hops: int) -> Neighbourhood:
    """Return the nodes at most `hops` links away from an error, either way along a link, and the links among them."""
    import networkx

    centre = ErrorKey(fingerprint)
    if centre not in graph.nodes:
        return Neighbourhood(nodes=(), edges=())
    near = networkx.single_source_shortest_path_length(graph.nodes.to_undirected(as_view=True), centre, cutoff=hops)
    order = sorted(near, key=lambda key: (near[key], _id(key)))
    edges = sorted(
        (_id(source), _id(target), _kind(source, target)) for source, target in graph.nodes.subgraph(near).edges
    )
    return Neighbourhood(
        nodes=tuple(_node(graph, key) for key in order),
        edges=tuple(Edge(source=source, target=target, kind=kind) for source, target, kind in edges),
    )


def state_of(graph: ErrorGraph, error: ErrorNode) -> State:
    """Return how an error stands: by what was measured last, else by what became of the last solution tried."""
    tried = graph.tried_on(error.fingerprint)
    if error.gone > error.met or any(proves(each, error) and each.decided > error.met for each in tried):
        undone_since = any(each.outcome == "undone" and each.decided > error.gone for each in tried)
        return "undone" if undone_since else "solved"
    decided = sorted((each for each in tried if each.decided), key=lambda each: each.decided)
    if any(each.outcome == "proposed" for each in tried) or not decided:
        return "open"
    match decided[-1].outcome:
        case "rejected":
            return "rejected"
        case "undone":
            return "undone"
        case _:
            return "open"


def _row(graph: ErrorGraph, error: ErrorNode) -> ErrorRow:
    return ErrorRow(
        fingerprint=error.fingerprint,
        state=state_of(graph, error),
        seen=error.seen,
        first=error.first,
        last=error.last,
        exception=error.exception,
        message=error.message,
        trace=error.trace,
        test=error.test,
        tests=tuple(sorted(error.tests)),
        path=error.path,
        line=error.line,
        function=error.function,
        solutions=tuple(_tried(each) for each in graph.tried_on(error.fingerprint)),
    )


def _tried(solution: SolutionNode) -> Tried:
    return Tried(
        attempt=solution.attempt,
        technique=solution.technique,
        title=solution.title,
        outcome=solution.outcome,
        patch=solution.patch,
        diff=solution.diff,
        position=solution.decided or solution.proposed,
        reasons=solution.reasons,
    )


def _node(graph: ErrorGraph, key: Key) -> Node:
    if isinstance(key, ErrorKey):
        error = graph.errors[key.fingerprint]
        label = f"{error.exception} {error.message}".strip() or error.fingerprint
        return Node(id=_id(key), kind="error", label=label, state=state_of(graph, error))
    if isinstance(key, PatternKey):
        pattern = graph.patterns[key]
        share = f"{pattern.successes}/{pattern.successes + pattern.failures}"
        return Node(id=_id(key), kind="pattern", label=f"{key.exception} by {key.technique}", state=share)
    solution = graph.solutions[key.attempt]
    return Node(id=_id(key), kind="solution", label=solution.title, state=solution.outcome)


def _id(key: Key) -> str:
    if isinstance(key, ErrorKey):
        return f"error:{key.fingerprint}"
    if isinstance(key, PatternKey):
        return f"pattern:{key.exception}:{key.technique}"
    return f"solution:{key.attempt}"


def _kind(source: Key, target: Key) -> Literal["made for", "example of", "about"]:
    if isinstance(source, PatternKey):
        return "about"
    return "made for" if isinstance(target, ErrorKey) else "example of"
