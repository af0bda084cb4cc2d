"""Seen this before? What fixed it, and what did not?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge_graph.embedding import error_text
from ledger.blobs import Blobs
from ledger.events import Fingerprint, Reason

if TYPE_CHECKING:
    from knowledge_graph.graph import ErrorGraph, ErrorNode, SolutionNode
    from knowledge_graph.vectors import VectorIndex


LEAST = 0.5
"""Likeness below which an error is another one."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """What the error graph knows of a fingerprint."""

    fingerprint: Fingerprint
    seen: int
    solved: tuple[str, ...] = ()
    """Unified diffs that landed for it, best proven first."""
    failed: tuple[str, ...] = ()
    """Patch ids that were rejected or rolled back for it."""
    objections: tuple[Reason, ...] = ()
    """Why those were rejected, in the order of the patches."""


def recall(graph: ErrorGraph, fingerprint: Fingerprint, blobs: Blobs) -> Recalled | None:
    """Return what is known of exactly this error, None when it was never met.

    Only a patch that landed, still stands, and whose own measurement no longer showed the error counts as solved.
    Best first: those after which the error never came back, then those that landed most often, the smaller, the
    later. A blob that is gone raises Missing: what cannot be read is not claimed.
    """
    error = graph.errors.get(fingerprint)
    if error is None:
        return None
    refused = refused_patches(graph)
    tried = graph.tried_on(fingerprint)
    proven = [each for each in tried if proves(each, error) and each.patch not in refused]
    failed = {each.patch: None for each in tried if each.patch in refused}
    return Recalled(
        fingerprint=fingerprint,
        seen=error.seen,
        solved=tuple(blobs.get(each.diff).decode("utf-8", "surrogateescape") for each in _ranked(proven, error)),
        failed=tuple(failed),
        objections=tuple(reason for each in tried if each.patch in refused for reason in each.reasons),
    )


def refused_patches(graph: ErrorGraph) -> frozenset[str]:
    """Return the ids of patches not to be tried again: their last trial ended rejected or undone."""
    last: dict[str, SolutionNode] = {}
    for solution in graph.solutions.values():
        before = last.get(solution.patch)
        if solution.decided and (before is None or solution.decided > before.decided):
            last[solution.patch] = solution
    return frozenset(patch for patch, solution in last.items() if solution.blamed)


def proves(solution: SolutionNode, error: ErrorNode) -> bool:
    """Return whether the solution stands landed and its measurement no longer showed the error."""
    return solution.outcome == "landed" and error.fingerprint not in solution.left


def _ranked(proven: list[SolutionNode], error: ErrorNode) -> list[SolutionNode]:
    times: dict[str, int] = {}
    latest: dict[str, SolutionNode] = {}
    for solution in proven:
        times[solution.patch] = times.get(solution.patch, 0) + 1
        latest[solution.patch] = max(latest.get(solution.patch, solution), solution, key=lambda each: each.decided)

    def rank(solution: SolutionNode) -> tuple[bool, int, int, int]:
        came_back = error.met > solution.decided
        return came_back, -times[solution.patch], solution.lines, -solution.decided

    return sorted(latest.values(), key=rank)


def similar(graph: ErrorGraph, index: VectorIndex, error: ErrorNode, k: int) -> tuple[ErrorNode, ...]:
    """Return other errors whose words are like this one's and that have a proven fix, the likest first.

    Near recall only suggests: what fixed a similar error has proven nothing for this one.
    """
    text = error_text(error.exception, error.message, error.trace)
    near = [each for each in index.similar(text, k + 1) if each.likeness >= LEAST and each.id != error.fingerprint]
    known = [graph.errors[Fingerprint(each.id)] for each in near if each.id in graph.errors]
    return tuple(each for each in known if any(proves(tried, each) for tried in graph.tried_on(each.fingerprint)))[:k]
