"""Count loop turns and calls instead of seconds, so that an endless loop ends at the same place every time."""

from __future__ import annotations

import ast
import builtins
import signal
from typing import Any, Callable, List, Tuple

from .source import Function, Source

NAME = "_kaizen_tick"
FOREVER = 1 << 60


class OutOfTicks(BaseException):
    """The budget of the running test is spent."""


class OutOfTime(BaseException):
    """The processor time of the running test is spent: a loop that makes no ticks."""


class Counter:
    """The budget of the running test; instrumented functions count it down through a builtin."""

    def __init__(self) -> None:
        self.tick, self.reset, self.left = _counter()
        setattr(builtins, NAME, self.tick)


def _counter() -> Tuple[Callable[[], None], Callable[[int], None], Callable[[], int]]:
    left = FOREVER

    def tick() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OutOfTicks

    def reset(budget: int) -> None:
        nonlocal left
        left = budget

    return tick, reset, lambda: left


def points(source: Source, root: ast.AST) -> List[Tuple[int, bytes]]:
    """Return where ticks go: at the head of every function and loop below the root."""
    found: List[Tuple[int, bytes]] = []
    for node in ast.walk(root):
        if isinstance(node, (*Function, ast.For, ast.While, ast.AsyncFor)):
            body: List[Any] = list(node.body)
            if isinstance(node, Function) and ast.get_docstring(node, clean=False) is not None:
                body = body[1:]
            if not body:
                continue
            start = source.whole(body[0])[0]
            begin = source.line_start(start)
            before = source.data[begin:start]
            if before.strip():
                found.append((start, (NAME + "(); ").encode()))
            else:
                found.append((begin, before + (NAME + "()\n").encode()))
    return sorted(set(found))


def alarm(_signal: int, _frame: Any) -> None:
    """Raise in the running test when its processor time is spent."""
    raise OutOfTime


def arm(seconds: float) -> None:
    """Start the processor timer; it fires again and again, because a test may swallow the first."""
    signal.signal(signal.SIGPROF, alarm)
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.05 if seconds else 0.0)


def disarm() -> None:
    """Stop the processor timer, also when it fires in this very call."""
    while True:
        try:
            signal.setitimer(signal.ITIMER_PROF, 0.0)
            return
        except OutOfTime:
            continue
