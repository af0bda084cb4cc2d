"""Does what is owed in this process: one task per effect, cancelled when it is no longer owed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from msgspec import structs

from agents.attempt import run_attempt
from agents.ports import Agent, AgentError, SuiteResult, Workbench
from agents.workspace.git import GitError
from agents.workspace.mirror import Mirror
from agents.workspace.touched import touched
from agents.workspace.worktree import Worktree
from director.core.asked import work_of
from director.core.commands import Broken, Command, Report, Tick
from director.core.effects import (
    Begin,
    Deliver,
    Effect,
    Land,
    Measure,
    MeasureBranch,
    Prepare,
    Rebase,
    Restore,
    Stack,
    Tally,
    WakeAt,
    Work,
    key_of,
    pending,
)
from director.core.landing import conflicting
from director.core.state import Run, State, refused_now
from director.executors.goals import begun_from, laid_files, notes_for, taken_for
from director.executors.spoken import spoken_before
from director.executors.stacking import stack
from director.executors.thinking import Minds, Thinkers, notes_of
from director.gates.goal import with_goal
from director.landing import deliver, land, restore
from director.referee import Measured, Referee
from director.referee.first_look import SELECTION_MISSED
from director.referee.judging import judge
from director.referee.together import not_for_each
from knowledge_graph.projector import Projector
from knowledge_graph.recall import recall
from ledger.blobs import Blobs
from ledger.errors import LedgerError
from ledger.events import (
    AnyEvent,
    AttemptGaveUp,
    AttemptId,
    BaselineMeasured,
    BranchMeasured,
    FlakyTestQuarantined,
    NoticeRaised,
    PatchMeasured,
    PatchRebased,
    PatchRejected,
    Reason,
    TargetPrepared,
    TaskTaken,
    attempt_stream,
)
from ledger.events.recorded import Recorded
from ledger.projections.score import quality_score
from ledger.store import Store

_DECIDED = (Land, Restore, Deliver, Tally, WakeAt)
"""Effects that begin nothing new."""
COVERED = 2.0
"""Tests take about so many times longer while their coverage is measured."""
Tell = Callable[[Mapping[str, str]], None]
"""Show something that is no fact: lossy."""


@dataclass(frozen=True, slots=True)
class Place:
    """Everything one project's executor works with."""

    store: Store
    blobs: Blobs
    mirror: Mirror
    referee: Referee
    agents: Mapping[str, Agent]
    worktrees: Path
    knowledge: Projector
    clock: Callable[[], float]
    tell: Tell
    seconds: float = 180.0
    """How long one attempt may take."""
    minds: Minds | None = None
    """What thinking with models needs."""


