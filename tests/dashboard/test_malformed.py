"""Whatever comes in, the answer is one clear line and never a fault of ours."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.server.access.permissions import Method
from dashboard.server.app import ENDPOINTS
from ledger.events import ToolCard, ToolsOffered
from tests import story
from tests.dashboard.serving import Clock, MemoryLedgers, Served, hear, serving, tell
from tests.dashboard.thinking import APPROVAL, DIGEST, scheduled, staffed, steps, waiting
from tests.story_parts import director

pytestmark = pytest.mark.slow
FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
odd = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["-1", "0", "1e9", "9" * 400, "NaN", "null", "[]", "\x00", "%00", "../..", "\ud800", "٣", "true"]),
    st.integers(-(2**70), 2**70).map(str),
)
jsons = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), odd),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)
QUERIES = st.sampled_from(
    ["after", "before", "limit", "kind", "stream", "q", "hops", "x", "session", "state", "project", "agent"]
)
asked = st.fixed_dictionaries(
    {"what": st.sampled_from(["stop", "pause", "resume", "checkpoint", "rollback", "dance"])},
    optional={"checkpoint": st.one_of(jsons, st.just("c0")), "head": jsons, "title": jsons, "more": jsons},
)
run = st.fixed_dictionaries({}, optional={"path": st.one_of(jsons, odd.map(lambda text: "/" + text)), "options": jsons})

texts = st.one_of(odd, st.text(min_size=1, max_size=20), jsons)
work = st.fixed_dictionaries(
    {"task": texts},
    optional={"task_id": texts, "metadata": jsons, "apply": st.sampled_from(["none", "land", "x"]), "session": texts,
              "agent": st.sampled_from(["coder", "deployer", "x"])},
)  # fmt: skip
tool = st.fixed_dictionaries({"tool": st.one_of(st.just("search_text"), texts)}, optional={"arguments": jsons})
search = st.fixed_dictionaries({"query": texts}, optional={"mode": texts, "path": texts, "limit": jsons})
kept = st.fixed_dictionaries({"value": jsons}, optional={"ttl": st.one_of(jsons, st.floats(), st.just(1e308))})
answer_ = st.fixed_dictionaries(
    {"digest": st.one_of(st.just(DIGEST), texts)}, optional={"arguments": jsons, "whole_run": jsons, "why": texts}
)
new_key = st.fixed_dictionaries(
    {"name": texts, "scopes": st.lists(st.sampled_from(["read", "ask", "x"]), max_size=5)}, optional={"days": jsons}
)
BODIES = st.one_of(jsons, asked, run, work, tool, search, kept, answer_, new_key)


class Room:
    """A server in an event loop of its own, which the plain functions Hypothesis calls can use."""

    def __init__(self, static: Path) -> None:
        self._static = static
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self.served: Served = self._runner.run(self._open())

    async def _open(self) -> Served:
        ledgers = MemoryLedgers("ranges", clock=Clock())
        opened = ledgers.open(ledgers.names()[0])
        tell(opened, story.whole(lambda text: opened.blobs.put(text.encode())))
        card = ToolCard(name="search_text", description="Finds.", parameters=opened.blobs.put(b'{"properties":{}}'))
        offered = director(ToolsOffered(tools=(card,)))
        tell(opened, [*staffed(), *offered, *scheduled(), *steps(opened.blobs), *waiting(opened.blobs, 2e9)])
        return await self._stack.enter_async_context(serving(ledgers, static=self._static))

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(work)

    def close(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    static = tmp_path_factory.mktemp("static")
    (static / "index.html").write_text("<!doctype html>the page")
    opened = Room(static)
    yield opened
    opened.close()


def ask(room: Room, method: Method, path: str, **parts: Any) -> None:
    """Send it and require an answer that is no fault of ours, in the one shape when it is a refusal."""
    headers = {**room.served.bearer, **parts.pop("headers", {})}
    answer: httpx.Response = room.run(room.served.http.request(method, path, headers=headers, **parts))

    assert answer.status_code < 500, (method, path, parts, answer.text)
    if answer.status_code >= 400 and answer.headers["content-type"].startswith("application/json"):
        error = answer.json()["error"]
        assert error["code"] and error["request"] and "\n" not in error["message"] and len(error["message"]) <= 500


PATHS = [endpoint for endpoint in ENDPOINTS if endpoint.method != "WEBSOCKET" and endpoint.path != "/{path:path}"]


@FUZZ
@given(endpoint=st.sampled_from(PATHS), part=odd, known=st.booleans(), query=st.dictionaries(QUERIES, odd, max_size=4))
def test_no_path_and_no_query_is_a_fault_of_ours(
    room: Room, endpoint: Any, part: str, known: bool, query: dict[str, str]
) -> None:
    text = quote(part.encode("utf-8", "surrogatepass"), safe="")
    path = filled(endpoint.path.replace("{project}", "ranges" if known else text), text)
    params = "&".join(f"{key}={quote(value.encode('utf-8', 'surrogatepass'))}" for key, value in query.items())
    if endpoint.method != "POST":
        ask(room, endpoint.method, f"{path}?{params}")


@FUZZ
@given(
    endpoint=st.sampled_from([each for each in PATHS if each.method == "POST"]),
    body=BODIES,
    part=st.sampled_from(["coder", "pause", APPROVAL, "none"]),
)
def test_no_json_body_is_a_fault_of_ours(room: Room, endpoint: Any, body: object, part: str) -> None:
    content = json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    if endpoint.path == "/api/v1/session":
        room.served.clock.now += 120
    path = filled(endpoint.path.replace("{project}", "ranges"), part)
    ask(room, "POST", f"{path}?wait=0", content=content, headers=headers)


def filled(path: str, part: str) -> str:
    """Return a path with the same part in every place that is open."""
    return re.sub(r"\{\w+\}", lambda _: part, path)


@FUZZ
@given(
    path=st.sampled_from(
        [
            "/api/v1/runs",
            "/api/v1/projects/ranges/requests",
            "/api/v1/session",
            "/execute?wait=0",
            "/context/x",
            "/tool/execute?wait=0",
            "/code/search?wait=0",
            "/api/v1/keys",
            f"/approvals/{APPROVAL}/deny?wait=0",
        ]
    ),
    body=st.one_of(
        st.binary(max_size=200),
        st.sampled_from([b"[" * 30_000, b'{"what":' + b"9" * 5000 + b"}", b'{"what":"\\ud800"}', b"\xff\xfe{", b"NaN"]),
    ),
    kind=st.sampled_from(
        ["application/json", "text/plain", "application/json; charset=utf-16", "x", "multipart/form-data"]
    ),
    key=st.one_of(st.none(), st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=300)),
)
def test_no_raw_body_and_no_header_is_a_fault_of_ours(
    room: Room, path: str, body: bytes, kind: str, key: str | None
) -> None:
    headers: dict[str, Any] = {"Content-Type": kind}
    if key is not None and key == key.strip():
        headers["Idempotency-Key"] = key.encode("latin-1")
    room.served.clock.now += 120
    ask(room, "POST", path, content=body, headers=headers)


@FUZZ
@given(message=st.one_of(st.text(max_size=100), st.binary(max_size=100), jsons.map(lambda body: json.dumps(body)),
       st.builds(lambda body: json.dumps({"t": "sub", "ticket": "x", "subs": body}), jsons)))  # fmt: skip
def test_no_first_message_of_a_stream_is_a_fault_of_ours(room: Room, message: str | bytes) -> None:
    async def try_it() -> dict[str, Any]:
        headers = await room.served.session()
        async with room.served.socket(headers) as socket:
            await socket.send(message.encode("utf-8", "replace").decode() if isinstance(message, str) else message)
            return await hear(socket, "bye")

    assert room.run(try_it())["code"] in ("protocol", "auth")


def test_a_name_longer_than_any_file_is_none(room: Room) -> None:
    for path in (f"/{'a' * 300}", f"/assets/{'a' * 300}.js", f"/{'a/' * 400}b"):
        ask(room, "GET", path)


def test_a_body_that_says_one_thing_twice_is_refused(room: Room) -> None:
    body = b'{"tool": "search_text", "arguments": {"pattern": "x", "pattern": "y"}}'
    headers = {**room.served.bearer, "Content-Type": "application/json"}

    answer = room.run(room.served.http.post("/tool/execute?wait=0", content=body, headers=headers))

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "ambiguous")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["/", "/health", "/api/v1/projects", "/api/v1/projects/ranges/requests", "/x"])
def test_other_methods_are_refused(room: Room, method: Any, path: str) -> None:
    answer = room.run(room.served.http.request(method, path, headers=room.served.bearer))

    assert answer.status_code == 405
    assert answer.json()["error"]["code"] == "method_not_allowed"


def test_a_fault_of_ours_is_one_line_with_its_headers(room: Room) -> None:
    """What broke stands in the log; the caller sees neither a traceback nor a bare connection."""
    feed = room.served.app.state.parts.feeds.opened()[0]
    history, feed.history = feed.history, None
    try:
        answer = room.run(room.served.get("/api/v1/projects/ranges/checkpoints"))
    finally:
        feed.history = history

    assert answer.status_code == 500 and answer.json()["error"]["code"] == "internal"
    assert answer.headers["x-content-type-options"] == "nosniff" and "Traceback" not in answer.text
