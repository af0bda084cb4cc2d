"""Around every request: an id, a count, a duration, one log line."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.server.metrics import Metrics

_log = logging.getLogger("dashboard")
REFUSED = {401: "unknown caller", 403: "not allowed", 413: "too large", 422: "not valid", 429: "too often"}
"""Why a request came no further than the door, by status."""
_QUIET = frozenset({"GET", "HEAD"})


class Observe:
    """ASGI middleware: what passes is named, timed and counted by the template of its route."""

    def __init__(self, app: ASGIApp, metrics: Metrics, new_id: Callable[[], str]) -> None:
        self._app, self._metrics, self._new_id = app, metrics, new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        request_id = self._new_id()
        scope.setdefault("state", {})["request_id"] = request_id
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message.get("headers", ()), (b"x-request-id", request_id.encode())]}
            await send(message)

        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        try:
            await self._app(scope, receive, sending)
        finally:
            self._note(scope, status, time.perf_counter() - began, request_id)

    def _note(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route = getattr(scope.get("route"), "path", "(none)")
        method = scope["method"] if scope["method"] in ("GET", "HEAD", "POST", "DELETE", "OPTIONS") else "other"
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.duration.labels(route).observe(seconds)
        if status in REFUSED:
            self._metrics.refused.labels(REFUSED[status]).inc()
        level = logging.DEBUG if method in _QUIET else logging.INFO
        if status >= 400:
            level = logging.INFO if status < 500 else logging.ERROR
        ms = round(seconds * 1000, 1)
        told = {"method": method, "route": route, "status": status, "ms": ms, "request": request_id}
        _log.log(level, "request", extra=told)
