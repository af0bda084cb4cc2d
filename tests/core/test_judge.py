"""What counts as better, as worse, and as neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from director.core.judge import judge, met
from ledger.events import GateSpec, Reading

COVERAGE = GateSpec(name="coverage", better="higher", target=80, tolerance=0.5)
LINT = GateSpec(name="lint", better="lower", target=0, tolerance=2)
TESTS = GateSpec(name="tests", better="lower", target=0, tolerance=0, ratchet=True)


def verdict(spec: GateSpec, before: float | None, after: float | None) -> str:
    """Return `better`, `worse` or `same`."""
    result = judge([spec], [Reading(gate=spec.name, value=before)], [Reading(gate=spec.name, value=after)])
    return "worse" if result.worse else "better" if result.gains else "same"


JUDGED = (
    (COVERAGE, 70, 71, "better"),
    (COVERAGE, 70, 70.5, "same"),
    (COVERAGE, 79.8, 80, "better"),
    (COVERAGE, 70, 69.6, "same"),
    (COVERAGE, 70, 69, "worse"),
    (COVERAGE, 90, 81, "same"),
    (COVERAGE, 90, 79.9, "worse"),
    (COVERAGE, 90, None, "worse"),
    (COVERAGE, 70, None, "worse"),
    (COVERAGE, None, 10, "better"),
    (COVERAGE, None, None, "same"),
    (LINT, 5, 3, "same"),
    (LINT, 5, 2, "better"),
    (LINT, 5, 7, "same"),
    (LINT, 5, 8, "worse"),
    (LINT, 0, 1, "worse"),
    (TESTS, 3, 2, "better"),
    (TESTS, 3, 4, "worse"),
    (TESTS, 0, 1, "worse"),
)


def test_one_gate_is_judged_by_target_tolerance_and_ratchet() -> None:
    assert [row for row in JUDGED if verdict(*row[:3]) != row[3]] == []


def test_a_gain_does_not_pay_for_a_loss() -> None:
    before = [Reading(gate="coverage", value=70), Reading(gate="tests", value=0)]
    after = [Reading(gate="coverage", value=90), Reading(gate="tests", value=1)]

    result = judge([COVERAGE, TESTS], before, after)

    assert not result.lands
    assert [r.gate for r in result.reasons] == ["tests"]


def test_a_patch_that_changes_no_gate_is_rejected_for_that() -> None:
    same = [Reading(gate="lint", value=3)]

    assert [r.code for r in judge([LINT], same, same).reasons] == ["no-gain"]


SPEED = GateSpec(name="performance", better="lower", target=5, tolerance=2)
HIDDEN = Reading(gate="performance", value=None, basis="noise")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (Reading(gate="performance", value=0), HIDDEN, "same"),
        (HIDDEN, Reading(gate="performance", value=0), "same"),
        (HIDDEN, Reading(gate="performance", value=9), "worse"),
        (HIDDEN, HIDDEN, "same"),
        (Reading(gate="performance", value=0), Reading(gate="performance", value=None), "worse"),
    ],
)
def test_what_noise_hides_is_neither_better_nor_worse(before: Reading, after: Reading, expected: str) -> None:
    result = judge([SPEED], [before], [after])

    assert ("worse" if result.worse else "better" if result.gains else "same") == expected
    assert not met(SPEED, HIDDEN), "and it is no pass"


VALUES = st.none() | st.floats(-100, 200)


@given(st.sampled_from([COVERAGE, LINT, TESTS]), VALUES, VALUES)
def test_nothing_is_better_both_ways(spec: GateSpec, one: float | None, other: float | None) -> None:
    assert not (verdict(spec, one, other) == "better" and verdict(spec, other, one) == "better")


@given(st.sampled_from([COVERAGE, LINT, TESTS]), VALUES, VALUES)
def test_what_lands_never_leaves_a_met_gate_unmet(spec: GateSpec, before: float | None, after: float | None) -> None:
    if verdict(spec, before, after) != "worse" and met(spec, Reading(gate=spec.name, value=before)):
        assert met(spec, Reading(gate=spec.name, value=after))
