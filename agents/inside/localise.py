"""Where the cause of failing tests most likely is: lines that failing tests run and passing ones do not, and traces."""

from __future__ import annotations

import ast
import builtins
import inspect
import math
import os
import re
import textwrap
from functools import partial
from typing import Any, Callable, Dict, FrozenSet, List, NamedTuple, Sequence, Set, Tuple

from .cases import Case
from .clock import Clock
from .editspace.hints import hinted, leaves, relation_of, shown
from .editspace.scope import Clues
from .forks import in_fork
from .lines import Lines, Recorder, Types
from .ticks import Counter, OutOfTicks, OutOfTime

ALIKE = 0.75
SIMPLE = 2
"""Failing tests that run least are asked of each candidate, too, where mending some of the tests is enough."""
TELLING = ("AttributeError", "KeyError", "TypeError", "NameError", "UnboundLocalError", "ImportError")
"""Exceptions whose message names what is missing or too much."""
EVERYWHERE = 20
"""Lines of one file that hold a name: more of them say nothing of where the cause is."""
LONGEST = 400_000
"""Lines of the project that one traced failing test may run."""

Line = Tuple[str, int]


class Observed(NamedTuple):
    """What one traced run of one test gave."""

    status: str
    lines: Lines
    error: str
    message: str
    frames: Tuple[Tuple[str, int, str], ...]
    """Frames of the project, innermost last: path, line, function."""


class Observations(NamedTuple):
    """What tracing gave, by index of the case."""

    runs: Dict[int, Observed]
    types: Types
    attributes: Dict[str, Set[str]]


def observe(
    cases: Sequence[Case], failing: Sequence[int], passing: Sequence[int], wanted: Callable[[str], bool],
    counter: Counter, seconds: float, clock: Clock,
) -> Observations:  # fmt: skip
    """Trace the tests in forks, failing ones first and with the types of their variables, as far as time allows."""
    end = clock.seconds() + seconds
    runs: Dict[int, Observed] = {}
    types: Types = {}
    attributes: Dict[str, Set[str]] = {}
    for some, deep in ((failing, True), (passing, False)):
        if not deep and not any(run.lines for run in runs.values()):
            break  # what fails runs nothing of the project: what passes tells nothing about it
        for at in range(0, len(some), 50):
            left = end - clock.seconds()
            if left <= 0 and runs:
                break
            chunk = some[at : at + 50]
            got = in_fork(partial(_traced, cases, chunk, wanted, counter, deep, left), max(left, 5.0) + 20.0, clock)
            if got is None and len(chunk) > 1:
                for one in chunk:
                    alone = in_fork(partial(_traced, cases, [one], wanted, counter, deep, left), 30.0, clock)
                    _merge(alone, runs, types, attributes)
                    if clock.seconds() > end:
                        break
            _merge(got, runs, types, attributes)
    return Observations(runs, types, attributes)


def _merge(got: Any, runs: Dict[int, Observed], types: Types, attributes: Dict[str, Set[str]]) -> None:
    if got is None:
        return
    runs.update(got.runs)
    for key, names in got.types.items():
        for name, kinds in names.items():
            types.setdefault(key, {}).setdefault(name, set()).update(kinds)
    for kind, names in got.attributes.items():
        attributes.setdefault(kind, set()).update(names)


def _traced(
    cases: Sequence[Case],
    chunk: Sequence[int],
    wanted: Callable[[str], bool],
    counter: Counter,
    deep: bool,
    left: float,
) -> Observations:
    clock = Clock()
    recorder = Recorder(wanted, types=deep, most=LONGEST)
    runs: Dict[int, Observed] = {}
    for index in chunk:
        if runs and clock.seconds() > left:
            break
        case = cases[index]
        outcome = recorder.record(partial(case.run, counter, seconds=4.0 if deep else 20.0))
        error = outcome.error
        runs[index] = Observed(
            outcome.status,
            recorder.lines,
            _error_name(error),
            str(error)[:4000] if error is not None else "",
            tuple(_frames(error, wanted)),
        )
    return Observations(runs, recorder.types or {}, recorder.attributes)


