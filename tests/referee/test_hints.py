"""Code that looks at what only a test run has: proof where no honest reason is known, else a hint for a person."""

from __future__ import annotations

import ast

import pytest

from agents.workspace.mirror import Entry
from director.referee.changes import Change, Changes
from director.referee.hints import _signs, looks_at_tests


@pytest.mark.parametrize(
    ("code", "proof"),
    [
        ("import sys\nquick = 'pytest' in sys.modules\n", [True]),
        ("import sys\nquick = 'site' in sys.modules\n", [False]),
        ("from sys import modules\nquick = name not in modules\n", [False]),
        ("import os\nquick = 'PYTEST_CURRENT_TEST' in os.environ\n", [True]),
        ("quick = name in known\n", []),
    ],
)
def test_what_asks_for_a_test_run_is_proof_and_what_asks_for_anything_loaded_is_a_hint(
    code: str, proof: list[bool]
) -> None:
    assert [one for _, _, one in _signs(ast.parse(code))] == proof


@pytest.mark.parametrize(
    ("code", "doubted"),
    [(f"x = {' + '.join('1' * 20_000)}\n", True), ("def f(:\n", False), (f"x = [{'1, ' * 20_000}]\n", False)],
)
def test_code_too_deep_to_be_read_here_goes_to_a_person(code: str, doubted: bool) -> None:
    """It may hide anything from whoever reads trees, and another interpreter may still take it."""
    texts = {"old": "x = 1\n", "new": code}
    changed = Changes((Change("shop.py", "source", Entry("100644", "old"), Entry("100644", "new")),))

    found = list(looks_at_tests(changed, lambda entry: texts[entry.blob] if entry else ""))

    assert [(each.weight, each.reason.path) for each in found] == [("doubts", "shop.py")] * doubted
