"""Ruff, as the lint gate runs it: one configuration for measuring and for mending."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from agents.ports import AgentError, Completed, Limits, Target

_WALL = 120.0
"""Seconds: ruff reads a million lines in a few."""

_OUR_FLAGS = ("--no-cache", "--exit-zero", "--force-exclude")
_DROPPED = {"--no-cache", "-n", "--exit-zero", "-e", "--force-exclude", "--quiet", "-q", "--fix", "--unsafe-fixes"}
"""Set by us, or not ours to take over: unsafe fixes are never a default."""
_SUPPRESSIONS = "--ignore-noqa"
"""Good for measuring; in mending it would undo what the user suppressed on purpose."""
_FORMAT = "--output-format"


Arguments = Callable[[Target], Sequence[str]]
"""What the lint gate gives ruff for a tree, after `ruff check` and without paths."""


class RuffFailed(AgentError):
    """Ruff did not reach its end."""


class _Place(msgspec.Struct):
    row: int
    column: int


class _Edit(msgspec.Struct):
    content: str
    location: _Place
    end_location: _Place


class _Fix(msgspec.Struct):
    applicability: str
    edits: list[_Edit]


class _Line(msgspec.Struct):
    code: str | None
    message: str
    filename: str
    location: _Place
    fix: _Fix | None = None


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Characters from `start` to `end`, each (row, column) from 1, become `text`."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """One finding of ruff."""

    rule: str
    message: str
    path: str
    """Relative to the project directory."""
    row: int
    column: int
    """1-based, in characters."""
    safe: bool
    """Whether ruff has a fix it calls safe."""
    edits: tuple[TextEdit, ...] = ()
    """Ruff's fix, safe or not."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Ruff would not work on this project, e.g. because its configuration is broken."""

    why: str


@dataclass(frozen=True, slots=True)
class Ruff:
    """The program and the arguments of the gate, without paths and without an output format."""

    program: Path
    arguments: Arguments

    async def report(
        self, target: Target, paths: Sequence[str], *, also: Sequence[str] = ()
    ) -> tuple[Found, ...] | Refused:
        """Return the findings in these paths, those of the rules `also` among them."""
        rules = ("--extend-select", ",".join(also)) if also else ()
        ended = await self._run(target, (*rules, "--no-fix", f"{_FORMAT}=json", "--", *paths), writable=False)
        if ended.exit != 0:
            return Refused(_why(ended))
        lines = msgspec.json.decode(ended.stdout, type=list[_Line])
        return tuple(_found(line, target.project) for line in lines)

    async def fix(self, target: Target, paths: Sequence[str]) -> Refused | None:
        """Apply the safe fixes in these paths."""
        ended = await self._run(
            target, ("--fix", "--no-unsafe-fixes", f"{_FORMAT}=concise", "--", *paths), writable=True
        )
        return Refused(_why(ended)) if ended.exit != 0 else None

    async def _run(self, target: Target, rest: Sequence[str], *, writable: bool) -> Completed:
        argv = (str(self.program), "check", *_kept(self.arguments(target)), *_OUR_FLAGS, *rest)
        ended = await target.run(argv, limits=Limits(wall=_WALL, output=64 * 1024 * 1024), writable=writable)
        if ended.outcome != "exited" or ended.exit not in (0, 1, 2) or ended.truncated:
            raise RuffFailed(f"ruff ended by {ended.outcome} {ended.exit}: {_why(ended)}; run it by hand to see why")
        return ended


def _kept(arguments: Sequence[str]) -> list[str]:
    kept: list[str] = []
    skip = False
    for argument in arguments:
        if skip or argument in _DROPPED or argument == _SUPPRESSIONS or argument.startswith(f"{_FORMAT}="):
            skip = False
        elif argument == _FORMAT:
            skip = True
        else:
            kept.append(argument)
    return kept


def _found(line: _Line, project: Path) -> Found:
    path = Path(line.filename)
    relative = path.relative_to(project) if path.is_relative_to(project) else path
    return Found(
        rule=line.code or "invalid-syntax",
        message=line.message,
        path=relative.as_posix(),
        row=line.location.row,
        column=line.location.column,
        safe=line.fix is not None and line.fix.applicability == "safe",
        edits=tuple(_edit(each) for each in line.fix.edits) if line.fix else (),
    )


def _edit(edit: _Edit) -> TextEdit:
    start, end = edit.location, edit.end_location
    return TextEdit((start.row, start.column), (end.row, end.column), edit.content)


def _why(ended: Completed) -> str:
    words = ended.stderr.decode("utf-8", "replace").strip() or ended.stdout.decode("utf-8", "replace").strip()
    return " ".join(words.splitlines()[:1])[:300] or "it said nothing"
