"""Tools of other programs over the Model Context Protocol: only of servers the user names, under the user's rules.

What a server says is text of unknown intent: its names are tidied, its schemas bounded, its answers shown plainly. One
that hangs, floods or dies is a failed tool and nothing else.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict, model_validator

from agents.ports import Resources, Tool, ToolBench, ToolResult
from agents.tools.foreign_schema import Unusable, first_fault
from agents.tools.project_files import plain
from agents.tools.strict import no
from ledger.events import Risk

if TYPE_CHECKING:
    from mcp import Client

MOST_TOOLS = 64
"""Tools of one server."""
LONGEST = 2000
"""Characters of a tool's description."""
WIDEST = 20_000
"""Bytes of a tool's schema."""
KEPT = 4_000_000
"""Characters of an answer that are kept."""
STARTS = 60.0
"""Seconds in which a server must answer for the first time."""
INHERITED = ("HOME", "PATH", "LANG", "LC_ALL", "TMPDIR", "USER", "LOGNAME", "SHELL", "TERM")
"""What a server's program sees of the user's environment, besides what it is named."""


@dataclass(frozen=True, slots=True)
class Server:
    """One server as the user named it."""

    name: str
    command: tuple[str, ...] = ()
    url: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    """The variables the program sees besides the usual ones."""
    risk: Risk = "network"
    seconds: float = 60.0
    """How long a call may take."""


class Offered(NamedTuple):
    """The tools of all servers, and why some are missing."""

    tools: Mapping[str, Tool]
    problems: tuple[str, ...]