def _error_name(error: Any) -> str:
    if isinstance(error, (OutOfTicks, OutOfTime)):
        return "Endless"
    name = type(error).__name__ if error is not None else ""
    missing = name in ("AttributeError", "TypeError") and "NoneType" in str(error)
    return "None" if missing else name


def _frames(error: Any, wanted: Callable[[str], bool]) -> List[Tuple[str, int, str]]:
    found: List[Tuple[str, int, str]] = []
    trace = getattr(error, "__traceback__", None)
    while trace is not None and len(found) < 60:
        code = trace.tb_frame.f_code
        if wanted(code.co_filename):
            found.append((code.co_filename, trace.tb_lineno, code.co_name))
        trace = trace.tb_next
    return found


def representatives(runs: Dict[int, Observed], failing: Sequence[int], most: int = 4) -> List[int]:
    """Return failing tests that differ most in what they run: different causes should each have one."""
    spots = {index: _spots(runs[index]) for index in failing}
    chosen: List[int] = []
    while len(chosen) < min(most, len(failing)):
        rest = [index for index in failing if index not in chosen]
        if not rest:
            break
        distance = {i: min([_apart(spots[i], spots[c]) for c in chosen] or [1.0]) for i in rest}
        best = max(rest, key=lambda i: (distance[i], -len(spots[i])))
        if distance[best] < 0.25:
            break
        chosen.append(best)
    return chosen


def with_simplest(runs: Dict[int, Observed], failing: Sequence[int], chosen: List[int]) -> List[int]:
    """Add the failing tests that run least: what they fail of is most likely one thing."""
    rest = [index for index in failing if index not in chosen]
    return chosen + sorted(rest, key=lambda index: sum(map(len, runs[index].lines.values())))[:SIMPLE]


def _spots(run: Observed) -> FrozenSet[Line]:
    return frozenset((path, line) for path, lines in run.lines.items() for line in lines)


def _apart(one: FrozenSet[Line], other: FrozenSet[Line]) -> float:
    union = len(one | other)
    return 1.0 - len(one & other) / union if union else 0.0


def groups(runs: Dict[int, Observed], failing: Sequence[int], chosen: Sequence[int]) -> List[List[int]]:
    """Return the failing tests by the representative that they are most like: each group may have its own cause."""
    spots = {index: _spots(runs[index]) for index in failing}
    found: Dict[int, List[int]] = {}
    for index in failing:
        nearest = min(chosen, key=lambda c: (_apart(spots[index], spots[c]), c))
        found.setdefault(nearest, []).append(index)
    return list(found.values())


def one_cause(runs: Dict[int, Observed], failing: Sequence[int], parts: Sequence[Sequence[int]]) -> bool:
    """Return whether one line explains all failing tests about as well as lines of their own explain each group."""
    if len(parts) < 2:
        return True
    alone = [max(suspicion(runs, part, [part[0]], traces=False).values() or [0.0]) for part in parts]
    together = max(suspicion(runs, failing, [failing[0]], traces=False).values() or [0.0])
    return together >= ALIKE * sum(alone) / len(alone)


def suspicion(
    runs: Dict[int, Observed], failing: Sequence[int], chosen: Sequence[int], traces: bool = True
) -> Dict[Line, float]:
    """Return Ochiai per line, the highest over the groups of failing tests, with a bonus for the trace."""
    spots = {index: _spots(run) for index, run in runs.items()}
    passed: Dict[Line, int] = {}
    for index, run in runs.items():
        if run.status == "p":
            for spot in spots[index]:
                passed[spot] = passed.get(spot, 0) + 1
    found: Dict[Line, float] = {}
    for members in groups(runs, failing, chosen):
        failed: Dict[Line, int] = {}
        for index in members:
            for spot in spots[index]:
                failed[spot] = failed.get(spot, 0) + 1
        for spot, count in failed.items():
            value = count / math.sqrt(len(members) * (count + passed.get(spot, 0)))
            found[spot] = max(found.get(spot, 0.0), value)
    for index in failing if traces else ():
        for depth, (path, line, _) in enumerate(reversed(runs[index].frames[-6:])):
            if (path, line) in found:
                found[path, line] = min(1.5, found[path, line] + (0.5 if depth == 0 else 0.2) / len(failing))
    return found


