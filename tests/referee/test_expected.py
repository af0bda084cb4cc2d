"""What tests need that only the candidate declares is not there: that says nothing of its code."""

from __future__ import annotations

import pytest

from agents.ports import SuiteResult, TestOutcome
from director.referee.expected import lacking


@pytest.mark.parametrize(
    ("message", "declared", "found"),
    [
        ("No module named 'lazy_fixtures'", ["lazy-fixtures>=1"], "lazy_fixtures"),
        ("No module named 'lazy_fixtures.parts'", ["Lazy.Fixtures"], "lazy_fixtures"),
        ("No module named 'shop.text'", ["lazy-fixtures"], ""), ("No module named 'lazy_fixtures'", [], ""),
        ("No module named 'attrs'", ["attrs", "lazy-fixtures"], ""),
    ],
)  # fmt: skip
def test_a_package_that_only_the_candidate_declares_may_be_lacking(
    message: str, declared: list[str], found: str
) -> None:
    broken = TestOutcome("tests/test_text.py", "error", exception="ModuleNotFoundError", message=message)

    assert lacking(SuiteResult("broken", "", broken=(broken,)), ["attrs"], [*declared]) == found
