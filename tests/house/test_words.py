"""What must not stand in our files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import ROOT, shown, written

HERE = shown(Path(__file__))
TEXT = (
    ".py", ".ts", ".tsx", ".md", ".toml", ".yml", ".sh", ".css", ".html", "Dockerfile", "Makefile", ".npmrc", ".lock",
)  # fmt: skip
REGISTRIES = ("pypi.org", "files.pythonhosted.org", "registry.npmjs.org", "proxy.golang.org")
FORBIDDEN = {
    "a place of the machine it was written on": (("/work/",), r"(?<![\w.:])/work/\w"),
    "the host of a package registry": (REGISTRIES, rf"\b(?:{'|'.join(map(re.escape, REGISTRIES))})\b"),
    "a TODO without an issue": (("TODO", "FIXME", "XXX"), r"\b(?:TODO|FIXME|XXX)\b(?!\(#\d+\))"),
    "a prefix that says nothing": (("class Kaizen",), r"\bclass Kaizen[A-Z]\w*"),
}
"""What it is: words without which a text need not be searched, and the expression."""


def test_no_file_has_what_is_forbidden() -> None:
    found = [
        f"{shown(path)}:{number}: {what}: {line.strip()[:80]}"
        for path in written(*TEXT)
        if shown(path) != HERE
        for what, number, line in forbidden_in(path.read_text("utf-8"))
    ]

    assert found == []


def test_each_of_it_is_noticed() -> None:
    """The search can fail, and says where."""
    text = "fine\nin /work/main\nfrom pypi.org\n# FIXME\nclass KaizenThing:\n"

    assert [(what, number) for what, number, _ in forbidden_in(text)] == list(zip(FORBIDDEN, (2, 3, 4, 5), strict=True))


def forbidden_in(text: str) -> Iterator[tuple[str, int, str]]:
    """Yield what is forbidden, by what it is, with the number and the text of its line."""
    for what, (words, pattern) in FORBIDDEN.items():
        for number, line in enumerate(text.splitlines(), 1) if any(word in text for word in words) else ():
            if re.search(pattern, line):
                yield what, number, line


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
