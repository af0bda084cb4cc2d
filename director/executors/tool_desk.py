"""Tools by request: one use each, in a throw-away copy of the branch as it stands; the answer is an event."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from agents.ports import AgentError, Knowledge, Policy, Tool, ToolBench, ToolCall, Waiting
from agents.tools.found import find_tools, schema_of, told
from agents.tools.pipeline import Carried, Pipeline
from agents.tools.policy import KEEP_OUT
from agents.workspace.git import GitError
from agents.workspace.history import WorktreeHistory
from agents.workspace.source import Unusable
from agents.workspace.worktree import Worktree
from director.core.state import State
from director.executors.local import Place
from knowledge_graph.recall import recall
from ledger.errors import LedgerError
from ledger.events import (
    REQUESTS,
    AnyEvent,
    AttemptId,
    NoticeRaised,
    RequestId,
    RequestRefused,
    Risk,
    ToolAnswered,
    ToolCard,
    ToolRequested,
    ToolsOffered,
    attempt_stream,
)
from ledger.subscription import follow

SECONDS = 300.0
"""One use may take, making its copy included."""
AT_ONCE = 2
_NOT_PUSHED = "a tool by request works in a throw-away copy: ask an agent for what is to be kept"


@dataclass(slots=True)
class ToolDesk:
    """Hears who asks for tools of a project and answers each once; what a crash interrupted is not done again."""

    place: Place
    policy: Policy
    state: Callable[[], State]
    """What the director knows now: the branch of a run at work is looked at, else the user's own commit."""
    knowledge: Knowledge | None = None
    """What was learned, for the tools that ask for it."""
    find: Callable[[], Mapping[str, Tool]] = find_tools
    _tools: Mapping[str, Tool] = field(default_factory=dict)

    async def run(self) -> None:
        """Tell which tools there are, then answer for ever."""
        try:
            self._tools = await asyncio.to_thread(self.find)
        except AgentError as error:
            notice = NoticeRaised(code="tools", message=f"no tools by request: {error}", level="error")
            await self._append("project", [notice])
        offered = await asyncio.to_thread(self._offered)
        if offered is not None:
            await self._append("project", [offered])
        answered = {one.request for one in await asyncio.to_thread(self._ended)}
        room = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as tasks:
            async for page in follow(self.place.store, 0, stream=REQUESTS):
                for event in (recorded.event for recorded in page):
                    if isinstance(event, ToolRequested) and event.request not in answered:
                        answered.add(event.request)
                        tasks.create_task(self._answer(event, room))

    def _offered(self) -> ToolsOffered | None:
        """Return the tools there are, None when the ledger says so already."""
        cards = [
            ToolCard(
                name=tool.name,
                description=told(type(tool)),
                parameters=self.place.blobs.put(json.dumps(dict(schema_of(tool).parameters)).encode()),
                risk=_usual_risk(tool),
            )
            for tool in self._tools.values()
        ]
        offered = ToolsOffered(tools=tuple(cards))
        before = self.place.store.read(kinds=(ToolsOffered.__name__,))
        return None if before and before[-1].event == offered else offered

    def _ended(self) -> list[ToolAnswered | RequestRefused]:
        events = (recorded.event for recorded in self.place.store.stream(REQUESTS))
        return [event for event in events if isinstance(event, ToolAnswered | RequestRefused)]

    async def _answer(self, request: ToolRequested, room: asyncio.Semaphore) -> None:
        """The edge where every failure becomes an answer: who asks waits for one."""
        async with room:
            answer: ToolAnswered | RequestRefused
            try:
                async with asyncio.timeout(SECONDS):
                    answer = await self._used(request)
            except TimeoutError:
                answer = _refused(request, f"{request.tool} took longer than {SECONDS:g} s: ask for less at once")
            except (AgentError, GitError, Unusable, LedgerError) as error:
                answer = _refused(request, str(error))
            except Exception as error:  # noqa: BLE001 - the unforeseen is told to who asks, not kept from them
                answer = _refused(request, f"{request.tool} failed inside: {type(error).__name__}: {error}"[:500])
            await self._append(REQUESTS, [answer])

    async def _used(self, request: ToolRequested) -> ToolAnswered | RequestRefused:
        place = self.place
        attempt = AttemptId(f"tool.{request.request}")
        stream = attempt_stream(attempt)
        if await asyncio.to_thread(lambda: next(place.store.stream(stream), None)) is not None:
            return _refused(request, f"Kaizen was stopped while {request.tool} was at work: ask again")
        run = self.state().run
        base = run.head if run is not None else (await asyncio.to_thread(place.mirror.take)).commit
        arguments = (await asyncio.to_thread(place.blobs.get, request.arguments)).decode()
        worktree = Worktree(place.mirror, place.worktrees / attempt, base)
        await asyncio.to_thread(worktree.__enter__)
        try:
            bench = ToolBench(
                target=await place.referee.target(run.started.commit if run is not None else base, worktree.root),
                history=WorktreeHistory(worktree, place.referee.prefix, closed=_NOT_PUSHED, clock=place.clock),
                blobs=place.blobs,
                recall=lambda fingerprint: recall(place.knowledge.graph, fingerprint, place.blobs),
                scratch=worktree.scratch,
                knowledge=self.knowledge,
                keep_out=KEEP_OUT,
            )
            await asyncio.to_thread(place.knowledge.catch_up, place.store)

            async def append(events: Sequence[AnyEvent]) -> None:
                await self._append(stream, events, actor=attempt)

            pipeline = Pipeline(self._tools, bench, self.policy, attempt=attempt, append=append, seconds=SECONDS)
            began = time.monotonic()
            carried = await pipeline.carry_out([ToolCall("asked", request.tool, arguments)])
            return self._told(request, carried, time.monotonic() - began)
        finally:
            await asyncio.shield(asyncio.to_thread(worktree.__exit__))

    def _told(
        self, request: ToolRequested, carried: Sequence[Carried] | Waiting, seconds: float
    ) -> ToolAnswered | RequestRefused:
        if isinstance(carried, Waiting):
            why = f"{carried.shown} ({carried.risk}) needs a person's answer first, and a tool by request cannot wait"
            return _refused(request, f"{why}: ask an agent for it, or allow it in the approvals of your kaizen.toml")
        (one,) = carried
        put = self.place.blobs.put
        facts = json.dumps(dict(one.result.facts), default=str).encode()
        return ToolAnswered(
            request=request.request,
            success=one.result.success,
            risk=one.risk,
            summary=(one.result.summary or next(iter(one.result.text.splitlines()), ""))[:200],
            result=put(one.result.text.encode("utf-8", "replace")),
            facts=put(facts) if one.result.facts else "",
            seconds=round(seconds, 3),
        )

    async def _append(self, stream: str, events: Sequence[AnyEvent], actor: str = "director") -> None:
        await asyncio.wrap_future(self.place.store.append(stream, events, actor=actor))


def _refused(request: ToolRequested, why: str) -> RequestRefused:
    return RequestRefused(request=RequestId(request.request), why=why)


def _usual_risk(tool: Tool) -> Risk | None:
    """Return what a call risks that says nothing but what it must; None where the tool cannot tell."""
    try:
        return tool.risk(tool.arguments.model_construct())
    except (AttributeError, TypeError, ValueError):
        return None
