"""Builds the application: every route with its permission, the walls around them, the feeds behind them."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, cast

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from dashboard.server import errors
from dashboard.server.access.addresses import SAFE
from dashboard.server.access.door import Door
from dashboard.server.access.guard import Guard, security_headers
from dashboard.server.access.keyring import KeyRing
from dashboard.server.access.permissions import OWNER, Endpoint, Permission
from dashboard.server.access.rates import Rates
from dashboard.server.feeds import Feeds
from dashboard.server.health import Health
from dashboard.server.home import HomeRequests
from dashboard.server.ledgers import Ledgers
from dashboard.server.metrics import Metrics
from dashboard.server.observe import Observe
from dashboard.server.parts import Parts, parts_of
from dashboard.server.patience import Patience
from dashboard.server.routes import (
    agents,
    approvals,
    checkpoints,
    context,
    conversation,
    conversations,
    events,
    keys,
    live,
    page,
    patches,
    projects,
    requests,
    runs,
    session,
    system,
    tasks,
    tools,
)
from dashboard.server.routes import errors as error_graph
from dashboard.server.settings import ServerSettings
from dashboard.server.stream.hall import Hall
from dashboard.server.wire import require_one_meaning

ENDPOINTS: tuple[Endpoint, ...] = (
    *system.ENDPOINTS,
    *session.ENDPOINTS,
    *keys.ENDPOINTS,
    *projects.ENDPOINTS,
    *events.ENDPOINTS,
    *patches.ENDPOINTS,
    *conversation.ENDPOINTS,
    *approvals.ENDPOINTS,
    *tasks.ENDPOINTS,
    *agents.ENDPOINTS,
    *tools.ENDPOINTS,
    *context.ENDPOINTS,
    *conversations.ENDPOINTS,
    *checkpoints.ENDPOINTS,
    *error_graph.ENDPOINTS,
    *requests.ENDPOINTS,
    *runs.ENDPOINTS,
    *live.ENDPOINTS,
    *page.ENDPOINTS,
)
"""Every route there is, each with what it asks of its caller."""


MOST_WAITING = 128
"""Requests that wait for an agent or a tool at once; each costs a connection and nothing else."""


def new_token() -> str:
    """Return 256 bits nobody can guess; the token source outside tests."""
    return secrets.token_urlsafe(32)


def create_app(
    ledgers: Ledgers,
    settings: ServerSettings,
    *,
    clock: Callable[[], float] = time.time,
    token_source: Callable[[], str] = new_token,
) -> FastAPI:
    """Return the page's application over ledgers that somebody else opened and closes.

    `settings.port` must be the port browsers use. Serve it with `runner.serve`, which says goodbye to the streams.
    """
    metrics = Metrics()
    keyring = KeyRing(ledgers, clock)
    door = Door(settings, keyring, clock=clock, token_source=token_source)
    feeds = Feeds(ledgers, pace=settings.pace)
    hall = Hall(door, feeds, metrics, settings)
    metrics.watch(feeds.opened)
    app = FastAPI(
        title="Kaizen",
        version=settings.version or "0",
        openapi_url="/openapi.json" if settings.docs else None,
        docs_url="/docs" if settings.docs else None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.parts = Parts(
        settings=settings,
        ledgers=ledgers,
        door=door,
        feeds=feeds,
        hall=hall,
        metrics=metrics,
        health=Health(feeds, time.monotonic),
        clock=clock,
        token_source=token_source,
        started=clock(),
        patience=Patience(MOST_WAITING),
        keyring=keyring,
        rates=Rates(settings.per_caller, settings.per_address, clock),
        home=HomeRequests(ledgers),
    )
    headers = security_headers(settings.port)
    errors.install(app, headers)
    app.add_middleware(Guard, door=door, headers=headers)
    app.add_middleware(Observe, metrics=metrics, new_id=lambda: _short(token_source()))
    app.router.routes += _routes()
    return app


def mint_start_token(app: FastAPI) -> str:
    """Return a fresh one-time token; the page's address is `http://127.0.0.1:<port>/#t=<token>`."""
    return cast(Parts, app.state.parts).door.mint_start_token()


def _short(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:16]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    parts: Parts = app.state.parts
    async with parts.feeds.running():
        tasks = [asyncio.create_task(parts.hall.keep_time()), asyncio.create_task(parts.keyring.run())]
        await parts.keyring.looked.wait()
        try:
            yield
        finally:
            await parts.hall.close()
            for task in tasks:
                task.cancel()


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Return every route; what they work on comes with each request, so one set of them serves every application."""
    router = APIRouter()
    for endpoint in ENDPOINTS:
        if endpoint.method == "WEBSOCKET":
            router.add_api_websocket_route(endpoint.path, endpoint.function)
            continue
        methods = ["GET", "HEAD"] if endpoint.function is page.page else [str(endpoint.method)]
        router.add_api_route(
            endpoint.path,
            endpoint.function,
            methods=methods,
            status_code=endpoint.status,
            response_model=None,
            include_in_schema=endpoint.path.startswith("/api/"),
            openapi_extra={"parameters": [_project(endpoint.project)]} if endpoint.project else None,
            route_class_override=_guarded(endpoint.permission),
        )
    return tuple(router.routes)


def _project(place: str) -> dict[str, object]:
    """Return the parameter that says which project, for the description of the API."""
    told = "Which project; may be left out while there is one."
    return {
        "name": "project",
        "in": place,
        "required": place == "path",
        "schema": {"type": "string"},
        "description": told,
    }


def _admit(request: Request, permission: Permission) -> None:
    """Who, then how often, then whether: a refused caller is counted like any other. Raise Refused.

    What is open and changes nothing (page, health, metrics) is not limited: whoever looks after the server needs it.
    """
    parts = parts_of(request)
    caller = parts.door.caller(request)
    probe = permission is Permission.OPEN and request.method in SAFE
    if caller.permissions != OWNER and not probe:
        address = request.client.host if request.client is not None else ""
        parts.rates.require("" if caller.name == "nobody" else caller.name, address)
    parts.door.require(caller, permission, request)
    request.state.caller = caller


def _guarded(permission: Permission) -> type[APIRoute]:
    """Return a route that asks who is there and how often before it reads a body or a parameter."""

    class Guarded(APIRoute):
        asks = permission

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            inner = super().get_route_handler()

            async def handler(request: Request) -> Response:
                _admit(request, permission)
                if request.method == "POST":
                    require_one_meaning(await request.body())
                return await inner(request)

            return handler

    return Guarded
