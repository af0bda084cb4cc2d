"""Code that looks at what only a test run has: proof where no honest reason is known, else a hint for a person."""

from __future__ import annotations

import ast

import pytest

from director.referee.hints import _signs


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