def told(runs: Dict[int, Observed], failing: Sequence[int]) -> Set[str]:
    """Return the names that failures speak of: an attribute that is missing, a key, an argument, a name."""
    spoken = [runs[index].message for index in failing if runs[index].error in TELLING]
    names = {name for message in spoken for name in re.findall(r"'([A-Za-z_]\w+)'(?! object)", message)}
    return names - set(dir(builtins))


def spoken_of(text: str, names: Set[str]) -> Set[int]:
    """Return the lines of a file that hold one of the names, unless so many do that it says nothing."""
    found: Set[int] = set()
    for name in sorted(names):
        pattern = re.compile(rf"(?<!\w){name}(?!\w)")
        lines = {number for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)}
        if len(lines) <= EVERYWHERE:
            found |= lines
    return found


def words(text: str) -> Set[str]:
    """Return the words of an identifier, lower case: of `TestLRUCache::test_pop_item` lru, cache, pop, item."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", text)
    return {part.lower() for part in parts if len(part) > 1} - {"test", "tests", "py"}


def named(test: str, function: str) -> float:
    """Return how well a test's name speaks of a function, 0 to 1."""
    mine = words(function)
    return len(mine & words(test)) / len(mine) if mine else 0.0


def clues(cases: Sequence[Case], failing: Sequence[int], observed: Observations) -> Clues:
    """Return what the failing tests, their messages and their variables offer to build edits from."""
    found = Clues()
    found.types = observed.types
    found.attributes = {kind: sorted(names)[:40] for kind, names in observed.attributes.items()}
    strings: Dict[str, None] = {}
    numbers: Dict[Any, None] = {}
    exceptions: Dict[str, None] = {}
    for index in failing[:12]:
        run = observed.runs[index]
        for text in re.findall(r"'([^'\n]{1,40})'|\"([^\"\n]{1,40})\"", run.message):
            strings.setdefault(text[0] or text[1])
        if run.error not in ("", "None", "Endless", "AssertionError", "Failed"):
            exceptions.setdefault(run.error)
        if run.frames:
            path, line, _ = run.frames[-1]
            found.crashes.setdefault((path, line), set()).add(run.error)
        _read(cases[index], strings, numbers, exceptions)
    pieces = [piece for text in strings for piece in re.split(r"[^\w]+", text) if 1 < len(piece) < len(text)]
    found.strings = list(dict.fromkeys([*[s for s in strings if len(s) <= 40], *pieces]))[:80]
    found.numbers = list(numbers)[:40]
    found.exceptions = list(exceptions)[:8]
    asserted = [observed.runs[index] for index in failing if observed.runs[index].error in ("AssertionError", "Failed")]
    found.hints = hinted(run.message for run in asserted)
    pairs = [pair for pair in (shown(run.message) for run in asserted) if pair is not None]
    found.apart = list(dict.fromkeys(leaf for pair in pairs for leaf in leaves(pair)))[:12]
    found.unraised = any(relation_of(run.message) == "not raised" for run in asserted)
    return found


def _read(case: Case, strings: Dict[str, None], numbers: Dict[Any, None], exceptions: Dict[str, None]) -> None:
    values = getattr(case, "values", None)
    for value in (values or {}).values():
        _keep(value, strings, numbers)
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(case.source())))
    except (OSError, TypeError, SyntaxError, IndentationError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            _keep(node.value, strings, numbers)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
            "raises", "assertRaises", "assertRaisesRegex", "warns",
        ):  # fmt: skip
            for argument in node.args[:1]:
                if isinstance(argument, ast.Name):
                    exceptions.setdefault(argument.id)


def _keep(value: Any, strings: Dict[str, None], numbers: Dict[Any, None]) -> None:
    if isinstance(value, str) and 0 < len(value) <= 60:
        strings.setdefault(value)
    elif type(value) in (int, float) and value == value and abs(value) < 1e12:
        numbers.setdefault(value)
    elif isinstance(value, (list, tuple)) and len(value) <= 20:
        for one in value:
            _keep(one, strings, numbers)


def relative(path: str, project: str) -> str:
    """Return a path relative to the project directory."""
    return os.path.relpath(os.path.realpath(path), os.path.realpath(project))
