"""What models were asked is shown elsewhere when the user says where: from the ledger, once, over real HTTP."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from director.exporters.chosen import Wanted, feeds
from director.exporters.feed import Feed
from director.exporters.spans import Spans
from director.settings import SettingsError
from ledger.blobs import MemoryBlobs
from ledger.events import AnyEvent, AttemptId, CallFailed, CallFinished, CallStarted
from ledger.memory import MemoryStore
from tests.dashboard.serving import Clock

KEYS = {"LANGFUSE_PUBLIC_KEY": "pk-lf-1", "LANGFUSE_SECRET_KEY": "sk-lf-2"}
ATTEMPT = AttemptId("r1.i1.a1")


@dataclass
class Receiver:
    """A server of this machine that takes what is sent to it, or does not."""

    statuses: list[int] = field(default_factory=list)
    """Of the next answers; then 207."""
    words: list[bytes] = field(default_factory=list)
    """Of the next answers; then what LangFuse says."""
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    address: str = ""

    @property
    def entries(self) -> list[dict[str, Any]]:
        """What LangFuse would have taken."""
        return [entry for _, _, body in self.got for entry in json.loads(body)["batch"]]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = found.statuses.pop(0) if found.statuses else 207
            if status < 300:
                found.got.append((self.path, dict(self.headers), body))
            answer = found.words.pop(0) if found.words else b'{"successes": [], "errors": []}'
            self.send_response(status)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    found.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()


@dataclass
class Project:
    """A project's ledger with calls in it."""

    folder: Path
    store: MemoryStore = field(default_factory=lambda: MemoryStore(Clock()))
    blobs: MemoryBlobs = field(default_factory=MemoryBlobs)

    def append(self, *events: AnyEvent) -> None:
        if events:
            self.store.append(f"attempt-{ATTEMPT}", list(events), actor="agent").result()

    def call(self, key: str = "act-1") -> tuple[CallStarted, CallFinished]:
        asked = self.blobs.put(json.dumps({"role": "user", "text": "mend it"}).encode())
        said = self.blobs.put(json.dumps({"text": "done", "tool_calls": []}).encode())
        started = CallStarted(attempt=ATTEMPT, key=key, model="groq/small", purpose="act", messages=(asked,))
        return started, CallFinished(
            attempt=ATTEMPT, key=key, model="groq/small", answer=said, tokens_in=100, tokens_out=20, cost=0.001,
            finish="stop",
        )  # fmt: skip

    def feed(self, wanted: Wanted) -> Feed:
        (made,) = feeds(wanted, KEYS, "pantry", self.store, self.blobs, self.folder)
        return made

    async def told(self, wanted: Wanted, *events: AnyEvent) -> None:
        """Append events and let a feed, new as after a start, send what is owed."""
        self.append(*events)
        await self.feed(wanted).finish(seconds=60)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


async def test_nothing_is_sent_unless_the_user_says_where(project: Project) -> None:
    assert feeds(Wanted(), {}, "pantry", project.store, project.blobs, project.folder) == ()


def test_langfuse_without_its_keys_names_them(project: Project) -> None:
    with pytest.raises(SettingsError, match="LANGFUSE_SECRET_KEY"):
        feeds(Wanted(langfuse="http://x"), {}, "pantry", project.store, project.blobs, project.folder)


async def test_a_call_becomes_a_generation_in_its_attempts_trace(project: Project, receiver: Receiver) -> None:
    await project.told(Wanted(langfuse=receiver.address), *project.call())

    path, headers, _ = receiver.got[0]
    trace, generation = receiver.entries
    assert path == "/api/public/ingestion"
    assert headers["Authorization"] == "Basic " + base64.b64encode(b"pk-lf-1:sk-lf-2").decode()
    assert (trace["type"], trace["body"]["name"]) == ("trace-create", ATTEMPT)
    assert generation["body"]["traceId"] == trace["body"]["id"]
    assert generation["body"]["usageDetails"]["output"] == 20
    assert generation["body"]["costDetails"] == {"total": 0.001}
    assert "input" not in generation["body"]


async def test_words_leave_only_when_the_user_lets_them(project: Project, receiver: Receiver) -> None:
    await project.told(Wanted(langfuse=receiver.address, texts=True), *project.call())

    body = receiver.entries[1]["body"]
    assert body["input"] == [{"role": "user", "text": "mend it"}]
    assert body["output"]["text"] == "done"


async def test_an_unknown_cost_is_not_zero_and_a_fault_is_an_error(project: Project, receiver: Receiver) -> None:
    started, finished = project.call()
    failed = CallFailed(
        attempt=ATTEMPT, key="act-1", model="groq/small", nth=1, fault="cut", why="it broke off", cost=None
    )
    await project.told(Wanted(langfuse=receiver.address), started, failed, started, finished)

    bodies = [entry["body"] for entry in receiver.entries if entry["type"] == "generation-create"]
    assert [body["level"] for body in bodies] == ["ERROR", "DEFAULT"]
    assert bodies[0]["statusMessage"] == "it broke off"
    assert "costDetails" not in bodies[0]
    assert bodies[0]["id"] != bodies[1]["id"]


async def test_a_receiver_that_is_down_gets_it_later_and_only_once(project: Project, receiver: Receiver) -> None:
    receiver.statuses = [503, 503]
    project.append(*project.call())
    for _ in range(4):
        await project.told(Wanted(langfuse=receiver.address))

    assert len(receiver.entries) == 2


@pytest.mark.parametrize("words", [b"<html>welcome</html>", b"[]", b'{"errors": null}'])
async def test_an_answer_that_is_none_ends_nothing(project: Project, receiver: Receiver, words: bytes) -> None:
    receiver.words = [words]
    feed = project.feed(Wanted(langfuse=receiver.address))
    running = asyncio.create_task(feed.run())
    project.append(*project.call())
    while not receiver.got:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)

    assert not running.done()
    running.cancel()
    await feed.finish(seconds=60)


async def test_a_call_that_ends_after_a_restart_is_whole(project: Project, receiver: Receiver) -> None:
    started, finished = project.call()
    await project.told(Wanted(langfuse=receiver.address), *project.call("other"), started)
    await project.told(Wanted(langfuse=receiver.address), finished)

    names = [entry["body"]["name"] for entry in receiver.entries if entry["type"] == "generation-create"]
    assert sorted(set(names)) == ["act act-1", "act other"]


def test_a_span_is_the_same_however_often_it_is_read(project: Project) -> None:
    project.append(*project.call())

    once, again = (list(Spans().hear(project.store.read())) for _ in range(2))

    assert once == again
    assert len(once) == 1


@pytest.mark.slow
async def test_a_collector_gets_spans_with_the_usual_names(project: Project, receiver: Receiver) -> None:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    receiver.statuses = [200] * 9
    await project.told(Wanted(otlp=receiver.address), *project.call())

    path, _, body = receiver.got[0]
    (span,) = ExportTraceServiceRequest.FromString(body).resource_spans[0].scope_spans[0].spans
    told = {each.key: each.value for each in span.attributes}
    assert path == "/v1/traces"
    assert told["gen_ai.request.model"].string_value == "groq/small"
    assert told["gen_ai.usage.input_tokens"].int_value == 100
    assert told["kaizen.cost_usd"].double_value == 0.001
    assert "gen_ai.input.messages" not in told
