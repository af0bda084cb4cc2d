"""The outer wall: strange addresses, foreign pages and large bodies end here; every answer gets its headers."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.server.access.door import Door
from dashboard.server.access.keys import holds_key
from dashboard.server.errors import Refused, answer

MOST_BODY = 256 * 1024
_WATCHED = frozenset({"host", "origin", "sec-fetch-site"})


def security_headers(port: int) -> Mapping[str, str]:
    """Return what every answer carries: nothing is loaded from elsewhere, nothing frames the page, nothing leaks."""
    sockets = " ".join(f"ws://{host}:{port}" for host in ("127.0.0.1", "localhost"))
    policy = (
        f"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' {sockets}; img-src 'self' data:; "
        "font-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )
    return {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
    }


class Guard:
    """ASGI middleware around everything, the page and the streams included."""

    def __init__(self, app: ASGIApp, door: Door, headers: Mapping[str, str]) -> None:
        self._app, self._door = app, door
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        send = self._with_headers(send)
        why = self._refusal(scope)
        if why is not None:
            await _refuse(scope, receive, send, Refused(403, "foreign", why))
        elif holds_key(unquote_to_bytes(scope.get("query_string", b"")).decode("latin-1")):
            told = (
                "an API key never stands in an address, which is logged: revoke this one, and send the next in a header"
            )
            await _refuse(scope, receive, send, Refused(400, "key_in_address", told))
        elif scope["type"] == "websocket":
            await self._app(scope, receive, send)
        else:
            body = await _body(scope, receive)
            if body is None:
                too_large = Refused(413, "too_large", f"the body is larger than {MOST_BODY} bytes: send less")
                await _refuse(scope, receive, send, too_large)
            else:
                await self._app(scope, _replayed(body, receive), send)

    def _refusal(self, scope: Scope) -> str | None:
        watched: dict[str, list[str]] = {}
        bearer = False
        for raw_name, raw_value in scope["headers"]:
            name = raw_name.decode("latin-1").lower()
            if name in _WATCHED:
                watched.setdefault(name, []).append(raw_value.decode("latin-1"))
            elif name == "authorization":
                bearer = self._door.proves(raw_value.decode("latin-1"))
        socket = scope["type"] == "websocket"
        method = "GET" if socket else scope["method"]
        return self._door.addresses.refusal(method=method, socket=socket, bearer=bearer, headers=watched)

    def _with_headers(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                given = {name for name, _ in message.get("headers", ())}
                ours = [header for header in self._headers if header[0] not in given]
                message = {**message, "headers": [*message.get("headers", ()), *ours]}
            await send(message)

        return sending


async def _refuse(scope: Scope, receive: Receive, send: Send, refused: Refused) -> None:
    state: MutableMapping[str, Any] = scope.get("state", {})
    await answer(state.get("request_id", ""), refused)(scope, receive, send)


async def _body(scope: Scope, receive: Receive) -> bytes | None:
    """Return the whole body, None when it is too large; a stated length is believed only where it refuses."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > MOST_BODY:
            return None
    body = b""
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return body
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MOST_BODY:
            return None
    return body


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def receiving() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving
