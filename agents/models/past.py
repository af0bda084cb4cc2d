"""PURE: the calls of an attempt that was begun before: which are paid, and which nobody knows about."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.events import AnyEvent, CallFailed, CallFinished, CallStarted


class Past:
    """The calls in an attempt's stream, by key."""

    def __init__(self, events: Iterable[AnyEvent]) -> None:
        self.finished: dict[str, CallFinished] = {}
        self._open: dict[str, CallStarted] = {}
        self._tries: dict[str, int] = {}
        for event in events:
            match event:
                case CallStarted():
                    self._open[event.key] = event
                    self._tries[event.key] = self._tries.get(event.key, 0) + 1
                case CallFailed():
                    self._open.pop(event.key, None)
                case CallFinished():
                    self._open.pop(event.key, None)
                    self.finished[event.key] = event
                case _:
                    pass

    def tries(self, key: str) -> int:
        """Return how often a call was tried."""
        return self._tries.get(key, 0)

    def interrupted(self, key: str) -> CallStarted | None:
        """Return the try of a call that has no end: it may have been paid."""
        return self._open.get(key)
