"""Errors met before that are like this one."""

from __future__ import annotations

import asyncio
import re

from pydantic import Field

from agents.ports import ToolBench, ToolResult
from agents.tools.project_files import plain
from agents.tools.strict import Looks, Strict, no
from knowledge_graph.learned import LikeError

_NAMED = re.compile(r"^(?:E\s+)?((?:[A-Za-z_]\w*\.)*[A-Z]\w*)(?::\s*(.*))?$")


class Arguments(Strict):
    """The error."""

    error: str = Field(
        min_length=1, max_length=5000,
        description="The error as it was printed: its last line, e.g. `KeyError: 'a'`, or the whole traceback",
    )  # fmt: skip
    most: int = Field(default=5, ge=1, le=20, description="Errors shown")


class SimilarErrors(Looks):
    """Look up errors like this one that the project had before: where, what was tried, what helped.

    What helped then has proven nothing for now: it is where to look. proven_fixes shows the patches.
    """

    name = "similar_errors"
    arguments = Arguments

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """Ask the error graph."""
        if bench.knowledge is None:
            return no("nothing is remembered here about errors: go by the error itself")
        exception, message = named(arguments.error)
        near = await asyncio.to_thread(bench.knowledge.errors_like, exception, message, arguments.most)
        if not near:
            told = "no error like this was met before"
            return ToolResult(True, told, told, facts={"errors": 0})
        solved = sum(each.solved for each in near)
        summary = f"{len(near)} errors like it, {solved} of them solved"
        text = "\n".join([summary, *map(_told, near)])
        return ToolResult(True, plain(text), summary, facts={"errors": len(near), "solved": solved})


def named(error: str) -> tuple[str, str]:
    """Return the exception's name and message of an error as it was printed."""
    lines = [line.strip() for line in error.strip().splitlines() if line.strip()]
    for line in reversed(lines):
        found = _NAMED.match(line)
        if found and (found[2] is not None or len(lines) == 1):
            return found[1].rpartition(".")[2], found[2] or ""
    return "", lines[-1] if lines else ""


def _told(each: LikeError) -> str:
    end = "solved" if each.solved else "not solved"
    head = f"- {each.exception}: {each.message[:200]} (likeness {each.likeness:.2f}, seen {each.seen} times, {end})"
    place = f"  at {each.path}:{each.line}, shown by {each.test}" if each.path else f"  shown by {each.test}"
    tried = [f"  tried {one}" for one in each.tried]
    return "\n".join([head, place, f"  fingerprint {each.fingerprint}", *tried])
