"""Code that passing tests ran and that no test runs any more: whoever left it behind went around the mistake in it."""

from __future__ import annotations

from functools import partial
from typing import Any, Callable, FrozenSet, Iterable, Sequence, Set, Tuple

from .editspace import Edit
from .lines import Recorder
from .source import Source

MOST = 200
"""Tests that are run again for this; where more would be needed, nothing is said."""


def left_behind(
    source: Source, edits: Sequence[Edit], ran: FrozenSet[int], tests: Sequence[int], run: Callable[[int], Any]
) -> bool:
    """Return whether lines of a file that tests `ran` are run by none of the tests, with the edits in place."""
    splices = [splice for edit in edits for splice in edit.splices]
    if len(tests) > MOST or any(new.count(b"\n") != source.data[start:end].count(b"\n") for start, end, new in splices):
        return False
    missing: Set[int] = set(ran - _changed(source, splices))
    for index in tests:
        if not missing:
            return False
        recorder = Recorder(lambda name: name == source.path)
        recorder.record(partial(run, index))
        missing -= recorder.lines.get(source.path, set())
    return bool(missing)


def _changed(source: Source, splices: Iterable[Tuple[int, int, bytes]]) -> Set[int]:
    return {n for start, end, _ in splices for n in range(source.line_of(start), source.line_of(end) + 1)}
