"""Acceptance tests are trusted only when they fail on the base, steadily, and for the want of what is to be built."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from agents.ports import Frame, SuiteResult, TestOutcome
from director.referee.acceptance import Checked, check_acceptance, judged_by
from tests.referee.shop import BASE, referee_of
from tests.support.repositories import git, make, write

TEST = "tests/test_new.py::test_new"
IN_TEST, IN_CODE = Frame("tests/test_new.py", 5, "test_new"), Frame("shop/text.py", 9, "roman")


def seen(exception: str = "", message: str = "", frame: Frame | None = IN_TEST, outcome: str = "failed") -> SuiteResult:
    one = TestOutcome(TEST, outcome, exception=exception, message=message, frames=(frame,) if frame else ())  # type: ignore[arg-type]
    return SuiteResult("ran", "pytest", (one,))


def said(first: SuiteResult, second: SuiteResult | None = None) -> Checked:
    return judged_by({"tests/test_new.py": ""}, [TEST], [first, second or first], frozenset({"shop", "text"}))


@pytest.mark.parametrize(
    "suite",
    [
        seen("AssertionError", "assert 3 == 4"),
        seen("AttributeError", "module 'shop.text' has no attribute 'title'"),
        seen("ImportError", "cannot import name 'title' from 'shop.text'"),
        seen("ModuleNotFoundError", "No module named 'shop.money'"),
        seen("ModuleNotFoundError", "No module named 'till'"),
        seen("TypeError", "slug() got an unexpected keyword argument 'sep'"),
        seen("KeyError", "'total'"),
        seen("NameError", "name 'x' is not defined", IN_CODE),
        seen("ValueError", "unknown option", IN_CODE),
        seen("SystemExit", "2", IN_CODE),
        seen("NotImplementedError", "", IN_CODE),
        seen("FileNotFoundError", "[Errno 2] No such file or directory: '/tmp/pytest-of-me/tests0/out.json'"),
        seen("Failed", "DID NOT RAISE <class 'ValueError'>"),
    ],
    ids=lambda suite: suite.tests[0].exception + "-" + suite.tests[0].message[:20],
)
def test_a_test_that_fails_because_something_is_missing_is_taken(suite: SuiteResult) -> None:
    checked = said(suite)

    assert checked.tests == (TEST,) and checked.why.startswith("all 1 fail on the base")


@pytest.mark.parametrize(
    ("suite", "why"),
    [
        (seen(outcome="passed", frame=None), "passes on the base already"),
        (seen(outcome="skipped", message="no time", frame=None), "is skipped on the base"),
        (seen("SyntaxError", "invalid syntax"), "fails by itself"),
        (seen("NameError", "name 'titel' is not defined"), "fails by itself"),
        (seen("FixtureLookupError", "fixture 'client' not found", None, "error"), "fails by itself"),
        (seen("", "fixture 'client' not found", None, "error"), "fails by itself"),
        (seen("ModuleNotFoundError", "No module named 'requests'"), "fails by itself"),
        (seen("FileNotFoundError", "[Errno 2] No such file or directory: 'tests/data/a.json'"), "fails by itself"),
        (seen("Overrun", "took more than 30 s of CPU time"), "fails by itself"),
        (SuiteResult("ran", "pytest"), "was not run"),
        (SuiteResult("timeout", "pytest", detail="600 s of wall time"), "does not reach its end"),
    ],
)
def test_a_test_that_shows_nothing_or_is_wrong_itself_is_refused_with_the_reason(suite: SuiteResult, why: str) -> None:
    checked = said(suite)

    assert not checked.tests and why in checked.why


def test_a_test_that_fails_otherwise_each_time_is_not_steady() -> None:
    assert "not steady" in said(seen("AssertionError"), seen("KeyError")).why
    assert "passes on the base" in said(seen("AssertionError"), seen(outcome="passed", frame=None)).why


def test_a_module_that_cannot_be_imported_yet_speaks_for_its_tests() -> None:
    broken = TestOutcome("tests/test_new.py", "error", exception="ImportError", message="cannot import name 'title'")

    assert said(SuiteResult("ran", "pytest", broken=(broken,))).tests == (TEST,)


# --- over real trees


async def checked(folder: Path, files: Mapping[str, str], base: Mapping[str, str] = BASE) -> Checked:
    repository = make(folder / "shop", base)
    write(repository, files)
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "Tests")
    referee = referee_of(repository, folder / "home")
    before, after = (referee.mirror.adopt(revision) for revision in ("HEAD~1", "HEAD"))
    return await check_acceptance(referee, before, before, after)


WRITTEN = """import pytest

import shop.text


@pytest.mark.parametrize("word", ["ada", "bob"])
def test_title(word):
    assert shop.text.title(word) == word.capitalize()


class TestPrices:
    def test_tax(self):
        from shop.money import tax

        assert tax(100) == 19
"""


@pytest.mark.slow
async def test_tests_of_a_real_tree_are_named_without_their_parameters(tmp_path: Path) -> None:
    found = await checked(tmp_path, {"tests/test_new.py": WRITTEN})

    assert found.tests == ("tests/test_new.py::test_title", "tests/test_new.py::TestPrices::test_tax"), found.why
    assert found.files == {"tests/test_new.py": WRITTEN}


@pytest.mark.slow
async def test_one_test_that_passes_already_has_all_of_them_refused(tmp_path: Path) -> None:
    old = "\n\ndef test_old():\n    assert shop.text.slug('A b') == 'a-b'\n"

    found = await checked(tmp_path, {"tests/test_new.py": WRITTEN + old})

    assert not found.tests and "tests/test_new.py::test_old passes on the base already" in found.why


@pytest.mark.slow
@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"shop/money.py": "x = 1\n"}, "is no test file"),
        ({"tests/conftest.py": "x = 1\n"}, "is no test file"),
        ({"tests/test_text.py": "def test_a():\n    assert 0\n"}, "was there before"),
        ({"tests/test_new.py": "def test_a(:\n"}, "is no Python"),
        ({"tests/test_new.py": "x = 1\n"}, "there is no test in it"),
    ],
)
async def test_what_is_no_new_test_file_is_refused_without_a_run(
    files: dict[str, str], why: str, tmp_path: Path
) -> None:
    found = await checked(tmp_path, files)

    assert not found.tests and why in found.why
