"""How far one client is in one project: a place and a few numbers, never a queue of events."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from dashboard.server.feed import MOST_BYTES, MOST_EVENTS, Feed
from dashboard.server.stream import frames
from ledger.signals import Listener, Signal

WINDOW = 4
"""Batches a client may leave unacknowledged: any four for a moment, four full ones at most."""
MOST_BEHIND = WINDOW * MOST_EVENTS
"""Events a client is sent one after the other; beyond that it gets a gap and reads what it wants by REST."""
STALLED = 1.0
"""Seconds with a full window after which a client counts as slow."""
GIVEN_UP = 30.0
"""Seconds with a full window after which the stream is ended."""
_MOST_SIGNALS = 64


class Step(NamedTuple):
    """What to send now, and how far it brings the client."""

    text: str
    gap: bool = False


class _Owed(NamedTuple):
    """A batch that was sent and not yet acknowledged."""

    first: int
    last: int
    size: int
    at: float


class Cursor:
    """One subscription. `next` says what to send; `ack` opens the window again."""

    def __init__(self, feed: Feed, start: int, signals: Listener, ack_due: float) -> None:
        self.feed, self.signals, self._ack_due = feed, signals, ack_due
        self.lineage = feed.lineage
        self.position = start
        self._unacked: deque[_Owed] = deque()
        self._full_since: float | None = None
        self._slow = False

    def ack(self, position: int) -> None:
        """The client has everything up to the position."""
        while self._unacked and self._unacked[0].last <= position:
            self._unacked.popleft()
        if len(self._unacked) < WINDOW:
            self._full_since = None

    def _is_full(self, now: float) -> bool:
        """Return whether nothing may be sent: clients acknowledge once a second, so small batches get that long."""
        if len(self._unacked) < WINDOW:
            return False
        sent = sum(owed.size for owed in self._unacked)
        events = self._unacked[-1].last - self._unacked[0].first + 1
        overdue = now - self._unacked[0].at >= self._ack_due
        return overdue or events >= MOST_BEHIND or sent >= WINDOW * MOST_BYTES

    async def next(self, now: float) -> Step | None:
        """Return the next frame, None when the client has everything or owes too many acknowledgements."""
        if self.lineage != self.feed.lineage:
            return Step(self._anew())
        if self._is_full(now):
            self._full_since = self._full_since if self._full_since is not None else now
            self._slow = now - self._full_since >= STALLED
            return None
        behind = self.feed.position - self.position
        if behind <= 0 or not self.feed.caught_up:
            return None
        if behind > MOST_BEHIND or (self._slow and behind > MOST_EVENTS):
            self._slow = False
            return self._gap()
        self._slow = False
        batch = await self.feed.batch(self.position)
        if batch is None or batch.first != self.position + 1:
            return None
        self.position = batch.last
        self._unacked.append(_Owed(batch.first, batch.last, len(batch.text), now))
        return Step(batch.text)

    def given_up(self, now: float) -> bool:
        """Return whether the client has not answered for so long that nobody seems to be there."""
        return self._full_since is not None and now - self._full_since >= GIVEN_UP

    def take_signals(self) -> list[Signal]:
        """Return the newest signals; older ones are dropped, they are no facts."""
        return self.signals.take()[-_MOST_SIGNALS:]

    def hello(self, *, resumed: bool) -> str:
        """Return the answer to the subscription."""
        return frames.hello(
            self.feed.name,
            lineage=self.feed.lineage,
            head=self.feed.position,
            start=self.position,
            resumed=resumed,
            role="operator",
        )

    def _anew(self) -> str:
        self.lineage, self.position = self.feed.lineage, self.feed.position
        self._unacked.clear()
        self._full_since, self._slow = None, False
        return self.hello(resumed=False)

    def _gap(self) -> Step:
        first, self.position = self.position + 1, self.feed.position
        return Step(frames.gap(self.feed.name, first, self.position, self.feed.position), gap=True)
