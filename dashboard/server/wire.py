"""PURE: what leaves this server: rows of events, and structs as JSON."""

from __future__ import annotations

import json

import msgspec
from starlette.responses import Response

from dashboard.server.errors import Refused
from ledger.codec import as_json
from ledger.events.recorded import Recorded

_encoder = msgspec.json.Encoder()


def encoded(value: object) -> bytes:
    """Return any struct, mapping or sequence as JSON."""
    return _encoder.encode(value)


def written_json(value: object) -> bytes:
    """Return what a caller sent as JSON; raise Refused for what is none: NaN, half a character."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise Refused(422, "not_json", f"this is no JSON value that can be kept ({error}): send another") from error


def require_one_meaning(body: bytes) -> None:
    """Raise Refused for JSON in which a name stands twice: who checks it and who obeys it might read different ones."""
    try:
        json.loads(body, object_pairs_hook=_once, parse_constant=_none)
    except (ValueError, RecursionError):
        return  # no JSON at all: the route says so in its own words


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Refused(422, "ambiguous", "a name stands twice in the body: say each thing once")
    return found


def _none(_name: str) -> None:
    """NaN and its like say nothing here."""


def row(recorded: Recorded) -> bytes:
    """Return an event as the flat JSON object the outside sees."""
    return _encoder.encode(as_json(recorded))


def joined(rows: list[bytes]) -> bytes:
    """Return encoded values as one JSON array without encoding them again."""
    return b"[" + b",".join(rows) + b"]"


class Json(Response):
    """A response whose body is JSON already."""

    media_type = "application/json"
