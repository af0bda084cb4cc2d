"""Job `strength`: which faults, put into the project's functions one at a time, the tests notice.

Spec: `runner`, `tests` files, `collected` files, all `ids`, `addopts`, `files` of the code, `focus` ids,
`each` ids that must notice something, `rest` whether other tests may notice too, `wanted` keys or null for all that
the focus reaches, `leave` functions left alone, `bends_only` functions of which only the results are bent, `most`,
`seed`, `seconds` of processor time; or keys `planted` before anything is imported, one at a time, which the focus may
notice.
Each fault is judged in a fork of its own, in a copy of the tree: tests may write beside themselves.
"""

from __future__ import annotations

import gc
import os
import random
import sys
import time
import types
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from . import constants, faults, planted
from .cases import Case, quiet
from .forks import in_fork
from .prints import print_of
from .subjects import Key, Place, Subject, compiled, serve, subjects
from .ticks import Counter, disarm

PER_FUNCTION, INPUTS = 30, 6
NO_RESULT = ("none", "hollow")
BENDS = ("bend", "near", "none", "hollow", "asked")


class Reach(NamedTuple):
    """What one test does on the program as it is."""

    status: str
    seconds: float
    prints: Dict[Place, List[str]]


def main(spec: Dict[str, Any], send: Callable[[Dict[str, Any]], None]) -> None:
    """Send `test` for each test, `fault` for each fault, `each` for each test that must notice something."""
    begun = time.process_time()
    quiet()
    faults.install()
    sys.dont_write_bytecode = True
    if spec.get("planted"):
        planted.confirm(spec, send)
        return
    why = planted.with_cases(spec, lambda cases: Work(spec, send, begun, cases).run())
    if why:
        send({"kind": "unable", "why": why})


