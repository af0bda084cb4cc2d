"""Text by regular expression, in every file."""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_right
from typing import NamedTuple

import regex
from pydantic import Field

from agents.ports import ToolBench, ToolResult
from agents.tools import patterns
from agents.tools.copies import as_expression
from agents.tools.project_files import Outside, paths, plain, read
from agents.tools.strict import RARE, LooksAt, Strict, no

SECONDS = 10.0
"""A search may take; a pattern that tries without end is stopped there."""
WIDE = 240
"""Characters of a line that are shown."""


class Arguments(Strict):
    """What is looked for, and where."""

    pattern: str = Field(min_length=1, max_length=1000, description="Regular expression as in Python")
    path: str = Field(default="", max_length=500, description="Only this file or folder")
    glob: str = Field(default="", max_length=200, description="Only such files, e.g. `src/**/*.ts`")
    literal: bool = Field(default=False, description="Take the pattern as plain text", json_schema_extra=RARE)
    ignore_case: bool = Field(default=False, description="Small and capital letters are alike", json_schema_extra=RARE)
    around: int = Field(default=0, ge=0, le=10, description="Lines shown before and after each")
    most: int = Field(default=100, ge=1, le=500, description="Matching lines shown", json_schema_extra=RARE)


class Hit(NamedTuple):
    """One line that matches, from 1."""

    path: str
    line: int


class SearchText(LooksAt):
    """Show the lines of the project's text files that match, with path and number."""

    name = "search_text"
    arguments = Arguments
    at_hand = True

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """Search until all files are read, enough is found, or the time is over."""
        try:
            pattern = compiled(arguments)
        except regex.error as error:
            return no(f"the pattern is not right: {error}. Escape signs that are meant as such, or set `literal`")
        try:
            return await asyncio.to_thread(_searched, bench, arguments, pattern)
        except Outside as outside:
            return no(str(outside))


def compiled(arguments: Arguments) -> regex.Pattern[str]:
    """Return the pattern; raise regex.error."""
    flags = regex.MULTILINE | (regex.IGNORECASE if arguments.ignore_case else 0)
    if arguments.literal:
        return regex.compile(regex.escape(arguments.pattern), flags)
    return patterns.compiled(arguments.pattern, flags)


def _searched(bench: ToolBench, arguments: Arguments, pattern: regex.Pattern[str]) -> ToolResult:
    project = bench.target.project
    glob = arguments.glob if "/" in arguments.glob or not arguments.glob else f"**/{arguments.glob}"
    wanted = regex.compile(as_expression(glob)) if glob else None
    ends = time.monotonic() + SECONDS
    told: list[str] = []
    hits: list[Hit] = []
    looked = 0
    under = arguments.path.rstrip("/") if arguments.path != "." else ""
    for path in paths(project, under):
        try:
            if wanted is not None and not wanted.fullmatch(path, timeout=max(0.01, ends - time.monotonic())):
                continue
            content = read(project, path)
            if content is None or b"\0" in content[:8192]:
                continue
            looked += 1
            text = content.decode("utf-8", "replace")
            lines = matching_lines(pattern, text, ends - time.monotonic(), arguments.most + 1 - len(hits))
        except TimeoutError:
            found = f"; {len(hits)} lines had been found before" if hits else ""
            why = f"the search took longer than {SECONDS:g} s, in {plain(path)}{found}"
            return no(f"{why}: make the pattern simpler (no nested repeats), or give a path or a glob")
        told += _shown(path, text.split("\n"), lines[: arguments.most - len(hits)], arguments.around)
        hits += [Hit(path, line) for line in lines]
        if len(hits) > arguments.most:
            break
    if not hits:
        where = f" below {plain(arguments.path)}" if arguments.path else ""
        nothing = f"no line matches {plain(arguments.pattern)!r} in {looked} files{where}"
        return ToolResult(True, nothing, nothing, facts={"lines": 0, "files": 0})
    more = len(hits) > arguments.most
    summary = f"{'more than ' if more else ''}{min(len(hits), arguments.most)} lines match"
    told += [f"[{summary}: make the pattern narrower, or give a path or a glob]"] if more else []
    files = len({hit.path for hit in hits[: arguments.most]})
    return ToolResult(True, "\n".join(told), summary, facts={"lines": min(len(hits), arguments.most), "files": files})


def matching_lines(pattern: regex.Pattern[str], text: str, seconds: float, most: int) -> list[int]:
    """Return the lines, from 1, on which a match begins; raise TimeoutError after so many seconds."""
    if seconds <= 0:
        raise TimeoutError
    starts = [0, *(each.end() for each in regex.finditer("\n", text))]
    found: list[int] = []
    for match in pattern.finditer(text, timeout=seconds):
        line = bisect_right(starts, match.start())
        if not found or found[-1] != line:
            found.append(line)
            if len(found) == most:
                break
    return found


def _shown(path: str, lines: list[str], hits: list[int], around: int) -> list[str]:
    told: list[str] = []
    last = 0
    wanted = sorted({line for hit in hits for line in range(hit - around, hit + around + 1) if 0 < line <= len(lines)})
    for line in wanted:
        if around and last and line > last + 1:
            told.append("--")
        text = lines[line - 1].rstrip("\r")
        text = plain(text if len(text) <= WIDE else f"{text[:WIDE]}...")
        told.append(f"{plain(path)}{':' if line in hits else '-'}{line}{':' if line in hits else '-'} {text}")
        last = line
    if around and told:
        told.append("--")
    return told
