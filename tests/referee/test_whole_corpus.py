"""Every case of the corpus, where other tests take a few: in a file of its own, so that it is read when asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.referee.honesty.run import judged
from tests.referee.corpus.recorded import RIGHT, TOLD_RIGHT
from tests.referee.corpus.repositories import build
from tests.referee.corpus.shape import Case, cases
from tests.referee.corpus.trying import problems

pytestmark = pytest.mark.soak


def name(case: Case) -> str:
    return case.id


@pytest.mark.parametrize("case", cases(), ids=name)
def test_every_case_is_what_it_claims(case: Case) -> None:
    assert problems(case) == []


@pytest.mark.parametrize("case", TOLD_RIGHT, ids=name)
def test_everything_is_judged_as_before(case: Case, tmp_path: Path) -> None:
    row = judged(case, build(tmp_path, [case])[case.id], tmp_path / "home")

    assert row.verdict == RIGHT[case.kind], row.said
