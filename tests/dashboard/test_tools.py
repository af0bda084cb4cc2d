"""Tools by request, as far as the server goes: what is offered, what stands in the ledger, what comes back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from ledger.events import RequestRefused, ToolAnswered, ToolCard, ToolRequested, ToolsOffered
from tests.dashboard.serving import Clock, MemoryLedgers, Served, serving, tell
from tests.story_parts import director

pytestmark = pytest.mark.slow
FOUND = "a.py:3: total = 0\nsrc/b.py:12: total += 1\n[more than 2 lines match]"


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    ledgers = MemoryLedgers("ranges", clock=Clock())
    opened = ledgers.open(ledgers.names()[0])
    schema = opened.blobs.put(b'{"type": "object", "properties": {"path": {"type": "string"}}}')
    names = ("read_file", "search_meaning", "search_text", "symbols")
    cards = tuple(ToolCard(name=name, description="It looks.", parameters=schema, risk="read") for name in names)
    tell(opened, director(ToolsOffered(tools=cards)))
    async with serving(ledgers) as running:
        yield running


async def asked(served: Served) -> ToolRequested:
    store = served.project().store
    while not (found := store.read(kinds=["ToolRequested"])):
        await asyncio.sleep(0.01)
    event = found[-1].event
    assert isinstance(event, ToolRequested)
    return event


def answer(served: Served, request: ToolRequested, text: str, **facts: Any) -> None:
    put = served.project().blobs.put
    told = ToolAnswered(request=request.request, success=True, risk="read", summary="found", result=put(text.encode()),
                        facts=put(json.dumps(facts).encode()), seconds=0.5)  # fmt: skip
    served.project().store.append("requests", [told]).result()


async def test_tools_are_listed_with_schema_and_risk(served: Served) -> None:
    rows = (await served.get("/tools")).json()["tools"]

    assert [row["name"] for row in rows] == ["read_file", "search_meaning", "search_text", "symbols"]
    assert rows[0]["parameters"]["properties"] == {"path": {"type": "string"}} and rows[0]["risk"] == "read"


async def test_a_tool_is_a_request_whose_answer_comes_back(served: Served) -> None:
    asking = asyncio.create_task(served.post("/tool/execute", {"tool": "read_file", "arguments": {"path": "a.py"}}))
    request = await asked(served)
    answer(served, request, "x = 1", lines=1)
    came = await asking

    assert served.project().blobs.get(request.arguments) == b'{"path": "a.py"}' and request.by == "command"
    assert (came.status_code, came.json()["text"], came.json()["facts"]) == (200, "x = 1", {"lines": 1})
    assert (came.json()["state"], came.json()["success"], came.json()["risk"]) == ("done", True, "read")


async def test_a_tool_that_takes_long_is_come_back_for(served: Served) -> None:
    body = {"tool": "read_file", "arguments": {}}
    early = await served.post("/tool/execute?wait=0", body, **{"Idempotency-Key": "k"})
    again = await served.post("/tool/execute?wait=0", body, **{"Idempotency-Key": "k"})
    refusal = RequestRefused(request=(await asked(served)).request, why="the copy cannot be made: no space left")
    served.project().store.append("requests", [refusal]).result()
    late = await served.get(f"/tool/{early.json()['request']}", wait=2)

    assert (early.status_code, early.json()["state"], again.json()) == (202, "pending", early.json())
    assert (late.json()["state"], late.json()["success"]) == ("refused", False)
    assert late.json()["summary"] == "the copy cannot be made: no space left"


@pytest.mark.parametrize(
    ("body", "tool", "arguments"),
    [
        ({"query": "a.b"}, "search_text", {"pattern": "a.b", "literal": True, "most": 20}),
        ({"query": "a.b", "mode": "pattern", "path": "src", "limit": 5}, "search_text",
         {"pattern": "a.b", "literal": False, "most": 5, "path": "src"}),
        ({"query": "sum", "mode": "meaning", "limit": 99}, "search_meaning", {"query": "sum", "most": 30}),
        ({"query": "Shelf", "mode": "symbols"}, "symbols", {"name": "Shelf"}),
    ],
)  # fmt: skip
async def test_a_search_is_said_in_the_words_of_its_tool(
    served: Served, body: dict[str, object], tool: str, arguments: dict[str, object]
) -> None:
    assert (await served.post("/code/search?wait=0", body)).status_code == 202

    request = await asked(served)
    assert request.tool == tool and json.loads(served.project().blobs.get(request.arguments)) == arguments


async def test_a_search_answers_ranked_places(served: Served) -> None:
    asking = asyncio.create_task(served.post("/code/search", {"query": "total"}))
    answer(served, await asked(served), FOUND)

    hits = (await asking).json()["hits"]

    assert [(hit["rank"], hit["path"], hit["line"]) for hit in hits] == [(1, "a.py", 3), (2, "src/b.py", 12)]
    assert hits[0]["text"] == "total = 0"


async def test_a_search_for_meaning_says_how_like_a_passage_is(served: Served) -> None:
    asking = asyncio.create_task(served.post("/code/search", {"query": "sum", "mode": "meaning"}))
    answer(served, await asked(served), "a.py:1-5 (likeness 0.42)\n    1 def total(a):\n    2     return sum(a)")

    (hit,) = (await asking).json()["hits"]

    assert (hit["path"], hit["line"], hit["end"], hit["likeness"]) == ("a.py", 1, 5, 0.42)


async def test_an_unknown_tool_is_told_which_there_are(served: Served) -> None:
    unknown = await served.post("/tool/execute", {"tool": "dance"})

    assert unknown.status_code == 404 and "read_file" in unknown.json()["known"]
    assert (await served.get("/tool/none")).status_code == 404
