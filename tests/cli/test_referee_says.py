"""What `kaizen referee` writes for a person: what the verdict means, and what stands behind it."""

from __future__ import annotations

import pytest

from director.cli.referee import _show
from director.referee.judging import Judged
from ledger.events import Reading, Reason


def test_reasons_stand_below_what_they_mean_and_say_who_decides(capsys: pytest.CaptureFixture[str]) -> None:
    reasons = (
        Reason(code="weaker", message="a fault in price is noticed by no test", path="shop/text.py", line=7),
        Reason(code="weaker", message="a fault in slug is noticed by no test"),
        Reason(code="harness", message="load_tests decides what runs", path="tests/conftest.py"),
    )
    readings = (Reading(gate="tests", value=1.0),), (Reading(gate="tests", value=None),)

    _show(Judged("rejected", reasons, *readings, weights=("rejects", "rejects", "doubts")))

    assert capsys.readouterr().out.splitlines() == [
        "rejected: not to be landed as it is; mend what is said here and judge it again",
        "  weaker: the changed tests let faults through that the trusted tests notice",
        "    shop/text.py:7 a fault in price is noticed by no test",
        "    a fault in slug is noticed by no test",
        "  harness: test files newly define what decides which tests run and how they end (for a person to decide)",
        "    tests/conftest.py load_tests decides what runs",
        "  tests            1 -> unmeasurable",
    ]
