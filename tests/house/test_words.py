"""What must not stand in our files."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT, shown, written

HERE = shown(Path(__file__))
TEXT = (
    ".py",
    ".ts",
    ".tsx",
    ".md",
    ".toml",
    ".yml",
    ".sh",
    ".css",
    ".html",
    "Dockerfile",
    "Makefile",
    ".npmrc",
    ".lock",
)
FORBIDDEN = {
    "a place of the machine it was written on": re.compile(r"(?<![\w.:])/work/\w"),
    "the host of a package registry": re.compile(
        r"\b(?:pypi\.org|files\.pythonhosted\.org|registry\.npmjs\.org|proxy\.golang\.org)\b"
    ),
    "a TODO without an issue": re.compile(r"\b(?:TODO|FIXME|XXX)\b(?!\(#\d+\))"),
    "a prefix that says nothing": re.compile(r"\bclass Kaizen[A-Z]\w*"),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_has(what: str) -> None:
    pattern = FORBIDDEN[what]

    found = [
        f"{shown(path)}:{number}: {line.strip()[:80]}"
        for path in written(*TEXT)
        if shown(path) != HERE
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]

    assert found == []


def test_lock_files_name_no_address() -> None:
    locks = [*ROOT.glob("requirements*.lock"), ROOT / "dashboard" / "web" / "package-lock.json"]

    found = [shown(lock) for lock in locks if re.search(r"https?://[\w.-]+/.*\.(?:whl|tgz|tar\.gz)", lock.read_text())]

    assert found == []


def test_no_shell_is_started_and_no_except_is_bare() -> None:
    found = [
        f"{shown(path)}:{line}: {what}"
        for path in written(".py")
        if not shown(path).startswith(("examples/pantry/", "tests/"))
        for line, what in offences(path)
    ]

    assert found == []


SUSPECT = re.compile(r"\bexcept\s*:|\bshell\b|\b(?:system|popen)\b")
"""Without one of these words in its text a file need not be parsed."""


def offences(path: Path) -> list[tuple[int, str]]:
    found = []
    text = path.read_text("utf-8")
    for node in ast.walk(ast.parse(text)) if SUSPECT.search(text) else ():
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            found.append((node.lineno, "bare except"))
        if isinstance(node, ast.keyword) and node.arg == "shell" and ast.unparse(node.value) != "False":
            found.append((node.value.lineno, "shell=True"))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("os.system", "os.popen"):
            found.append((node.lineno, ast.unparse(node.func)))
    return found
