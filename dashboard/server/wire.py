"""PURE: what leaves this server: rows of events, and structs as JSON."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from ledger.codec import as_json
from ledger.events.recorded import Recorded

_encoder = msgspec.json.Encoder()


def encoded(value: object) -> bytes:
    """Return any struct, mapping or sequence as JSON."""
    return _encoder.encode(value)


def row(recorded: Recorded) -> bytes:
    """Return an event as the flat JSON object the outside sees."""
    return _encoder.encode(as_json(recorded))


def joined(rows: list[bytes]) -> bytes:
    """Return encoded values as one JSON array without encoding them again."""
    return b"[" + b",".join(rows) + b"]"


class Json(Response):
    """A response whose body is JSON already."""

    media_type = "application/json"
