"""What comments and settings are said to hide is held against what the gates found under the trusted settings."""

from __future__ import annotations

import pytest

from director.referee.borne_out import borne_out
from director.referee.objections import doubts, rejects
from ledger.events import Reading


def readings(lint: float = 0, suppressed: float = 0, types: float | None = None, hidden: float = 0) -> list[Reading]:
    """Return what the gates say; coverage is always there."""
    found = [
        Reading(gate="lint", value=lint, counts={"suppressed": suppressed}),
        Reading(gate="coverage", value=90.0),
    ]
    if types is not None:
        found.append(Reading(gate="types", value=types, counts={"newly_hidden": hidden}))
    return found


@pytest.mark.parametrize(
    ("rule", "stood", "after", "left"),
    [
        ("noqa F401", True, readings(suppressed=1), "rejects"), ("noqa F401", False, readings(suppressed=1), "doubts"),
        ("noqa E501", True, readings(), ""), ("noqa *", True, readings(), "doubts"), ("noqa *", False, readings(), ""),
        ("ruff: noqa *", True, readings(suppressed=2), "rejects"),
        ("type: ignore misc", True, readings(types=1, hidden=1), "rejects"),
        ("type: ignore misc", False, readings(types=1, hidden=1), "doubts"),
        ("type: ignore misc", True, readings(types=0), "doubts"), ("type: ignore misc", False, readings(types=0), ""),
        ("type: ignore misc", True, readings(), ""), ("mypy: ignore-errors *", True, readings(), ""),
        ("pragma: no cover *", True, readings(), "rejects"), ("pragma: no cover *", False, readings(), ""),
        ("pyright: ignore *", True, readings(), "rejects"), ("nosec B101", False, readings(), "doubts"),
    ],
)  # fmt: skip
def test_a_comment_weighs_as_much_as_the_gates_found_behind_it(
    rule: str, stood: bool, after: list[Reading], left: str
) -> None:
    said = (rejects if stood else doubts)("suppressed", "hides", rule=rule)

    found = list(borne_out([said], readings(types=0), after))

    assert [one.weight for one in found] == ([left] if left else [])


@pytest.mark.parametrize(
    ("rule", "after", "left"),
    [
        ("ruff ignore", readings(lint=2), "rejects"), ("ruff ignore", readings(), "doubts"),
        ("mypy strict_equality", readings(types=1), "rejects"), ("mypy strict_equality", readings(types=0), "doubts"),
        ("mypy strict_equality", readings(), "rejects"), ("coverage report.omit", readings(), "rejects"),
        ("pytest filterwarnings", readings(), "doubts"),
    ],
)  # fmt: skip
def test_settings_reject_where_there_is_something_that_they_may_hide(
    rule: str, after: list[Reading], left: str
) -> None:
    found = list(borne_out([rejects("settings", "weaker", rule=rule)], readings(types=0), after))

    assert [one.weight for one in found] == [left]


def test_warnings_that_were_errors_reject_where_trusted_tests_fail_over_the_new_code() -> None:
    said = [rejects("settings", "weaker", rule="pytest filterwarnings"), doubts("behaviour", "one fails")]

    assert [one.weight for one in borne_out(said, [], [])] == ["rejects", "doubts"]


def test_hooks_are_for_a_person_unless_nothing_is_lost_by_them_and_planted_tests_are_told() -> None:
    hook, lost = doubts("harness", "a hook"), rejects("gone", "a test")

    assert list(borne_out([hook], readings(), readings(), True)) == []
    assert list(borne_out([hook], readings(), readings(), False)) == [hook]
    assert list(borne_out([hook, lost], readings(), readings(), True)) == [hook, lost]
