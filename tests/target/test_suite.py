"""Running the tests of small real projects: what each test came to, and how a run that went wrong says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.ports import Limits, SuiteResult
from tests.target.plain import project

pytestmark = pytest.mark.slow

CODE = "def half(n):\n    if n < 0:\n        raise ValueError('negative')\n    return n // 2\n"


def outcomes(result: SuiteResult) -> dict[str, str]:
    """Each test's outcome by id."""
    return {test.id: test.outcome for test in result.tests}


async def test_each_test_of_a_flat_pytest_project_is_reported(tmp_path: Path) -> None:
    """Outcomes come one by one, with the exception and the project's own frames of a failure."""
    target = project(
        tmp_path,
        {
            "pkg/__init__.py": "",
            "pkg/half.py": CODE,
            "tests/test_half.py": """
import pytest
from pkg.half import half

@pytest.mark.parametrize("n,want", [(4, 2), (5, 3)])
def test_half(n, want):
    assert half(n) == want

class TestBad:
    def test_negative(self):
        half(-1)

@pytest.mark.skip(reason="later")
def test_later():
    pass

@pytest.mark.xfail
def test_expected():
    assert half(1) == 1

def test_needs(missing_fixture):
    pass
""",
        },
    )

    result = await target.suite()

    assert result.outcome == "ran" and result.runner == "pytest"
    assert outcomes(result) == {
        "tests/test_half.py::test_half[4-2]": "passed",
        "tests/test_half.py::test_half[5-3]": "failed",
        "tests/test_half.py::TestBad::test_negative": "failed",
        "tests/test_half.py::test_later": "skipped",
        "tests/test_half.py::test_expected": "xfailed",
        "tests/test_half.py::test_needs": "error",
    }
    failure = next(test for test in result.tests if "negative" in test.id)
    assert (failure.exception, failure.message) == ("ValueError", "negative")
    assert [(frame.path, frame.function) for frame in failure.frames] == [
        ("tests/test_half.py", "test_negative"), ("pkg/half.py", "half"),
    ]  # fmt: skip
    assert failure.frames[-1].line == 3
    assert target.sources == ("pkg",)


async def test_a_unittest_project_runs_under_unittest(tmp_path: Path) -> None:
    """Subtests, skips, class fixtures and modules that cannot be imported are told apart."""
    target = project(
        tmp_path,
        {
            "half.py": CODE,
            "tests/__init__.py": "",
            "tests/test_half.py": """
import unittest
from half import half

class Half(unittest.TestCase):
    def test_even(self):
        self.assertEqual(half(4), 2)
    def test_parts(self):
        for n in (2, 3):
            with self.subTest(n=n):
                self.assertEqual(half(n) * 2, n)
    @unittest.skip("later")
    def test_later(self):
        pass
    @unittest.expectedFailure
    def test_known(self):
        self.assertEqual(half(3), 2)

class Broken(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        half(-1)
    def test_a(self):
        pass
    def test_b(self):
        pass
""",
            "tests/test_gone.py": "import unittest\nimport nowhere_at_all\n",
        },
    )

    result = await target.suite()

    assert result.outcome == "ran" and result.runner == "unittest"
    assert outcomes(result) == {
        "tests.test_half.Half.test_even": "passed",
        "tests.test_half.Half.test_parts": "failed",
        "tests.test_half.Half.test_later": "skipped",
        "tests.test_half.Half.test_known": "xfailed",
        "tests.test_half.Broken.test_a": "error",
        "tests.test_half.Broken.test_b": "error",
    }
    assert [(test.id, test.exception) for test in result.broken] == [("tests/test_gone.py", "ModuleNotFoundError")]


async def test_only_the_selected_tests_run(tmp_path: Path) -> None:
    """An id names one test; ids that do not exist are simply absent."""
    target = project(
        tmp_path, {"mod.py": CODE, "test_mod.py": "def test_a(): pass\ndef test_b(): pass\ndef test_c(): assert 0\n"}
    )

    result = await target.suite(select=["test_mod.py::test_b", "test_mod.py::gone", "test_other.py::x"])

    assert outcomes(result) == {"test_mod.py::test_b": "passed"}


