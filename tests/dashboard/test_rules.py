"""The rules of the wall, without a connection: permissions, addresses, tokens."""

from __future__ import annotations

import re

from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.routing import BaseRoute

from dashboard.server.access.addresses import Addresses
from dashboard.server.access.permissions import OWNER, SESSION, Permission
from dashboard.server.access.tokens import MOST_OF_ONE, MOST_TICKETS, Sessions, StartTokens, Tickets
from dashboard.server.app import ENDPOINTS, create_app
from dashboard.server.settings import ServerSettings
from tests.dashboard.serving import TOKEN, Clock, MemoryLedgers


def routes_of(routes: list[BaseRoute]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for route in routes:
        assert isinstance(route, APIRoute | APIWebSocketRoute), f"{route} is no declared route"
        methods = route.methods if isinstance(route, APIRoute) else {"WEBSOCKET"}
        found |= {(method, route.path) for method in methods if method != "HEAD"}
    return found


def test_every_route_that_exists_declares_its_permission() -> None:
    """A route added past the table of endpoints, or one without a guard, fails here."""
    app = create_app(MemoryLedgers(clock=Clock()), ServerSettings(port=8000, token=TOKEN))

    declared = {(endpoint.method, endpoint.path): endpoint.permission for endpoint in ENDPOINTS}

    assert routes_of(app.routes) == set(declared)
    for route in app.routes:
        if isinstance(route, APIRoute):
            method = next(iter(route.methods - {"HEAD"}))
            assert getattr(route, "asks", None) is declared[method, route.path], route.path
    assert {path for (_, path), asked in declared.items() if asked is Permission.OPEN} == {
        "/", "/{path:path}", "/health", "/info", "/metrics", "/api/v1/health", "/api/v1/info", "/api/v1/session",
    }  # fmt: skip
    assert Permission.OWN not in SESSION and Permission.OWN in OWNER


def test_addresses_are_exact() -> None:
    addresses = Addresses.local(8000, ("kaizen.test", "https://far.test"))

    def refused(host: str, origin: str | None, method: str = "POST", *, bearer: bool = False) -> bool:
        headers = {"host": [host]} | ({"origin": [origin]} if origin is not None else {})
        return addresses.refusal(method=method, socket=False, bearer=bearer, headers=headers) is not None

    assert not refused("127.0.0.1:8000", "http://127.0.0.1:8000")
    assert not refused("kaizen.test:8000", "http://kaizen.test:8000")
    assert not refused("far.test", "https://far.test")
    assert not refused("127.0.0.1:8000", None, "GET")
    assert not refused("127.0.0.1:8000", None, bearer=True)
    assert refused("127.0.0.1:8000", None)
    assert refused("127.0.0.1:8000", "http://localhost:8000"), "another origin, though it is ours"
    assert refused("far.test", "http://far.test")
    assert refused("127.0.0.1:8001", "http://127.0.0.1:8001")
    assert refused("127.0.0.1:8000", "https://evil.example", bearer=True)


def test_a_header_that_comes_twice_is_refused() -> None:
    addresses = Addresses.local(8000)
    twice = {"host": ["127.0.0.1:8000", "evil.example"]}

    assert addresses.refusal(method="GET", socket=False, bearer=False, headers=twice)


def test_start_tokens_and_tickets_are_single_use_and_bounded() -> None:
    clock, made = Clock(), iter(range(10**6))
    starts = StartTokens(lambda: f"s{next(made)}")
    tickets = Tickets(lambda: f"t{next(made)}", clock)
    token, ticket = starts.mint(), tickets.issue("me", "here")

    assert [starts.spend(token), starts.spend(token), starts.spend("made up")] == [True, False, False]
    assert [tickets.spend(ticket, "me", "here"), tickets.spend(ticket, "me", "here")] == [True, False]
    mine, theirs = [tickets.issue("me", "here") for _ in range(MOST_OF_ONE + 1)], tickets.issue("you", "here")
    assert not tickets.spend(mine[0], "me", "here") and tickets.spend(mine[1], "me", "here")
    assert tickets.spend(theirs, "you", "here"), "what one asks for costs another nothing"
    oldest = tickets.issue("you", "here")
    for number in range(MOST_TICKETS):
        tickets.issue(f"key:{number}", "here")
    assert not tickets.spend(oldest, "you", "here")


def test_a_session_that_was_altered_is_none() -> None:
    clock = Clock()
    sessions = Sessions("key", lambda: "secret", clock)
    cookie, proof = sessions.begin()
    name, expiry, signature = cookie.split(".")

    assert sessions.read(cookie) is not None
    assert sessions.proves(name, proof) and not sessions.proves(name, signature) and not sessions.proves("x", proof)
    for forged in ("", "..", f"{name}.{int(expiry) + 1}.{signature}", f"x.{expiry}.{signature}", f"{name}.{expiry}."):
        assert sessions.read(forged) is None


def test_the_description_of_the_api_names_every_parameter_of_a_path() -> None:
    app = create_app(MemoryLedgers(clock=Clock()), ServerSettings(port=8000, token=TOKEN))

    undeclared = {
        path
        for path, methods in app.openapi()["paths"].items()
        for said in methods.values()
        if set(re.findall(r"{(\w+)}", path))
        - {each["name"] for each in said.get("parameters", ()) if each["in"] == "path"}
    }

    assert undeclared == set()
