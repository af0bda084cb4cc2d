"""PURE: whether the loop of a project is slow or fails, from its ledger alone."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ledger.events import (
    AttemptFailed,
    BranchDelivered,
    IterationEnded,
    IterationStarted,
    NoticeRaised,
    PatchLanded,
    PatchProposed,
    RunEnded,
)
from ledger.events.recorded import Recorded

SLOW, FAILING = "loop-slow", "loop-failing"
TIMES = 3.0
"""How many times the usual length an iteration may take."""
LEAST = 60.0
"""Seconds below which no iteration is slow."""
USUAL = 3
"""Iterations from which on there is a usual length."""
IN_A_ROW = 3
"""Attempts in a row that their environment failed."""


class Alert(NamedTuple):
    """Something a person should look at."""

    code: str
    message: str


def alerts(ledger: Sequence[Recorded], now: float) -> tuple[Alert, ...]:
    """Return what is wrong with the loop now."""
    return tuple(alert for alert in (_slow(ledger, now), _failing(ledger)) if alert is not None)


def notices(ledger: Sequence[Recorded], now: float) -> tuple[NoticeRaised, ...]:
    """Return what is new: an alert nobody was told of yet, or the end of one; the same again is not told again."""
    told = {SLOW: False, FAILING: False}
    for recorded in ledger:
        event = recorded.event
        if isinstance(event, NoticeRaised) and event.code in told:
            told[event.code] = event.level != "info"
    wrong = {alert.code: alert.message for alert in alerts(ledger, now)}
    raised = [NoticeRaised(code=code, message=why, level="warning") for code, why in wrong.items() if not told[code]]
    over = [code for code, is_told in told.items() if is_told and code not in wrong]
    return (*raised, *(NoticeRaised(code=code, message="it is over", level="info") for code in over))


def _slow(ledger: Iterable[Recorded], now: float) -> Alert | None:
    lengths: list[float] = []
    begun: float | None = None
    for recorded in ledger:
        if isinstance(recorded.event, IterationStarted):
            begun = recorded.at
        elif isinstance(recorded.event, IterationEnded) and begun is not None:
            lengths.append(recorded.at - begun)
            begun = None
        elif isinstance(recorded.event, RunEnded):
            begun = None
    last = now - begun if begun is not None else lengths.pop() if lengths else 0.0
    if len(lengths) < USUAL:
        return None
    usual = statistics.median(lengths)
    if last <= max(LEAST, TIMES * usual):
        return None
    return Alert(SLOW, f"an iteration takes {last:.0f} s, usual are {usual:.0f} s: look at what its attempts wait for")


def _failing(ledger: Iterable[Recorded]) -> Alert | None:
    row: list[str] = []
    for recorded in ledger:
        event = recorded.event
        if isinstance(event, AttemptFailed):
            row.append(event.why)
        elif isinstance(event, PatchProposed | PatchLanded | BranchDelivered):
            row.clear()
    if len(row) < IN_A_ROW:
        return None
    return Alert(FAILING, f"the last {len(row)} attempts failed, the last one with: {row[-1][:200]}")