class Foreign(BaseModel):
    """The arguments of a server's tool, checked by the schema the server gave."""

    model_config = ConfigDict(strict=True, extra="allow")
    wanted: ClassVar[Mapping[str, Any]] = {}

    @model_validator(mode="before")
    @classmethod
    def _fits(cls, given: Any) -> Any:
        try:
            fault = first_fault(cls.wanted, given)
        except Unusable as error:
            raise ValueError(f"the schema its server gave cannot be used: {error}") from error
        if fault:
            raise ValueError(fault)
        return given

    @classmethod
    def model_json_schema(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the server's own schema."""
        return dict(cls.wanted)

    @classmethod
    def expected(cls) -> str:
        """Say in one line what the tool takes."""
        properties = cls.wanted.get("properties")
        stated = cls.wanted.get("required")
        required = stated if isinstance(stated, list) else []
        names = list(properties) if isinstance(properties, dict) else []
        fields = [f"{plain(str(name))}{'' if name in required else ' (may be left out)'}" for name in names]
        return f"a JSON object with {', '.join(fields)}" if fields else "a JSON object"


class Connection:
    """One server, started at its first use and ended when it is closed, hangs or dies; then the next use starts it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._client: Client | None = None
        self._holding: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        # Guards the start: calls that come together start one program.
        self._starting = asyncio.Lock()

    async def tools(self) -> Sequence[Any]:
        """Return the tools as the server lists them; raise ServerFailed."""
        found: list[Any] = []
        cursor: str | None = None
        async with self._limited(STARTS, "did not list its tools"):
            client = await self._open()
            while len(found) < MOST_TOOLS:
                page = await client.list_tools(cursor=cursor)
                found += page.tools
                cursor = page.next_cursor
                if not cursor:
                    break
        return found[:MOST_TOOLS]

    async def call(self, tool: str, arguments: Mapping[str, Any]) -> Any:
        """Return the server's answer; raise ServerFailed."""
        async with self._limited(STARTS, "did not start"):
            client = await self._open()
        async with self._limited(self.server.seconds, f"did not answer {tool}"):
            return await client.call_tool(tool, dict(arguments))

    async def close(self) -> None:
        """End the server's program, or the connection to it."""
        self._closing.set()
        holding, client = self._holding, self._client
        self._holding = self._client = None
        if holding is not None:
            if client is None:
                holding.cancel()  # it hangs before it is open
            await asyncio.wait([holding], timeout=10)
            holding.cancel()

    def _limited(self, seconds: float, what: str) -> _Limited:
        return _Limited(self, seconds, what)

    async def _open(self) -> Client:
        async with self._starting:
            if self._client is not None and self._holding is not None and not self._holding.done():
                return self._client
            self._closing = asyncio.Event()
            opened: asyncio.Future[Client] = asyncio.get_running_loop().create_future()
            self._holding = asyncio.create_task(self._hold(opened, self._closing), name=f"mcp-{self.server.name}")
            self._client = await opened
            return self._client

    async def _hold(self, opened: asyncio.Future[Client], closing: asyncio.Event) -> None:
        """Keep the connection open in one task: what opened it must close it."""
        try:
            with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - the device that swallows its complaints
                async with await _client(self.server, nowhere) as client:
                    if not opened.done():
                        opened.set_result(client)
                        await closing.wait()
        except BaseException as error:
            if not opened.done():
                opened.set_exception(ServerFailed(self.server.name, _why(error)))
            if isinstance(error, asyncio.CancelledError | KeyboardInterrupt | SystemExit):
                raise


class ServerFailed(Exception):
    """A server could not be used; the message is one line."""

    def __init__(self, server: str, why: str) -> None:
        super().__init__(f"the server {server} {why}")
        self.server = server


class _Limited:
    """A time limit after which, as after every failure of the connection, the server is ended."""

    def __init__(self, connection: Connection, seconds: float, what: str) -> None:
        self._connection, self._seconds, self._what = connection, seconds, what
        self._timeout = asyncio.timeout(seconds)

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        name = self._connection.server.name
        try:
            await self._timeout.__aexit__(kind, error, trace)
        except TimeoutError as late:
            await self._connection.close()
            raise ServerFailed(name, f"{self._what} within {self._seconds:g} s") from late
        if isinstance(error, ServerFailed | asyncio.CancelledError) or not isinstance(error, Exception):
            return
        await self._connection.close()
        raise ServerFailed(name, _why(error)) from error


class ForeignTool:
    """A tool of a server the user named."""

    def __init__(self, connection: Connection, name: str, theirs: str, schema: Mapping[str, Any]) -> None:
        self.name, self._theirs, self._connection = name, theirs, connection
        self.arguments = type(f"Arguments_{name}", (Foreign,), {"wanted": schema, "__doc__": None})

    def risk(self, arguments: Foreign) -> Risk:
        """As the user said of the server; what the server says of itself decides nothing."""
        return self._connection.server.risk

    def resources(self, arguments: Foreign) -> Resources:
        """One server is asked one thing at a time."""
        return Resources(writes=frozenset({f"mcp:{self._connection.server.name}"}))

    async def run(self, arguments: Foreign, bench: ToolBench) -> ToolResult:
        """Ask the server and return what it says, as text."""
        try:
            answer = await self._connection.call(self._theirs, arguments.model_dump(mode="json"))
        except ServerFailed as failed:
            return no(plain(f"{failed}. Go on without it, or try once more"))
        text = plain("\n".join(_shown(part) for part in answer.content))
        if not text.strip() and answer.structured_content is not None:
            text = plain(json.dumps(answer.structured_content, ensure_ascii=False))
        text = text[:KEPT] or "(it answered with nothing)"
        return ToolResult(not answer.is_error, text, f"{self.name}: {text.splitlines()[0][:150]}")


class Servers:
    """Every server the user named; use it in an `async with` block, or close it."""

    def __init__(self, servers: Iterable[Server]) -> None:
        self._connections = [Connection(server) for server in servers]
        self._offered: Offered | None = None

    async def __aenter__(self) -> Servers:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    async def offered(self) -> Offered:
        """Ask every server once for its tools; one that does not answer is asked again the next time."""
        if self._offered is None or self._offered.problems:
            listed = await asyncio.gather(*(_listed(each) for each in self._connections))
            tools: dict[str, Tool] = {}
            for found in listed:
                for tool in found.tools.values():
                    tools.setdefault(tool.name, tool)
            problems = tuple(problem for found in listed for problem in found.problems)
            self._offered = Offered(dict(sorted(tools.items())), problems)
        return self._offered

    async def close(self) -> None:
        """End them all."""
        for connection in self._connections:
            await connection.close()


async def _listed(connection: Connection) -> Offered:
    try:
        listed = await connection.tools()
    except ServerFailed as failed:
        return Offered({}, (plain(f"{failed}: its tools are missing; look at [[mcp]] in your kaizen.toml"),))
    tools: dict[str, Tool] = {}
    problems: list[str] = []
    for each in listed:
        name = tidy_name(connection.server.name, each.name)
        schema = each.input_schema
        if len(json.dumps(schema)) > WIDEST or name in tools:
            problems.append(
                plain(f"{connection.server.name}: {each.name[:100]} is left out: too large, or there twice")
            )
            continue
        told = " ".join(plain(each.description or each.name).split())[:LONGEST]
        description = f"{told}\n\nA tool of the server {connection.server.name}, outside of the sandbox."
        told_of = type(f"Tool_{name}", (ForeignTool,), {"__doc__": description})
        tools[name] = told_of(connection, name, each.name, schema)
    return Offered(tools, tuple(problems))


def tidy_name(server: str, tool: str) -> str:
    """Return a name every provider takes and none of the house's own tools has: `mcp_<server>_<tool>`."""
    wished = f"mcp_{server}_{tool}"
    tidy = re.sub(r"[^a-z0-9_]+", "_", wished.lower())
    if len(tidy) <= 48 and tidy == wished:
        return tidy
    return f"{tidy[:41].rstrip('_')}_{hashlib.sha256(wished.encode()).hexdigest()[:6]}"


async def _client(server: Server, complaints: Any) -> Client:
    """Return the client, not connected; the package is loaded here, at the first use."""
    from mcp import Client, StdioServerParameters, stdio_client

    if server.url:
        return Client(server.url, read_timeout_seconds=server.seconds, cache=None)
    usual = {name: os.environ[name] for name in INHERITED if name in os.environ}
    program, *words = server.command
    started = StdioServerParameters(command=program, args=words, env={**usual, **server.environment})
    return Client(stdio_client(started, errlog=complaints), read_timeout_seconds=server.seconds, cache=None)


def _shown(part: Any) -> str:
    if isinstance(text := getattr(part, "text", None), str):
        return text
    resource = getattr(part, "resource", None)
    if isinstance(text := getattr(resource, "text", None), str):
        return text
    with suppress(AttributeError):
        return f"[{part.type} {part.mime_type}, {len(part.data)} characters]"
    return f"[{getattr(part, 'type', 'something')} {getattr(part, 'uri', '')}]"


def _why(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, FileNotFoundError):
        return f"cannot be started: there is no program {error.filename}"
    if isinstance(error, asyncio.CancelledError):
        return "was ended"
    return f"failed: {type(error).__name__}: {error}"[:300]
