"""What was measured so far, a line for each step: a benchmark that is ended goes on where it stood."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Journal:
    """The steps of one benchmark by their names; a step that stands here is not measured again."""

    def __init__(self, file: Path, seconds: float) -> None:
        """`seconds` from now on new steps may begin."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file, self._end = file, time.monotonic() + seconds
        lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
        self._steps: dict[str, Any] = dict(_whole(lines))

    def left(self, steps: list[str]) -> Iterator[str]:
        """Yield the steps that are still to be done, as long as there is time for another one."""
        for step in steps:
            if time.monotonic() > self._end:
                return
            if step not in self._steps:
                yield step

    def put(self, step: str, found: Any) -> None:
        """Keep what a step gave."""
        self._steps[step] = found
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps([step, found]) + "\n")

    def get(self, step: str) -> Any:
        """Return what a step gave, or None."""
        return self._steps.get(step)

    def rows(self, prefix: str) -> list[Any]:
        """Return what the steps gave whose names begin so, in the order they were done."""
        return [found for step, found in self._steps.items() if step.startswith(prefix)]


def _whole(lines: list[str]) -> Iterator[tuple[str, Any]]:
    """Yield the lines that were written to their end."""
    for line in lines:
        try:
            step, found = json.loads(line)
        except ValueError:
            continue
        yield step, found
