"""API keys: made, listed and revoked by the owner. A secret is shown once and never kept."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, Field
from starlette.responses import Response

from dashboard.server.access.keys import STREAM, Key, hashed, identity, make, parse
from dashboard.server.access.permissions import Caller, Endpoint, Permission
from dashboard.server.errors import Refused
from dashboard.server.parts import Parts, TheCaller, TheParts
from dashboard.server.routes.requests import SEEN, Line, append, request_id, store_key
from dashboard.server.routes.requests import Key as Once
from dashboard.server.wire import Json, encoded
from ledger.events import KeyCreated, KeyRevoked

HOME = "home"
Scope = Literal["read", "ask", "approve", "own"]


class NewKey(BaseModel, extra="forbid"):
    """What a key is for."""

    name: Line
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=4)]
    days: Annotated[float | None, Field(gt=0, le=3650)] = 90
    """How long it is valid; null: until it is revoked."""
    environment: Literal["live", "test"] = "live"


async def create(body: NewKey, parts: TheParts, caller: TheCaller, key: Once = None) -> Response:
    """Make a key; its whole text is in this answer and nowhere else, also not when the same is asked again."""
    wanted = frozenset(Permission(scope) for scope in body.scopes)
    if caller.key and not wanted <= caller.permissions:
        raise Refused(403, "forbidden", "a key makes no key that may do more than itself: use the kaizen command")
    request = request_id(HOME, caller, key, parts, body)
    made = make(body.environment, identity(parts.token_source()), parts.token_source())
    parsed = parse(made)
    assert parsed is not None, "what is made is well-formed"
    wish = KeyCreated(
        key=parsed.id, name=body.name, hash=hashed(parsed.secret), scopes=tuple(sorted(wanted)),
        expires=None if body.days is None else parts.clock() + body.days * 86_400, request=request, by=caller.spoken,
    )  # fmt: skip
    recorded = await append(await parts.keyring.home(), wish, store_key(HOME, caller, key), STREAM)
    await parts.keyring.reach(recorded.position, SEEN)
    assert isinstance(recorded.event, KeyCreated), "its request is the wish's"
    row = parts.keyring.keys.rows[recorded.event.key]
    again = recorded.event.key != parsed.id
    return Json(encoded({**_row(row, parts), "secret": None if again else made}), status_code=200 if again else 201)


async def keys(parts: TheParts) -> Response:
    """Return every key without its secret, the revoked ones, too."""
    return Json(encoded({"keys": [_row(row, parts) for row in parts.keyring.keys.rows.values()]}))


async def revoke(
    parts: TheParts, caller: TheCaller, name: Annotated[str, Path(max_length=100)], once: Once = None
) -> Response:
    """Revoke a key at once; revoking it again changes nothing."""
    row = parts.keyring.keys.rows.get(name)
    if row is None:
        known = ", ".join(parts.keyring.keys.rows) or "there are none"
        raise Refused(404, "unknown_key", f"no key has the id {name[:100]}; known: {known}")
    if row.revoked is None:
        await _revoke(row, parts, caller, once)
    return Json(encoded(_row(row, parts)))


async def _revoke(row: Key, parts: Parts, caller: Caller, once: str | None) -> None:
    request = request_id(HOME, caller, once, parts, ("revoke", row.id))
    wish = KeyRevoked(key=row.id, request=request, by=caller.spoken)
    recorded = await append(await parts.keyring.home(), wish, store_key(HOME, caller, once), STREAM)
    await parts.keyring.reach(recorded.position, SEEN)


def _row(row: Key, parts: Parts) -> dict[str, object]:
    return {
        "key": row.id,
        "name": row.name,
        "scopes": sorted(row.scopes),
        "state": row.state(parts.clock()),
        "created": row.at,
        "expires": row.expires,
        "used": row.used,
        "revoked": row.revoked,
        "by": row.by,
    }


ENDPOINTS = (
    Endpoint("POST", "/api/v1/keys", Permission.OWN, create, 201),
    Endpoint("GET", "/api/v1/keys", Permission.OWN, keys),
    Endpoint("DELETE", "/api/v1/keys/{name}", Permission.OWN, revoke),
)
