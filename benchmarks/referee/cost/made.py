"""Projects made from a seed, and random edits of them."""

from __future__ import annotations

import ast
import random
from collections.abc import Mapping

PER_FILE = 20


def shop(tests: int, seed: int) -> dict[str, str]:
    """Return a package with one module for each file of twenty tests, a few helpers that all share, and data."""
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
    """Return a random edit of any kind: values, operators, names, statements, data, files that come and go."""
    path = chance.choice([path for path in files if files[path]])
    kind = chance.choice(("value", "value", "value", "operator", "drop", "drop", "gone", "new"))
    if kind == "gone" or (kind == "drop" and not path.endswith(".py")):
        return {path: None}
    if kind == "new":
        folder = path.rpartition("/")[0]
        name = chance.choice(("extra.txt", "speedups.py", "b.txt", "more.txt"))
        return {f"{folder}/{name}".lstrip("/"): "1\n"}
    if not path.endswith(".py"):
        return {path: files[path][:-2] + chance.choice("0123456789abc")}
    if kind == "drop":
        return _drop(path, files[path], chance)
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


def _drop(path: str, text: str, chance: random.Random) -> dict[str, str | None]:
    """Replace one simple statement by `pass`."""
    places = [
        node for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.stmt) and not hasattr(node, "body") and node.lineno == node.end_lineno
    ]  # fmt: skip
    return {path: _spliced(text, chance.choice(places), "pass") if places else text + "\n"}


def _spliced(text: str, node: ast.expr | ast.stmt, new: str) -> str:
    lines = text.splitlines(keepends=True)
    line = lines[node.lineno - 1].encode()
    lines[node.lineno - 1] = (line[: node.col_offset] + new.encode() + line[node.end_col_offset :]).decode()
    return "".join(lines)
