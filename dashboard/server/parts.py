"""What every route can reach: one frozen bundle, found through the application's state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from dashboard.server.access.door import Door
from dashboard.server.access.keyring import KeyRing
from dashboard.server.access.permissions import Caller
from dashboard.server.access.rates import Rates
from dashboard.server.feed import Feed
from dashboard.server.feeds import Feeds
from dashboard.server.health import Health
from dashboard.server.home import HomeRequests
from dashboard.server.ledgers import Ledgers
from dashboard.server.metrics import Metrics
from dashboard.server.patience import Patience
from dashboard.server.settings import ServerSettings
from dashboard.server.stream.hall import Hall


@dataclass(frozen=True, slots=True)
class Parts:
    """The rooms of one application."""

    settings: ServerSettings
    ledgers: Ledgers
    door: Door
    feeds: Feeds
    hall: Hall
    metrics: Metrics
    health: Health
    clock: Callable[[], float]
    token_source: Callable[[], str]
    started: float
    patience: Patience
    keyring: KeyRing
    rates: Rates
    home: HomeRequests


def parts_of(connection: HTTPConnection) -> Parts:
    """Return the parts of the application a request came to."""
    return cast(Parts, connection.app.state.parts)


def caller_of(connection: HTTPConnection) -> Caller:
    """Return who asks, as the wall around the route found."""
    return cast(Caller, connection.state.caller)


async def feed_of(project: str, connection: HTTPConnection) -> Feed:
    """Return the feed of the project in the path, once it is folded."""
    return await parts_of(connection).feeds.ready(project)


async def feed_meant(connection: HTTPConnection) -> Feed:
    """Return the feed of the project in the path or of `?project=`; where there is one alone it may be left out."""
    feeds = parts_of(connection).feeds
    named = connection.path_params.get("project", connection.query_params.get("project"))
    return await feeds.ready(str(named) if named is not None else await feeds.only())


TheParts = Annotated[Parts, Depends(parts_of)]
TheCaller = Annotated[Caller, Depends(caller_of)]
TheFeed = Annotated[Feed, Depends(feed_of)]
TheProject = Annotated[Feed, Depends(feed_meant)]
