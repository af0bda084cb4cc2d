"""Hiding what a static gate finds is no better than leaving it: each way to hide, and honest changes beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from director.gates.complexity import Complexity
from director.gates.documentation import Documentation
from director.gates.duplication import Duplication
from director.gates.hidden import hidden_in
from director.gates.security import Security
from director.gates.tree import CleanTree
from director.gates.types import Types
from ledger.events import Reading
from tests.contracts.gate import BRANCHES, TWICE
from tests.target.plain import project

pytestmark = pytest.mark.slow

STRICT = {"mypy.ini": "[mypy]\ndisallow_untyped_defs = True\n"}
WRONG = "def one(n: int) -> str:\n    return n\n"
IGNORED = "def old(n: int) -> str:\n    return n  # type: ignore[return-value]\n"


async def types(folder: Path, now: dict[str, str], then: dict[str, str]) -> Reading:
    """What the gate says of a tree after another."""
    trusted = project(folder / "then", {**STRICT, **then}).project
    return await Types().measure(CleanTree(project(folder / "now", now), trusted=trusted), Types.spec)


@pytest.mark.parametrize(
    ("now", "rule"),
    [
        ({"pkg/a.py": WRONG.replace("return n", "return n  # type: ignore")}, "hidden-return-value"),
        ({"pkg/a.py": "# type: ignore\n" + WRONG}, "hidden-return-value"),
        ({"pkg/a.py": "# mypy: ignore-errors\n" + WRONG}, "hidden-return-value"),
        (
            {"pkg/a.py": "import typing as t\n" + WRONG.replace("return n", "return t.cast(t.Any, n)")},
            "hidden-cast-any",
        ),
        (
            {"pkg/a.py": "from typing import Any, cast as c\n" + WRONG.replace("return n", "return c('Any', n)")},
            "hidden-cast-any",
        ),
        ({"pkg/a.py": "def one(n):\n    return n\n"}, "no-untyped-def"),
        ({"pkg/a.py": WRONG, "pkg/a.pyi": "def one(n: int) -> str: ...\n"}, "return-value"),
        ({"pkg/a.py": WRONG, "mypy.ini": "[mypy]\nignore_errors = True\n"}, "return-value"),
        ({"pkg/a.py": WRONG, "pyproject.toml": "[tool.mypy]\nexclude = ['pkg']\n"}, "return-value"),
    ],
)  # fmt: skip
async def test_a_type_error_that_is_hidden_counts(now: dict[str, str], rule: str, tmp_path: Path) -> None:
    """Whatever hides it: a comment, a cast, a stub, a configuration, annotations taken away."""
    base = {"pkg/__init__.py": "", "pkg/a.py": WRONG, "pkg/b.py": IGNORED}

    reading = await types(tmp_path, {**base, **STRICT, **now}, base)

    assert reading.value is not None and reading.value >= 1, reading.detail
    assert rule in {finding.rule for finding in reading.findings}


async def test_what_was_hidden_before_may_stay_move_and_change(tmp_path: Path) -> None:
    """A suppression of the trusted checkpoint is no error, wherever it stands now."""
    base = {"pkg/__init__.py": "", "pkg/b.py": IGNORED}

    reading = await types(tmp_path, {"pkg/__init__.py": "", "pkg/c.py": '"""Moved."""\n\n' + IGNORED}, base)

    assert (reading.value, reading.counts["suppressed"], reading.detail) == (0, 1, "no type errors")


def test_comments_are_taken_out_and_every_line_stays() -> None:
    """Texts that look like comments are none."""
    hidden, text = hidden_in('a = "# type: ignore"\nb = 1  # type: ignore[x, y]  # why\n')

    assert dict(hidden.ignores) == {2: frozenset({"x", "y"})}
    assert text.splitlines()[0] == 'a = "# type: ignore"' and "ignore" not in text.splitlines()[1]


def test_names_in_other_letters_hide_as_well() -> None:
    """Python takes letters of other alphabets for plain ones in names, and a comment ends where an accent begins."""
    names, _ = hidden_in("from typing import \U0001d400ny, \U0001d41cast\nx = \U0001d41cast(\U0001d400ny, 1)\n")
    comment, text = hidden_in("x = 1  # type: ignore\u0301\n")

    assert names.casts == (2,) and names.anys == 1
    assert dict(comment.ignores) == {1: frozenset({"*"})} and "ignore" not in text


async def test_security_sees_through_comments_and_configuration(tmp_path: Path) -> None:
    """What the trusted checkpoint skips is skipped; secrets of tests are counted beside."""
    key = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEow\n"
    trusted = project(tmp_path / "then", {"pyproject.toml": "[tool.bandit]\nskips = ['B301', 'B403']\n"}).project
    now = {
        "pkg/__init__.py": "",
        "pkg/a.py": "import pickle\n\n\ndef run(text):\n    pickle.loads(text)\n    return eval(text)  # nosec\n",
        "deploy/key.pem": key,
        "tests/key.pem": key,
        ".bandit": "[bandit]\nskips: B307\n",
        "pyproject.toml": "[tool.bandit]\nskips = ['B307']\nexclude_dirs = ['pkg']\n",
        ".secrets.baseline": "{}",
    }

    reading = await Security().measure(CleanTree(project(tmp_path / "now", now), trusted=trusted), Security.spec)

    assert [(finding.rule, finding.path) for finding in reading.findings] == [
        ("secret", "deploy/key.pem"), ("B307", "pkg/a.py"),
    ]  # fmt: skip
    assert reading.counts["in_tests"] == 1


async def test_no_comment_hides_a_complex_function(tmp_path: Path) -> None:
    """Neither for the gate nor by a configuration."""
    files = {
        "pkg/__init__.py": "",
        "pkg/a.py": f"def f(n):  # noqa: C901\n{BRANCHES}",
        "ruff.toml": "exclude = ['*']\n",
    }

    reading = await Complexity().measure(CleanTree(project(tmp_path, files)), Complexity.spec)

    assert (reading.value, reading.counts["excess"]) == (1, 6)


async def test_code_that_stands_twice_under_other_names_stands_twice(tmp_path: Path) -> None:
    """A table of different values does not."""
    other = TWICE.replace("total", "sum_").replace("each", "one")
    table = "ROWS = [\n" + "".join(f"    ('{n}', {n}, {n * n}),\n" for n in range(60)) + "]\n"

    def tree(name: str, text: str) -> CleanTree:
        return CleanTree(project(tmp_path / name, {"pkg/__init__.py": "", "pkg/a.py": text}))

    twice = await Duplication().measure(tree("a", f"def f(n):\n{TWICE}\n\ndef g(n):\n{other}"), Duplication.spec)
    once = await Duplication().measure(tree("b", table), Duplication.spec)

    assert twice.value is not None and twice.value > 80 and len(twice.findings) == 1
    assert once.value == 0


async def test_an_empty_docstring_says_nothing(tmp_path: Path) -> None:
    """Private names and overrides need none."""
    text = '"""A module."""\n\n\ndef f():\n    """."""\n\n\ndef _g(): ...\n\n\nclass A:\n    """A class."""\n'

    reading = await Documentation().measure(CleanTree(project(tmp_path, {"a.py": text})), Documentation.spec)

    assert [finding.symbol for finding in reading.findings] == ["f"] and reading.counts["public"] == 3
