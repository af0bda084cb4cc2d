"""PURE: what a caller may do, and the table in which every route says what it asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

Method = Literal["GET", "POST", "DELETE", "WEBSOCKET"]


class Permission(StrEnum):
    """What a route asks of its caller; a route without one does not exist."""

    OPEN = "open"
    """Nobody is asked who they are: the page itself, health, metrics, the exchange of a start token."""
    READ = "read"
    """See projects, events, patches."""
    ASK = "ask"
    """Append a wish: stop, pause, roll back, run; ask an agent or a tool; keep a value."""
    APPROVE = "approve"
    """Answer a call that waits for a person."""
    OWN = "own"
    """What only the owner of the data home may do: make start tokens and API keys."""


SESSION = frozenset({Permission.OPEN, Permission.READ, Permission.ASK, Permission.APPROVE})
OWNER = frozenset(Permission)
NOBODY = frozenset({Permission.OPEN})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as far as it was proven."""

    name: str
    """`session:<id>`, `bearer`, `key:<id>` or `nobody`."""
    permissions: frozenset[Permission]
    expires: float | None = None
    """Seconds since the epoch; None: never."""
    key: str = ""
    """Id of the API key it came with, empty for a person."""

    @property
    def spoken(self) -> str:
        """Who it is in the words people read in the ledger."""
        if self.key:
            return self.name
        return "command" if self.name == "bearer" else "page"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route and the permission it asks for."""

    method: Method
    path: str
    permission: Permission
    function: Callable[..., Any]
    status: int = 200
    project: Literal["", "path", "query"] = ""
    """Where a route of `in_project` says which project; in the query it may be left out where there is one alone."""


def in_project(method: Method, path: str, permission: Permission, function: Callable[..., Any]) -> tuple[Endpoint, ...]:
    """Return a route at its three addresses: the project in the path, as `?project=`, and that without a version."""
    in_path = Endpoint(method, f"/api/v1/projects/{{project}}{path}", permission, function, project="path")
    others = (Endpoint(method, place, permission, function, project="query") for place in (f"/api/v1{path}", path))
    return (in_path, *others)
