"""A tool by request works on the branch as it stands, in a copy that is thrown away, and is answered once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agents.ports import Policy, Rule
from director.core.state import State
from director.executors.local import Place
from director.executors.tool_desk import ToolDesk
from knowledge_graph.projector import Projector
from ledger.events import (
    REQUESTS,
    AttemptId,
    Event,
    RequestId,
    RequestRefused,
    ToolAnswered,
    ToolAsked,
    ToolRequested,
    ToolsOffered,
    attempt_stream,
)
from ledger.memory import MemoryStore
from tests.conftest import FixedClock
from tests.referee.shop import referee_of
from tests.support.repositories import make

pytestmark = pytest.mark.slow
FILES = {"a.py": "total = 0\n", "src/b.py": "total = 1\n"}


@dataclass
class Room:
    """A desk at work on a small repository."""

    place: Place
    desk: ToolDesk
    numbers: int = 0

    async def ask(self, tool: str, **arguments: Any) -> ToolAnswered | RequestRefused:
        self.numbers += 1
        request = RequestId(f"q-{self.numbers}")
        blob = self.place.blobs.put(json.dumps(arguments).encode())
        self.place.store.append(REQUESTS, [ToolRequested(request=request, tool=tool, arguments=blob)]).result()
        return await self.answer(request)

    async def answer(self, request: RequestId) -> ToolAnswered | RequestRefused:
        async with asyncio.timeout(20):
            while True:
                for recorded in self.place.store.read(kinds=["ToolAnswered", "RequestRefused"]):
                    event: Event = recorded.event
                    if isinstance(event, ToolAnswered | RequestRefused) and event.request == request:
                        return event
                await asyncio.sleep(0.01)

    def text(self, answer: ToolAnswered | RequestRefused) -> str:
        assert isinstance(answer, ToolAnswered), answer
        return self.place.blobs.get(answer.result).decode()


def place_of(folder: Path, clock: FixedClock) -> Place:
    repository = make(folder / "shop", FILES)
    referee = referee_of(repository, folder / "home")
    return Place(
        store=MemoryStore(clock), blobs=referee.blobs, mirror=referee.mirror, referee=referee, agents={},
        worktrees=folder / "home" / "worktrees", knowledge=Projector(), clock=clock, tell=lambda line: None,
    )  # fmt: skip


@asynccontextmanager
async def at_work(place: Place, *rules: Rule) -> AsyncIterator[Room]:
    room = Room(place, ToolDesk(place, Policy(rules=rules), State))
    task = asyncio.create_task(room.desk.run())
    yield room
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_tool_sees_the_branch_and_what_it_changes_is_thrown_away(tmp_path: Path, clock: FixedClock) -> None:
    async with at_work(place_of(tmp_path, clock)) as room:
        wrote = await room.ask("write_file", path="a.py", content="total = 2\n")
        read = await room.ask("read_file", path="a.py")
        found = await room.ask("search_text", pattern="total")

    assert isinstance(wrote, ToolAnswered) and wrote.success and wrote.risk == "write"
    assert "total = 0" in room.text(read)
    assert "a.py:1: total = 0" in room.text(found) and "src/b.py:1" in room.text(found)
    assert (tmp_path / "shop/a.py").read_text() == "total = 0\n"
    assert not any((tmp_path / "home/worktrees").iterdir())


async def test_the_tools_there_are_are_told_once(tmp_path: Path, clock: FixedClock) -> None:
    place = place_of(tmp_path, clock)
    for _ in range(2):
        async with at_work(place) as room:
            await room.ask("read_file", path="a.py")

    offered = [recorded.event for recorded in place.store.read(kinds=["ToolsOffered"])]
    assert len(offered) == 1 and isinstance(offered[0], ToolsOffered)
    cards = {card.name: card for card in offered[0].tools}
    assert (cards["read_file"].risk, cards["write_file"].risk, cards["git_push"].risk) == ("read", "write", "deliver")
    assert json.loads(place.blobs.get(cards["read_file"].parameters))["properties"]["path"]


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("dance", {}, "there is no tool 'dance'"),
        ("read_file", {"way": "a.py"}, "read_file takes"),
        ("read_file", {"path": "../outside"}, "outside"),
        ("write_file", {"path": ".env", "content": "x"}, "kept out"),
    ],
)
async def test_a_wrong_call_is_answered_with_what_is_wrong(
    tmp_path: Path, clock: FixedClock, tool: str, arguments: dict[str, Any], said: str
) -> None:
    async with at_work(place_of(tmp_path, clock)) as room:
        answer = await room.ask(tool, **arguments)

    assert isinstance(answer, ToolAnswered) and not answer.success
    assert said in room.text(answer)


async def test_a_call_that_needs_a_person_is_refused_with_the_way_to_it(tmp_path: Path, clock: FixedClock) -> None:
    async with at_work(place_of(tmp_path, clock), Rule("ask", tool="read_file")) as room:
        asks = await room.ask("read_file", path="a.py")
        pushes = await room.ask("git_push")

    assert isinstance(asks, RequestRefused) and "needs a person's answer" in asks.why
    assert isinstance(pushes, RequestRefused)


async def test_what_was_asked_while_nobody_was_at_work_is_answered_at_the_start(
    tmp_path: Path, clock: FixedClock
) -> None:
    place = place_of(tmp_path, clock)
    blob = place.blobs.put(b'{"path": "a.py"}')
    for request in ("q-fresh", "q-begun"):
        asked = ToolRequested(request=RequestId(request), tool="read_file", arguments=blob)
        place.store.append(REQUESTS, [asked]).result()
    attempt = AttemptId("tool.q-begun")
    place.store.append(attempt_stream(attempt), [ToolAsked(attempt=attempt, key="k", tool="read_file")]).result()

    async with at_work(place) as room:
        fresh, begun = await room.answer(RequestId("q-fresh")), await room.answer(RequestId("q-begun"))

    assert isinstance(fresh, ToolAnswered) and fresh.success
    assert isinstance(begun, RequestRefused) and "stopped while read_file was at work" in begun.why
