"""A command of the project's, run in the sandbox for an agent, and how its end is told."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field

from agents.ports import Completed, Limits
from agents.tools.project_files import here, plain
from agents.tools.rooted import is_absolute

Words = Annotated[str, Field(min_length=1, max_length=20_000)]
Line = Words | Annotated[list[Words], Field(min_length=1, max_length=500)]
"""A line for the shell in the sandbox, or program and arguments."""
KEPT = 4 * 1024 * 1024
"""Bytes of output that are kept."""
_GOES = re.compile(r"\s*cd\s+(?P<quote>[\"']?)(?P<to>/[\w./-]*)(?P=quote)(?=\s*(?:&&|;|\n))")
_ENDED = {
    "wall": "it was still running at its time limit and was ended: give it more `seconds` if it needs them",
    "cpu": "it used up its CPU time and was ended",
    "memory": "it used up its memory and was ended",
    "output": "it wrote more than it may and was ended",
    "killed": "it was killed by a signal",
}


def argv_of(command: str | Sequence[str]) -> list[str]:
    """Return the words to start: a line goes to the shell of the sandbox, errors and output in the order written."""
    return ["sh", "-c", f"exec 2>&1\n{command}"] if isinstance(command, str) else list(command)


def at_home(command: str | list[str], project: Path) -> tuple[str | list[str], str]:
    """Return a command that first goes to a folder of another machine as one that goes where that lies here.

    Beside it stands what was read so; nothing when the command is as it was.
    """
    shell = isinstance(command, list) and len(command) == 3 and command[1].startswith("-") and command[1].endswith("c")
    line = command if isinstance(command, str) else command[2] if shell else ""
    goes = _GOES.match(line)
    if goes is None:
        return command, ""
    folder = here(project, goes["to"])
    if is_absolute(folder):
        return command, ""
    fresh = (
        f"cd {shlex.quote(f'./{folder}' if folder else '.')} {line[goes.end('to') :].lstrip(goes['quote']).lstrip()}"
    )
    told = f"[{goes['to']} was read as {folder or 'the project directory'}, where commands begin anyway]"
    return (fresh if isinstance(command, str) else [*command[:2], fresh]), told


def startable(command: str | Sequence[str]) -> str:
    """Return why this can be no command, or nothing."""
    words = [command] if isinstance(command, str) else command
    if any("\0" in word for word in words):
        return "a command cannot hold a zero byte"
    return "" if words[0].strip() else "the command is empty: give a program"


def limits(seconds: float) -> Limits:
    """Return what a command of an agent's may use."""
    return Limits(wall=seconds, output=KEPT)


def ended(done: Completed) -> str:
    """Say in one line how a command ended; the same end is told in the same words."""
    if done.outcome == "exited":
        return f"exit status {done.exit}"
    return _ENDED.get(done.outcome, f"it ended by {done.outcome}")


def output(done: Completed, place: str) -> str:
    """Return what a command wrote, with the project's files named as the agent names them."""
    written = _text(done.stdout, place)
    errors = _text(done.stderr, place)
    parts = [written, f"--- standard error\n{errors}" if errors and written else errors]
    cut = "[the output was longer than is kept]" if done.truncated else ""
    return "\n".join(part for part in (*parts, cut) if part) or "(no output)"


def _text(content: bytes, place: str) -> str:
    text = content.decode("utf-8", "replace")
    if place:
        text = text.replace(f"{place}/", "").replace(place, ".")
    return plain(text).strip("\n")
