"""To judge an edit costs as little as the tests do: nothing is made ready to be shown, and nothing is made simpler."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from agents.inside import suite
from agents.inside.cases import PROTOCOL, Case, with_pytest
from agents.inside.forks import in_fork
from agents.inside.ticks import Counter

LONG = "\n".join(
    f"def unused_{number}(a, b):\n    return [a, b, {{'key': a + b * {number}}}]\n" for number in range(3000)
)
TESTS = (
    "import pytest\n\n\n@pytest.fixture(params=[1, 2])\ndef given(request):\n    yield request.param\n\n\n"
    "def test_first(given):\n    assert given == 1\n\n\n"
)


def test_a_test_that_fails_takes_about_as_long_as_one_that_passes(tmp_path: Path) -> None:
    """With the code around it read and laid out for people it took a hundred times as long."""
    (tmp_path / "test_long.py").write_text(TESTS + LONG)

    def timed() -> list[tuple[str, str, float]]:
        found: list[tuple[str, str, float]] = []

        def work(loaded: list[Case]) -> None:
            counter = Counter()
            runs = [(case, case.run(counter)) for case in (*loaded, *loaded)]
            found.extend((case.rung, run.status, run.seconds) for case, run in runs[len(loaded) :])

        os.chdir(tmp_path)
        with_pytest(["test_long.py"], [], work)
        return found

    passed, failed = in_fork(timed, 60.0)

    assert passed[:2] == (PROTOCOL, "p") and failed[:2] == (PROTOCOL, "f")
    assert failed[2] < 10 * passed[2] + 0.05


def test_a_random_test_ends_at_the_first_example_that_fails_and_draws_the_same_each_time() -> None:
    """What makes it fail most simply is for people; an edit is judged by whether it fails."""

    def drawn() -> Any:
        suite.drawn_alike(shrinking=False)
        from hypothesis import given
        from hypothesis import strategies as st

        seen: list[int] = []

        @given(st.integers())
        def small(n: int) -> None:
            seen.append(n)
            assert n < 1000

        for _ in range(2):
            try:
                small()
            except AssertionError:
                seen.append(-1)
        return seen

    seen = in_fork(drawn, 60.0)

    half = seen.index(-1)
    assert seen[: half + 1] == seen[half + 1 :]
    assert 0 < sum(n >= 1000 for n in seen[:half]) <= 3
