"""PURE: which Host and Origin headers are this server's own; everything else is a stranger's page or a rebound name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LOCAL = ("127.0.0.1", "localhost", "[::1]")
_OWN_SITES = frozenset({"same-origin", "none"})


@dataclass(frozen=True, slots=True)
class Addresses:
    """The hosts this server answers to, each with the origins its pages have."""

    origins: Mapping[str, frozenset[str]]
    """Host header, lower case, to exact Origin headers."""

    @classmethod
    def local(cls, port: int, names: Sequence[str] = ()) -> Addresses:
        """Return the loopback names at `port` and the names the user added: `host`, `host:port` or `https://host`."""
        hosts: dict[str, frozenset[str]] = {}
        for name in (*LOCAL, *names):
            scheme, _, rest = name.rpartition("://")
            host = rest.rstrip("/").lower()
            scheme = scheme.lower() or "http"
            if scheme == "http" and urlsplit(f"//{host}").port is None and port != 80:
                host = f"{host}:{port}"
            hosts[host] = hosts.get(host, frozenset()) | {f"{scheme}://{host}"}
        return cls(hosts)

    def refusal(self, *, method: str, socket: bool, bearer: bool, headers: Mapping[str, Sequence[str]]) -> str | None:
        """Return why a request is refused, None when it is not.

        A header that must be single and comes twice is refused: a proxy and we might read different ones. Only a
        caller that proved itself with the bearer token may leave Origin out, because no browser sends that token.
        """
        hosts = headers.get("host", ())
        if len(hosts) != 1 or hosts[0].lower() not in self.origins:
            return "this address is not served here: open the page at the address `kaizen open` prints"
        sites = headers.get("sec-fetch-site", ())
        if not socket and any(site not in _OWN_SITES for site in sites):
            return "requests from other sites are refused: open the page at the address `kaizen open` prints"
        given = headers.get("origin", ())
        if not given and (bearer or (not socket and method in SAFE)):
            return None
        if socket or method not in SAFE:
            own = self.origins[hosts[0].lower()]
            if len(given) != 1 or given[0] not in own:
                return "the Origin header must be this page's own: open the page at the address `kaizen open` prints"
        return None
