"""Judge candidates in forked workers: many per fork where a body or a value changes, one per fork otherwise."""

from __future__ import annotations

import gc
import os
import select
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple, Union

from . import reexec
from .abandoned import Ran, left_behind
from .clock import Clock, Watch, queued
from .editspace import Edit
from .forks import in_fork, limit_memory, reap
from .regions import Region, Unfit
from .ticks import FOREVER
from .trial import Trial

BATCH, LARGEST, CANARY_EVERY = 64, 256, 16
WORTH = 0.1
"""Seconds of tests that make a fork worth what it costs itself: where tests are quick, one judges more candidates."""
ALONE = 2
"""How many candidates with a fork of their own are judged after so many others, so that these do not hold them up."""
LOOKS = 6
"""Lines of which a plausible patch is looked at during the search, for whether it goes around the mistake."""
ROOM = 512 << 20
"""Bytes that a candidate may take beside what the loaded tests have."""


class Plausible(NamedTuple):
    """A candidate that turns failing tests green and breaks none that was tried."""

    number: int
    """Its place in the search."""
    edits: Tuple[Edit, ...]
    fixed: Tuple[int, ...]
    ticks: int


class Confirmed(NamedTuple):
    """What judging a candidate alone gave."""

    fixed: Tuple[int, ...]
    ticks: int
    beside: int
    """How many of the failing tests beside are green too."""
    around: int
    """How far code that tests ran is run by none any more, see `left_behind`."""


class Tally:
    """What the search did."""

    def __init__(self) -> None:
        self.tried = self.unfit = self.slow = self.hung = self.void = self.forks = self.broke = 0


Chunk = List[Tuple[int, Tuple[Edit, ...]]]


