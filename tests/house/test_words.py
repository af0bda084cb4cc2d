"""What may not stand anywhere in the project."""

from __future__ import annotations

import ast
import re

from tests.house.test_size import ROOT, tracked

TEXT = (".py", ".ts", ".tsx", ".css", ".toml", ".yml", ".md", ".json", ".lock", ".sh", ".html", ".txt", "")
REGISTRY = re.compile(r"files\.pythonhosted|pypi\.org/simple|registry\.npmjs", re.IGNORECASE)
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")


def test_no_file_names_a_package_registry() -> None:
    named = [str(p.relative_to(ROOT)) for p in tracked(*TEXT) if REGISTRY.search(p.read_text(errors="replace"))]

    assert [name for name in named if name != "tests/house/test_words.py"] == []


def test_nothing_is_marked_as_unfinished() -> None:
    code = [p for p in tracked(".py", ".ts", ".tsx") if UNFINISHED.search(p.read_text())]

    assert [str(p.relative_to(ROOT)) for p in code] == []


def test_no_command_goes_through_a_shell_and_no_exception_is_swallowed_bare() -> None:
    found = []
    for path in tracked(".py"):
        for node in ast.walk(ast.parse(path.read_text())):
            shell = isinstance(node, ast.keyword) and node.arg == "shell" and ast.unparse(node.value) != "False"
            bare = isinstance(node, ast.ExceptHandler) and node.type is None
            if shell or bare:
                found.append(f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}")

    assert found == []
