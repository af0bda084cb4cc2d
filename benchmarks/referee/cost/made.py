"""Projects made from a seed, and random edits of them."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Mapping
from pathlib import Path

PER_FILE = 20


def ways() -> dict[str, str]:
    """Return a second project of traps: other ways to depend on code, data, folders and earlier tests."""
    text = (Path(__file__).parent / "ways.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"=== (\S+)\n(.*?)(?==== |\Z)", text, re.DOTALL))


def shop(tests: int, seed: int) -> dict[str, str]:
    """Return a package with one module for each file of twenty tests, a few functions that all share, and data."""
    chance = random.Random(seed)
    files = {"pkg/__init__.py": "", "data/rates.txt": "3 5 7\n", "pkg/base.py": _base()}
    for number in range(tests // PER_FILE):
        files[f"pkg/m{number:03}.py"] = _module(number, chance)
        files[f"tests/test_m{number:03}.py"] = _tests(number)
    return files


def _base() -> str:
    helpers = [f"def helper{n}(x):\n    y = x + {n}\n    return y * 2 - {n}\n" for n in range(8)]
    return "\n\n".join(['"""Shared by all."""\n\nRATE = 3', *helpers])


def _module(number: int, chance: random.Random) -> str:
    lines = [f'"""Module {number}."""\n\nfrom pkg.base import helper{number % 8}\n\nSTEP = {chance.randint(1, 9)}\n']
    for each in range(9):
        lines.append(f"\ndef work{each}(x):\n    total = x * {chance.randint(2, 9)}\n    return total + STEP\n")
    lines.append(f"\ndef shared(x):\n    return helper{number % 8}(x)\n")
    lines.append(
        f"\nclass Box:\n    size = {chance.randint(1, 9)}\n\n    def grow(self, by=1):\n        return self.size + by\n"
    )
    return "\n".join(lines)


def _tests(number: int) -> str:
    lines = [f"from pkg import m{number:03} as m\n"]
    for each in range(9):
        lines.append(f"\ndef test_work{each}():\n    f = m.work{each}\n    assert f(2) - f(1) == f(1) - f(0)\n")
        lines.append(f"\ndef test_work{each}_grows():\n    assert m.work{each}(3) > m.work{each}(1)\n")
    lines.append("\ndef test_shared():\n    assert m.shared(1) == m.shared(1)\n")
    lines.append("\ndef test_box():\n    assert m.Box().grow() == m.Box.size + 1\n")
    return "\n".join(lines)


def body_edit(files: Mapping[str, str], chance: random.Random) -> dict[str, str | None]:
    """Return one module of the shop with a number in one function's body changed."""
    path = chance.choice([path for path in files if path.startswith("pkg/m")])
    return _bump(path, files[path], chance, inside=True)


def line_edit(files: Mapping[str, str], chance: random.Random) -> dict[str, str | None]:
    """Return one file, of the code or of the tests, with one number on one line changed, wherever it stands."""
    path = chance.choice([path for path in files if path.endswith(".py") and files[path]])
    return _bump(path, files[path], chance, inside=False)


def any_edit(files: Mapping[str, str], chance: random.Random) -> dict[str, str | None]:
    """Return a random edit of any kind: values, operators, names, statements, data, files that come and go or move."""
    path = chance.choice([path for path in files if files[path]])
    kind = chance.choice(
        ("value", "value", "operator", "name", "drop", "drop", "raise", "twice", "gone", "moved", "new")
    )
    if kind == "gone" or (kind in ("drop", "raise") and not path.endswith(".py")):
        return {path: None}
    folder = path.rpartition("/")[0]
    if kind == "moved":
        return {path: None, f"{folder}/moved_{path.rpartition('/')[2]}".lstrip("/"): files[path]}
    if kind == "new":
        name = chance.choice(("extra.txt", "speedups.py", "second.py", "b.txt", "more.txt", "more.ini", "test_new.py"))
        return {f"{folder}/{name}".lstrip("/"): "1\n"}
    if not path.endswith(".py"):
        digits = [at for at, letter in enumerate(files[path]) if letter.isalnum()]
        at = chance.choice(digits)
        return {path: files[path][:at] + chance.choice("0123456789abc") + files[path][at + 1 :]}
    if kind in ("drop", "raise", "twice"):
        return _statement(path, files[path], chance, kind)
    if kind in ("operator", "name"):
        return _swapped(path, files[path], chance, kind)
    return _bump(path, files[path], chance, inside=False)


def _bump(path: str, text: str, chance: random.Random, *, inside: bool) -> dict[str, str | None]:
    tree = ast.parse(text)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    bodies = [statement for function in functions for statement in function.body]
    places = [
        node for root in (bodies if inside else [tree]) for node in ast.walk(root)
        if isinstance(node, ast.Constant) and isinstance(node.value, int | str) and node.lineno == node.end_lineno
    ]  # fmt: skip
    if not places:
        return {path: text + "\nEXTRA = 1\n"}
    node = chance.choice(places)
    new = repr(node.value + 1) if isinstance(node.value, int) else repr(f"{node.value}x")
    return {path: _spliced(text, node, new)}


def _statement(path: str, text: str, chance: random.Random, kind: str) -> dict[str, str | None]:
    """Drop one simple statement, put an error in its place, or do it twice."""
    places = [
        node for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.stmt) and not hasattr(node, "body") and node.lineno == node.end_lineno
    ]  # fmt: skip
    if not places:
        return {path: text + "\n"}
    node = chance.choice(places)
    new = {"drop": "pass", "raise": "raise ValueError('edited')", "twice": "; ".join([ast.unparse(node)] * 2)}[kind]
    return {path: _spliced(text, node, new)}


SWAPS = {
    ast.Add: "-", ast.Sub: "+", ast.Mult: "+", ast.FloorDiv: "*", ast.Eq: "!=", ast.NotEq: "==", ast.Lt: "<=",
    ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.In: "not in", ast.NotIn: "in",
}  # fmt: skip


def _swapped(path: str, text: str, chance: random.Random, kind: str) -> dict[str, str | None]:
    """Put another operator, or another name of the same file, in the place of one."""
    tree = ast.parse(text)
    names = sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)})
    found: list[tuple[ast.expr, str]] = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.expr) or node.lineno != node.end_lineno:
            continue
        if kind == "name" and isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.append((node, chance.choice(names)))
        elif kind == "operator" and isinstance(node, ast.BinOp) and type(node.op) in SWAPS:
            found.append((node, f"{ast.unparse(node.left)} {SWAPS[type(node.op)]} {ast.unparse(node.right)}"))
        elif kind == "operator" and isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
            new = f"{ast.unparse(node.left)} {SWAPS[type(node.ops[0])]} {ast.unparse(node.comparators[0])}"
            found.append((node, f"({new})"))
    if not found:
        return {path: text + "\nEXTRA = 1\n"}
    return {path: _spliced(text, *chance.choice(found))}


def _spliced(text: str, node: ast.expr | ast.stmt, new: str) -> str:
    lines = text.splitlines(keepends=True)
    line = lines[node.lineno - 1].encode()
    lines[node.lineno - 1] = (line[: node.col_offset] + new.encode() + line[node.end_col_offset :]).decode()
    return "".join(lines)
