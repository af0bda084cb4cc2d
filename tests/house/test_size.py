"""Files a person can read in one go, functions that fit on a screen."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.sources import CODE, shown, written

LINES, LINES_OF_A_FUNCTION = 400, 60


def test_no_file_is_longer_than_400_lines() -> None:
    long = {shown(p): n for p in written(*CODE, ".css") if (n := len(p.read_text("utf-8").splitlines())) > LINES}

    assert long == {}


@pytest.mark.slow
def test_no_function_is_longer_than_60_lines() -> None:
    long = {
        f"{shown(path)}:{name}": lines
        for path in written(*CODE)
        for name, lines in functions(path)
        if lines > LINES_OF_A_FUNCTION
    }

    assert long == {}


def test_the_measure_of_functions_sees_both_languages(tmp_path: Path) -> None:
    python, page = tmp_path / "a.py", tmp_path / "a.tsx"
    python.write_text(
        "class A:\n    def f(self):\n        return [\n            1,\n        ]\n"
        "try:\n    f = lambda: 1\nexcept E:\n    match x:\n        case 1:\n"
        "            async def g():\n                pass\n"
    )
    page.write_text(
        'export function App(): JSX {\n  if (x) {\n    return "}";\n  }\n}\nconst f = () => {\n  g();\n};\n'
    )

    assert list(functions(python)) == [("f", 4), ("g", 2)]
    assert list(functions(page)) == [("App", 5), ("f", 3)]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each function with its number of lines."""
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        yield from _functions_in(ast.parse(text).body)
    else:
        yield from _functions_of_the_page(text)


BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


def _functions_in(statements: list[ast.AST] | list[ast.stmt]) -> Iterator[tuple[str, int]]:
    """Functions stand among statements: what is inside expressions need not be looked at."""
    for node in statements:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield node.name, node.end_lineno - node.lineno + 1
        for block in BLOCKS:
            inner = getattr(node, block, None)
            if isinstance(inner, list):
                yield from _functions_in(inner)


HEADS = (
    re.compile(r"^(\s*)(?:export )?(?:default )?(?:async )?function\*? (\w+)"),
    re.compile(r"^(\s*)(?:export )?const (\w+) = .*=> [({]$"),
    re.compile(r"^(\s+)(?:static |private |readonly |async )*(\w+)\([^;]*\)(?:: [^;]+)? \{$"),
)


def _functions_of_the_page(text: str) -> Iterator[tuple[str, int]]:
    """The page's code is formatted: a function ends at the first closing line as deep as its head."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        head = next((m for pattern in HEADS if (m := pattern.match(line))), None)
        if head is None or head[2] in ("if", "for", "while", "switch", "catch"):
            continue
        end = re.compile(rf"^{re.escape(head[1])}[}})]")
        last = next(
            (i for i in range(number + 1, len(lines)) if end.match(lines[i]) and lines[i].strip() != ") {"), number
        )
        yield head[2], last - number + 1
