"""How the server itself is: health, what it is, metrics, its API."""

from __future__ import annotations

import platform
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard.server.access.permissions import Endpoint, Permission
from dashboard.server.parts import TheParts


async def health(parts: TheParts) -> JSONResponse:
    """Answer 200 while every ledger can be read and written, 503 with the reason otherwise."""
    found = await parts.health.look()
    broken = {finding.ledger: finding.problem for finding in found if finding.problem}
    if not broken:
        return JSONResponse({"status": "ok", "ledgers": len(found)})
    reason = "; ".join(f"{name}: {problem}" for name, problem in broken.items())
    return JSONResponse({"status": "unavailable", "reason": reason, "ledgers": broken}, status_code=503)


async def info(parts: TheParts) -> dict[str, Any]:
    """Return version, uptime, sandbox and the projects, and whether more are being opened; nothing secret."""
    feeds = parts.feeds.opened()
    boards = [feed.board for feed in feeds if feed.board.sandbox is not None]
    newest = max(boards, key=lambda board: board.at, default=None)
    return {
        "name": "kaizen",
        "version": parts.settings.version,
        "python": platform.python_version(),
        "uptime": round(parts.clock() - parts.started, 1),
        "sandbox": newest.sandbox.text if newest is not None and newest.sandbox is not None else None,
        "projects": [feed.name for feed in feeds],
        "opening": parts.ledgers.opening,
        "stream": "kaizen.v1",
    }


async def metrics(parts: TheParts) -> Response:
    """Return everything Prometheus reads."""
    return Response(parts.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


async def openapi(request: Request) -> JSONResponse:
    """Return the description of this API."""
    return JSONResponse(request.app.openapi())


ENDPOINTS = (
    Endpoint("GET", "/health", Permission.OPEN, health),
    Endpoint("GET", "/info", Permission.OPEN, info),
    Endpoint("GET", "/metrics", Permission.OPEN, metrics),
    Endpoint("GET", "/api/v1/health", Permission.OPEN, health),
    Endpoint("GET", "/api/v1/info", Permission.OPEN, info),
    Endpoint("GET", "/api/v1/openapi.json", Permission.READ, openapi),
)
