"""Docstrings where there are none, or a page about some code, written by the model."""

from __future__ import annotations

import asyncio
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import Field

from agents.json_reading import Unreadable, read_object
from agents.ports import Resources, ToolBench, ToolResult
from agents.tools.asking import NotAsked, ask, code_in, marked, source_of
from agents.tools.docstrings import Unchanged, undocumented, with_docstrings
from agents.tools.edits import Wanted, Write, apply
from agents.tools.edits.outcome import result_of
from agents.tools.project_files import plain
from agents.tools.strict import Strict, no
from ledger.events import Risk

DOCSTRINGS = (
    "You write docstrings. One sentence says what the thing does; then only what its signature cannot tell: units, "
    "order, what is raised, what happens twice. Say only what stands in the code. Answer in JSON."
)
PAGE = (
    "You write a page of documentation in Markdown for people who use this code: what it is for, how it is used with a "
    "short example, what can go wrong. Say only what stands in the code. Answer with the whole page in one fenced "
    "block of four backticks."
)
SCHEMA = {
    "type": "object",
    "properties": {
        "docstrings": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "text": {"type": "string"}},
                "required": ["name", "text"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["docstrings"],
    "additionalProperties": False,
}


class Arguments(Strict):
    """Of which code, and which documentation."""

    path: str = Field(min_length=1, max_length=500, description="The source file")
    names: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        default=[], max_length=40, description="Only these definitions of it, e.g. `Shelf.add`"
    )
    to: str = Field(default="", max_length=500, description="The Markdown page to be written; left out: docstrings")


class WriteDocs:
    """Let the model write docstrings for Python definitions that have none, or a page when `to` names one.

    Docstrings are put in by Kaizen: nothing else of the code can change by it.
    """

    name = "write_docs"
    arguments = Arguments

    def risk(self, arguments: Arguments) -> Risk:
        """It changes a file of the worktree."""
        return "write"

    def resources(self, arguments: Arguments) -> Resources:
        """It reads the source and writes it, or the page."""
        to = _tidy(arguments.to or arguments.path)
        return Resources(reads=frozenset({f"file:{_tidy(arguments.path)}"}), writes=frozenset({f"file:{to}"}))

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """Ask, check, write."""
        try:
            made = await (self._page(arguments, bench) if arguments.to else self._documented(arguments, bench))
        except (NotAsked, Unchanged, Unreadable) as why:
            return no(plain(str(why)))
        to = _tidy(arguments.to or arguments.path)
        wanted = Wanted((Write(f"./{to}", made, sure=True),))
        return result_of(await asyncio.to_thread(apply, wanted, bench.target.project, closed=bench.closed))

    async def _page(self, arguments: Arguments, bench: ToolBench) -> str:
        source = await asyncio.to_thread(source_of, bench, arguments.path, arguments.names)
        asked = f"{marked(arguments.path, source)}\n\nWrite the page {arguments.to}."
        return code_in(await ask(bench, self.name, PAGE, asked))

    async def _documented(self, arguments: Arguments, bench: ToolBench) -> str:
        if not arguments.path.endswith((".py", ".pyi")):
            raise NotAsked("docstrings are written in Python files only: give `to` for a page")
        source = await asyncio.to_thread(source_of, bench, arguments.path)
        if "\ufffd" in source:
            raise NotAsked(f"{arguments.path} is not written in UTF-8: nothing is put into it")
        lacking = undocumented(source)
        wanted = [name for name in lacking if not arguments.names or name in arguments.names]
        if not wanted:
            known = f"; without one are {', '.join(lacking[:20])}" if lacking else ""
            raise NotAsked(f"everything named there has a docstring already{known}")
        asked = f"{marked(arguments.path, source)}\n\nWrite docstrings for: {', '.join(wanted)}."
        said = read_object(await ask(bench, self.name, DOCSTRINGS, asked, schema=SCHEMA))
        listed = said.get("docstrings")
        rows = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
        texts = {str(each.get("name")): str(each.get("text")) for each in rows}
        chosen = {name: texts[name] for name in wanted if texts.get(name)}
        if not chosen:
            raise NotAsked("the model wrote no docstring for what was asked")
        return with_docstrings(source, chosen)


def _tidy(path: str) -> str:
    return str(PurePosixPath(path.strip().removeprefix("./")))