class Evaluator:
    """Draws candidates, judges them in at most `workers` forks, and keeps the plausible ones."""

    def __init__(
        self,
        trial: Trial,
        regions: Dict[int, Any],
        workers: int,
        canary: List[int],
        isolated: bool,
        clock: Optional[Clock] = None,
    ) -> None:
        """The clock is that of the search: what the workers stand in line is no time of it."""
        self.trial, self.regions, self.workers, self.canary = trial, regions, workers, canary
        self.clock = clock or Clock()
        cost = sum(trial.bases[index].seconds for index in trial.first)
        self.batch = int(min(LARGEST, max(BATCH, WORTH / max(cost, 1e-6)))) if isolated else 1
        self.tally = Tally()
        self._drawn = 0
        self._alone: Chunk = []
        self._owed = 0
        self.plausible: List[Plausible] = []
        self.late: List[Tuple[Edit, ...]] = []
        self._around: Dict[Tuple[int, int], bool] = {}
        """By region and line."""
        self.partial: List[Tuple[int, Tuple[Edit, ...], Tuple[int, ...]]] = []
        """Candidates that turned tests green and broke others: parts of larger repairs."""

    def run(
        self, candidates: Iterator[Tuple[Edit, ...]], is_late: Callable[[], bool], found: Callable[[Plausible], None]
    ) -> None:
        """Judge candidates until there are none left or it is too late for what is being judged."""
        gc.collect()
        gc.freeze()
        live: Dict[int, _Worker] = {}
        again: List[Chunk] = []
        exhausted = False
        try:
            while True:
                stop = is_late()
                while not stop and len(live) < self.workers and (again or not exhausted):
                    chunk = again.pop(0) if again else self._draw(candidates)
                    if not chunk:
                        exhausted = True
                        break
                    worker = _Worker(self, chunk)
                    self.tally.forks += 1
                    live[worker.pipe] = worker
                if not live or stop:
                    break
                ready, _, _ = select.select(list(live), [], [], 0.1)
                for pipe in list(live):
                    worker = live[pipe]
                    longest = 1.5 + 2 * self.trial.quick * min(self.trial.factor, 8)
                    hung = pipe not in ready and worker.watch.seconds() > longest
                    if hung or (pipe in ready and not worker.read()):
                        del live[pipe]
                        worker.end()
                        worker.settle(found)
                        again += worker.left(hung)
        finally:
            for worker in live.values():
                worker.end()
                worker.settle(found)  # each is confirmed alone
            gc.unfreeze()

    def _draw(self, candidates: Iterator[Tuple[Edit, ...]]) -> Chunk:
        """Return the next chunk; what changes module-level code for good gets a fork of its own, in its turn."""
        if self._owed and self._alone:
            self._owed -= 1
            return [self._alone.pop(0)]
        chunk: Chunk = []
        while len(self._alone) < 32 and len(chunk) < self.batch:
            one = next(candidates, None)
            if one is None:
                break
            alone = not all(_is_undone(self.regions[edit.region]) for edit in one)
            (self._alone if alone else chunk).append((self._drawn, one))
            self._drawn += 1
        if chunk:
            self._owed = -(-ALONE * len(chunk) // BATCH) if self.batch > 1 else 1
            return chunk
        return [self._alone.pop(0)] if self._alone else []

    def install(self, edits: Tuple[Edit, ...]) -> List[Union[Region, reexec.Applied]]:
        """Change the living program; return what must be restored. Raises Unfit."""
        changed: List[Union[Region, reexec.Applied]] = []
        by_region: Dict[int, List[Any]] = {}
        for edit in edits:
            by_region.setdefault(edit.region, []).extend(edit.splices)
        for index, splices in by_region.items():
            region = self.regions[index]
            if isinstance(region, Region):
                code = region.compile(tuple(splices))
                changed.append(region)
                region.install(code)
            else:
                changed.append(reexec.apply(region, tuple(splices)))
        return changed

    def confirm(self, edits: Tuple[Edit, ...], seconds: float) -> Optional[Confirmed]:
        """Judge one candidate alone in a fresh fork with every test; None when it is refused."""

        def alone() -> Optional[Confirmed]:
            limit_memory(ROOM)
            try:
                self.install(edits)
                verdict, fixed, ticks = self.trial.judge([edit.region for edit in edits], lambda: None)
                if verdict != "P":
                    return None
                return Confirmed(fixed, ticks, self.trial.green_beside(), self._left_behind(edits))
            except Unfit:
                return None

        got: Optional[Confirmed] = in_fork(alone, seconds, self.clock)
        return got

    def goes_around(self, edits: Tuple[Edit, ...]) -> bool:
        """Return whether the mistake likely still stands; one patch of each of the first lines is judged for it."""
        if self.idles(edits):
            return True
        place = edits[0].region, edits[0].line
        if place not in self._around and len(self._around) < LOOKS:
            told = self.confirm(edits, 10.0)
            self._around[place] = told is not None and told.around > 1
        return self._around.get(place, False)

    def idles(self, edits: Tuple[Edit, ...]) -> bool:
        """Return whether a patch leaves more behind than there was that nothing reads."""
        for index in {edit.region for edit in edits}:
            region = self.regions[index]
            splices = tuple(splice for edit in edits if edit.region == index for splice in edit.splices)
            if isinstance(region, Region) and region.leaves_idle(splices):
                return True
        return False

    def _left_behind(self, edits: Tuple[Edit, ...]) -> int:
        found = {edit.region for edit in edits}
        region = self.regions[edits[0].region]
        if len(found) > 1 or not isinstance(region, Region):
            return 0
        splices = tuple(splice for edit in edits for splice in edit.splices)
        for one in self.regions.values():
            if isinstance(one, Region):
                one.uncount(splices if one is region else ())
        ran = self.trial.ran.get(edits[0].region, Ran())
        tests = [*self.trial.failing, *self.trial.covering.get(edits[0].region, [])]
        return left_behind(region.source, edits, ran, tests, self.trial.run)

    def clean(self) -> bool:
        """Return whether the canary tests behave as on the unchanged program."""
        for index in self.canary:
            base = self.trial.bases[index]
            outcome = self.trial.cases[index].run(self.trial.counter, FOREVER >> 1, 5.0)
            if outcome.status != base.status or (base.status == "p" and outcome.ticks != base.ticks):
                return False
        return True


class _Worker:
    """One fork with a chunk of candidates; it answers one line each."""

    def __init__(self, owner: Evaluator, chunk: Chunk) -> None:
        self.owner, self.chunk, self.done = owner, chunk, 0
        self.pipe, writing = os.pipe()
        self._rest = b""
        self._void: Set[int] = set()
        self._found: List[Plausible] = []
        for region in {edit.region: owner.regions[edit.region] for _, edits in chunk for edit in edits}.values():
            if isinstance(region, reexec.StatementRegion):
                region.held()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(self.pipe)
                limit_memory(ROOM)
                self._work(writing)
            finally:
                os._exit(0)
        self.watch = Watch(self.pid)
        os.close(writing)

    def _work(self, out: int) -> None:
        owner, since = self.owner, 0
        many = len(self.chunk) > 1
        for position, (_, edits) in enumerate(self.chunk):
            changed: List[Union[Region, reexec.Applied]] = []
            try:
                changed = owner.install(edits)
                verdict, fixed, ticks = owner.trial.judge([e.region for e in edits], lambda: _say(out, "h"))
                _say(out, f"{verdict} {ticks} {','.join(map(str, fixed))}")
            except Unfit:
                _say(out, "s 0 ")
            finally:
                for one in changed:
                    one.restore()
            since += 1
            if many and (since == CANARY_EVERY or position == len(self.chunk) - 1):
                if not owner.clean():
                    _say(out, f"v {since} ")
                    return
                since = 0

    def read(self) -> bool:
        """Take in what the fork said; return False when it has ended."""
        got = os.read(self.pipe, 1 << 14)
        if not got:
            return False
        self.watch.restart()
        *lines, self._rest = (self._rest + got).split(b"\n")
        for line in lines:
            if line != b"h":
                self._take(line.decode())
        return True

    def settle(self, found: Callable[[Plausible], None]) -> None:
        """Hand on the plausible candidates whose verdicts hold."""
        void = {self.chunk[position][0] for position in self._void}
        for one in self._found:
            if one.number not in void:
                self.owner.plausible.append(one)
                self.owner.trial.least = max(self.owner.trial.least, len(one.fixed))
                found(one)

    def _take(self, line: str) -> None:
        verdict, ticks, fixed = line.split(" ")
        tally = self.owner.tally
        if verdict == "v":
            self._void = set(range(self.done - int(ticks), self.done))
            tally.void += int(ticks)
            return
        number, edits = self.chunk[self.done]
        indices = tuple(int(one) for one in fixed.split(",") if one)
        if verdict == "P":
            self._found.append(Plausible(number, edits, indices, int(ticks)))
        elif verdict == "b":
            tally.broke += 1
            self.owner.partial.append((number, edits, indices))
        elif verdict == "t":
            tally.slow += 1
            self.owner.late.append(edits)
        tally.unfit += verdict == "s"
        tally.tried += 1
        self.done += 1

    def end(self) -> None:
        """Kill the fork; several share the time for which one of them stood in line."""
        self.owner.clock.lose((queued(self.pid) or 0.0) / self.owner.workers)
        reap(self.pid, kill=True)
        os.close(self.pipe)

    def left(self, hung: bool = False) -> List[Chunk]:
        """Return the chunks that must be done again: void ones alone, and what a dead fork left."""
        rest: List[Chunk] = [[self.chunk[position]] for position in sorted(self._void)]
        stop = self.done
        if not self._void and stop < len(self.chunk):
            self.owner.tally.hung += 1
            self.owner.tally.tried += 1
            if hung:
                self.owner.late.append(self.chunk[stop][1])
            stop += 1
        if stop < len(self.chunk):
            rest.append(self.chunk[stop:])
        return rest


def _is_undone(region: Any) -> bool:
    return isinstance(region, Region) or bool(region.is_undone)


def _say(out: int, text: str) -> None:
    os.write(out, text.encode() + b"\n")
