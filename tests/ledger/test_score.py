"""The score: from 0 to 100, never down when a gate gets nearer, 100 exactly when all gates are met."""

from __future__ import annotations

import math
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from director.gates.defaults import DEFAULTS
from ledger.events import GateSpec, Reading
from ledger.projections.score import nearness, quality_score

NUMBERS = st.floats(-1e6, 1e6) | st.integers(0, 100).map(float)
SPECS = st.lists(
    st.builds(
        GateSpec,
        name=st.sampled_from("abcdef"),
        better=st.sampled_from(["higher", "lower"]),
        target=NUMBERS,
        tolerance=st.just(0.0),
        weight=st.floats(0.1, 10),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda spec: spec.name,
)
VALUES = st.lists(st.none() | NUMBERS | st.just(math.nan), min_size=6, max_size=6)


def gate(target: float, better: Literal["higher", "lower"] = "higher", weight: float = 1.0) -> GateSpec:
    return GateSpec(name="g", better=better, target=target, tolerance=0.0, weight=weight)


def readings(values: list[float | None]) -> list[Reading]:
    return [Reading(gate=name, value=value) for name, value in zip("abcdef", values, strict=True)]


def is_met(spec: GateSpec, value: float | None) -> bool:
    if value is None or math.isnan(value):
        return False
    return value >= spec.target if spec.better == "higher" else value <= spec.target


NEAR = (
    (41 / 44, gate(1.0), 41 / 44),
    (61.0, gate(80.0), 61 / 80),
    (90.0, gate(80.0), 1.0),
    (0.0, gate(0.0, "lower"), 1.0),
    (1.0, gate(0.0, "lower"), 0.5),
    (23.0, gate(0.0, "lower"), 1 / 24),
    (20.0, gate(10.0, "lower"), 0.5),
    (-5.0, gate(80.0), 0.0),
    (None, gate(80.0), 0.0),
    (math.nan, gate(0.0, "lower"), 0.0),
    (math.inf, gate(0.0, "lower"), 0.0),
    (-1.0, gate(0.0), 0.5),
)


def test_a_value_is_as_near_as_the_part_of_the_way_it_has_gone() -> None:
    assert [row for row in NEAR if nearness(row[0], row[1]) != pytest.approx(row[2])] == []


def test_a_heavier_gate_counts_more() -> None:
    specs = [gate(100.0, weight=3.0), GateSpec(name="h", better="higher", target=100.0, tolerance=0.0)]

    assert quality_score([Reading(gate="g", value=100.0)], specs) == pytest.approx(75.0)


def test_no_gates_show_nothing_good() -> None:
    assert quality_score([Reading(gate="g", value=1.0)], []) == 0.0


def test_of_two_readings_the_last_counts() -> None:
    assert quality_score([Reading(gate="g", value=1.0), Reading(gate="g", value=None)], [gate(1.0)]) == 0.0


def test_a_hair_below_the_target_is_not_full_marks() -> None:
    assert quality_score([Reading(gate="g", value=math.nextafter(80.0, 0.0))], [gate(80.0)]) < 100.0


@given(SPECS, VALUES)
def test_the_score_is_full_exactly_when_all_gates_are_met(specs: list[GateSpec], values: list[float | None]) -> None:
    score = quality_score(readings(values), specs)

    assert 0.0 <= score <= 100.0
    assert (score == 100.0) == all(is_met(spec, values["abcdef".index(spec.name)]) for spec in specs)


@given(SPECS, VALUES, st.integers(0, 5), st.floats(0, 1e6))
def test_a_gate_that_gets_nearer_never_lowers_the_score(
    specs: list[GateSpec], values: list[float | None], place: int, step: float
) -> None:
    spec = specs[place % len(specs)]
    index = "abcdef".index(spec.name)
    before = values[index]
    better = [*values]
    if before is None or math.isnan(before):
        better[index] = step
    else:
        better[index] = before + step if spec.better == "higher" else before - step

    assert quality_score(readings(better), specs) >= quality_score(readings(values), specs)


@given(st.lists(st.none() | st.floats(0, 1e6), min_size=len(DEFAULTS), max_size=len(DEFAULTS)), st.floats(0, 1e6))
def test_no_gate_there_is_lowers_the_score_when_it_gets_nearer(values: list[float | None], step: float) -> None:
    """The table of the gates is part of the sum: each gate of it, whatever the others are."""
    specs = list(DEFAULTS.values())
    for place, (spec, before) in enumerate(zip(specs, values, strict=True)):
        nearer = step if before is None else before + step if spec.better == "higher" else before - step
        now = [*values[:place], nearer, *values[place + 1 :]]

        assert score_of(specs, now) >= score_of(specs, values), spec.name


def score_of(specs: list[GateSpec], values: list[float | None]) -> float:
    named = zip(specs, values, strict=True)
    return quality_score([Reading(gate=spec.name, value=value) for spec, value in named], specs)
