"""What is wrong with source files, without running them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Annotated, NamedTuple

import msgspec
from pydantic import Field

from agents.ports import AgentError, Limits, Resources, ToolBench, ToolResult
from agents.tools.code.languages import language_of
from agents.tools.code.reading import Read
from agents.tools.project_files import Outside, named, paths, place, plain, read
from agents.tools.strict import Looks, Strict, no
from agents.workspace import toml_reading
from agents.workspace.git import GitError

MOST = 100
RULES = "E9,F"
"""Mistakes that ruff is almost sure of: what does not parse, names that are not there, what is never used."""
_PYTHON = (".py", ".pyi")


class Arguments(Strict):
    """Of which files."""

    paths: list[Annotated[str, Field(min_length=1, max_length=500)]] = Field(
        default=[], max_length=100, description="Files or folders; empty for the files changed so far"
    )


class Found(NamedTuple):
    """One thing that is wrong."""

    path: str
    line: int
    column: int
    rule: str
    message: str


class _Place(msgspec.Struct):
    row: int
    column: int


class _Line(msgspec.Struct):
    code: str | None
    message: str
    filename: str
    location: _Place


class Diagnostics(Looks):
    """Check files without running them: what does not parse, and in Python names that are not there or never used.

    Reads Python, JavaScript, TypeScript, Go, Rust, Java, JSON and TOML. It is quick: look here after an edit, before
    the tests.
    """

    name = "diagnostics"
    arguments = Arguments

    def resources(self, arguments: Arguments) -> Resources:
        """It reads the files."""
        return Resources(reads=frozenset({named(path) for path in arguments.paths} or {"tree"}))

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """Check each file by its language."""
        try:
            files = await asyncio.to_thread(_files, bench, arguments.paths)
        except (Outside, GitError) as error:
            return no(str(error))
        if not files:
            what = "these paths hold" if arguments.paths else "no file is changed yet, so there is"
            return no(f"{what} nothing to check: give files or folders in `paths`")
        found = [*(await _python(bench, files)), *(await asyncio.to_thread(_others, bench, files))]
        found.sort()
        lines = [f"{plain(f.path)}:{f.line}:{f.column} {f.rule} {plain(f.message)}" for f in found[:MOST]]
        lines += [f"[{len(found) - MOST} more]"] if len(found) > MOST else []
        summary = f"{len(found) or 'no'} problems in {len(files)} files"
        facts = {"problems": len(found), "files": len(files)}
        return ToolResult(True, "\n".join([*lines, summary]), summary, facts=facts)


def _files(bench: ToolBench, asked: Sequence[str]) -> list[str]:
    project = bench.target.project
    if not asked:
        rows = [line.partition("\t") for line in bench.history.status().splitlines()]
        asked = [path for kind, _, path in rows if kind != "D" and not path.startswith("../")]
    found: dict[str, None] = {}
    for path in asked:
        if not place(project, path).exists():
            raise Outside(f"there is no {plain(path)!r} in the project: list_files shows what there is")
        found.update(dict.fromkeys(each for each in paths(project, path.rstrip("/")) if _is_known(each)))
    return list(found)


def _is_known(path: str) -> bool:
    return language_of(path) is not None or path.endswith((".json", ".toml"))


async def _python(bench: ToolBench, files: Sequence[str]) -> list[Found]:
    """Ask ruff, in the sandbox and blind to the project's settings: a whole list of suppressions hides nothing here."""
    from agents.tools.target import own_ruff

    python = [path for path in files if path.endswith(_PYTHON)]
    if not python:
        return []
    flags = ["--isolated", "--no-cache", "--exit-zero", "--output-format=json", f"--select={RULES}"]
    argv = [str(own_ruff()), "check", *flags, "--", *python]
    done = await bench.target.run(argv, limits=Limits(wall=60, output=32 * 1024 * 1024))
    if done.outcome != "exited" or done.exit != 0 or done.truncated:
        why = plain(done.stderr.decode("utf-8", "replace")).strip()[:300]
        raise AgentError(f"ruff could not check the files ({done.outcome} {done.exit}): {why or 'it said nothing'}")
    return [_of_ruff(each, f"{bench.target.project}/") for each in msgspec.json.decode(done.stdout, type=list[_Line])]


def _of_ruff(each: _Line, project: str) -> Found:
    rule = each.code if each.code and each.code != "invalid-syntax" else "syntax"
    return Found(each.filename.removeprefix(project), each.location.row, each.location.column, rule, each.message)


def _others(bench: ToolBench, files: Sequence[str]) -> list[Found]:
    project = bench.target.project
    found: list[Found] = []
    for path in files:
        if path.endswith(_PYTHON):
            continue
        if language_of(path) is not None:
            tags = Read.of(project, path).files.get(path)
            found += [Found(path, line, 1, "syntax", what) for line, what in (tags.broken[:20] if tags else ())]
        elif (content := read(project, path)) is not None:
            found += _written(path, content)
    return found


def _written(path: str, content: bytes) -> list[Found]:
    """Check JSON and TOML; what the tools of TypeScript and editors call JSON may hold comments and is let be."""
    if path.rpartition("/")[2].startswith(("tsconfig", "jsconfig")) or ".vscode/" in path:
        return []
    try:
        text = content.decode("utf-8")
        if path.endswith(".json"):
            json.loads(text)
        else:
            toml_reading.loads(text)
    except json.JSONDecodeError as error:
        return [Found(path, error.lineno, error.colno, "syntax", error.msg)]
    except (ValueError, RecursionError) as error:
        return [Found(path, 1, 1, "syntax", str(error))]
    return []