class Work:
    """The tests as they are loaded, what each reaches, and forks in which something is spoilt."""

    def __init__(self, spec: Dict[str, Any], send: Any, begun: float, cases: List[Case]) -> None:
        self.spec, self.send, self.begun = spec, send, begun
        self.cases = {case.name: case for case in cases}
        self.subjects = subjects(spec["files"])
        self.constants = {(one.path, one.name): one for one in constants.constants(spec["files"])}
        self.mentions = {place: constants.mentions(subject.node) for place, subject in self.subjects.items()}
        self.counter = Counter()
        self.reached: Dict[str, Reach] = {}
        self.chance = random.Random(spec.get("seed", 0))

    def run(self) -> None:
        focus = [name for name in self.cases if name in set(self.spec["focus"])]
        rest = [name for name in self.cases if name not in set(focus)] if self.spec.get("rest") else []
        each = [name for name in self.spec.get("each") or [] if name in self.cases]
        names = list(dict.fromkeys([*focus, *each, *rest]))
        got = in_fork(lambda: self.reach(names), 300.0)
        self.reached = got or {}
        if got is None:
            self.send({"kind": "unable", "why": "the tests did not come to their end"})
            return
        for name in names:
            reach = self.reached.get(name)
            self.send({"kind": "test", "id": name, "status": reach.status if reach else "?"})
        live = self.live()
        wanted = self.spec.get("wanted")
        keys = [Key(*one) for one in wanted] if wanted is not None else self._chosen(focus)
        for key in keys:
            if self.spent():
                self.send({"kind": "short", "left": len(keys)})
                break
            self._judge(key, focus, rest, live)
        self._each(each, live)

    def spent(self) -> bool:
        used = sum(os.times()[:4])
        return used > float(self.spec["seconds"])

    # --- what each test reaches

    def reach(self, names: List[str]) -> Dict[str, Reach]:
        found: Dict[str, Reach] = {}
        by_file = {os.path.realpath(path): path for path in self.spec["files"]}
        known: Dict[types.CodeType, Optional[Place]] = {}
        prints: Dict[Place, List[str]] = {}
        busy = [False]

        def enter(frame: Any, event: str, argument: Any) -> None:
            if event != "call" or busy[0]:
                return
            code = frame.f_code
            if code not in known:
                path = by_file.get(os.path.realpath(code.co_filename))
                known[code] = (path, code.co_firstlineno) if path is not None else None
            place = known[code]
            if place is None:
                return
            seen = prints.setdefault(place, [])
            if len(seen) < INPUTS:
                busy[0] = True
                try:
                    count = code.co_argcount + code.co_kwonlyargcount
                    text = print_of(tuple(frame.f_locals.get(name) for name in code.co_varnames[:count]))
                    if text not in seen:
                        seen.append(text)
                finally:
                    busy[0] = False

        for name in names:
            prints = {}
            sys.setprofile(enter)
            try:
                outcome = self.cases[name].run(self.counter, seconds=planted.LONGEST)
            finally:
                sys.setprofile(None)
            found[name] = Reach(outcome.status, outcome.seconds, prints)
        return found

    def live(self) -> Dict[Place, List[Any]]:
        """Return the functions in memory by where they stand in the text."""
        wanted = {os.path.realpath(path): path for path in self.spec["files"]}
        found: Dict[Place, List[Any]] = {}
        for one in gc.get_objects():
            if type(one) is types.FunctionType:
                path = wanted.get(os.path.realpath(one.__code__.co_filename))
                if path is not None:
                    found.setdefault((path, one.__code__.co_firstlineno), []).append(one)
        gc.collect()
        gc.freeze()
        return found

    # --- which faults

    def _chosen(self, focus: List[str]) -> List[Key]:
        """Return faults of what the focus reaches, spread over the functions by chance."""
        leave = {tuple(one) for one in self.spec.get("leave") or []}
        bends = {tuple(one) for one in self.spec.get("bends_only") or []}
        prints: Dict[Place, List[str]] = {}
        for name in focus:
            for place, seen in self.reached[name].prints.items() if name in self.reached else []:
                if self.reached[name].status == "p":
                    prints.setdefault(place, []).extend(text for text in seen if text not in prints.get(place, []))
        queues: List[List[Key]] = []
        for place, seen in prints.items():
            subject = self.subjects.get(place)
            if subject is None or (subject.path, subject.name) in leave:
                continue
            queue = self._keys(subject, seen, only_bends=(subject.path, subject.name) in bends)
            if queue:
                queues.append(queue)
        queues += self._constant_keys(set(prints))
        self.chance.shuffle(queues)
        chosen: List[Key] = []
        while queues and len(chosen) < self.spec["most"]:
            for queue in list(queues):
                chosen.append(queue.pop(0))
                if not queue:
                    queues.remove(queue)
        return chosen[: self.spec["most"]]

    def _keys(self, subject: Subject, seen: List[str], only_bends: bool) -> List[Key]:
        first: List[Key] = []
        others: List[Key] = []
        for number, fault in enumerate(faults.faults_of(subject.node)):
            key = Key(subject.path, subject.name, fault.what, number, "")
            if fault.what in BENDS or (fault.what == faults.INSTEAD and not only_bends):
                first.append(key)  # each refusal is a promise of its own, which other faults do not try
            elif not only_bends:
                others.append(key)
        self.chance.shuffle(others)
        own = subject.name.endswith("__repr__")  # by which it would be asked what it is asked
        told = [] if own or not first else seen
        asked = [Key(subject.path, subject.name, "asked", 0, text) for text in told if text != "?"]
        self.chance.shuffle(asked)
        mixed: List[Key] = []
        others = others[:PER_FUNCTION]
        while others or asked:
            mixed += [queue.pop(0) for queue in (others, asked) if queue]
        return first + mixed

    def _constant_keys(self, reached: set[Place]) -> List[List[Key]]:
        """Return faults of what the reached functions read of their modules."""
        read = {name for place in reached for name in self.mentions.get(place, ())}
        queues: List[List[Key]] = []
        for known in self.constants.values():
            if known.name.rpartition(".")[2] in read:
                value = constants.found(known)[1]
                text = constants.text_of(value)
                count = len(constants.others(value))
                queue = [Key(known.path, known.name, constants.WHAT, number, text) for number in range(count)]
                self.chance.shuffle(queue)
                queues += [queue] if queue else []
        return queues

    # --- judging one

    def _judge(self, key: Key, focus: List[str], rest: List[str], live: Dict[Place, List[Any]]) -> None:
        if key.what == constants.WHAT:
            self._judge_constant(key, [*focus, *rest])
            return
        place = self._place_of(key)
        if place is None:
            self.send({"kind": "fault", "key": list(key), "state": "absent"})
            return
        reaching = [name for name in [*focus, *rest] if self.reaches(name, place)]
        asking = [name for name in reaching if key.asked in self.reached[name].prints[place]]
        if key.what == "asked":
            reaching = asking
        said, line = self._said(key, place)
        if not reaching:
            self.send({"kind": "fault", "key": list(key), "state": "unreached", "said": said, "line": line})
            return
        noticed = self._noticed(key, place, reaching, live)
        if noticed is None:
            self.send({"kind": "fault", "key": list(key), "state": "unfit", "said": said, "line": line})
            return
        state = "noticed" if noticed[0] else "missed"
        told = {"state": state, "by": noticed[0], "how": noticed[1], "said": said, "line": line}
        self.send({"kind": "fault", "key": list(key), **told})

    def _judge_constant(self, key: Key, names: List[str]) -> None:
        known = self.constants.get((key.path, key.function))
        value = constants.found(known)[1] if known is not None else None
        changed = constants.others(value)
        if known is None or constants.text_of(value) != key.asked or key.number >= len(changed):
            self.send({"kind": "fault", "key": list(key), "state": "absent"})
            return
        last, (said, new) = known.name.rpartition(".")[2], changed[key.number]
        places = {place for place, read in self.mentions.items() if last in read}
        reaching = [name for name in names if any(self.reaches(name, place) for place in places)]
        told = {"kind": "fault", "key": list(key), "said": said, "line": known.line}
        if not reaching:
            self.send(dict(told, state="unreached"))
            return
        noticed = self.first_noticing(lambda: constants.put(known, new), reaching)
        self.send(dict(told, state="noticed" if noticed[0] else "missed", by=noticed[0], how=noticed[1]))

    def _each(self, each: List[str], live: Dict[Place, List[Any]]) -> None:
        """Tell of each of these tests whether it notices anything by a check of its own."""
        for name in each:
            reach = self.reached.get(name)
            if reach is None or reach.status != "p":
                continue
            tried, best = 0, ""
            for place, seen in sorted(reach.prints.items(), key=lambda one: -len(one[1])):
                subject = self.subjects.get(place)
                if subject is None:
                    continue
                for key in self._telling(subject, seen):
                    if best == "check" or tried > 60 or self.spent():
                        break
                    noticed = self._noticed(key, place, [name], live)
                    if noticed is not None:
                        tried += 1
                        best = self._telling_how(subject, key, noticed[1]) or best
            self.send({"kind": "each", "id": name, "tried": tried, "how": best, "reached": len(reach.prints)})

    def _telling(self, subject: Subject, seen: List[str]) -> List[Key]:
        """Return faults in the order in which a test that checks anything is likely to notice them."""
        keys = self._keys(subject, seen, only_bends=False)
        first = [key for key in keys if key.what in ("raise", faults.INSTEAD)]
        last = [key for key in keys if key.what in NO_RESULT]
        return [*first, *[key for key in keys if key not in first and key not in last][:14], *last]

    def _telling_how(self, subject: Subject, key: Key, how: str) -> str:
        """Whether there is a result at all says nothing of it, unless the test wants it refused."""
        gives = any(fault.what == "bend" for fault in faults.faults_of(subject.node))
        if how == "refusal":
            return "check"
        return "" if gives and key.what in NO_RESULT else how

    def reaches(self, name: str, place: Place) -> bool:
        reach = self.reached.get(name)
        return reach is not None and reach.status == "p" and place in reach.prints

    def _place_of(self, key: Key) -> Optional[Place]:
        for place, subject in self.subjects.items():
            if (subject.path, subject.name) == (key.path, key.function):
                return place
        return None

    def _said(self, key: Key, place: Place) -> Tuple[str, int]:
        if key.what == "asked":
            return "other result when asked " + key.asked[:80], place[1]
        for number, fault in enumerate(faults.faults_of(self.subjects[place].node)):
            if number == key.number:
                return fault.said, fault.line
        return "", place[1]

    def _noticed(
        self, key: Key, place: Place, names: List[str], live: Dict[Place, List[Any]]
    ) -> Optional[Tuple[str, str]]:
        """Return (test, `check` or `crash`) of the first test that fails, ('', '') for none, None when unfit."""
        subject = self.subjects[place]
        made = compiled(subject, key, place)
        if made is None:
            return None
        module, code = made
        functions = live.get(place, [])
        if any(function.__code__.co_freevars != code.co_freevars for function in functions):
            return None

        def spoil() -> None:
            for function in functions:
                function.__code__ = code
            serve(subject.path, module)
            if key.what == faults.INSTEAD:
                for name in names:  # what the function usually gives must be seen before it is given
                    self._again(name)
                faults.arm_answers()

        return self.first_noticing(spoil, names)

    def first_noticing(self, spoil: Callable[[], None], names: List[str]) -> Tuple[str, str]:
        """Return (test, `check` or `crash`) of the first test that fails once something is spoilt, or ('', '')."""
        seconds = sum(self.reached[name].seconds for name in names)

        def alone() -> Any:
            spoil()
            for name in names:
                outcome = self._again(name)
                if outcome.status != "p":
                    return name, _how(outcome.error, self.spec["tests"])
            return "", ""

        got: Optional[Tuple[str, str]] = in_fork(alone, 5.0 + 20 * seconds)
        return got if got is not None else (names[0], "crash")

    def _again(self, name: str) -> Any:
        outcome = self.cases[name].run(self.counter, seconds=0.3 + 6 * self.reached[name].seconds)
        disarm()
        return outcome


def _how(error: Optional[BaseException], tests: List[str]) -> str:
    """A check is what the test itself raises, a refusal that nothing was raised; a crash is the faulty program's."""
    if type(error).__name__ in ("Failed", "AssertionError") and "raise" in str(error).lower():
        return "refusal"
    if error is None or isinstance(error, AssertionError) or type(error).__name__ == "Failed":
        return "check"
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    file = os.path.realpath(trace.tb_frame.f_code.co_filename) if trace is not None else ""
    return "check" if file in {os.path.realpath(test) for test in tests} else "crash"