async def test_a_test_is_selected_with_all_its_parameters(tmp_path: Path) -> None:
    """Each run has the tree somewhere else, and a test that is named after a file in it keeps its name."""
    code = "import pytest\n\n@pytest.mark.parametrize('n', [1, 2])\ndef test_n(n): pass\n\ndef test_m(): pass\n"
    code += "\n@pytest.mark.parametrize('path', [__file__])\ndef test_of(path): assert path == __file__\n"
    target = project(tmp_path, {"mod.py": CODE, "test_mod.py": code})

    whole = await target.suite(select=["test_mod.py::test_n"])
    one = await target.suite(select=["test_mod.py::test_n[2]", "test_mod.py::test_of[./test_mod.py]"])

    assert sorted(outcomes(whole)) == ["test_mod.py::test_n[1]", "test_mod.py::test_n[2]"]
    assert outcomes(one) == {"test_mod.py::test_n[2]": "passed", "test_mod.py::test_of[./test_mod.py]": "passed"}


async def test_coverage_counts_every_file_and_tells_the_tests_apart(tmp_path: Path) -> None:
    """A file that no test imports counts with all its lines; the project's own configuration hides nothing.

    One whose name is no text cannot be told of, and spoils no other.
    """
    target = project(
        tmp_path,
        {
            ".coveragerc": "[run]\nomit = *\n",
            "src/pkg/__init__.py": "",
            "src/pkg/half.py": CODE.replace("raise ValueError('negative')", "raise ValueError  # pragma: no cover"),
            "src/pkg/unused.py": "def never():\n    return 1\n",
            "src/pkg/no_text_\udcff.py": "x = 1\n",
            "src/pkg/neither_\udcff/a.py": "x = 1\n",
            "tests/test_half.py": "from pkg.half import half\ndef test_a():\n    assert half(4) == 2\n"
            "def test_b():\n    pass\n",
        },
    )

    result = await target.suite(coverage=True, contexts=True)

    files = {file.path: file for file in result.coverage}
    assert set(files) == {"src/pkg/__init__.py", "src/pkg/half.py", "src/pkg/unused.py"}
    assert files["src/pkg/half.py"].lines == (1, 2, 3, 4) and files["src/pkg/half.py"].executed == (1, 2, 4)
    assert (files["src/pkg/half.py"].branches, files["src/pkg/half.py"].branches_taken) == (2, 1)
    assert files["src/pkg/unused.py"].executed == ()
    assert result.lines_of == {"tests/test_half.py::test_a": {"src/pkg/half.py": (2, 4)}}


async def test_a_module_with_a_syntax_error_breaks_only_what_imports_it(tmp_path: Path) -> None:
    """The other tests run; the failure's last frame is the place of the error."""
    target = project(
        tmp_path,
        {
            "good.py": "x = 1\n",
            "bad.py": "def f(:\n    pass\n",
            "test_good.py": "import good\ndef test_x(): assert good.x == 1\n",
            "test_bad.py": "import bad\ndef test_y(): pass\n",
        },
    )

    result = await target.suite(coverage=True)

    assert result.outcome == "ran"
    assert outcomes(result) == {"test_good.py::test_x": "passed"}
    assert [(test.id, test.exception) for test in result.broken] == [("test_bad.py", "SyntaxError")]
    assert (result.broken[0].frames[-1].path, result.broken[0].frames[-1].line) == ("bad.py", 1)


async def test_a_conftest_that_fails_is_named(tmp_path: Path) -> None:
    """Without its conftest no session begins: the run is broken, and the place of the failure is known."""
    target = project(
        tmp_path,
        {
            "pkg.py": "x = 1\nraise RuntimeError('at import')\n",
            "tests/conftest.py": "import pkg\n",
            "tests/test_a.py": "def test_a(): pass\n",
            "conftest.py": "import pkg\n",
        },
    )

    result = await target.suite()

    assert result.outcome == "broken" and not result.tests
    assert [(test.id, test.exception) for test in result.broken] == [("conftest.py", "RuntimeError")]
    assert result.broken[0].frames[-1].path == "pkg.py" and result.broken[0].frames[-1].line == 2


async def test_a_test_that_never_ends_fails_and_the_others_run(tmp_path: Path) -> None:
    """A loop without end is an ordinary failure of one test, even when it swallows exceptions."""
    target = project(
        tmp_path,
        {
            "test_hang.py": "def test_before(): pass\ndef test_loop():\n    while True:\n        try:\n"
            "            x = 1\n        except Exception:\n            pass\ndef test_after(): pass\n",
        },
    )

    result = await target.suite(limits=Limits(wall=40))

    assert result.outcome == "ran"
    assert [test.outcome for test in result.tests] == ["passed", "failed", "passed"]
    assert result.tests[1].exception == "Overrun"


