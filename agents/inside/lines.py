"""Which lines of the project one call runs, and which types its variables have there."""

from __future__ import annotations

import os
import sys
from types import CodeType, FrameType, GetSetDescriptorType
from typing import Any, Callable, Dict, Optional, Sequence, Set, Tuple

from .ticks import OutOfTicks

Lines = Dict[str, Set[int]]
Types = Dict[Tuple[str, int], Dict[str, Set[str]]]
SAMPLES = 40
CALLS, TURNS = 30, 500
"""After so many calls, or lines of one call, that brought no new line, a function is traced no more in this test."""


class Recorder:
    """Records lines of the files that are wanted; with `types` also what locals were."""

    def __init__(self, wanted: Callable[[str], bool], types: bool = False, most: int = 1 << 60) -> None:
        """`most` is how many lines one call may run before it counts as endless; only with `types`."""
        self._wanted = wanted
        self._most = most
        self._left = most
        self._stale: Dict[CodeType, int] = {}
        self._known: Dict[CodeType, bool] = {}
        self._sampled: Dict[CodeType, int] = {}
        self.lines: Lines = {}
        self.types: Optional[Types] = {} if types else None
        self.attributes: Dict[str, Set[str]] = {}

    def record(self, call: Callable[[], Any]) -> Any:
        """Call and return its result; `lines` and `types` hold what was seen."""
        self.lines = {}
        self._stale = {}
        self._left = self._most
        if self.types is None and hasattr(sys, "monitoring"):
            return self._monitored(call)
        old = sys.gettrace()
        sys.settrace(self._enter)
        try:
            return call()
        finally:
            sys.settrace(old)

    def _is_wanted(self, code: CodeType) -> bool:
        known = self._known.get(code)
        if known is None:
            known = self._known[code] = self._wanted(code.co_filename)
        return known

    def _enter(self, frame: FrameType, event: str, argument: Any) -> Any:
        code = frame.f_code
        if not self._is_wanted(code):
            return None
        seen = self.lines.setdefault(code.co_filename, set())
        add = seen.add
        if self.types is None:
            return self._plain(frame, seen)

        def sampled(frame: FrameType, event: str, argument: Any) -> Any:
            add(frame.f_lineno)
            self._left -= 1
            if self._left < 0:
                raise OutOfTicks
            if event != "line" or self._sampled.get(code, 0) < SAMPLES:
                self._sampled[code] = self._sampled.get(code, 0) + 1
                self._sample(frame)
            return sampled

        return sampled

    def _plain(self, frame: FrameType, seen: Set[int]) -> Any:
        """Trace one frame until it brings nothing new for long: loops would make tracing slow."""
        code = frame.f_code
        if self._stale.get(code, 0) > CALLS:
            return None
        before, quiet = len(seen), TURNS

        def line(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal quiet, before
            seen.add(frame.f_lineno)
            quiet -= 1
            if len(seen) != before:
                before, quiet = len(seen), TURNS
                self._stale[code] = 0
            elif quiet < 0:
                frame.f_trace_lines = False
            if event == "return":
                self._stale[code] = self._stale.get(code, 0) + 1
            return line

        return line

    def _sample(self, frame: FrameType) -> None:
        assert self.types is not None
        code = frame.f_code
        seen = self.types.setdefault((code.co_filename, code.co_firstlineno), {})
        for name, value in frame.f_locals.items():
            kind = type(value)
            seen.setdefault(name, set()).add(kind.__name__)
            if kind.__module__ != "builtins" and not issubclass(kind, type):
                self.attributes.setdefault(kind.__name__, set()).update(_held(value))

    def _monitored(self, call: Callable[[], Any]) -> Any:
        monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
        tool = monitoring.PROFILER_ID if monitoring.get_tool(monitoring.PROFILER_ID) is None else 4
        monitoring.use_tool_id(tool, "kaizen")

        def line(code: CodeType, number: int) -> Any:
            if self._is_wanted(code):
                self.lines.setdefault(code.co_filename, set()).add(number)
            return monitoring.DISABLE

        monitoring.register_callback(tool, monitoring.events.LINE, line)
        monitoring.set_events(tool, monitoring.events.LINE)
        monitoring.restart_events()
        try:
            return call()
        finally:
            monitoring.set_events(tool, 0)
            monitoring.free_tool_id(tool)


def _held(value: Any) -> Set[str]:
    """Return the attributes an object holds without asking it: its own code might fail, and end the tracing."""
    for kind in type(value).__mro__:
        slot = kind.__dict__.get("__dict__")
        if isinstance(slot, GetSetDescriptorType):
            return {key for key in slot.__get__(value) if isinstance(key, str)}
    return set()


def in_files(project: str, files: Sequence[str]) -> Callable[[str], bool]:
    """Return a test for file names: one of the project's own files."""
    own = {os.path.realpath(os.path.join(project, one)) for one in files}
    return lambda name: name.endswith(".py") and os.path.realpath(name) in own


def in_sources(project: str, sources: Any, tests: Any) -> Callable[[str], bool]:
    """Return a test for file names: inside the project's sources and not one of its tests."""
    roots = [os.path.realpath(os.path.join(project, one)) for one in sources] or [os.path.realpath(project)]
    refused = {os.path.realpath(os.path.join(project, one)) for one in tests}

    def wanted(name: str) -> bool:
        if not name.endswith(".py"):
            return False
        path = os.path.realpath(name)
        base = os.path.basename(path)
        if path in refused or base.startswith("test_") or base.endswith("_test.py") or base == "conftest.py":
            return False
        return any(path == root or path.startswith(root + os.sep) for root in roots)

    return wanted
