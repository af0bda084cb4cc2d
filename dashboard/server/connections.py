"""One connection of the page's server: what says nothing, never ends its head or sends no end of it is let go."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD = 64 * 1024
"""Bytes of the head of one request."""
MOST_CONNECTIONS = 256
"""Connections that are no streams; a new one takes the place of the oldest that waits for nothing of ours."""
PATIENCE = 15.0
"""Seconds a request has to arrive, from the connection or its first byte to its last."""


class Connection(HttpToolsProtocol):
    """As the library speaks HTTP, with bounds: anybody on the machine may connect, and files are few."""

    patience: ClassVar[float] = PATIENCE
    most: ClassVar[int] = MOST_CONNECTIONS

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._due: asyncio.TimerHandle | None = None
        self._head: int | None = None
        """Bytes of a head that has no end yet."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection in; the oldest that still owes a request goes when there are too many."""
        super().connection_made(transport)
        self._expect()
        if len(self.connections) > self.most:
            owing = [each for each in self.connections if isinstance(each, Connection) and each._due is not None]
            min(owing, key=lambda each: each._due.when() if each._due else 0.0)._let_go()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is owed any more."""
        self._arrived()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes in; a head without an end is answered before it fills the memory."""
        if self._due is None and self._head is None:
            self._expect()
        super().data_received(data)
        if self._head is not None:
            self._head += len(data)
            if self._head > MOST_HEAD and not self.transport.is_closing():
                self.send_400_response("The head of the request is too long.")

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._head = 0

    def on_headers_complete(self) -> None:
        """Its head is here."""
        self._head = None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of it is here."""
        self._arrived()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """A stream has times of its own."""
        self._arrived()
        super().handle_websocket_upgrade()

    def _expect(self) -> None:
        self._due = self.loop.call_later(self.patience, self._let_go)

    def _arrived(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _let_go(self) -> None:
        self._arrived()
        self.transport.abort()
