"""PURE: the hash chain that makes a changed, missing or inserted row visible."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

GENESIS = bytes(32)
"""The link before the first row."""

_NUMBERS = struct.Struct(">QQQId")
_LENGTH = struct.Struct(">I")
_NO_KEY = 0xFFFFFFFF


class Row(NamedTuple):
    """One event as it is stored, in the order of the table's columns."""

    position: int
    stream: str
    version: int
    kind: str
    revision: int
    """Which shape of its kind the body has; upcasters bring older ones up."""
    at: float
    actor: str
    cause: int
    key: str | None
    """The append's idempotency key, on each of its rows."""
    body: bytes | None
    """JSON; may be absent one day, and the chain still holds, because only its digest is linked."""
    salt: bytes | None
    """Keeps a short body from being guessed from its digest."""
    digest: bytes
    link: bytes


_SHAPES = {(int, str, int, str, int, float, str, int, key, bytes, bytes, bytes, bytes) for key in (str, type(None))}
"""The types of a whole row; a file changed by hand may hold others."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the whole chain found."""

    intact: bool
    events: int
    """How many rows were found right, from the first."""
    link: str
    """Hex link of the last right row."""
    position: int = 0
    """Position of the first damage; 0 when intact, or when the damage lies in no row."""
    why: str = ""


def digest_of(salt: bytes, body: bytes) -> bytes:
    """Return the digest that stands for a body in the chain."""
    return hashlib.sha256(salt + body).digest()


def link_of(previous: bytes, row: Row) -> bytes:
    """Return the link of a row; numbers are big-endian, texts carry their length, so no two rows read alike."""
    texts = [text.encode() for text in (row.stream, row.kind, row.actor)]
    parts = [previous, _NUMBERS.pack(row.position, row.version, row.cause, row.revision, row.at), row.digest]
    for text in texts:
        parts += (_LENGTH.pack(len(text)), text)
    if row.key is None:
        parts.append(_LENGTH.pack(_NO_KEY))
    else:
        key = row.key.encode()
        parts += (_LENGTH.pack(len(key)), key)
    return hashlib.sha256(b"".join(parts)).digest()


def seal(previous: bytes, row: Row) -> Row:
    """Return the row with its digest and its link over the previous one."""
    digested = row._replace(digest=digest_of(row.salt or b"", row.body or b""))
    return digested._replace(link=link_of(previous, digested))


def fault_of(row: Row) -> str:
    """Return what is wrong with a row by itself, empty when nothing is."""
    if row.body is None or row.salt is None:
        return "its body is missing"
    if tuple(map(type, row)) not in _SHAPES:
        return "the row was altered"
    if digest_of(row.salt, row.body) != row.digest:
        return "its body was altered"
    return ""


def check(rows: Iterable[Row], head: tuple[int, bytes]) -> Verdict:
    """Recompute the chain from the first row and compare its end with the recorded head."""
    position, link = 0, GENESIS
    for row in rows:
        if row.position != position + 1:
            return Verdict(False, position, link.hex(), position + 1, "the row is missing")
        if why := fault_of(row) or _fault_of_link(link, row):
            return Verdict(False, position, link.hex(), row.position, why)
        position, link = row.position, row.link
    if (position, link) == head:
        return Verdict(True, position, link.hex())
    if position < head[0]:
        return Verdict(False, position, link.hex(), position + 1, f"the rows up to {head[0]} are missing")
    return Verdict(False, position, link.hex(), max(position, 1), "the recorded head does not belong to the last row")


def _fault_of_link(previous: bytes, row: Row) -> str:
    try:
        right = link_of(previous, row) == row.link
    except struct.error:  # a number below zero
        right = False
    return "" if right else "the row was altered"
