"""The one WebSocket: all projects, live."""

from __future__ import annotations

from starlette.websockets import WebSocket

from dashboard.server.access.permissions import Endpoint, Permission
from dashboard.server.errors import Refused, answer
from dashboard.server.parts import parts_of
from dashboard.server.stream.frames import SUBPROTOCOL


async def stream(websocket: WebSocket) -> None:
    """Serve `kaizen.v1`: see docs/stream.md."""
    parts = parts_of(websocket)
    try:
        caller = parts.door.admit(websocket, Permission.READ)
        if SUBPROTOCOL not in websocket.scope["subprotocols"]:
            raise Refused(400, "subprotocol", f"this stream speaks {SUBPROTOCOL}: ask for that subprotocol")
    except Refused as refused:
        await websocket.send_denial_response(answer(websocket.state.request_id, refused))
        return
    await parts.hall.serve(websocket, caller)


ENDPOINTS = (Endpoint("WEBSOCKET", "/api/v1/stream", Permission.READ, stream),)
