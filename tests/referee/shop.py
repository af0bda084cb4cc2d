"""A small project of the tests' own with one bug, and what the referee says of changes to it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from agents.sandbox.local import LocalSandbox
from agents.workspace.environment import Environment
from agents.workspace.mirror import Mirror
from director.gates import found_gates
from director.referee import Referee
from director.referee.judging import Judged, Judging
from ledger.blobs import FileBlobs
from tests.support.repositories import git, make, write
from tests.target.plain import own_python

TEXT = '''"""Texts."""


def slug(text: str) -> str:
    """Make a slug.

    >>> slug("A b")
    'a-b'
    """
    return "-".join(text.lower().split())


def roman(number: int) -> str:
    out = ""
    for value, sign in ((10, "X"), (5, "V"), (1, "I")):
        while number >= value:
            out += sign
            number -= value
    return out


def price(amount: float, percent: float) -> float:
    if percent > 100:
        raise ValueError("percent")
    return amount - amount * percent / 100
'''
TESTS = """import pytest

from shop.text import price, roman, slug


def test_slug():
    assert slug("Hello World") == "hello-world"


def test_roman():
    assert roman(3) == "III"
    assert roman(16) == "XVI"


def test_roman_four():
    assert roman(4) == "IV"


def test_price():
    assert price(80.0, 25.0) == 60.0
    assert price(50.0, 10.0) == 45.0


def test_no_price():
    with pytest.raises(ValueError):
        price(1.0, 101.0)
"""
SETTINGS = """[tool.pytest.ini_options]
testpaths = ["tests"]

[tool.ruff.lint]
select = ["E4", "E7", "E9", "F", "B"]

[tool.coverage.report]
fail_under = 90
"""
BASE = {
    "pyproject.toml": SETTINGS,
    "shop/__init__.py": '"""A shop."""\n',
    "shop/text.py": TEXT,
    "tests/test_text.py": TESTS,
}
SPECS = [gate.spec for gate in found_gates().values() if gate.name in ("tests", "coverage", "lint")]


def changed(text: str, old: str, new: str) -> str:
    """Return the text with one part of it put otherwise; fails when the part is not there."""
    assert text.count(old) == 1, old
    return text.replace(old, new)


def referee_of(repository: Path, home: Path) -> Referee:
    """Return a referee over a mirror of the repository, with nothing confined: the tests wrote this code."""

    def prepare(_: Path) -> Environment:
        return own_python()

    mirror = Mirror(home / "mirror.git", repository)
    return Referee(
        mirror=mirror, sandbox=LocalSandbox(), prefix="", gates=tuple(found_gates().values()),
        blobs=FileBlobs(home / "blobs"), scratch=home / "scratch", prepare=prepare,
    )  # fmt: skip


class Shop:
    """The project in a repository of its own, before one referee: what that saw of the base it need not see again."""

    def __init__(self, folder: Path, base: Mapping[str, str] = BASE) -> None:
        self.repository = make(folder / "shop", base)
        self.base = git(self.repository, "rev-parse", "HEAD")
        self.referee = referee_of(self.repository, folder / "home")

    async def judged(self, files: Mapping[str, str | None]) -> Judged:
        """Judge a change of the project; None takes a file away."""
        git(self.repository, "checkout", "-q", "--detach", self.base)
        for path in (path for path, text in files.items() if text is None):
            git(self.repository, "rm", "-q", path)
        write(self.repository, {path: text for path, text in files.items() if text is not None})
        git(self.repository, "add", "-A")
        git(self.repository, "commit", "-q", "--allow-empty", "-m", "A patch")
        before, after = (self.referee.mirror.adopt(revision) for revision in ("HEAD~1", "HEAD"))
        return await Judging(self.referee, before, before, after, SPECS, seed=7).judged()


def codes(verdict: Judged) -> set[str]:
    """Return the codes of the reasons."""
    return {reason.code for reason in verdict.reasons}
