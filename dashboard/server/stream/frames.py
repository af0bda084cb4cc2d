"""PURE: the frames of `kaizen.v1`: what a client may say, and what it is told. `docs/stream.md` explains them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import msgspec

SUBPROTOCOL = "kaizen.v1"
MOST_MESSAGE = 64 * 1024
"""Bytes of one message of a client."""
MOST_SUBSCRIPTIONS = 64

_Position = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
_Name = Annotated[str, msgspec.Meta(max_length=200)]


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """One project, and how far the client has read it."""

    project: _Name
    start: _Position | None = msgspec.field(default=None, name="from")
    """Last position the client has; None: only what comes from now on."""
    lineage: _Name = ""
    """Lineage that position belongs to; empty: the client does not know."""


class Sub(msgspec.Struct, frozen=True, kw_only=True, tag_field="t", tag="sub"):
    """Opens the stream (with the ticket), or adds projects later (without)."""

    subs: Annotated[tuple[Subscription, ...], msgspec.Meta(max_length=MOST_SUBSCRIPTIONS)]
    ticket: _Name = ""


class Unsub(msgspec.Struct, frozen=True, kw_only=True, tag_field="t", tag="unsub"):
    """Ends the frames of some projects."""

    projects: Annotated[tuple[_Name, ...], msgspec.Meta(max_length=MOST_SUBSCRIPTIONS)]


class Ack(msgspec.Struct, frozen=True, kw_only=True, tag_field="t", tag="ack"):
    """The client has taken in everything up to a position."""

    project: _Name
    position: _Position


Said = Sub | Unsub | Ack
_said: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said)
_encoder = msgspec.json.Encoder()

ByeCode = Literal["auth", "restart", "slow", "protocol", "busy"]
CLOSE: Mapping[ByeCode, int] = {"auth": 4401, "restart": 1012, "slow": 4408, "protocol": 4400, "busy": 4429}
"""The close code that follows each bye."""


def parse(text: str) -> Said:
    """Return what a client said; raise msgspec.MsgspecError for what is no frame of ours."""
    return _said.decode(text)


def hello(project: str, *, lineage: str, head: int, start: int, resumed: bool, role: str) -> str:
    """Answer a subscription: frames follow for positions above `from`."""
    return _text(
        {
            "t": "hello",
            "project": project,
            "lineage": lineage,
            "head": head,
            "from": start,
            "resumed": resumed,
            "role": role,
        }
    )


def gap(project: str, first: int, last: int, head: int) -> str:
    """Say which positions will not be sent; they can be read by REST."""
    return _text({"t": "gap", "project": project, "from": first, "to": last, "head": head})


def heartbeat(heads: Mapping[str, int]) -> str:
    """Say that the server lives, and where each project stands."""
    return _text({"t": "hb", "heads": heads})


def signals(project: str, sent: Sequence[Mapping[str, object]]) -> str:
    """Pass on what is no fact: progress; may be lost."""
    return _text({"t": "signal", "project": project, "signals": sent})


def refused(project: str, why: str) -> str:
    """Answer a subscription that cannot be served; the others go on."""
    return _text({"t": "refused", "project": project, "why": why})


def bye(code: ByeCode, why: str, retry_ms: int) -> str:
    """The last frame: why the server ends the stream, and when to come back."""
    return _text({"t": "bye", "code": code, "why": why, "retry_ms": retry_ms})


def _text(frame: Mapping[str, object]) -> str:
    return _encoder.encode(frame).decode()
