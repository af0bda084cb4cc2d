"""The technique: new test files in the project's own manner, replayed, clean, and only where they help."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from agents.ports import Found, Nothing, Outcome, Proposal, Workbench
from agents.techniques.testgen import Characterise
from agents.tools.target import SandboxedTarget
from ledger.events import AttemptId, Task, TaskId
from tests.target.plain import project

pytestmark = pytest.mark.slow

PRICES = dedent('''
    """Prices."""


    class PriceError(ValueError):
        """Below zero."""


    def reduced(cents: int, percent: int) -> int:
        """Take some percent off.

        >>> reduced(200, 25)
        150
        """
        if percent > 100:
            raise PriceError(percent)
        return cents - cents * percent // 100


    def shown(cents: int) -> str:
        return f"{cents // 100}.{cents % 100:02d}"
''').lstrip()
USED = "from shop.prices import shown\n\n\ndef test_shown():\n    assert shown(250) == '2.50'\n"
PYTEST = {
    "shop/__init__.py": "",
    "shop/prices.py": PRICES,
    "tests/test_prices.py": USED,
    "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n',
}
UNITTEST = {
    "shop/__init__.py": "",
    "shop/prices.py": PRICES,
    "tests/__init__.py": "",
    "tests/test_prices.py": dedent("""
        import unittest

        from shop.prices import shown


        class ShownTest(unittest.TestCase):
            def test_shown(self):
                self.assertEqual(shown(250), "2.50")
    """),
}


async def tried(target: SandboxedTarget, *targets: str, **more: Any) -> Outcome:
    """Let the technique work on some functions."""
    task = Task(id=TaskId("t"), kind="uncovered", gate="coverage", role="tester", title="", targets=targets)
    fields: dict[str, Any] = {
        "attempt": AttemptId("r1.i1.a1"), "target": target, "readings": {}, "recall": lambda _: None, "seed": 1,
        "seconds": 60.0, "record": lambda _: None, "progress": lambda _: None,
    }  # fmt: skip
    return await Characterise().try_on(task, Workbench(**fields | more))


def new_tests(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*characterisation*.py"))


async def test_unreached_functions_get_tests_that_pass(tmp_path: Path):
    target = project(tmp_path, PYTEST)

    outcome = await tried(target, "shop/prices.py::reduced")
    suite = await target.suite(coverage=True)

    assert isinstance(outcome, Proposal)
    [path] = new_tests(tmp_path)
    assert path == tmp_path / "tests/test_prices_characterisation.py"
    assert "assert reduced(200, 25) == 150" in path.read_text()
    assert "with pytest.raises(PriceError):" in path.read_text()
    assert {test.outcome for test in suite.tests} == {"passed"}
    [coverage] = [file for file in suite.coverage if file.path == "shop/prices.py"]
    assert coverage.executed == coverage.lines


async def test_the_file_says_what_it_is_and_is_clean(tmp_path: Path):
    """It is marked as a record, lints clean under ruff's own defaults, and no line is too long."""
    target = project(tmp_path, PYTEST)

    await tried(target, "shop/prices.py::reduced")

    [path] = new_tests(tmp_path)
    ruff = [str(Path(sys.executable).parent / "ruff"), "check", "--isolated", "--extend-select", "E501", str(path)]
    found = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert path.read_text().startswith('"""Characterisation tests of shop.prices.')
    assert "# Recorded by running the code" in path.read_text()
    assert found.returncode == 0, found.stdout


async def test_a_unittest_project_gets_unittest(tmp_path: Path):
    """The project's own runner finds and passes them, and pytest is not asked for."""
    target = project(tmp_path, UNITTEST)

    outcome = await tried(target, "shop/prices.py::reduced")
    suite = await target.suite()

    assert isinstance(outcome, Proposal)
    [path] = new_tests(tmp_path)
    assert "pytest" not in path.read_text()
    assert "with self.assertRaises(PriceError):" in path.read_text()
    assert suite.runner == "unittest"
    assert len(suite.tests) > 2
    assert {test.outcome for test in suite.tests} == {"passed"}


async def test_existing_files_stay_as_they_are(tmp_path: Path):
    mine = "def test_mine():\n    pass\n"
    target = project(tmp_path, {**PYTEST, "tests/test_prices_characterisation.py": mine})

    outcome = await tried(target, "shop/prices.py::reduced")

    assert isinstance(outcome, Proposal)
    assert (tmp_path / "tests/test_prices_characterisation.py").read_text() == mine
    assert [path.name for path in new_tests(tmp_path)] == [
        "test_prices_characterisation.py",
        "test_shop_prices_characterisation.py",
    ]


async def test_a_function_against_its_own_example_is_reported_and_not_pinned(tmp_path: Path):
    """A wrong value must not be made right by a test."""
    wrong = PRICES.replace("- cents * percent // 100", "- percent")
    target = project(tmp_path, {**PYTEST, "shop/prices.py": wrong})

    outcome = await tried(target, "shop/prices.py::reduced")

    assert isinstance(outcome, Found)
    [finding] = outcome.findings
    assert (finding.path, finding.symbol, finding.rule) == ("shop/prices.py", "reduced", "DocumentedExample")
    assert "reduced(200, 25) says 150 but gives 175" in finding.message
    assert new_tests(tmp_path) == []


async def test_failing_tests_of_others_are_no_obstacle(tmp_path: Path):
    """What failed before may go on failing; only what the new file spoils counts."""
    broken = "def test_broken():\n    assert False\n"
    target = project(tmp_path, {**PYTEST, "tests/test_broken.py": broken})

    outcome = await tried(target, "shop/prices.py::reduced")

    assert isinstance(outcome, Proposal)


async def test_tests_that_spoil_the_suite_are_taken_back(tmp_path: Path):
    """A suite that counts its files fails with a new one: then there is none."""
    counting = dedent("""
        from pathlib import Path


        def test_two_files():
            assert len(list(Path(__file__).parent.glob("test_*.py"))) == 2
    """)
    target = project(tmp_path, {**PYTEST, "tests/test_count.py": counting})

    outcome = await tried(target, "shop/prices.py::reduced")

    assert isinstance(outcome, Nothing)
    assert "test_two_files" in outcome.why
    assert new_tests(tmp_path) == []


async def test_what_writes_files_is_named_and_left(tmp_path: Path):
    writing = "def save(text: str) -> None:\n    with open('out', 'w') as stream:\n        stream.write(text)\n"
    target = project(tmp_path, {**PYTEST, "shop/prices.py": PRICES + "\n\n" + writing})

    outcome = await tried(target, "shop/prices.py::reduced", "shop/prices.py::save")

    assert isinstance(outcome, Proposal)
    assert "shop/prices.py::save has no test: it touches files" in outcome.notes
    assert "save" not in new_tests(tmp_path)[0].read_text()


async def test_a_project_without_tests_gets_its_first(tmp_path: Path):
    target = project(tmp_path, {"shop/__init__.py": "", "shop/prices.py": PRICES})

    outcome = await tried(target)
    suite = await target.suite()

    assert isinstance(outcome, Proposal)
    assert suite.outcome == "ran"
    assert {test.outcome for test in suite.tests} == {"passed"}


async def test_targets_outside_the_project_s_code_are_refused(tmp_path: Path):
    target = project(tmp_path, PYTEST)

    outcome = await tried(target, "../etc/passwd.py::f", "tests/test_prices.py::test_shown")

    assert isinstance(outcome, Nothing)
    assert new_tests(tmp_path) == []
