"""How a caller proves itself: start tokens, sessions, tickets for streams."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse

from dashboard.server.access.permissions import Endpoint, Permission
from dashboard.server.access.tokens import SESSION_SECONDS, TICKET_SECONDS
from dashboard.server.parts import TheCaller, TheParts


class StartToken(BaseModel, extra="forbid"):
    """The token of the start address, from behind its `#t=`."""

    token: Annotated[str, Field(min_length=1, max_length=512)]


async def begin(body: StartToken, parts: TheParts) -> JSONResponse:
    """Exchange a start token, once, for a session cookie and the proof a page sends beside it in `X-Kaizen-Page`."""
    session = parts.door.begin_session(body.token)
    response = JSONResponse({"session": True, "page": session.proof}, headers={"Cache-Control": "no-store"})
    response.set_cookie(
        parts.door.cookie, session.cookie, max_age=int(SESSION_SECONDS), path="/", httponly=True, samesite="strict"
    )
    return response


async def who(caller: TheCaller) -> dict[str, object]:
    """Return who the caller is and what it may do."""
    return {"caller": caller.name, "permissions": sorted(caller.permissions), "expires": caller.expires}


async def start_token(parts: TheParts) -> dict[str, str]:
    """Make a fresh start token, for `kaizen open`."""
    token = parts.door.mint_start_token()
    return {"token": token, "path": f"/#t={token}"}


async def ticket(request: Request, parts: TheParts, caller: TheCaller) -> dict[str, object]:
    """Make a ticket that opens one stream within 30 seconds."""
    return {"ticket": parts.door.issue_ticket(request, caller), "expires_in": TICKET_SECONDS}


ENDPOINTS = (
    Endpoint("POST", "/api/v1/session", Permission.OPEN, begin),
    Endpoint("GET", "/api/v1/session", Permission.READ, who),
    Endpoint("POST", "/api/v1/start-token", Permission.OWN, start_token),
    Endpoint("POST", "/api/v1/ws-ticket", Permission.READ, ticket),
)
