"""Start tokens, sessions and tickets: what a caller proves itself with, and for how long."""

from __future__ import annotations

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

Clock = Callable[[], float]
TokenSource = Callable[[], str]

TICKET_SECONDS = 30.0
SESSION_SECONDS = 7 * 24 * 3600.0
FAILURE_SECONDS = 60.0
MOST_FAILURES = 20
MOST_START_TOKENS = 64
MOST_TICKETS = 1024
MOST_OF_ONE = 32
"""Tickets of one caller that are open at once: who asks for more makes its own oldest worthless, and nobody else's."""


def same(one: str, other: str) -> bool:
    """Compare in constant time; neither the place of a difference nor odd characters show."""
    return hmac.compare_digest(_digest(one), _digest(other))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


class StartTokens:
    """One-time tokens of the address `kaizen open` prints; each is valid until it is used or this server ends."""

    def __init__(self, source: TokenSource) -> None:
        self._source = source
        self._open: OrderedDict[bytes, None] = OrderedDict()

    def mint(self) -> str:
        """Return a fresh token; the oldest unused one is dropped beyond a bound."""
        token = self._source()
        self._open[_digest(token)] = None
        if len(self._open) > MOST_START_TOKENS:
            self._open.popitem(last=False)
        return token

    def spend(self, token: str) -> bool:
        """Return whether the token was good; it never is again. Looked up by digest, so time tells nothing of it."""
        return self._open.pop(_digest(token), self) is None


class Session(NamedTuple):
    """What a page is given: the cookie, and the proof that it is the page the cookie was given to."""

    cookie: str
    proof: str


class Sessions:
    """Signed cookies `id.expiry.signature`: nothing is kept here, and they outlive a restart with the same key.

    A browser shows a cookie to every port of a host, so whoever serves another one sees it. The proof is kept by the
    page, where no other port reads it; a cookie without it is worth nothing.
    """

    def __init__(self, key: str, source: TokenSource, clock: Clock) -> None:
        self._key = key.encode("utf-8", "surrogatepass")
        self._source, self._clock = source, clock

    def begin(self) -> Session:
        """Begin a session."""
        name = _digest(self._source()).hex()[:24]
        body = f"{name}.{int(self._clock() + SESSION_SECONDS)}"
        return Session(f"{body}.{self._sign(body)}", self._proof(name))

    def proves(self, name: str, proof: str) -> bool:
        """Return whether a proof is the one that was given with the cookie of this id."""
        return same(proof, self._proof(name))

    def read(self, cookie: str) -> tuple[str, float] | None:
        """Return id and expiry of a genuine cookie that is still valid."""
        body, _, signature = cookie.rpartition(".")
        if not same(signature, self._sign(body)):
            return None
        name, _, expiry = body.partition(".")
        return (name, float(expiry)) if float(expiry) > self._clock() else None

    def _proof(self, name: str) -> str:
        return self._sign(f"page of {name}")

    def _sign(self, body: str) -> str:
        return hmac.new(self._key, body.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class _Ticket:
    caller: str
    origin: str
    expires: float


class Tickets:
    """Single-use tickets of 30 seconds that open one stream for the caller and page they were made for."""

    def __init__(self, source: TokenSource, clock: Clock) -> None:
        self._source, self._clock = source, clock
        self._open: OrderedDict[bytes, _Ticket] = OrderedDict()

    def issue(self, caller: str, origin: str) -> str:
        """Return a fresh ticket; expired ones are forgotten, and the oldest beyond a bound."""
        now = self._clock()
        while self._open and (len(self._open) >= MOST_TICKETS or next(iter(self._open.values())).expires <= now):
            self._open.popitem(last=False)
        mine = [name for name, each in self._open.items() if each.caller == caller]
        for name in mine[: max(0, len(mine) + 1 - MOST_OF_ONE)]:
            del self._open[name]
        ticket = self._source()
        self._open[_digest(ticket)] = _Ticket(caller, origin, now + TICKET_SECONDS)
        return ticket

    def spend(self, ticket: str, caller: str, origin: str) -> bool:
        """Return whether the ticket is good for this caller and page; it never is again."""
        found = self._open.pop(_digest(ticket), None)
        return (
            found is not None
            and found.expires > self._clock()
            and same(found.caller, caller)
            and same(found.origin, origin)
        )


class Failures:
    """Counts wrong tokens; more than a few within a minute close the exchange until the minute is over."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since, self._count = 0.0, 0

    def add(self) -> None:
        """Count one."""
        now = self._clock()
        if now - self._since >= FAILURE_SECONDS:
            self._since, self._count = now, 0
        self._count += 1

    def wait(self) -> float:
        """Return how many seconds nobody may try, 0 when they may."""
        left = self._since + FAILURE_SECONDS - self._clock()
        return left if self._count >= MOST_FAILURES and left > 0 else 0.0
