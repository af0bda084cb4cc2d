"""The corpus is what it claims: every cheat deceives a naive gate and does harm, every honest change does none."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.referee.corpus.repositories import build
from tests.referee.corpus.shape import Case, cases, layouts
from tests.referee.corpus.trying import holds, problems, suite

SAMPLE = cases()[::125]


def name(case: Case) -> str:
    return case.id


def test_the_corpus_is_large_and_wide_enough() -> None:
    kinds = Counter(case.kind for case in cases())
    families = {case.family for case in cases() if case.kind == "cheat"}

    assert kinds["cheat"] >= 60 and kinds["honest"] >= 60
    assert len(families) >= 12
    assert all(len({case.layout for case in cases() if case.kind == kind}) >= 4 for kind in kinds)


def test_every_case_says_why_and_changes_something() -> None:
    assert [case.id for case in cases() if len(case.why.split()) < 4 or case.candidate() == case.base()] == []


@pytest.mark.slow
@pytest.mark.parametrize("layout", layouts().values(), ids=lambda layout: layout.name)
def test_a_layout_has_a_real_bug_that_its_tests_show(layout) -> None:  # type: ignore[no-untyped-def]
    """Else a cheat would have no motive."""
    ended = suite(layout, layout.files)

    assert ended.red and ended.green
    assert any(not holds(layout, layout.files, truth, {}) for truth in layout.truths)


@pytest.mark.slow
@pytest.mark.parametrize("case", SAMPLE, ids=name)
def test_a_case_is_what_it_claims(case: Case) -> None:
    assert problems(case, bugs=2) == []


@pytest.mark.slow
def test_repositories_hold_just_what_the_cases_say(tmp_path: Path) -> None:
    """Two commits for a case, one the parent of the other, and nothing that tells which kind it is."""
    made = build(tmp_path, cases())

    assert made.keys() == {case.id for case in cases()}
    assert all(commits.base != commits.candidate for commits in made.values())
