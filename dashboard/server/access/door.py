"""The door: who a request comes from, and how a caller gets a session, a ticket, a fresh start token."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from dashboard.server.access.addresses import Addresses
from dashboard.server.access.permissions import NOBODY, OWNER, SESSION, Caller, Permission
from dashboard.server.access.tokens import Clock, Failures, Sessions, StartTokens, Tickets, TokenSource, same
from dashboard.server.errors import Refused
from dashboard.server.settings import ServerSettings


class Door:
    """Everything a caller can prove itself with."""

    def __init__(self, settings: ServerSettings, *, clock: Clock, token_source: TokenSource) -> None:
        self.addresses = Addresses.local(settings.port, settings.names)
        self.cookie = f"kaizen_session_{settings.port}"
        """Browsers share cookies between ports, so the port is part of the name."""
        self._token = settings.token
        self._clock = clock
        self._start_tokens = StartTokens(token_source)
        self._sessions = Sessions(settings.session_key or token_source(), token_source, clock)
        self._tickets = Tickets(token_source, clock)
        self._failures = Failures(clock)

    def caller(self, connection: HTTPConnection) -> Caller:
        """Return who asks: the bearer of the token, a session, or nobody."""
        if self.bears_token(connection.headers.get("authorization", "")):
            return Caller("bearer", OWNER)
        session = self._sessions.read(connection.cookies.get(self.cookie, ""))
        if session is not None:
            return Caller(f"session:{session[0]}", SESSION, session[1])
        return Caller("nobody", NOBODY)

    def bears_token(self, authorization: str) -> bool:
        """Return whether an Authorization header carries the token of this server."""
        scheme, _, token = authorization.partition(" ")
        return bool(self._token) and scheme.lower() == "bearer" and same(token.strip(), self._token)

    def admit(self, connection: HTTPConnection, permission: Permission) -> Caller:
        """Return the caller; raise Refused when it may not do what the route asks for."""
        caller = self.caller(connection)
        if permission in caller.permissions:
            return caller
        if caller.permissions == NOBODY:
            raise Refused(401, "unauthenticated", "who are you? Open the page with `kaizen open`")
        raise Refused(403, "forbidden", f"this needs the permission `{permission}`: use the kaizen command")

    def still_valid(self, caller: Caller) -> bool:
        """Return whether the caller's proof has not expired since."""
        return caller.expires is None or caller.expires > self._clock()

    def mint_start_token(self) -> str:
        """Return a fresh one-time token for the address of the page."""
        return self._start_tokens.mint()

    def begin_session(self, start_token: str) -> str:
        """Exchange a start token for a session's cookie; raise Refused when it is not one or was used."""
        wait = self._failures.wait()
        if wait:
            raise Refused(429, "slow_down", f"too many wrong tokens: wait {wait:.0f} s", retry=int(wait) + 1)
        if not self._start_tokens.spend(start_token):
            self._failures.add()
            raise Refused(401, "bad_token", "this start token was used or is unknown: get a new one with `kaizen open`")
        return self._sessions.begin()

    def issue_ticket(self, connection: HTTPConnection, caller: Caller) -> str:
        """Return a ticket for one stream, bound to the caller and the page it asks from."""
        return self._tickets.issue(caller.name, connection.headers.get("origin", ""))

    def spend_ticket(self, connection: HTTPConnection, caller: Caller, ticket: str) -> bool:
        """Return whether the ticket opens a stream for this caller and page."""
        return self._tickets.spend(ticket, caller.name, connection.headers.get("origin", ""))
