"""Tests for code that has too few, written by the model and run at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import Field

from agents.ports import Resources, ToolBench, ToolResult
from agents.tools.asking import NotAsked, ask, code_in, marked, source_of
from agents.tools.code.languages import language_of
from agents.tools.code.tags import parse
from agents.tools.commands import limits
from agents.tools.edits import Wanted, Write, apply
from agents.tools.edits.outcome import result_of
from agents.tools.project_files import Outside, paths, place, plain, read
from agents.tools.repository_map import repository_map
from agents.tools.strict import Strict, no
from ledger.events import Risk

SYSTEM = (
    "You write tests. Test what the code is for, its edges and its errors, by what can be seen from outside; one "
    "behaviour each, named as a sentence. Never copy the code's own computation into the test. A test that fails "
    "because the code is wrong is welcome: expect what is right. Answer with the whole test file in one fenced block."
)
SAMPLE = 4000
"""Characters of a test file of the project that show its style."""


class Arguments(Strict):
    """Of which code, and where to."""

    path: str = Field(min_length=1, max_length=500, description="The source file to be tested")
    names: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        default=[], max_length=20, description="Only these definitions of it"
    )
    to: str = Field(default="", max_length=500, description="The new test file; left out, the usual place is taken")
    about: str = Field(default="", max_length=2000, description="What the tests should look at")


class WriteTests:
    """Let the model write a new test file for some code, and run it. No test file that is there is ever changed.

    A test that fails is kept: it may have found a bug. Look at it before you believe it.
    """

    name = "write_tests"
    arguments = Arguments

    def risk(self, arguments: Arguments) -> Risk:
        """It writes a file and runs it in the sandbox."""
        return "execute"

    def resources(self, arguments: Arguments) -> Resources:
        """It reads the project and writes one file."""
        return Resources(reads=frozenset({"tree"}), writes=frozenset({f"file:{_place_for(arguments)}"}))

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """Ask, check that it parses, write it, run it."""
        to = _place_for(arguments)
        try:
            if place(bench.target.project, to).exists():
                return no(f"{plain(to)} is there already, and no test file is written over: give another `to`")
            shown = await asyncio.to_thread(_shown, arguments, bench, to)
            code = code_in(await ask(bench, self.name, SYSTEM, shown, tokens=8000))
        except (NotAsked, Outside) as why:
            return no(str(why))
        key = language_of(to)
        broken = parse(key, code.encode()).broken if key else ()
        if broken:
            line, what = broken[0]
            return no(f"what the model wrote does not parse (line {line}: {plain(what)}), so nothing was written")
        wanted = Wanted((Write(f"./{to}", code, sure=True),))
        written = result_of(await asyncio.to_thread(apply, wanted, bench.target.project, closed=bench.closed))
        if not written.success or key != "python":
            return written
        return await self._tried(to, code, bench)

    async def _tried(self, to: str, code: str, bench: ToolBench) -> ToolResult:
        result = await bench.target.suite(select=[to], limits=limits(300))
        counts = Counter(test.outcome for test in result.tests)
        if result.broken or not result.tests:
            (bench.target.project / to).unlink(missing_ok=True)
            why = result.broken[0].message if result.broken else result.detail or "no test was found in it"
            return no(f"the tests could not be run, so {plain(to)} was taken away again: {plain(why)}\n{plain(code)}")
        told = ", ".join(f"{counts[kind]} {kind}" for kind in sorted(counts))
        failing = [f"- {test.id}: {test.exception} {test.message}" for test in result.tests if test.outcome == "failed"]
        text = plain("\n".join([f"wrote {to}: {told}", *failing[:20], "", code]))
        facts = {"changed": [to], **{str(kind): number for kind, number in counts.items()}}
        return ToolResult(True, text, f"{plain(to)}: {told}", changed=True, facts=facts)


def _place_for(arguments: Arguments) -> str:
    """Return where the tests go: as asked, else where the language's tools look for them."""
    if arguments.to.strip():
        return str(PurePosixPath(arguments.to.strip().removeprefix("./")))
    path = PurePosixPath(arguments.path)
    match path.suffix:
        case ".js" | ".jsx" | ".ts" | ".tsx" | ".mjs" | ".cjs":
            return str(path.with_name(f"{path.stem}.test{path.suffix}"))
        case ".go":
            return str(path.with_name(f"{path.stem}_test.go"))
        case ".java":
            home = str(path.parent).replace("src/main/java", "src/test/java")
            return str(PurePosixPath(home, f"{path.stem}Test.java"))
        case ending:
            return f"tests/test_{path.stem}{ending}" if ending == ".py" else f"tests/{path.stem}{ending}"


def _shown(arguments: Arguments, bench: ToolBench, to: str) -> str:
    project = bench.target.project
    parts = [marked(f"The code to be tested, {arguments.path}:", source_of(bench, arguments.path, arguments.names))]
    around = repository_map(project, [arguments.path, *arguments.names], 800)
    parts += [marked("The project around it:", around)] if around else []
    ending = PurePosixPath(to).suffix
    tests = (path for path in paths(project) if path.endswith(ending) and "test" in path.lower())
    sample = next(((path, text) for path in tests if (text := read(project, path)) and len(text) < 40_000), None)
    if sample is not None:
        parts.append(
            marked(f"How this project writes tests, {sample[0]}:", sample[1].decode("utf-8", "replace")[:SAMPLE])
        )
    about = f" {arguments.about.strip()}" if arguments.about.strip() else ""
    return "\n\n".join([*parts, f"Write the new test file {to}.{about}"])
