"""Code that tests ran and that no test runs any more: whoever left it behind may have gone around the mistake in it."""

from __future__ import annotations

from functools import partial
from typing import Any, Callable, FrozenSet, Iterable, NamedTuple, Sequence, Set, Tuple

from .editspace import Edit
from .lines import Recorder
from .source import Source

MOST = 200
"""Tests that are run again for this; where more would be needed, nothing is said."""


class Ran(NamedTuple):
    """Lines of a file that tests run with the mistake in it."""

    passing: FrozenSet[int] = frozenset()
    failing: FrozenSet[int] = frozenset()


def left_behind(
    source: Source, edits: Sequence[Edit], ran: Ran, tests: Sequence[int], run: Callable[[int], Any]
) -> int:
    """Return whether none of the tests runs some of these lines, with the edits in place: 0 when all are run.

    1 for lines that only failing tests ran, which may have been wrong to go there; 2 for lines that passing tests ran.
    """
    splices = [splice for edit in edits for splice in edit.splices]
    if len(tests) > MOST or any(new.count(b"\n") != source.data[start:end].count(b"\n") for start, end, new in splices):
        return 0
    missing: Set[int] = set((ran.passing | ran.failing) - _changed(source, splices))
    for index in tests:
        if not missing:
            return 0
        recorder = Recorder(lambda name: name == source.path)
        recorder.record(partial(run, index))
        missing -= recorder.lines.get(source.path, set())
    return 2 if missing & ran.passing else 1 if missing else 0


def _changed(source: Source, splices: Iterable[Tuple[int, int, bytes]]) -> Set[int]:
    return {n for start, end, _ in splices for n in range(source.line_of(start), source.line_of(end) + 1)}
