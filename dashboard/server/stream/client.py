"""One open stream: what its client says changes cursors, what its cursors say is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import NamedTuple

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from dashboard.server.errors import Refused
from dashboard.server.feeds import Feeds
from dashboard.server.stream import frames
from dashboard.server.stream.cursor import Cursor
from dashboard.server.stream.frames import Ack, ByeCode, Said, Sub, Subscription, Unsub
from ledger.errors import LedgerError


class Ended(Exception):
    """The stream is over, for a reason the client is told."""

    def __init__(self, code: ByeCode, why: str, retry_ms: int = 1000) -> None:
        super().__init__(why)
        self.code, self.why, self.retry_ms = code, why, retry_ms


class Rhythm(NamedTuple):
    """When things are due on a stream, in seconds."""

    heartbeat: float
    pace: float
    ack_due: float


class Client:
    """Two tasks per stream: one listens, one sends. A slow client holds up nobody but itself."""

    def __init__(
        self,
        socket: WebSocket,
        feeds: Feeds,
        rhythm: Rhythm,
        *,
        allowed: Callable[[], bool],
        on_gap: Callable[[], None],
    ) -> None:
        self._socket, self._feeds, self._rhythm = socket, feeds, rhythm
        self._allowed, self._on_gap = allowed, on_gap
        self._cursors: dict[str, Cursor] = {}
        self._woken = asyncio.Event()
        self._beat = 0.0
        self._loop = asyncio.get_running_loop()

    async def run(self, first: Sub) -> None:
        """Serve until the client leaves; raise Ended when the server ends it."""
        try:
            await self._subscribe(first.subs)
            self._beat = self._loop.time() + self._rhythm.heartbeat
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen())
                tasks.create_task(self._send_all())
        finally:
            for project in list(self._cursors):
                self._forget(project)

    def tick(self) -> None:
        """Let the sender look whether a heartbeat is due."""
        if self._loop.time() >= self._beat:
            self._woken.set()

    async def _listen(self) -> None:
        while True:
            said = await hear(self._socket)
            match said:
                case Ack():
                    cursor = self._cursors.get(said.project)
                    if cursor is not None:
                        cursor.ack(said.position)
                case Sub():
                    await self._subscribe(said.subs)
                case Unsub():
                    for project in said.projects:
                        self._forget(project)
            self._woken.set()

    async def _subscribe(self, subs: tuple[Subscription, ...]) -> None:
        for sub in subs:
            self._forget(sub.project)
            if len(self._cursors) >= frames.MOST_SUBSCRIPTIONS:
                raise Ended("protocol", f"at most {frames.MOST_SUBSCRIPTIONS} projects on one stream")
            try:
                feed = await self._feeds.ready(sub.project)
            except (Refused, LedgerError) as refusal:
                await self.say(frames.refused(sub.project, str(refusal)))
                continue
            known = sub.start is not None and sub.lineage in ("", feed.lineage) and sub.start <= feed.position
            start = sub.start if known and sub.start is not None else feed.position
            listener = feed.ledger.signals.listen(wake=self._wake)
            cursor = Cursor(feed, start, listener, self._rhythm.ack_due)
            await self.say(cursor.hello(resumed=known))
            self._cursors[sub.project] = cursor
            feed.watchers.add(self._woken)

    def _wake(self) -> None:
        self._loop.call_soon_threadsafe(self._woken.set)

    def _forget(self, project: str) -> None:
        cursor = self._cursors.pop(project, None)
        if cursor is not None:
            cursor.feed.watchers.discard(self._woken)
            cursor.signals.close()

    async def _send_all(self) -> None:
        while True:
            self._woken.clear()
            sent = False
            for project, cursor in list(self._cursors.items()):
                if self._cursors.get(project) is cursor:
                    sent |= await self._advance(cursor)
            await self._heartbeat()
            if sent:
                await asyncio.sleep(self._rhythm.pace)
            else:
                await self._woken.wait()

    async def _advance(self, cursor: Cursor) -> bool:
        """Send one project's next frame and its signals; return whether anything was sent."""
        now = self._loop.time()
        if cursor.given_up(now):
            raise Ended("slow", "no acknowledgement for too long: come back and resume", 2000)
        step = await cursor.next(now)
        if step is not None:
            await self.say(step.text)
            if step.gap:
                self._on_gap()
        signals = cursor.take_signals()
        if signals:
            await self.say(frames.signals(cursor.feed.name, signals))
        return step is not None or bool(signals)

    async def _heartbeat(self) -> None:
        now = self._loop.time()
        if now < self._beat:
            return
        self._beat = now + self._rhythm.heartbeat
        if not self._allowed():
            raise Ended("auth", "the session ended: open the page with `kaizen open`", 5000)
        await self.say(frames.heartbeat(self._heads()))

    def _heads(self) -> Mapping[str, int]:
        return {project: cursor.feed.position for project, cursor in self._cursors.items()}

    async def say(self, text: str) -> None:
        """Send one frame; waits while the client's side of the connection is full."""
        await self._socket.send_text(text)


async def hear(socket: WebSocket) -> Said:
    """Return the next thing the client says; raise Ended for what is no frame, WebSocketDisconnect when it left."""
    message = await socket.receive()
    if message["type"] != "websocket.receive":
        raise WebSocketDisconnect(message.get("code", 1005))
    text = message.get("text")
    if text is None or len(text) > frames.MOST_MESSAGE:
        raise Ended("protocol", "messages are JSON text of at most 64 KiB: see docs/stream.md")
    try:
        return frames.parse(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Ended("protocol", f"not a frame of {frames.SUBPROTOCOL}: {error}") from error


async def farewell(socket: WebSocket, ended: Ended) -> None:
    """Say why, then close; a client that is gone already is let go."""
    if socket.application_state is not WebSocketState.CONNECTED:
        return
    try:
        await socket.send_text(frames.bye(ended.code, ended.why[:300], ended.retry_ms))
        await socket.close(frames.CLOSE[ended.code], ended.code)
    except (WebSocketDisconnect, RuntimeError, OSError):
        return
