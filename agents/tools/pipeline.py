"""A tool call on its way: schema, policy, approval, run with a limit, result. Each stage can veto and is an event."""

from __future__ import annotations

import asyncio
import posixpath
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from agents.ports import AgentError, Policy, Resources, Tool, ToolBench, ToolCall, ToolResult, Waiting
from agents.ports.work import Workbench
from agents.tools.arguments import Unfitting, canonical, digest, read_arguments, shown
from agents.tools.foreign import in_our_words
from agents.tools.long_text import KEPT, LONGEST, cut, needs_cut
from agents.tools.past import Past
from agents.tools.policy import KEEP_OUT, paths, verdict
from ledger.events import AnyEvent, AttemptId, Risk, ToolAsked, ToolFinished, ToolVetoed

Stage = Literal["schema", "policy", "approval", "repeated", "run"]
SECONDS = 900.0
"""Total limit of one call."""
_OUTSIDE: tuple[Risk, ...] = ("network", "deliver")
"""What happened once must not happen again by itself."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What came of one tool call."""

    call: ToolCall
    key: str
    """Names the call within the attempt, as its events do."""
    result: ToolResult
    """Its text is what the model is told, cut to head and tail when it is long."""
    stage: Stage
    """Where the call ended; all but `run` are vetoes."""
    risk: Risk | None = None
    tree: str = ""
    """The worktree after it, when it may have changed it."""
    again: bool = False
    """Whether it stood in the attempt's past and was not done anew."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """A call that fits its tool's schema and no rule denies."""

    nth: int
    key: str
    call: ToolCall
    tool: Tool
    arguments: Any
    risk: Risk
    resources: Resources
    asks: bool = False
    begun: bool = False
    """Whether it had been let before this attempt was resumed, and no end of it is known."""
    note: str = ""
    """What the model is told before the result."""


@dataclass(frozen=True, slots=True)
class _Ended:
    """How the run of one call ended, before the worktree was written as a tree."""

    result: ToolResult
    seconds: float


