"""Subscriptions: catch up from a bookmark, then follow what is appended, without a gap and without a double."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from types import TracebackType

from ledger.errors import LedgerError
from ledger.events.recorded import Recorded
from ledger.store import Store

_BATCH = 500
_PATIENCE = 1.0
"""Seconds a bell waits at most before it looks whether anybody still listens."""


async def follow(
    store: Store, after: int, *, kinds: Sequence[str] = (), stream: str | None = None, batch: int = _BATCH
) -> AsyncIterator[Sequence[Recorded]]:
    """Yield the events above position `after` in order, in batches of at most `batch`, for ever.

    Reading happens outside the event loop. All followers of one store share one waiting thread. Ends with the
    LedgerError when the store is closed or damaged; cancelling it, or closing the iterator, leaves nothing behind.
    """
    with _Listener(store) as listener:
        while True:
            head = await asyncio.to_thread(store.head)
            while after < head.position:
                events = await asyncio.to_thread(store.read, after=after, limit=batch, stream=stream, kinds=kinds)
                # a short page holds everything up to the head, which was asked for before the page was read
                after = events[-1].position if len(events) == batch else max(head.position, _last(events))
                if events:
                    yield events
            await listener.rung_beyond(after)


class _Bell:
    """One thread that waits for a store to grow and wakes every follower of it; it lives while there are any."""

    def __init__(self, store: Store) -> None:
        self.position = 0
        self.failure: LedgerError | None = None
        self.listeners: set[_Listener] = set()
        self._store = store

    def start(self) -> None:
        threading.Thread(target=self._watch, name="ledger-bell", daemon=True).start()

    def _watch(self) -> None:
        while self._is_needed():
            try:
                if not self._store.wait(self.position, _PATIENCE):
                    continue
                self.position = self._store.head().position
            except LedgerError as error:
                self.failure = error
            except BaseException:  # a bug: the thread ends, the followers are told
                self.failure = LedgerError("following the ledger broke: start Kaizen again")
                raise
            finally:
                self._ring()

    def _ring(self) -> None:
        with _guard:
            listeners = tuple(self.listeners)
        for listener in listeners:
            listener.wake()

    def _is_needed(self) -> bool:
        with _guard:
            if self.listeners and self.failure is None:
                return True
            del _bells[self._store]
            return False


_guard = threading.Lock()  # guards _bells and the listeners of each
_bells: dict[Store, _Bell] = {}
"""The bells that are rung at present. Process-wide, because followers of one store do not know each other."""


class _Listener:
    """One follower's ear, in its event loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()

    def __enter__(self) -> _Listener:
        with _guard:
            bell = _bells.get(self._store)
            if bell is None:
                bell = _bells[self._store] = _Bell(self._store)
                bell.start()
            bell.listeners.add(self)
        self._bell = bell
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with _guard:
            self._bell.listeners.discard(self)

    def wake(self) -> None:
        """Wake the follower from the bell's thread."""
        try:
            self._loop.call_soon_threadsafe(self._woken.set)
        except RuntimeError:  # its event loop was closed under it
            with _guard:
                self._bell.listeners.discard(self)

    async def rung_beyond(self, after: int) -> None:
        """Sleep until the store has grown beyond the position; raise what ended the bell."""
        while self._bell.position <= after:
            if self._bell.failure is not None:
                raise self._bell.failure
            self._woken.clear()
            if self._bell.position <= after and self._bell.failure is None:
                await self._woken.wait()


def _last(events: Sequence[Recorded]) -> int:
    return events[-1].position if events else 0
