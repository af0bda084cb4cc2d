"""The door: who a request comes from, and how a caller gets a session, a ticket, a fresh start token."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from dashboard.server.access.addresses import Addresses
from dashboard.server.access.keyring import KeyRing
from dashboard.server.access.permissions import NOBODY, OWNER, SESSION, Caller, Permission
from dashboard.server.access.tokens import Clock, Failures, Session, Sessions, StartTokens, Tickets, TokenSource, same
from dashboard.server.errors import Refused
from dashboard.server.settings import ServerSettings

PAGE = "x-kaizen-page"
"""The header in which a page proves that a session's cookie was given to it."""


class Door:
    """Everything a caller can prove itself with."""

    def __init__(self, settings: ServerSettings, keys: KeyRing, *, clock: Clock, token_source: TokenSource) -> None:
        self.addresses = Addresses.local(settings.port, settings.names)
        self.cookie = f"kaizen_session_{settings.port}"
        """Browsers share cookies between ports, so the port is part of the name."""
        self._token = settings.token
        self._clock = clock
        self._keys = keys
        self._start_tokens = StartTokens(token_source)
        self._sessions = Sessions(settings.session_key or token_source(), token_source, clock)
        self._tickets = Tickets(token_source, clock)
        self._failures = Failures(clock)

    def caller(self, connection: HTTPConnection) -> Caller:
        """Return who asks: the bearer of the token or of a key, a session, or nobody.

        Who comes with a key that is not good is nobody, whatever cookies come with it.
        """
        authorization = connection.headers.get("authorization", "")
        if self.bears_token(authorization):
            return Caller("bearer", OWNER)
        if (text := _key_in(authorization)) is not None:
            key = self._keys.find(text)
            if key is None:
                return Caller("nobody", NOBODY)
            return Caller(f"key:{key.id}", key.scopes | NOBODY, key.expires, key.id)
        session = self._sessions.read(connection.cookies.get(self.cookie, ""))
        if session is not None and self._is_page(connection, session[0]):
            return Caller(f"session:{session[0]}", SESSION, session[1])
        return Caller("nobody", NOBODY)

    def _is_page(self, connection: HTTPConnection, session: str) -> bool:
        """Return whether the page itself asks; a stream, which takes no header of a page's, brings a ticket of its."""
        proof = connection.headers.get(PAGE, "")
        return connection.scope["type"] == "websocket" or self._sessions.proves(session, proof)

    def proves(self, authorization: str) -> bool:
        """Return whether an Authorization header proves who asks: the token of this server, or a good key."""
        text = _key_in(authorization)
        return self.bears_token(authorization) or (text is not None and self._keys.find(text) is not None)

    def bears_token(self, authorization: str) -> bool:
        """Return whether an Authorization header carries the token of this server."""
        scheme, _, token = authorization.partition(" ")
        return bool(self._token) and scheme.lower() == "bearer" and same(token.strip(), self._token)

    def admit(self, connection: HTTPConnection, permission: Permission) -> Caller:
        """Return the caller; raise Refused when it may not do what the route asks for."""
        caller = self.caller(connection)
        self.require(caller, permission, connection)
        return caller

    def require(self, caller: Caller, permission: Permission, connection: HTTPConnection) -> None:
        """Raise Refused when the caller may not do what the route asks for."""
        if permission in caller.permissions:
            return
        if caller.permissions == NOBODY and _key_in(connection.headers.get("authorization", "")) is not None:
            raise Refused(401, "bad_key", "this API key is unknown, expired or revoked: see `kaizen keys list`")
        if caller.permissions == NOBODY:
            told = "who are you? Open the page by the address that `kaizen open` prints, or send a key"
            raise Refused(401, "unauthenticated", told)
        raise Refused(
            403, "forbidden", f"this needs the permission `{permission}`: use the kaizen command or another key"
        )

    def still_valid(self, caller: Caller) -> bool:
        """Return whether the caller's proof has not expired since."""
        if caller.key and not self._keys.valid(caller.key):
            return False
        return caller.expires is None or caller.expires > self._clock()

    def mint_start_token(self) -> str:
        """Return a fresh one-time token for the address of the page."""
        return self._start_tokens.mint()

    def begin_session(self, start_token: str) -> Session:
        """Exchange a start token for a session; raise Refused when it is not one or was used."""
        if self._start_tokens.spend(start_token):
            return self._sessions.begin()
        # A good token passes at any time: nobody can guess one, and whoever tries to locks nobody out.
        wait = self._failures.wait()
        if wait:
            raise Refused(429, "slow_down", f"too many wrong tokens: wait {wait:.0f} s", retry=int(wait) + 1)
        self._failures.add()
        raise Refused(401, "bad_token", "this start token was used or is unknown: get a new one with `kaizen open`")

    def issue_ticket(self, connection: HTTPConnection, caller: Caller) -> str:
        """Return a ticket for one stream, bound to the caller and the page it asks from."""
        return self._tickets.issue(caller.name, connection.headers.get("origin", ""))

    def spend_ticket(self, connection: HTTPConnection, caller: Caller, ticket: str) -> bool:
        """Return whether the ticket opens a stream for this caller and page."""
        return self._tickets.spend(ticket, caller.name, connection.headers.get("origin", ""))


def _key_in(authorization: str) -> str | None:
    """Return the API key an Authorization header bears, good or not."""
    scheme, _, text = authorization.partition(" ")
    text = text.strip()
    return text if scheme.lower() == "bearer" and text.startswith("kz_") else None
