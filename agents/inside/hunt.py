"""One search: observe, localise, draw edits, judge them, rank what is plausible."""

from __future__ import annotations

import os
import time
from functools import partial
from typing import Any, Callable, Dict, Iterator, List, Sequence, Set, Tuple

from . import faraway, localise, reexec, regions
from .abandoned import Ran
from .cases import PROTOCOL, Case
from .clock import Clock
from .editspace import Edit, Ground, names, search
from .evaluate import Evaluator, Plausible
from .forks import in_fork
from .isolation import canary, isolated
from .kin import kin_by_region
from .lines import in_files, in_sources
from .ranking import SUSPECT, Ranked, ranked
from .source import Function, Source
from .ticks import Counter
from .trial import Base, Trial

LEAST = 0.02
SHARE = 0.15
"""The least share of the failing tests that a partial repair must mend."""
MOST = 0.7
"""The share that is one cause, whatever the failures look like."""
CROWD = 10
"""So many failing tests say of an edit whether it mends a mistake or pleases a test."""
ENOUGH = 24
"""Failing tests that are looked at; more of them say little more and cost as much each."""
BESIDE = 40
"""Failing tests beside them that a plausible patch is tried on."""
MANY = 80
"""The search ends with so many patches that may be proposed: more of them say that the tests ask for little."""
CONFIRMED, CONFIRMING = 16, 15.0
"""So many plausible patches are judged alone by every test, the likeliest first; all where tests beside rank them, and
the time lets them: seconds of work."""
SPOKEN = 0.4
"""How much more suspicious a line is that holds a name the failure speaks of."""
ASKED = 0.5
"""How suspicious the tables are that a failing test itself reads."""
HOPELESS = 0.3
"""The search ends when what is left scores below this share of the best plausible patch."""


