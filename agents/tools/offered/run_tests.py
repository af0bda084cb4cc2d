"""The project's tests, and what failed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from agents.ports import Resources, SuiteResult, TestOutcome, ToolBench, ToolResult
from agents.tools.commands import limits
from agents.tools.project_files import Outside, here, paths, place, plain
from agents.tools.strict import RARE, Strict, no
from ledger.events import Risk

DETAILED = 5
"""Failures whose whole text is told."""
LISTED = 40
_WENT_WRONG = ("failed", "error")
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")


class Arguments(Strict):
    """Which tests."""

    select: list[Annotated[str, Field(min_length=1, max_length=500)]] = Field(
        default=[], max_length=200,
        description="Files, folders or tests, `file::Class::test`; empty for all",
    )  # fmt: skip
    seconds: float = Field(
        default=300, gt=0, le=850, description="How long all together may take", json_schema_extra=RARE
    )


class RunTests:
    """Run the project's tests and tell what failed, with tracebacks; all of them before you say that you are done.

    They run in a fresh copy: what they write is thrown away.
    """

    name = "run_tests"
    arguments = Arguments
    at_hand = True

    def risk(self, arguments: Arguments) -> Risk:
        """It runs code of the project's."""
        return "execute"

    def resources(self, arguments: Arguments) -> Resources:
        """Tests may look at every file; what they write is thrown away."""
        return Resources(reads=frozenset({"tree"}))

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """Run them and count."""
        try:
            wanted = [_spelled(each, bench) for each in arguments.select]
        except Outside as outside:
            return no(str(outside))
        result, tests = await _suite(wanted, arguments, bench)
        counts = Counter(test.outcome for test in tests)
        wrong = [*result.broken, *(test for test in tests if test.outcome in _WENT_WRONG)]
        summary = ", ".join(f"{counts[kind]} {kind}" for kind in sorted(counts)) or "no test ran"
        if result.broken:
            summary += f", {len(result.broken)} file{'s' if len(result.broken) > 1 else ''} could not be loaded"
        if not tests and not result.broken and result.outcome in ("none", "ran"):
            where = f" in {', '.join(wanted)}" if wanted else ""
            return no(f"no tests were found{where}: look at the names of files and tests, or leave `select` out")
        lines = [summary, *([plain(result.detail)] if result.detail else []), *_told(wrong)]
        facts = {
            **{str(kind): number for kind, number in counts.items()},
            "broken": len(result.broken),
            "seconds": round(result.seconds, 2),
        }
        success = result.outcome == "ran" and not wrong
        return ToolResult(success, "\n".join(lines), summary, facts=facts)


async def _suite(
    wanted: Sequence[str], arguments: Arguments, bench: ToolBench
) -> tuple[SuiteResult, tuple[TestOutcome, ...]]:
    """Run what was asked for; when nothing is called exactly so, run the files and keep what is called so in part."""
    most = limits(arguments.seconds)
    if not wanted:
        result = await bench.target.suite(limits=most)
        return result, result.tests
    files = [path for each in wanted for path in _files(each, bench)]
    named = [each for each in wanted if "::" in each or not (bench.target.project / each).exists()]
    result = await bench.target.suite(select=[*files, *named], limits=most)
    if result.outcome != "none":
        return result, result.tests
    homes = sorted(
        {each.partition("::")[0] for each in named if (bench.target.project / each.partition("::")[0]).exists()}
    )
    result = await bench.target.suite(select=homes or None, limits=most)
    if result.runner == "unittest" and homes:
        result = await bench.target.suite(limits=most)
    return result, tuple(test for test in result.tests if any(_is_of(test.id, each) for each in wanted))


def _files(selected: str, bench: ToolBench) -> list[str]:
    """Return the test files a file or folder stands for."""
    found = bench.target.project / selected
    if "::" in selected or not found.exists():
        return []
    inside = paths(bench.target.project, selected)
    return (
        [selected]
        if found.is_file()
        else [path for path in inside if re.search(r"(^|/)test[^/]*\.py$|_tests?\.py$", path)]
    )


def _spelled(selected: str, bench: ToolBench) -> str:
    path, mark, test = selected.removeprefix("./").partition("::")
    path = here(bench.target.project, path)
    place(bench.target.project, path)
    return f"{path.rstrip('/')}{mark}{test}"


def _is_of(test: str, selected: str) -> bool:
    """Return whether a test is the one asked for, a case of it, or stands in what was asked for."""
    dotted = re.sub(r"\.py(?=$|::)", "", selected).replace("::", ".").replace("/", ".")
    return any(
        test == name or test.startswith(tuple(f"{name}{sign}" for sign in ("::", "[", "/", ".")))
        for name in (selected, dotted)
    )


def _told(wrong: Sequence[TestOutcome]) -> list[str]:
    lines: list[str] = []
    for test in wrong[:LISTED]:
        frame = test.frames[-1] if test.frames else None
        where = f" at {frame.path}:{frame.line} in {frame.function}" if frame else ""
        said = _steady(f"{test.exception}: {test.message}" if test.message else test.exception)
        lines.append(f"- {plain(test.id)}{plain(where)}\n  {said}")
    if len(wrong) > LISTED:
        lines.append(f"and {len(wrong) - LISTED} more")
    for test in wrong[:DETAILED]:
        if test.text.strip():
            lines.append(f"\n--- {plain(test.id)}\n{_steady(test.text).strip()}")
    return lines


def _steady(text: str) -> str:
    """Addresses differ from run to run and tell nothing."""
    return plain(_ADDRESS.sub("0x...", text))
