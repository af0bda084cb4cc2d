"""Where the cause of failing tests most likely is, as findings for people and for other techniques."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agents.ports import TestOutcome
from ledger.events import Finding

RULE = "localised"


def findings_of(messages: Sequence[Mapping[str, Any]], failing: Sequence[TestOutcome]) -> tuple[Finding, ...]:
    """Return the suspicious functions of a search, best first; from the traces when the search named none."""
    places = [place for message in messages if message.get("kind") == "located" for place in message["functions"]]
    named = tuple(_finding(place) for place in places[:5])
    return named or tuple(dict.fromkeys(_from_trace(test) for test in failing if test.frames))[:5]


def _finding(place: Mapping[str, Any]) -> Finding:
    lines = ", ".join(str(line) for line in sorted(place["lines"]))
    return Finding(
        rule=RULE,
        message=f"localised, not repairable here: look at {place['name']}, line {lines}",
        path=str(place["path"]),
        line=int(place["line"]),
        symbol=str(place["name"]),
    )


def _from_trace(test: TestOutcome) -> Finding:
    frame = test.frames[-1]
    return Finding(
        rule=RULE,
        message=f"localised, not repairable here: {test.exception or 'the failure'} comes from {frame.function}",
        path=frame.path,
        line=frame.line,
        symbol=frame.function,
    )
