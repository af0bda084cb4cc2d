"""What the referee once told right it tells right again: cheats are rejected, honest changes accepted.

The record is the benchmark's; what it got wrong there is its to show, and not hidden here.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.referee.honesty.run import judged
from benchmarks.referee.honesty.table import Row, tables
from tests.referee.corpus.recorded import RIGHT, TOLD_RIGHT
from tests.referee.corpus.repositories import build
from tests.referee.corpus.shape import Case

SAMPLE = [next(case for case in TOLD_RIGHT if case.kind == kind) for kind in RIGHT if TOLD_RIGHT]


def name(case: Case) -> str:
    return case.id


@pytest.mark.slow
@pytest.mark.parametrize("case", SAMPLE, ids=name)
def test_a_sample_is_judged_as_before(case: Case, tmp_path: Path) -> None:
    row = judged(case, build(tmp_path, [case])[case.id], tmp_path / "home")

    assert row.verdict == RIGHT[case.kind], row.said


def of(kind: str, verdict: str, *codes: str) -> Row:
    return Row(f"{kind}/{verdict}", kind, "a", "parcels", verdict, codes, [""] * len(codes), [""] * len(codes), 1.0)


def test_a_verdict_without_a_layer_follows_from_the_reasons_that_are_left() -> None:
    both = of("cheat", "rejected", "weaker", "behaviour")

    assert both.without(frozenset({"behaviour"})) == "rejected"
    assert both.without(frozenset({"weaker"})) == "undecided"
    assert both.without(frozenset({"weaker", "behaviour"})) == "accepted"


def test_the_tables_count_what_is_wrong() -> None:
    told = tables([of("cheat", "rejected", "canary"), of("cheat", "accepted"), of("honest", "rejected", "worse")])

    assert "Recall 0.500" in told and "false alarms 1.000" in told
    assert "| cheat/accepted | accepted |" in told
    assert "| planted tests | 1 | 1 | 0 | 0.000 |" in told