@dataclass(slots=True)
class LocalExecutor:
    """The executor of one project."""

    place: Place
    inbox: asyncio.Queue[Command]
    works: bool = True
    """Without it only what is decided already is brought to its end: no code of the project runs, no model is asked."""
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _ending: set[asyncio.Task[None]] = field(default_factory=set)
    _reports: dict[int, str] = field(default_factory=dict)
    """Key of the effect each waiting command reports, by the command's identity."""
    begin: Callable[[TaskTaken], Awaitable[tuple[Command, ...]]] | None = None
    """Makes the start of a run for a piece of work somebody asked for; the host knows how."""
    _thinkers: Thinkers | None = None

    def __post_init__(self) -> None:
        place = self.place
        if place.minds is not None:
            self._thinkers = Thinkers(place.minds, place.store, place.blobs, place.tell)

    def reconcile(self, state: State) -> None:
        """Begin what is owed and not at work, cancel what works and is no longer owed."""
        owed = {key_of(effect): effect for effect in pending(state) if self.works or isinstance(effect, _DECIDED)}
        for key in [k for k in self._tasks if k not in owed]:
            task = self._tasks.pop(key)
            task.cancel()
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
        for key, effect in owed.items():
            if key not in self._tasks:
                self._tasks[key] = asyncio.create_task(self._carry_out(effect, state), name=key)

    def settle(self, command: Command) -> None:
        """Hear that a command is taken: the effect it reports may begin again if it is owed again."""
        key = self._reports.pop(id(command), "")
        task = self._tasks.get(key)
        if task is not None and task.done():
            del self._tasks[key]

    async def close(self) -> None:
        """Cancel everything and wait until it is gone."""
        tasks = [*self._tasks.values(), *self._ending]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.place.referee.close()
        if self.place.minds is not None and self.place.minds.servers is not None:
            await self.place.minds.servers.close()
        self._tasks.clear()

    async def _carry_out(self, effect: Effect, state: State) -> None:
        """The edge where every failure becomes a command: nothing is lost silently."""
        attempt = getattr(effect, "attempt", AttemptId(""))
        try:
            command = await self._do(effect, state)
        except (AgentError, GitError, LedgerError) as error:
            command = Broken(self.place.clock(), key_of(effect), str(error), attempt)
        except Exception as error:  # noqa: BLE001 - the one place where the unforeseen is turned into a fact
            first = _first_cause(error)
            why = f"{type(first).__name__}: {first}"
            command = Broken(self.place.clock(), key_of(effect), why, attempt)
        self._reports[id(command)] = key_of(effect)
        self.inbox.put_nowait(command)

    async def _do(self, effect: Effect, state: State) -> Command:
        if isinstance(effect, WakeAt):
            await asyncio.sleep(max(0.0, effect.at - self.place.clock()))
            return Tick(self.place.clock())
        if isinstance(effect, Begin):
            return await self._begin(effect)
        facts = await self._facts(effect, state)
        return Report(self.place.clock(), facts)

    async def _facts(self, effect: Effect, state: State) -> tuple[AnyEvent, ...]:
        mirror, blobs = self.place.mirror, self.place.blobs
        match effect:
            case Land():
                return await asyncio.to_thread(land, mirror, blobs, effect)
            case Restore():
                return await asyncio.to_thread(restore, mirror, effect)
            case Deliver():
                return (await asyncio.to_thread(deliver, mirror, effect),)
        run = state.run
        assert run is not None, "every other effect is a run's"
        match effect:
            case Prepare():
                return await self._prepare(run)
            case MeasureBranch():
                return await self._measure_branch(run, effect)
            case Work():
                return await self._work(run, effect, refused_now(state))
            case Tally():
                return (await self._tally(run),)
            case Rebase():
                return (await asyncio.to_thread(self._rebase, effect),)
            case Stack():
                self.place.referee.steadiness.remember(run.quarantined)
                self.place.tell({"doing": f"putting the patch of {effect.attempt} on those that wait before it"})
                fact = await stack(mirror, self.place.referee, run, effect)
                return (*self._noticed(run), fact)
            case Measure():
                self.place.referee.steadiness.remember(run.quarantined)
                return await self._measure(run, effect)
        raise AssertionError(effect)

    async def _prepare(self, run: Run) -> tuple[AnyEvent, ...]:
        began = self.place.clock()
        await asyncio.to_thread(self.place.mirror.start_branch, run.started.branch, run.started.commit)
        environment = await self.place.referee.prepare(run.started.commit)
        notices = [NoticeRaised(code="environment", message=note, run=run.id) for note in environment.notes]
        prepared = TargetPrepared(
            run=run.id,
            python=f"{environment.python} ({environment.version})",
            source=environment.source,
            packages=environment.packages,
            missing=environment.missing,
            seconds=self.place.clock() - began,
        )
        return (*notices, prepared)

    async def _measure_branch(self, run: Run, effect: MeasureBranch) -> tuple[AnyEvent, ...]:
        measured = await self._measured_tree(run, effect.commit, "the branch")
        fact: AnyEvent
        if effect.baseline:
            pack = await asyncio.to_thread(lambda: self.place.blobs.put(self.place.mirror.whole_pack(effect.commit)))
            fact = BaselineMeasured(
                run=run.id, tree=effect.tree, readings=measured.readings, score=measured.score, pack=pack
            )
        else:
            fact = BranchMeasured(run=run.id, tree=effect.tree, readings=measured.readings, score=measured.score)
        return (*self._noticed(run), *measured.errors, fact)

    async def _measure(self, run: Run, effect: Measure) -> tuple[AnyEvent, ...]:
        referee, started = self.place.referee, run.started
        self.place.tell({"doing": f"judging the patch of {', '.join(effect.together) or effect.attempt}"})
        if not effect.together:
            reasons = await referee.look(started.commit, run.tree, effect.tree, started.gates, run.readings)
            if reasons:
                return (*self._noticed(run), PatchRejected(attempt=effect.attempt, reasons=reasons))
        asked = with_goal(started.gates, run.goal, self.place.blobs)
        judged = await judge(referee, started.commit, effect.base, effect.tree, asked)
        fact = PatchMeasured(
            attempt=effect.attempt,
            base=effect.base,
            tree=effect.tree,
            readings=judged.candidate,
            score=quality_score(judged.candidate, run.started.gates),
            objections=judged.objections,
            together=effect.together,
        )
        notices = self._noticed(run)
        if effect.together:
            told = (each for each in notices if isinstance(each, NoticeRaised) and each.code == SELECTION_MISSED)
            missed = [Reason(code=each.code, message=each.message) for each in told]
            for_each = not_for_each(referee, run.tree, effect.tree, started.gates)
            fact = structs.replace(fact, objections=(*fact.objections, *missed, *for_each))
        return (*notices, fact)

    def _noticed(self, run: Run) -> list[NoticeRaised | FlakyTestQuarantined]:
        return [structs.replace(notice, run=run.id) for notice in self.place.referee.take_notices()]

    async def _measured_tree(self, run: Run, tree: str, what: str) -> Measured:
        self.place.tell({"doing": f"measuring {what}"})
        asked = with_goal(run.started.gates, run.goal, self.place.blobs)
        return await self.place.referee.measure(run.id, run.started.commit, tree, asked, run.readings, run.quarantined)

    def _rebase(self, effect: Rebase) -> PatchRebased | PatchRejected:
        merged = self.place.mirror.merge(effect.base, effect.tree, effect.onto)
        if merged is not None:
            return PatchRebased(attempt=effect.attempt, base=effect.onto, tree=merged)
        return conflicting(effect.attempt)

    async def _begin(self, effect: Begin) -> Command:
        """Return the start of a run for a piece of work; what a person should know of it comes right after it."""
        if self.begin is None:
            raise AgentError("no run can begin here: ask `kaizen up`")
        start, *more = await self.begin(effect.taken)
        for command in more:
            asyncio.get_running_loop().call_soon(self.inbox.put_nowait, command)
        return start

    async def _tally(self, run: Run) -> AnyEvent:
        """Count when everything that was cancelled has come to rest."""
        if self._thinkers is None:
            raise AgentError("models were connected when the run began and are not any more")
        await asyncio.gather(*self._ending, return_exceptions=True)
        return (await self._thinkers.book(run)).of_run()

    def _said_before(self, run: Run, effect: Work) -> dict[str, str]:
        taken = work_of(run, effect.task)
        place = self.place
        return spoken_before(place.store, place.blobs, taken.request, place.clock()) if taken is not None else {}

    async def _work(self, run: Run, effect: Work, refused: frozenset[str]) -> tuple[AnyEvent, ...]:
        place, thinkers = self.place, self._thinkers if effect.brain == "conversational" else None
        if effect.brain == "conversational" and thinkers is None:
            raise AgentError("no model is connected any more: connect one with KAIZEN_MODEL=NAME")
        agent = place.agents.get(effect.role) if thinkers is None else thinkers.minds.agent(effect.role)
        if agent is None:
            return (AttemptGaveUp(attempt=effect.attempt, why=f"there is no role {effect.role} here"),)
        before = await asyncio.to_thread(self._said_before, run, effect)
        notes = {**notes_of(run, effect), **notes_for(run, effect, place.blobs), **before}
        worktree = Worktree(
            place.mirror,
            place.worktrees / effect.attempt,
            effect.base,
            start=await asyncio.to_thread(begun_from, effect, place.mirror),
            laid=laid_files(effect, place.blobs, place.referee.prefix),
        )
        await asyncio.to_thread(worktree.__enter__)
        try:
            bench = Workbench(
                attempt=effect.attempt,
                target=await place.referee.target(run.started.commit, worktree.root),
                readings={r.gate: r for r in run.readings},
                recall=lambda fingerprint: recall(place.knowledge.graph, fingerprint, place.blobs),
                seed=effect.seed,
                seconds=place.seconds if thinkers is None else thinkers.minds.seconds,
                record=lambda event: _record(place.store, effect.attempt, event),
                progress=lambda line: place.tell({"attempt": effect.attempt, "role": effect.role, "doing": line}),
                skip=frozenset(effect.skip),
                refused=refused,
                was_refused=lambda: _is_among(worktree, refused),
                scratch=worktree.scratch,
                blobs=place.blobs,
                ledger=lambda: _everything(place.store),
                notes=notes,
                suite=_suite_at(place, effect, worktree),
                touched=lambda: touched(place.mirror.git, effect.base),
                thinking=await thinkers.thinking(run, effect, worktree, notes) if thinkers else None,
            )
            await asyncio.to_thread(place.knowledge.catch_up, place.store)
            bench.progress(effect.task.title)

            async def taken() -> AnyEvent:
                report = await run_attempt(run.id, agent, effect.task, worktree, bench, place.blobs, place.clock)
                return await taken_for(place.referee, run, effect, report)

            return (await taken(),) if thinkers is None else await thinkers.outcome(run, effect, taken())
        finally:
            await asyncio.shield(asyncio.to_thread(worktree.__exit__))


def _suite_at(place: Place, effect: Work, worktree: Worktree) -> SuiteResult | None:
    """Return what the tests gave where an attempt starts, unless it starts with more than the commit."""
    if worktree.start != worktree.base or worktree.laid:
        return None
    suite = place.referee.whole_suite(place.mirror.tree_of(effect.base))
    return replace(suite, seconds=suite.seconds / COVERED) if suite is not None and suite.outcome == "ran" else None


def _first_cause(error: BaseException) -> BaseException:
    """Return what went wrong first among tasks that ran side by side: a group by itself says nothing."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _everything(store: Store) -> Iterator[Recorded]:
    position = 0
    while page := store.read(after=position):
        yield from page
        position = page[-1].position


def _is_among(worktree: Worktree, refused: frozenset[str]) -> bool:
    patch = worktree.patch() if refused else None
    return patch is not None and patch.patch in refused


def _record(store: Store, attempt: AttemptId, event: AnyEvent) -> None:
    """Append to the attempt's stream without waiting: group commit rides it along with the next decision."""
    store.append(attempt_stream(attempt), [event], actor=attempt)
