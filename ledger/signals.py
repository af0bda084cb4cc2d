"""The signal board: small messages that are no facts (tokens of a model, progress); lossy, bounded, never folded."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from types import TracebackType

Signal = Mapping[str, object]

_ROOM = 256


class Signals:
    """Hands each signal to whoever listens at that moment. Publishing never blocks and never fails."""

    def __init__(self, mask: Callable[[Signal], Signal] = lambda signal: signal) -> None:
        """`mask` takes secrets out of every signal before anybody sees it."""
        self._mask = mask
        self._guard = threading.Lock()  # guards _listeners
        self._listeners: tuple[Listener, ...] = ()

    def publish(self, signal: Signal) -> None:
        """Offer a signal from any thread; a listener who is too slow loses the oldest ones."""
        if self._listeners:
            signal = self._mask(signal)
        for listener in self._listeners:
            listener.offer(signal)

    def listen(self, *, room: int = _ROOM, wake: Callable[[], None] | None = None) -> Listener:
        """Return a listener that keeps up to `room` signals; close it, or use it as a context.

        `wake` is called from the publisher's thread when a signal comes after all were taken; it must return at once
        (e.g. `partial(loop.call_soon_threadsafe, event.set)`).
        """
        listener = Listener(self, room, wake)
        with self._guard:
            self._listeners = (*self._listeners, listener)
        return listener

    def forget(self, listener: Listener) -> None:
        """Offer nothing more to this listener."""
        with self._guard:
            self._listeners = tuple(one for one in self._listeners if one is not listener)


class Listener:
    """One subscriber's bounded queue of signals."""

    def __init__(self, board: Signals, room: int, wake: Callable[[], None] | None) -> None:
        self._board, self._wake = board, wake
        self._guard = threading.Condition()  # guards _waiting and _lost
        self._waiting: deque[Signal] = deque(maxlen=room)
        self._lost = 0

    def offer(self, signal: Signal) -> None:
        """Queue a signal in place of the oldest when there is no room."""
        with self._guard:
            first = not self._waiting
            self._lost += len(self._waiting) == self._waiting.maxlen
            self._waiting.append(signal)
            self._guard.notify_all()
        if first and self._wake is not None:
            try:
                self._wake()
            except RuntimeError:  # the listener's event loop is closed: nobody will take anything any more
                self.close()

    def take(self, timeout: float = 0.0) -> list[Signal]:
        """Return all waiting signals, oldest first; wait up to `timeout` seconds for the first."""
        with self._guard:
            if not self._waiting and timeout > 0:
                self._guard.wait(timeout)
            taken = list(self._waiting)
            self._waiting.clear()
        return taken

    @property
    def lost(self) -> int:
        """How many signals had no room so far."""
        return self._lost

    def close(self) -> None:
        """Stop listening; twice is once."""
        self._board.forget(self)

    def __enter__(self) -> Listener:
        """Return the listener."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop listening."""
        self.close()
