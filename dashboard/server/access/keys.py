"""PURE: API keys: what one looks like, and which are valid. Only the hash of a secret is ever kept."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import zlib
from dataclasses import dataclass
from typing import NamedTuple

from dashboard.server.access.permissions import Permission
from ledger.events import KeyCreated, KeyRevoked, KeyUsed
from ledger.events.recorded import Recorded

STREAM = "keys"
"""Of the home's ledger."""
SCOPES = (Permission.READ, Permission.ASK, Permission.APPROVE, Permission.OWN)
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_KEY = re.compile(r"kz_([a-z]{1,10})_([0-9A-Za-z]{8})_([0-9A-Za-z_-]{43})([0-9A-Za-z]{6})")
_NOBODY = hashlib.sha256(b"no key has this secret").hexdigest()


class Parsed(NamedTuple):
    """A key, taken apart."""

    id: str
    secret: str


def make(environment: str, identity: str, chance: str) -> str:
    """Return a new key `kz_<env>_<id>_<secret><crc>`; `chance` is at least 256 bits nobody can guess."""
    secret = base64.urlsafe_b64encode(hashlib.sha256(chance.encode()).digest()).decode().rstrip("=")
    body = f"kz_{environment}_{identity}_{secret}"
    return body + _checksum(body)


def identity(chance: str) -> str:
    """Return the public id of a key, eight letters and digits."""
    return _base62(int.from_bytes(hashlib.sha256(chance.encode()).digest()), 8)


def parse(text: str) -> Parsed | None:
    """Return id and secret of a well-formed key; a wrong checksum is a typing error, found without any look-up."""
    found = _KEY.fullmatch(text)
    if found is None or _checksum(text[:-6]) != text[-6:]:
        return None
    return Parsed(found[2], found[3])


def holds_key(text: str) -> bool:
    """Return whether a key stands anywhere in a text."""
    return _KEY.search(text) is not None


def hashed(secret: str) -> str:
    """Return what is kept of a secret; it was drawn by chance, so a fast hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(slots=True)
class Key:
    """One key, as far as anybody may see it."""

    id: str
    name: str
    hash: str
    scopes: frozenset[Permission]
    at: float
    expires: float | None
    by: str
    position: int
    used: float | None = None
    revoked: float | None = None

    def state(self, now: float) -> str:
        """Return how it stands: valid, expired or revoked."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and now >= self.expires else "valid"


class Keys:
    """A fold of the home's stream of keys."""

    def __init__(self) -> None:
        self.rows: dict[str, Key] = {}
        self.changes: dict[str, int] = {}
        """Positions of what made or revoked a key, by request."""

    def evolve(self, recorded: Recorded) -> None:
        """Take in one more event."""
        match recorded.event:
            case KeyCreated() as event:
                scopes = frozenset(Permission(scope) for scope in event.scopes if scope in SCOPES)
                self.rows[event.key] = Key(
                    event.key, event.name, event.hash, scopes, recorded.at, event.expires, event.by, recorded.position
                )
                self.changes[event.request] = recorded.position
            case KeyUsed() as event if event.key in self.rows:
                self.rows[event.key].used = event.at
            case KeyRevoked() as event if event.key in self.rows:
                self.rows[event.key].revoked = recorded.at
                self.changes[event.request] = recorded.position
            case _:
                return

    def find(self, text: str, now: float) -> Key | None:
        """Return the valid key a text is; takes the same time for an unknown id as for a wrong secret."""
        parsed = parse(text)
        if parsed is None:
            return None
        key = self.rows.get(parsed.id)
        fits = hmac.compare_digest(key.hash if key is not None else _NOBODY, hashed(parsed.secret))
        return key if key is not None and fits and key.state(now) == "valid" else None


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), 6)


def _base62(number: int, length: int) -> str:
    letters = []
    for _ in range(length):
        number, digit = divmod(number, 62)
        letters.append(_LETTERS[digit])
    return "".join(reversed(letters))
