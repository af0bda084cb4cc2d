"""PURE: events to JSON and back, older shapes brought up on the way, and the flat object the outside sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, cast, get_args

import msgspec

from ledger.errors import LedgerError
from ledger.events import AnyEvent
from ledger.events.recorded import Recorded

Fields = dict[str, object]
Upcasters = Mapping[tuple[str, int], Callable[[Fields], Fields]]

UPCASTERS: Upcasters = {}
"""By kind and revision: the fields of that revision to those of the next. Applied on read only, one after the other."""

KINDS = frozenset(kind.__name__ for kind in get_args(AnyEvent))
"""The class names of all events."""

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


class Unreadable(LedgerError):
    """An event is of a kind or a shape this version does not know."""

    def __init__(self, kind: str, revision: int, why: str) -> None:
        super().__init__(f"cannot read event {kind!r}, revision {revision}: {why}")
        self.kind, self.revision, self.why = kind, revision, why


class Encoded(NamedTuple):
    """An event ready to be stored."""

    event: AnyEvent
    """As a reader will see it."""
    kind: str
    revision: int
    body: bytes


def encode(event: AnyEvent, upcasters: Upcasters = UPCASTERS) -> Encoded:
    """Return the event as JSON; raise Unreadable for one that could not be read again, before it is stored for ever.

    Text that is not valid Unicode (a file name in another encoding) is kept with backslash escapes.
    """
    kind = type(event).__name__
    revision = revision_of(kind, upcasters)
    try:
        body = _encoder.encode(event)
    except UnicodeEncodeError:
        body = _encoder.encode(_escaped(msgspec.to_builtins(event)))
    return Encoded(decode(kind, revision, body, upcasters), kind, revision, body)


def decode(kind: str, revision: int, body: bytes, upcasters: Upcasters = UPCASTERS) -> AnyEvent:
    """Return the event, its fields brought up to the present revision of its kind; raise Unreadable."""
    if kind not in KINDS:
        raise Unreadable(kind, revision, "this version does not know the kind; upgrade Kaizen")
    present = revision_of(kind, upcasters)
    if not 1 <= revision <= present:
        raise Unreadable(kind, revision, f"this version knows revisions 1 to {present}; upgrade Kaizen")
    try:
        event = _decoder.decode(body) if revision == present else _brought_up(kind, revision, body, upcasters)
    except msgspec.MsgspecError as error:
        raise Unreadable(kind, revision, str(error)) from error
    if type(event).__name__ != kind:
        raise Unreadable(kind, revision, f"its body is of kind {type(event).__name__}")
    return event


def require_storable(stream: str, actor: str, key: str | None, numbers: tuple[int, ...]) -> None:
    """Raise ValueError for what no store could keep: text outside Unicode, numbers below zero or beyond 63 bits."""
    for text in (stream, actor, key or ""):
        text.encode()
    for number in numbers:
        if not 0 <= number < 1 << 63:
            raise ValueError(f"{number} is no position and no token")


def revision_of(kind: str, upcasters: Upcasters = UPCASTERS) -> int:
    """Return the revision events of this kind are written in: one more than it has upcasters."""
    return 1 + sum(1 for known, _ in upcasters if known == kind) if upcasters else 1


def as_json(recorded: Recorded) -> Fields:
    """Return `{position, at, kind, run, stream, actor, ...fields}`; fields at their default are left out.

    Where an event has a time of its own (`RunStarted.at`), that one is shown.
    """
    fields = cast(Fields, msgspec.to_builtins(recorded.event))
    envelope: Fields = {
        "position": recorded.position,
        "at": recorded.at,
        "kind": fields["kind"],
        "run": run_of(recorded.event),
        "stream": recorded.stream,
        "actor": recorded.actor,
    }
    return envelope | fields


def run_of(event: AnyEvent) -> str:
    """Return the run an event belongs to: its own field, else its attempt's, else nothing."""
    run = getattr(event, "run", "")
    if isinstance(run, str) and run:
        return run
    attempt = getattr(event, "attempt", "")
    return attempt.split(".", 1)[0] if isinstance(attempt, str) else ""


def _brought_up(kind: str, revision: int, body: bytes, upcasters: Upcasters) -> AnyEvent:
    fields = msgspec.json.decode(body, type=dict[str, object])
    for older in range(revision, revision_of(kind, upcasters)):
        fields = upcasters[kind, older](fields)
    return msgspec.convert(fields, cast("type[AnyEvent]", AnyEvent))


def _escaped(value: object) -> object:
    match value:
        case str():
            return value.encode("utf-8", "backslashreplace").decode()
        case dict():
            return {_escaped(key): _escaped(part) for key, part in value.items()}
        case list() | tuple():
            return [_escaped(part) for part in value]
        case _:
            return value
