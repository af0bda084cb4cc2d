"""PURE: what a caller may do, and the table in which every route says what it asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

Method = Literal["GET", "POST", "WEBSOCKET"]


class Permission(StrEnum):
    """What a route asks of its caller; a route without one does not exist."""

    OPEN = "open"
    """Nobody is asked who they are: the page itself, health, metrics, the exchange of a start token."""
    READ = "read"
    """See projects, events, patches."""
    ASK = "ask"
    """Append a wish: stop, pause, roll back, run."""
    OWN = "own"
    """What only the owner of the data home may do: make start tokens."""


SESSION = frozenset({Permission.OPEN, Permission.READ, Permission.ASK})
OWNER = frozenset(Permission)
NOBODY = frozenset({Permission.OPEN})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as far as it was proven."""

    name: str
    """`session:<id>`, `bearer` or `nobody`; goes into the ledger as `by`."""
    permissions: frozenset[Permission]
    expires: float | None = None
    """Seconds since the epoch; None: never."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route and the permission it asks for."""

    method: Method
    path: str
    permission: Permission
    function: Callable[..., Any]
    status: int = 200
