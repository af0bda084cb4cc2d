"""Job `loosened`: what calls give, and whether tests notice, when a condition of a function is loosened.

Spec: `loosened` conditions, each (path, function, first line of it, start, end, text that stands there instead).
With `calls`, and so many `further` inputs drawn near to theirs, which are sent as `call`, sends `gave` for each as the
code is (`variant` -1), what it gave and what became of its arguments where no tests are; then `tried` for each
condition with which that could be done, and `gave` where it is otherwise. Else runs tests as job `strength` does
(`runner`, `tests`, `collected`, `ids`, `addopts`, `files`, `focus`, `seconds`), the tests `mended` first, and sends
`noticed` with the first one that fails with each.
"""

from __future__ import annotations

import base64
import importlib
import os
import pickle
import random
import sys
import time
from functools import partial
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from . import faults, near, outcomes, planted
from .cases import quiet
from .forks import in_fork
from .heldout import NEVER_ENDED, SECONDS, called, function_of
from .placeless import placeless
from .recorded import Call
from .strength import Work
from .subjects import compiled_text, serve
from .ticks import arm, disarm

EACH = 3
"""Inputs drawn near to one."""
LONGEST, ENOUGH = 8.0, 3.0
"""Seconds of all calls with one condition, and processor seconds after which no other condition is tried."""
Send = Callable[[Dict[str, Any]], None]
Told = Tuple[Any, Any]
"""What a call gave, and what its arguments are after it."""


class Loosened(NamedTuple):
    """One condition with what stands in its place."""

    path: str
    function: str
    first: int
    start: int
    end: int
    text: str

    def module(self) -> Any:
        """Return the code of its file with that in it, and that of its function."""
        with open(self.path, "rb") as file:
            text = file.read()
        changed = text[: self.start] + b"(" + self.text.encode() + b")" + text[self.end :]
        return compiled_text(changed, self.path, self.function.rpartition(".")[2], self.first)


def main(spec: Dict[str, Any], send: Send) -> None:
    """Send `gave`, or `noticed`."""
    begun = time.process_time()
    quiet()
    sys.dont_write_bytecode = True
    variants = [Loosened(*one) for one in spec["loosened"]]
    if spec.get("calls"):
        _compared(variants, [Call(*one) for one in spec["calls"]], spec, send)
        return
    faults.install()
    why = planted.with_cases(spec, lambda cases: _Trial(spec, send, begun, cases).tried(variants))
    if why:
        send({"kind": "unable", "why": why})


def _compared(variants: List[Loosened], calls: List[Call], spec: Dict[str, Any], send: Send) -> None:
    """Send what calls give as the code is, and what of it is otherwise with each condition loosened."""
    if spec["further"]:
        as_is = in_fork(partial(_given, None, calls), LONGEST) or []
        names = {(calls[n].module, calls[n].name) for one in variants for n in _others(one, calls, as_is)[1]}
        drawn = [call for call in calls if (call.module, call.name) in names]
        further = in_fork(partial(_further, drawn, spec["further"], spec["seed"]), LONGEST) if drawn else None
        for call in further or []:
            send({"kind": "call", "call": list(call)})
        calls = [*calls, *(further or [])]
    as_is = in_fork(partial(_given, None, calls), LONGEST) or []
    for place, told in enumerate(as_is):
        send({"kind": "gave", "variant": -1, "call": place, "told": told[0], "left": told[1]})
    for number, variant in enumerate(variants):
        tried, others = _others(variant, calls, as_is)
        if tried:
            send({"kind": "tried", "variant": number})
        for place, told in others.items():
            send({"kind": "gave", "variant": number, "call": place, "told": told[0], "left": told[1]})


def _others(variant: Loosened, calls: List[Call], as_is: List[Told]) -> Tuple[bool, Dict[int, Told]]:
    """Return whether a condition could be tried loosened in the time there is, and what is otherwise so, by call."""
    spent = sum(os.times()[2:4])
    given = in_fork(partial(_given, variant, calls), LONGEST) if spent < ENOUGH else None
    return bool(given), {place: now for place, (now, was) in enumerate(zip(given or [], as_is)) if now != was}


def _further(calls: List[Call], most: int, seed: int) -> List[Call]:
    """Return calls near to some that may be near to others already, and calls with an argument of another one."""
    chance = random.Random(seed)
    made: List[Call] = []
    for _ in range(most // (EACH + 1)):
        call = chance.choice(calls)
        beside = chance.choice([each for each in calls if each.name == call.name])
        try:
            importlib.import_module(call.module)
            given = pickle.loads(base64.b64decode(call.given))
            mixed = near.crossed(given, pickle.loads(base64.b64decode(beside.given)), chance)
            # Objects are taken as they were found: with one part otherwise they may be none that there can be.
            plain = {name: value for name, value in given.items() if not getattr(value, "__dict__", None)}
            others = [*near.grown(plain, chance), *near.neighbours(plain, chance, EACH)]
            for twin in [mixed, *({**given, **other} for other in others[:EACH])]:
                data = base64.b64encode(pickle.dumps(twin, protocol=4)).decode()
                made.append(call._replace(given=data, varied=""))
        except Exception:
            continue
    return made[:most]


def _given(variant: Optional[Loosened], calls: List[Call]) -> List[Told]:
    if variant is not None:
        made = variant.module()
        if made is None:
            return []
        serve(variant.path, made[0])
    random.seed(0)
    found: List[Told] = []
    for call in calls:
        found.append(_told(call))
        if variant is not None and found[-1][0] == NEVER_ENDED:
            return []  # what ends for this condition alone needs it
    return found


def _told(call: Call) -> Told:
    arguments: Dict[str, Any] = {}
    try:
        importlib.import_module(call.module)
        arguments = pickle.loads(base64.b64decode(call.given))
        function = function_of(call)
        arm(SECONDS)
        value = called(function, arguments)
        given = ["gave", outcomes.encoded(arguments.get("self") if call.name.endswith("__init__") else value)]
    except BaseException as error:
        given = ["raised", [one.__name__ for one in type(error).__mro__ if one is not object]]
    finally:
        disarm()
    try:
        left = [outcomes.encoded(each, alive=True) for each in arguments.values()]
    except Exception:
        left = []
    return placeless(given), placeless(left)


class _Trial(Work):
    def tried(self, variants: List[Loosened]) -> None:
        names = [name for name in self.cases if name in set(self.spec["focus"])]
        self.reached = in_fork(lambda: self.reach(names), 300.0) or {}
        live = self.live()
        for number, variant in enumerate(variants):
            made, place = variant.module(), (variant.path, variant.first)
            functions = live.get(place, [])
            reaching = [name for name in names if self.reaches(name, place)]
            reaching.sort(key=lambda name: name not in self.spec["mended"])
            if self.spent():
                return
            if made is None or not reaching or any(f.__code__.co_freevars != made[1].co_freevars for f in functions):
                continue

            def spoil(made: Any = made, functions: List[Any] = functions, path: str = variant.path) -> None:
                for function in functions:
                    function.__code__ = made[1]
                serve(path, made[0])

            noticed = self.first_noticing(spoil, reaching)
            self.send({"kind": "noticed", "variant": number, "by": noticed[0], "of": len(reaching)})