class Pipeline:
    """Carries out the tool calls of one attempt; the model's word decides nothing."""

    def __init__(
        self,
        tools: Mapping[str, Tool],
        bench: ToolBench,
        policy: Policy,
        *,
        attempt: AttemptId,
        append: Callable[[Sequence[AnyEvent]], Awaitable[None]],
        past: Iterable[AnyEvent] = (),
        seconds: float = SECONDS,
        longest: int = LONGEST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`past` is the attempt's stream so far: a call that ended there is answered from it and not done again.

        Whoever resumes an attempt puts the worktree back first: `agents.tools.past.tree_of(past)` says to what.
        """
        self._tools, self._bench, self._policy = tools, bench, policy
        self._attempt, self._append = attempt, append
        self._past = Past(past)
        self._seconds, self._longest, self._clock = seconds, longest, clock

    @classmethod
    def of(cls, bench: Workbench, tools: Mapping[str, Tool] | None = None, **given: Any) -> Pipeline:
        """Return the pipeline of an attempt that thinks, over its workbench; raise AgentError when it does not."""
        thinking = bench.thinking
        if thinking is None:
            raise AgentError("this attempt has no model and no tools: give it to a brain that thinks with one")
        reach = ToolBench(
            target=bench.target, history=thinking.history, blobs=thinking.blobs, recall=bench.recall,
            scratch=bench.scratch, seed=bench.seed, models=thinking.models, knowledge=thinking.knowledge,
            keep_out=KEEP_OUT,
        )  # fmt: skip
        return cls(
            thinking.tools if tools is None else tools, reach, thinking.policy,
            attempt=bench.attempt, append=thinking.append, past=thinking.past, **given,
        )  # fmt: skip

    async def carry_out(self, calls: Sequence[ToolCall], step: str = "") -> Sequence[Carried] | Waiting:
        """Carry out the calls of one answer and return what came of each, in their order.

        Calls that touch different things run together, others one after the other as they were asked for. `step` is
        the key of the model call that asked, e.g. `act-7`: a model may use the same id twice, a step never. Waiting is
        returned when a person must answer first; what came before it is done and recorded, and the same calls are
        given again after the answer.
        """
        carried: dict[int, Carried] = {}
        ready: list[_Ready] = []
        facts: list[AnyEvent] = []
        for nth, (key, call) in enumerate(zip(_keys(calls, step), calls, strict=True)):
            before = self._past.ended(key, self._bench.blobs)
            if before is not None:
                carried[nth] = Carried(call, key, before.result, before.stage, before.risk, before.tree, again=True)
                continue
            checked = self._checked(nth, key, call, facts)
            if isinstance(checked, Carried):
                carried[nth] = checked
            else:
                ready.append(checked)
        await self._record(facts)
        waiting = await self._in_order(ready, carried)
        return waiting or [carried[nth] for nth in range(len(calls))]

    # --- before the run

    def _checked(self, nth: int, key: str, call: ToolCall, facts: list[AnyEvent]) -> _Ready | Carried:
        """Take a call through schema and policy; `facts` get what is to be recorded."""
        call = in_our_words(call, self._tools)
        tool = self._tools.get(call.name)
        if tool is None:
            known = ", ".join(sorted(self._tools)) or "none"
            return self._veto(key, call, "schema", f"there is no tool {call.name!r}; there are: {known}", facts)
        try:
            arguments = read_arguments(tool, call.arguments)
            risk, resources = tool.risk(arguments), tool.resources(arguments)
        except Unfitting as wrong:
            return self._veto(key, call, "schema", str(wrong), facts)
        said = verdict(self._policy.rules, tool.name, risk, resources, self._bench.keep_out)
        if said.verdict == "deny":
            return self._veto(key, call, "policy", said.why, facts, risk)
        asks = said.verdict == "ask" and (tool.name, risk) not in self._policy.whole_run
        begun = self._past.began(key)
        if not self._past.asked(key, waits=asks):
            facts.append(self._asked(key, call, risk, waits=asks))
        return _Ready(nth, key, call, tool, arguments, risk, resources, asks, begun)

    def _asked(self, key: str, call: ToolCall, risk: Risk | None, *, waits: bool = False) -> ToolAsked:
        blob = self._bench.blobs.put(_encoded(call.arguments))
        return ToolAsked(attempt=self._attempt, key=key, tool=call.name, arguments=blob, risk=risk, waits=waits)

    def _veto(
        self, key: str, call: ToolCall, stage: Literal["schema", "policy", "approval"], why: str,
        facts: list[AnyEvent], risk: Risk | None = None,
    ) -> Carried:  # fmt: skip
        if not self._past.asked(key):
            facts.append(self._asked(key, call, risk))
        facts.append(ToolVetoed(attempt=self._attempt, key=key, tool=call.name, stage=stage, why=why))
        return Carried(call, key, ToolResult(False, f"Refused ({stage}): {why}", summary=why), stage, risk)

    # --- approval

    async def _let(self, ready: _Ready) -> _Ready | Carried | Waiting:
        """Look for a person's answer to a call that needs one."""
        tree = await asyncio.to_thread(self._bench.history.tree)
        arguments = canonical(ready.arguments)
        name = digest(ready.tool.name, arguments, tree)
        answer = self._policy.answered.get(name)
        if answer is None:
            return Waiting(
                tool=ready.tool.name, arguments=arguments, risk=ready.risk, digest=name, tree=tree,
                shown=shown(ready.tool.name, ready.arguments), seconds=self._policy.waits,
            )  # fmt: skip
        facts: list[AnyEvent] = []
        let: _Ready | Carried
        if not answer.granted:
            why = f"a person did not allow it{f': {answer.why}' if answer.why else ''}. Do without it"
            let = self._veto(ready.key, ready.call, "approval", why, facts, ready.risk)
        else:
            let = self._as_approved(ready, answer.arguments, arguments, facts)
            if isinstance(let, _Ready) and not ready.begun:
                facts.append(self._asked(ready.key, ready.call, let.risk))
        await self._record(facts)
        return let

    def _as_approved(self, ready: _Ready, approved: str, asked: str, facts: list[AnyEvent]) -> _Ready | Carried:
        """Return the call with the arguments a person approved, which may be others than were asked for."""
        try:
            arguments = read_arguments(ready.tool, approved or asked)
            risk, resources = ready.tool.risk(arguments), ready.tool.resources(arguments)
        except Unfitting as wrong:
            return self._veto(ready.key, ready.call, "approval", f"as it was approved, {wrong}", facts, ready.risk)
        edited = canonical(arguments)
        if edited == asked:
            return ready
        said = verdict(self._policy.rules, ready.tool.name, risk, resources, self._bench.keep_out)
        if said.verdict == "deny":
            return self._veto(ready.key, ready.call, "policy", f"as it was approved, {said.why}", facts, risk)
        note = f"A person changed the arguments before allowing it; what was done is: {edited}"
        return replace(ready, arguments=arguments, risk=risk, resources=resources, note=note)

    # --- the run

    async def _in_order(self, ready: Sequence[_Ready], carried: dict[int, Carried]) -> Waiting | None:
        """Run what may run together as one wave; a wave ends where the next call touches what it touches."""
        wave: list[_Ready] = []
        for each in ready:
            call = each
            if each.begun and each.risk in _OUTSIDE:
                carried[each.nth] = await self._unknown_end(each)
                continue
            if each.asks:
                # What is approved is bound to the tree it works on: everything before has to be done.
                await self._run_wave(wave, carried)
                wave = []
                let = await self._let(each)
                if isinstance(let, Waiting):
                    return let
                if isinstance(let, Carried):
                    carried[each.nth] = let
                    continue
                call = let
            if wave and (call.risk in _OUTSIDE or any(_conflict(call, other) for other in wave)):
                await self._run_wave(wave, carried)
                wave = []
            wave.append(call)
        await self._run_wave(wave, carried)
        return None

    async def _run_wave(self, wave: Sequence[_Ready], carried: dict[int, Carried]) -> None:
        """Run calls side by side; those that change the worktree are recorded together, with the tree they leave."""
        if not wave:
            return
        ended = await asyncio.gather(*(self._run(each) for each in wave), return_exceptions=True)
        broken = [each for each in ended if isinstance(each, BaseException)]
        done = [(each, end) for each, end in zip(wave, ended, strict=True) if isinstance(end, _Ended)]
        tree = ""
        if any(_may_change(each, end) for each, end in done):
            tree = await asyncio.to_thread(self._bench.history.tree)
        facts: list[AnyEvent] = []
        for each, end in done:
            text = "\n".join(filter(None, (each.note, self._fitted(end.result.text))))
            result = replace(end.result, text=text)
            after = tree if _may_change(each, end) else ""
            carried[each.nth] = Carried(each.call, each.key, result, "run", each.risk, after)
            facts.append(self._finished(each, result, after, end.seconds))
        await self._record(facts)
        if broken:
            raise broken[0]

    async def _run(self, ready: _Ready) -> _Ended:
        began = self._clock()
        try:
            async with asyncio.timeout(self._seconds):
                result = await ready.tool.run(ready.arguments, replace(self._bench, closed=self._closed(ready)))
        except TimeoutError:
            why = f"{ready.tool.name} took longer than {self._seconds:g} s and was ended; ask for less at once"
            result = ToolResult(False, why, summary=why, changed=True)
        except AgentError:
            raise
        except Exception as error:  # noqa: BLE001 - a tool of somebody else's may raise anything: the attempt goes on
            why = f"{ready.tool.name} failed inside: {type(error).__name__}: {error}"[:500]
            result = ToolResult(False, f"{why}. Try another tool", summary=why, changed=True)
        return _Ended(result, self._clock() - began)

    def _closed(self, ready: _Ready) -> Callable[[str], str]:
        """Say of files that show only while a call runs whether the rules let it write them."""
        named = set(paths(ready.resources.writes))
        let = (ready.tool.name, ready.risk) in self._policy.whole_run

        def closed(path: str) -> str:
            touched = Resources(writes=frozenset({f"file:{path}"}))
            said = verdict(self._policy.rules, ready.tool.name, ready.risk, touched, self._bench.keep_out)
            if said.verdict == "deny":
                return said.why
            asks = said.verdict == "ask" and not let and path not in named
            return f"{said.why}: name {path} by its whole path, so that a person can be asked" if asks else ""

        return closed

    async def _unknown_end(self, ready: _Ready) -> Carried:
        why = f"{ready.tool.name} had begun when Kaizen was stopped, and whether it reached its end is not known"
        result = ToolResult(False, f"{why}. Look first, before you ask for it again", summary=why)
        await self._record([self._finished(ready, result, "", 0.0)])
        return Carried(ready.call, ready.key, result, "run", ready.risk)

    def _finished(self, ready: _Ready, result: ToolResult, tree: str, seconds: float) -> ToolFinished:
        return ToolFinished(
            attempt=self._attempt, key=ready.key, tool=ready.tool.name, success=result.success, tree=tree,
            summary=(result.summary or next(iter(result.text.splitlines()), ""))[:200],
            result=self._bench.blobs.put(_encoded(result.text)), seconds=round(seconds, 3),
        )  # fmt: skip

    def _fitted(self, text: str) -> str:
        if not needs_cut(text, self._longest):
            return text
        return cut(text[:KEPT], self._bench.blobs.put(_encoded(text[:KEPT])), self._longest)

    async def _record(self, facts: Sequence[AnyEvent]) -> None:
        if facts:
            await self._append(facts)
            self._past.add(facts)


def _keys(calls: Sequence[ToolCall], step: str) -> list[str]:
    """Name each call of an answer, the same on every try."""
    if step:
        return [f"{step}.{nth}" for nth in range(1, len(calls) + 1)]
    ids = [call.id or f"call-{nth}" for nth, call in enumerate(calls, 1)]
    return [name if name not in ids[:nth] else f"{name}.{nth + 1}" for nth, name in enumerate(ids)]


def _conflict(one: _Ready, other: _Ready) -> bool:
    return other.risk in _OUTSIDE or touch(one.resources, other.resources)


def touch(one: Resources, other: Resources) -> bool:
    """Return whether two calls must not run side by side: one writes what the other reads or writes."""
    return any(
        _overlap(mine, theirs)
        for writes, touched in (
            (one.writes, other.reads | other.writes),
            (other.writes, one.reads | one.writes),
        )
        for mine in writes
        for theirs in touched
    )


def _overlap(one: str, other: str) -> bool:
    kinds = {one.partition(":")[0], other.partition(":")[0]}
    if "tree" in kinds and kinds <= {"tree", "file"}:
        return True
    one, other = (f"{kind}:{posixpath.normpath(rest)}/" for kind, _, rest in (one.partition(":"), other.partition(":")))
    return one.startswith(other) or other.startswith(one)


def _may_change(ready: _Ready, ended: _Ended) -> bool:
    return ended.result.changed or (ready.risk != "read" and bool(ready.resources.writes))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


__all__ = ["Carried", "Pipeline", "Stage", "touch"]