async def test_a_run_that_reaches_its_limit_says_where(tmp_path: Path) -> None:
    """What had ended before is kept; the test that was running is an error."""
    target = project(
        tmp_path,
        {
            "test_hang.py": "import signal, time\ndef test_a(): pass\ndef test_b():\n"
            "    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 60))\n    time.sleep(600)\ndef test_c(): pass\n"
        },
    )

    result = await target.suite(limits=Limits(wall=12))

    assert result.outcome == "timeout" and "test_hang.py::test_b" in result.detail
    assert outcomes(result) == {"test_hang.py::test_a": "passed", "test_hang.py::test_b": "error"}


@pytest.mark.parametrize("way", ["os._exit(0)", "os.kill(os.getpid(), 9)", "os.abort()"])
async def test_an_interpreter_that_ends_inside_a_test_is_never_green(tmp_path: Path, way: str) -> None:
    """An exit status of 0 is no evidence."""
    target = project(
        tmp_path, {"test_end.py": f"import os\ndef test_a(): pass\ndef test_b(): {way}\ndef test_c(): pass\n"}
    )

    result = await target.suite()

    assert result.outcome == "broken" and "test_end.py::test_b" in result.detail
    assert outcomes(result) == {"test_end.py::test_a": "passed", "test_end.py::test_b": "error"}


@pytest.mark.parametrize("way", ["pytest.exit('enough', returncode=0)", "raise KeyboardInterrupt"])
async def test_a_session_that_is_stopped_early_is_broken(tmp_path: Path, way: str) -> None:
    """Every collected test must be heard of."""
    target = project(tmp_path, {"test_a.py": f"import pytest\ndef test_a():\n    {way}\ndef test_b(): pass\n"})

    result = await target.suite()

    assert result.outcome == "broken" and "not run" in result.detail


async def test_no_tests_are_none(tmp_path: Path) -> None:
    """Nothing collected is not a success."""
    target = project(tmp_path, {"mod.py": CODE})

    result = await target.suite()

    assert (result.outcome, result.tests) == ("none", ())


async def test_endless_output_is_dropped(tmp_path: Path) -> None:
    """A gigabyte of output neither fills the memory nor fails the test."""
    target = project(
        tmp_path,
        {
            "test_loud.py": "def test_loud():\n    for _ in range(1000):\n        print('x' * 1_000_000)\n"
            "def test_fails():\n    raise ValueError('y' * 10_000_000)\n"
        },
    )

    result = await target.suite(limits=Limits(wall=60))

    assert [test.outcome for test in result.tests] == ["passed", "failed"]
    assert len(result.tests[1].text) <= 8 * 1024 and len(result.tests[1].message) <= 500


async def test_options_of_absent_plugins_are_left_out_and_said(tmp_path: Path) -> None:
    """The options that only show, spread or stop are dropped silently; unknown ones with a note."""
    target = project(
        tmp_path,
        {
            "pytest.ini": "[pytest]\naddopts = --cov=pkg --cov-report term -n 4 -x --no-such-option --doctest-modules\n"
            "required_plugins = pytest-nowhere\n",
            "mod.py": 'def f():\n    """\n    >>> f()\n    1\n    """\n    return 1\n',
            "test_mod.py": "def test_a(): assert 0\ndef test_b(): pass\n",
        },
    )

    result = await target.suite()

    assert outcomes(result) == {
        "mod.py::mod.f": "passed", "test_mod.py::test_a": "failed", "test_mod.py::test_b": "passed",
    }  # fmt: skip
    assert "--no-such-option" in result.detail


async def test_what_tests_write_does_not_stay(tmp_path: Path) -> None:
    """Tests may write beside themselves; the tree is as before."""
    target = project(
        tmp_path, {"test_w.py": "from pathlib import Path\ndef test_w():\n    Path('left.txt').write_text('x')\n"}
    )

    result = await target.suite()

    assert outcomes(result) == {"test_w.py::test_w": "passed"}
    assert [path.name for path in tmp_path.iterdir()] == ["test_w.py"]


async def test_a_project_in_a_folder_of_its_repository_runs_there(tmp_path: Path) -> None:
    """Ids and paths are relative to the project, also when pytest is configured above it."""
    target = project(
        tmp_path,
        {
            "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-q'\n",
            "services/one/one.py": CODE,
            "services/one/tests/test_one.py": "from one import half\ndef test_a(): half(-1)\n",
        },
        prefix="services/one",
    )

    result = await target.suite(coverage=True)

    assert outcomes(result) == {"tests/test_one.py::test_a": "failed"}
    assert [file.path for file in result.coverage] == ["one.py"]
    assert result.tests[0].frames[-1].path == "one.py"
