"""Faults that stand in the code before any test is imported: what tests make while they are collected has them too."""

from __future__ import annotations

import importlib
import os
from functools import partial
from typing import Any, Callable, Dict, List

from . import constants, faults
from .cases import Case, Work, with_pytest, with_unittest
from .forks import in_fork
from .subjects import Key, compiled, serve, subjects
from .ticks import Counter

LONGEST = 20.0
"""Processor seconds of one test."""
ENOUGH = 3
"""Faults that escape; the rest need not be tried."""


def confirm(spec: Dict[str, Any], send: Callable[[Dict[str, Any]], None]) -> None:
    """Send of each fault whether the focus notices it when it is there before anything else, until enough escape."""
    if spec["runner"] != "unittest":
        importlib.import_module("pytest")  # once for all of them
    escaped = 0
    for key in [Key(*one) for one in spec["planted"]]:
        if escaped == ENOUGH or sum(os.times()[:4]) > float(spec["seconds"]):
            return
        # A fault that lets nothing be collected any more, or that does not come to its end, does not escape.
        noticed = in_fork(partial(_notices_planted, key, spec), 120.0) is not False
        escaped += not noticed
        send({"kind": "planted", "key": list(key), "noticed": noticed})


def _notices_planted(key: Key, spec: Dict[str, Any]) -> bool:
    if not _planted(key, spec["files"]):
        return False
    told: List[bool] = []
    with_cases(spec, lambda cases: told.append(_notices(cases, spec["focus"], key)))
    return not told or told[0]


def _planted(key: Key, files: List[str]) -> bool:
    """Let a fault be in the code whenever it is imported: what tests make while they are collected has it too."""
    if key.what == constants.WHAT:
        known = next((one for one in constants.constants(files) if one[:2] == (key.path, key.function)), None)
        if known is not None:
            constants.put_once_loaded(known, key.number, key.asked)
        return known is not None
    for place, subject in subjects(files).items():
        made = compiled(subject, key, place) if (subject.path, subject.name) == (key.path, key.function) else None
        if made is not None:
            serve(subject.path, made[0])
            return True
    return False


def _notices(cases: List[Case], names: List[str], key: Key) -> bool:
    counter, wanted = Counter(), set(names)
    chosen = [case for case in cases if case.name in wanted]
    if key.what == faults.INSTEAD:
        for case in chosen:
            case.run(counter, seconds=LONGEST)
        faults.arm_answers()
    return len(chosen) < len(wanted) or any(case.run(counter, seconds=LONGEST).status != "p" for case in chosen)


def with_cases(spec: Dict[str, Any], work: Work) -> str:
    """Load the tests by their own runner and call `work` with them; return why not, or ''."""
    if spec["runner"] == "unittest":
        return with_unittest(spec["tests"], spec["ids"], work)
    return with_pytest(spec["collected"], spec.get("addopts") or [], work)
