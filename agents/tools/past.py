"""What an attempt's stream says of its tool calls: which ended, how, and what the worktree held after them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from agents.ports import ToolResult
from ledger.blobs import Blobs
from ledger.errors import Missing
from ledger.events import AnyEvent, Risk, ToolAsked, ToolFinished, ToolVetoed


class Before(NamedTuple):
    """How a call ended before."""

    result: ToolResult
    stage: Literal["schema", "policy", "approval", "repeated", "run"]
    risk: Risk | None
    tree: str


class Past:
    """The tool calls of an attempt so far."""

    def __init__(self, events: Iterable[AnyEvent]) -> None:
        self._asked: dict[str, ToolAsked] = {}
        self._ended: dict[str, ToolFinished | ToolVetoed] = {}
        self.add(events)

    def add(self, events: Iterable[AnyEvent]) -> None:
        """Take further events in."""
        for event in events:
            match event:
                case ToolAsked():
                    self._asked[event.key] = event
                case ToolFinished() | ToolVetoed():
                    self._ended[event.key] = event

    def asked(self, key: str, *, waits: bool | None = None) -> bool:
        """Return whether the call was asked for; with `waits`, whether it got as far: a let one need not wait."""
        found = self._asked.get(key)
        return found is not None and (waits is None or waits or not found.waits)

    def began(self, key: str) -> bool:
        """Return whether the call was asked for and let before this pipeline was made, and no end of it is known."""
        found = self._asked.get(key)
        return found is not None and not found.waits and key not in self._ended

    def ended(self, key: str, blobs: Blobs) -> Before | None:
        """Return how the call ended, or None when it did not; a result that was shredded is its summary alone."""
        end = self._ended.get(key)
        if end is None:
            return None
        asked = self._asked.get(key)
        risk = asked.risk if asked else None
        if isinstance(end, ToolVetoed):
            return Before(ToolResult(False, f"Refused ({end.stage}): {end.why}", end.why), end.stage, risk, "")
        try:
            text = blobs.get(end.result).decode("utf-8", "replace")
        except Missing:
            text = f"{end.summary}\n[the whole result is not kept any more]"
        return Before(ToolResult(end.success, text, end.summary, bool(end.tree)), "run", risk, end.tree)


def tree_of(events: Iterable[AnyEvent]) -> str:
    """Return the tree an attempt's worktree has to hold when it is resumed; empty when no tool changed it."""
    trees = [event.tree for event in events if isinstance(event, ToolFinished) and event.tree]
    return trees[-1] if trees else ""