class Hunt:
    """The state of one search, inside an interpreter that has the tests loaded."""

    def __init__(
        self, spec: Dict[str, Any], loaded: List[Case], say: Callable[[Dict[str, Any]], None], begun: float
    ) -> None:
        self.spec, self.cases, self.say = spec, loaded, say
        self.clock = Clock(begun)
        self.end: float = begun + spec["seconds"] * 0.85
        self.most = min(spec.get("most", spec["seconds"]), spec["seconds"]) * 0.85
        """Seconds of work; `end` is on the wall."""
        self.counter = Counter()
        by_name = {case.name: index for index, case in enumerate(loaded)}
        red = [by_name[name] for name in spec["failing"] if name in by_name]
        beside = [by_name[name] for name in spec.get("beside", []) if name in by_name]
        self.failing, self.beside = red[:: max(1, -(-len(red) // ENOUGH))], beside[:: max(1, -(-len(beside) // BESIDE))]
        self.passing = [by_name[name] for name in spec["passing"] if name in by_name]
        tests = {os.path.relpath(case.path, spec["project"]) for case in loaded}
        self.wanted = in_sources(spec["project"], spec.get("sources", []), tests)
        if "files" in spec:
            self.wanted = in_files(spec["project"], spec["files"])
        self.sources: Dict[str, Source] = {}
        self.regions: Dict[int, Any] = {}
        self.groups: List[List[int]] = []
        self.kin: Dict[int, int] = {}
        self.one_cause = True
        self.parts: str = spec.get("parts", "")
        self.stats: Dict[str, float] = {"failing": len(self.failing), "passing": len(self.passing)}

    def run(self) -> None:
        """Search until the time or the candidates are spent, and say what was found."""
        if not self.failing:
            self.say({"kind": "ended", "why": "the failing tests could not be loaded"})
            return
        observed = self._observe()
        if not self.failing:
            self.say({"kind": "ended", "why": "the failing tests pass when they are run alone"})
            return
        chosen = localise.representatives(observed.runs, self.failing)
        self.groups = localise.groups(observed.runs, self.failing, chosen)
        self.one_cause = localise.one_cause(observed.runs, self.failing, self.groups)
        suspicion = localise.suspicion(observed.runs, self.failing, chosen)
        clues = localise.clues(self.cases, chosen + [i for i in self.failing if i not in chosen], observed)
        grounds = self._grounds(suspicion, clues, localise.told(observed.runs, self.failing))
        self.stats["localised"] = self.clock.seconds()
        if not grounds:
            self.say({"kind": "ended", "why": "the failing tests run no code of the project"})
            return
        trial = self._trial(observed, chosen)
        steady = isolated(trial, self.passing, self.clock)
        beside = [self.cases[i] for i in self.beside]
        self.kin = kin_by_region(beside, self.regions, self.wanted, self.counter, self.clock) if beside else {}
        evaluator = Evaluator(
            trial, self.regions, self.spec.get("workers", 2), canary(trial, self.clock) if steady else [], steady,
            self.clock,
        )  # fmt: skip
        self.stats.update(one_cause=float(self.one_cause), isolated=float(steady), prepared=self.clock.seconds())
        self._search(evaluator, search(grounds, clues))
        self._answer(evaluator)

    def _observe(self) -> localise.Observations:
        share = max(5.0, 0.2 * self.most)
        observed = localise.observe(
            self.cases, self.failing, self._near(), self.wanted, self.counter, share, self.clock
        )
        odd = [i for i in self.failing if i in observed.runs and observed.runs[i].status == "p"]
        odd += [i for i in self.passing if i in observed.runs and observed.runs[i].status not in ("p", "s")]
        odd = [i for i in odd if self.cases[i].rung != PROTOCOL]
        if odd:
            for index in odd:
                self.cases[index].rung = PROTOCOL
            more = localise.observe(
                self.cases, [i for i in odd if i in self.failing], [i for i in odd if i in self.passing],
                self.wanted, self.counter, share / 2, self.clock,
            )  # fmt: skip
            observed.runs.update(more.runs)
        self.failing = [i for i in self.failing if i in observed.runs and observed.runs[i].status in ("f", "t")]
        self.passing = [i for i in self.passing if i in observed.runs and observed.runs[i].status == "p"]
        return observed

    def _near(self) -> List[int]:
        """Return the passing tests, those beside failing ones first."""
        files = {self.cases[i].path for i in self.failing}
        return sorted(self.passing, key=lambda i: (self.cases[i].path not in files, i))

    def _grounds(self, suspicion: Dict[localise.Line, float], clues: Any, told: Set[str]) -> List[Ground]:
        grounds: List[Ground] = []
        located: List[Tuple[float, Dict[str, Any]]] = []
        files: Dict[str, Dict[str, float]] = {}
        tests = [self.cases[i].name for i in self.failing]
        for path in sorted({path for path, _ in suspicion}):
            source = self._source(path)
            if source is None:
                continue
            names.callers(clues.keywords, source.tree)
            lines = {line: value for (where, line), value in suspicion.items() if where == path}
            living = regions.living_functions(path)
            spoken = localise.spoken_of(source.data.decode("utf-8"), told)
            suspicion.update({(path, n): SPOKEN for n in spoken if (path, n) not in suspicion})
            functions: Dict[str, float] = {}
            for node in regions.outermost(source):
                region = regions.Region(source, node, path)
                own = {n: v for n, v in lines.items() if region.first <= n <= region.last}
                inside = {n: v for n, v in own.items() if n >= node.body[0].lineno}
                if not inside or not region.attach(living):
                    continue
                bonus = 0.15 * max(localise.named(test, region.name) for test in tests)
                own = {n: v + bonus + (SPOKEN if n in spoken else 0.0) for n, v in own.items()}
                index = len(self.regions)
                self.regions[index] = region
                grounds.append(Ground(index, source, node, own, LEAST, True))
                score = max(own.values())
                functions[region.name] = score
                where = sorted(own, key=lambda n: -own[n])[:5]
                place = {"path": localise.relative(path, self.spec["project"]), "line": where[0], "lines": where}
                located.append((score, {**place, "name": region.name, "score": score}))
            if functions:
                files[path] = functions
        grounds += self._statements(files, suspicion)
        located.sort(key=lambda one: -one[0])
        self.say({"kind": "located", "functions": [one for _, one in located[:10]]})
        return grounds

    def _source(self, path: str) -> Any:
        if path not in self.sources:
            try:
                with open(path, "rb") as file:
                    self.sources[path] = Source(path, file.read())
            except (OSError, SyntaxError, ValueError):
                return None
        return self.sources[path]

    def _statements(
        self, files: Dict[str, Dict[str, float]], suspicion: Dict[localise.Line, float]
    ) -> Iterator[Ground]:
        """Yield the module-level statements that suspicious functions depend on, in their own and in other files."""
        read = {path: faraway.reads(self.sources[path], functions) for path, functions in files.items()}
        others = faraway.elsewhere({**self._asked(), **read}, self._source, self.wanted)
        for path in sorted({*files, *others, *(path for path, _ in suspicion)}):
            module, source = reexec.module_of(path), self._source(path)
            if module is None or source is None:
                continue
            own = read.get(path, faraway.Reads({}, {}))
            names: Dict[str, float] = {}
            for some in (own.names, own.attributes, others.get(path, {})):
                for name, score in some.items():
                    names[name] = max(names.get(name, 0.0), score)
            ran = {line: value for (where, line), value in suspicion.items() if where == path}
            for node, lines, body in faraway.statements(source, names, files.get(path, {}), ran):
                index = len(self.regions)
                self.regions[index] = reexec.StatementRegion(source, node, module)
                yield Ground(index, source, node, lines, 0.0, body)

    def _asked(self) -> Dict[str, faraway.Reads]:
        """Return what the failing tests themselves read, by their files."""
        found: Dict[str, faraway.Reads] = {}
        for path in {self.cases[i].path for i in self.failing}:
            source = self._source(path)
            if source is not None:
                named = {getattr(self.cases[i].source(), "__name__", "") for i in self.failing}
                tests = [node for node in regions.outermost(source) if node.name in named]
                found[path] = faraway.reads(source, {regions.qualified(source, node): ASKED for node in tests})
        return found

    def _trial(self, observed: localise.Observations, chosen: List[int]) -> Trial:
        bases: Dict[int, Base] = {}
        order = [*self.failing, *self.beside, *self.passing]
        for at in range(0, len(order), 100):
            bases.update(in_fork(partial(self._measured, order[at : at + 100]), 60.0, self.clock) or {})
        self.failing = [i for i in self.failing if i in bases]
        self.passing = [i for i in self.passing if i in bases and bases[i].status == "p"]
        self.beside = [i for i in self.beside if i in bases and bases[i].status == "f"]
        if self.parts == "any":
            chosen = localise.with_simplest(observed.runs, self.failing, chosen)
        first = sorted([i for i in chosen if i in bases], key=lambda i: bases[i].ticks)
        trial = Trial(self.cases, self.counter, bases, self.failing, first, self.beside)
        ordered = sorted(self.passing, key=lambda i: (bases[i].seconds > 0.05, bases[i].ticks))
        for index, region in self.regions.items():
            path = region.source.path
            inside = set(range(region.first, region.last + 1))
            covered = [i for i in ordered if observed.runs[i].lines.get(path, set()) & inside]
            trial.covering[index] = covered
            ran = [{n for i in ids if i in observed.runs for n in observed.runs[i].lines.get(path, set()) & inside}
                   for ids in (covered, self.failing)]  # fmt: skip
            trial.ran[index] = Ran(*map(frozenset, ran))
            if not isinstance(region, regions.Region) and not (isinstance(region.node, Function) and covered):
                beside = [i for i in ordered if path in observed.runs[i].lines]
                trial.covering[index] = beside or ordered  # no test runs a module of tables, any may need it
        return trial

    def _measured(self, chunk: Sequence[int]) -> Dict[int, Base]:
        found: Dict[int, Base] = {}
        clock = Clock()
        for index in chunk:
            if clock.seconds() > 40.0:  # before the fork is ended, which would lose what is known
                break
            budget = (10_000_000, 10.0) if index in self.passing else (400_000, 2.0)
            outcome = self.cases[index].run(self.counter, *budget)
            found[index] = Base(outcome.status, outcome.ticks, outcome.seconds)
        return found

    def _search(self, evaluator: Evaluator, edits: Iterator[Edit]) -> None:
        most = self.spec.get("candidates", 200_000)
        best, convincing = [0.0], [0]
        patience = [self.most, float("inf")]

        def drawn() -> Iterator[Tuple[Edit, ...]]:
            """Yield edits until the next could change nothing; what is being judged by then is judged to its end."""
            for number, edit in enumerate(edits):
                hopeless = edit.score < best[0] * HOPELESS
                if hopeless or convincing[0] >= MANY or number >= most:
                    return
                yield (edit,)

        def is_late() -> bool:
            return self.clock.seconds() > min(patience) or time.monotonic() > self.end

        def found(one: Plausible) -> None:
            spent = self.clock.seconds()
            whole = self._ends_a_cause(one.edits, one.fixed)
            convincing[0] += whole
            if len(one.fixed) == len(self.failing) and not evaluator.goes_around(one.edits):
                best[0] = max(best[0], one.edits[0].score * SUSPECT.get(one.edits[0].kind, 1.0))
                more = max(12.0, 2 * spent) if self._kin(one.edits) else max(4.0, 0.6 * spent)
                patience[1] = min(patience[1], spent + more)
            elif whole or (self.parts == "any" and self._is_part(one.edits, one.fixed)):
                patience[1] = min(patience[1], spent + max(15.0, 2 * spent))

        evaluator.run(drawn(), is_late, found)
        if not evaluator.plausible and evaluator.late and time.monotonic() < self.end:
            evaluator.trial.factor, evaluator.batch = 100, 1
            slow, evaluator.late = evaluator.late, []
            evaluator.run(iter(slow), is_late, found)

    def _kin(self, edits: Tuple[Edit, ...]) -> int:
        """Return how many failing tests beside the task's run what is edited: those may be mended by it too."""
        return max(self.kin.get(edit.region, 0) for edit in edits)

    def _answer(self, evaluator: Evaluator) -> None:
        patches: List[Ranked] = []
        likely = [one for one in evaluator.plausible if self._ends_a_cause(one.edits, one.fixed)]
        if self.parts == "any" or (self.parts == "last" and not likely):
            likely += [one for one in evaluator.plausible if one not in likely and self._is_part(one.edits, one.fixed)]
        last = self.clock.seconds() + CONFIRMING
        for one in self._distinct(ranked([self._ranked(one, evaluator) for one in likely])):
            late = time.monotonic() > self.end + 0.05 * self.spec["seconds"] or self.clock.seconds() > last
            if (late and patches) or (len(patches) >= CONFIRMED and not self.beside):
                break
            confirmed = evaluator.confirm(one.edits, 30.0)
            if confirmed is not None and (
                self._ends_a_cause(one.edits, confirmed.fixed) or self._is_part(one.edits, confirmed.fixed)
            ):
                patches.append(one._replace(**confirmed._asdict()))
        best = ranked([one for one in patches if not self._waits(one)])
        tally = evaluator.tally
        self.stats.update(
            candidates=tally.tried, unfit=tally.unfit, slow=tally.slow, hung=tally.hung, void=tally.void,
            forks=tally.forks, broke=tally.broke, plausible=len(evaluator.plausible),
            likely=len(likely), confirmed=len(patches), waiting=len(patches) - len(best), seconds=self.clock.seconds(),
            direct=sum(case.rung != PROTOCOL for case in self.cases),
        )  # fmt: skip
        self.say({"kind": "stats", **self.stats})
        self.say({"kind": "plausible", "patches": [self._patch(one) for one in best[:12]]})

    def _ends_a_cause(self, edits: Tuple[Edit, ...], fixed: Tuple[int, ...]) -> bool:
        """Return whether all is mended, or one cause of several, by a kind of edit that seldom only pleases tests."""
        if len(fixed) == len(self.failing):
            return True
        much = len(fixed) >= SHARE * len(self.failing)
        whole = much and not self.one_cause and any(set(group) <= set(fixed) for group in self.groups)
        # Who crashes at one place may each meet a mistake of their own behind it.
        whole = whole or len(fixed) >= max(MOST * len(self.failing), 3)
        worst = min(SUSPECT.get(edit.kind, 1.0) for edit in edits)
        return whole and worst >= 0.8

    def _is_part(self, edits: Tuple[Edit, ...], fixed: Tuple[int, ...]) -> bool:
        """Return whether some tests are mended, where parts will do, by a kind of edit that is seldom wrong.

        All that fail in the one place of the tests that compares may each meet a mistake of their own. Where parts are
        what is taken at last, one test of many says too little.
        """
        least = max(2.0, SHARE * len(self.failing)) if self.parts == "last" else 1.0
        return bool(self.parts) and len(fixed) >= least and min(SUSPECT.get(edit.kind, 1.0) for edit in edits) == 1.0

    def _waits(self, one: Ranked) -> bool:
        """Return whether a kind of edit that often only pleases tests mends too few of the many that fail and run it.

        Where mistakes stack up, the right edit of one leaves tests red, and a wrong one turns a test green.
        """
        others = len(self.failing) + self._kin(one.edits)
        few = others >= CROWD and len(one.fixed) + one.beside < SHARE * others
        return few and self.parts != "any" and min(SUSPECT.get(edit.kind, 1.0) for edit in one.edits) < 1.0

    def _ranked(self, one: Plausible, evaluator: Evaluator) -> Ranked:
        size = sum(end - start + len(new) for edit in one.edits for start, end, new in edit.splices)
        weakens = any(edit.kind in ("cond-const", "bool-drop", "unwrap-if") for edit in one.edits)
        return Ranked(one.edits, one.fixed, 0, one.ticks, one.number, weakens, size, evaluator.idles(one.edits))

    def _patch(self, one: Ranked) -> Dict[str, Any]:
        edit = one.edits[0]
        region = self.regions[edit.region]
        source: Source = region.source
        splices = tuple(splice for each in one.edits for splice in each.splices)
        return {
            "path": localise.relative(source.path, self.spec["project"]),
            "encoding": source.encoding,
            "splices": source.characters(splices),
            "text": source.splice(splices).decode("utf-8"),
            "edit": edit.kind,
            "line": edit.line,
            "function": region.name,
            "score": edit.score,
            "number": one.number,
            "fixed": [self.cases[i].name for i in one.fixed],
            "complete": len(one.fixed) == len(self.failing),
            "kept": [self.cases[i].name for i in sorted(self.passing)],
        }

    def _distinct(self, patches: List[Ranked]) -> List[Ranked]:
        """Return the patches without those that compile to the same as a better one."""
        seen: Set[Any] = set()
        found = []
        for one in patches:
            region = self.regions[one.edits[0].region]
            splices = tuple(splice for edit in one.edits for splice in edit.splices)
            key = regions.meaning(region.compile(splices)) if isinstance(region, regions.Region) else splices
            if key not in seen:
                seen.add(key)
                found.append(one)
        return found
