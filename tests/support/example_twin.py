"""Derive from an example a project with every name changed and other bugs put in: nothing may know the example."""

from __future__ import annotations

import ast
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from examples.unpack import copy_files, git, read_history
from tests.support.rename import rename_project

MENDED = Path(__file__).with_name("pantry_mended.patch")
AUTHOR = {"NAME": "A. Twin", "EMAIL": "twin@a.example", "DATE": "2024-05-01T12:00:00+0000"}


class Edit(NamedTuple):
    """One bug as a change of text at one place."""

    kind: str
    path: str
    function: str
    at: int
    """Offset in the text of the file."""
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Twin:
    """A repository nobody has seen, and what is wrong with it."""

    root: Path
    bugs: tuple[Edit, ...]
    failing: tuple[str, ...]
    mended: dict[str, str]
    """Text of each damaged file as it was right."""


def derive(example: Path, to: Path, seed: int, bugs: int = 5) -> Twin:
    """Build the twin at `to`, in one commit; the same seed gives the same twin."""
    chance = random.Random(seed)
    to.mkdir(parents=True)
    copy_files(example, to, read_history(example))
    git(to, "init", "--quiet", "--template=", "--initial-branch=main")
    damaged = functions(to)
    git(to, "apply", str(MENDED))
    spoken_for = {key for key, text in functions(to).items() if damaged.get(key) != text}
    names = rename_project(to, chance)
    taken = {(names[Path(path).stem], names[function]) for path, function in spoken_for}
    mended = {str(path.relative_to(to)): path.read_text(encoding="utf-8") for path in sorted(to.rglob("src/*/*.py"))}
    chosen = put_in_bugs(to, chance, taken, bugs)
    author = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in AUTHOR.items()}
    git(to, "add", "--all")
    git(to, "commit", "--quiet", "--message", "All of it", extra=author)
    return Twin(to, chosen, failing_tests(to), {edit.path: mended[edit.path] for edit in chosen})


def functions(root: Path) -> dict[tuple[str, str], str]:
    """Return the source of each function, by file and name."""
    found = {}
    for path in sorted(root.rglob("src/*/*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                found[path.name, node.name] = ast.get_source_segment(text, node) or ""
    return found


def put_in_bugs(root: Path, chance: random.Random, taken: set[tuple[str, str]], wanted: int) -> tuple[Edit, ...]:
    """Put in bugs of different kinds in different modules, each seen by one to three tests that passed before."""
    edits = [edit for edit in possible_edits(root) if (Path(edit.path).stem, edit.function) not in taken]
    chance.shuffle(edits)
    kinds = sorted({edit.kind for edit in edits})
    chance.shuffle(kinds)
    chosen: list[Edit] = []
    failing: set[str] = set()
    # Each kind once; kinds come again only when there are fewer than bugs wanted.
    for kind in kinds + kinds:
        if len(chosen) == wanted:
            break
        used = {edit.path for edit in chosen}
        for edit in (edit for edit in edits if edit.kind == kind and edit.path not in used):
            now = damage(root, edit, failing)
            if now:
                chosen.append(edit)
                failing = now
                break
    return tuple(chosen)


def damage(root: Path, edit: Edit, failing: set[str]) -> set[str]:
    """Put in one bug and return what fails then; undo it and return nothing unless one to three more tests see it."""
    path = root / edit.path
    right = path.read_text(encoding="utf-8")
    path.write_text(right[: edit.at] + edit.after + right[edit.at + len(edit.before) :], encoding="utf-8")
    now = set(failing_tests(root))
    if failing < now and len(now - failing) <= 3:
        return now
    path.write_text(right, encoding="utf-8")
    return set()


def failing_tests(root: Path) -> tuple[str, ...]:
    """Return the ids of the tests that fail, in order; a module that cannot be collected counts as one."""
    done = subprocess.run(
        [sys.executable, "-B", "-m", "pytest", "-q", "--tb=no", "-rfE", "-p", "no:cacheprovider", "-W", "ignore"],
        cwd=root,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    lines = (line.removeprefix("FAILED ").removeprefix("ERROR ") for line in done.stdout.splitlines())
    return tuple(sorted(line.partition(" - ")[0] for line in lines if line.startswith("tests/")))


def possible_edits(root: Path) -> list[Edit]:
    """Return every small change that would be a believable bug, in a stable order."""
    found: list[Edit] = []
    for path in sorted(root.rglob("src/*/*.py")):
        text = path.read_text(encoding="utf-8")
        starts = [0]
        for line in text.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        for function in ast.walk(ast.parse(text)):
            if isinstance(function, ast.FunctionDef):
                for kind, first, last, after in changes(function):
                    # Columns count bytes: a line with other characters before the place is left out by the test below.
                    begin, end = starts[first[0] - 1] + first[1], starts[last[0] - 1] + last[1]
                    if text[starts[first[0] - 1] : end].isascii():
                        before = text[begin:end]
                        new = swap(before) if after is None else after
                        if new != before:
                            place = str(path.relative_to(root))
                            found.append(Edit(kind, place, function.name, begin, before, new))
    return found


Place = tuple[int, int]
SWAPS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "+": "-", "-": "+", "*": "+", "and": "or", "or": "and"}


def swap(text: str) -> str:
    """Return the opposite of the operator that stands between two operands."""
    sign = text.strip()
    return text.replace(sign, SWAPS[sign]) if sign in SWAPS else text


def end(node: ast.expr | ast.stmt) -> Place:
    """Return where a node ends."""
    assert node.end_lineno is not None and node.end_col_offset is not None
    return node.end_lineno, node.end_col_offset


def start(node: ast.expr | ast.stmt) -> Place:
    """Return where a node begins."""
    return node.lineno, node.col_offset


def changes(function: ast.FunctionDef) -> Iterator[tuple[str, Place, Place, str | None]]:
    """Yield kind, begin, end and new text of each change inside one function; no text means: swap the operator."""
    parameters = [argument.arg for argument in function.args.args if argument.arg not in ("self", "cls")]
    for default in function.args.defaults:
        if isinstance(default, ast.Constant) and type(default.value) is int:
            yield "default", start(default), end(default), str(default.value + 1)
    for node in (inner for statement in function.body for inner in ast.walk(statement)):
        match node:
            case ast.Compare(left=left, ops=[_], comparators=[right]):
                yield "boundary", end(left), start(right), None
            case ast.BinOp(left=left, right=right):
                yield "operator", end(left), start(right), None
            case ast.BoolOp(values=[left, right]):
                yield "boolean", end(left), start(right), None
            case ast.If(test=ast.Compare(ops=[ast.Is()]), body=[ast.Return() | ast.Continue()], orelse=[]):
                yield "guard", start(node), (end(node)[0] + 1, node.col_offset), ""
            case ast.keyword(arg="reverse", value=ast.Constant(value=bool(value)) as constant):
                yield "order", start(constant), end(constant), str(not value)
            case ast.Name(id=name, ctx=ast.Load()) if name in parameters and len(parameters) > 1:
                other = parameters[(parameters.index(name) + 1) % len(parameters)]
                yield "variable", start(node), end(node), other
