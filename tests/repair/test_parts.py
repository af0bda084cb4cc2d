"""Several mistakes behind the one place of the tests that compares: each is a part of what must be mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.inside.ranking import SUSPECT
from tests.repair.programs import Program
from tests.repair.test_programs import mended, searched

pytestmark = pytest.mark.slow

CODE = (
    "def size(text):\n    return len(text) + 1\n\n\ndef first(items, default):\n    if not items:\n"
    "        return items\n    return items[0]\n"
)
TESTS = (
    "from code_ import first, size\n\n\ndef same(one, other):\n    assert one == other\n\n\n"
    "def test_size():\n    same(size('ab'), 2)\n\n\ndef test_none():\n    same(size(''), 0)\n\n\n"
    "def test_default():\n    same(first([], 7), 7)\n\n\ndef test_first():\n    same(first([3, 4], 7), 3)\n"
)


SHORT_CUT = (
    "def steps(minute, minutes):\n    if len(minutes) == 1:\n        target = min(minutes)\n"
    "        return (minute - target) % 60\n    found = 0\n    while minute not in minutes:\n"
    "        minute = (minute + 1) % 60\n        found += 1\n    return found\n"
)
TRIED = (
    "from code_ import steps\n\n\ndef test_one():\n    assert steps(10, {15}) == 5\n\n\n"
    "def test_half():\n    assert steps(0, {30}) == 30\n\n\ndef test_two():\n    assert steps(10, {12, 14}) == 2\n"
)


def test_what_leaves_code_behind_that_tests_ran_is_offered_after_what_mends_that_code(tmp_path: Path) -> None:
    """To go around the short cut for one minute is as green as to mend it, and slower for everybody."""
    program = Program("short", "pytest", SHORT_CUT, TRIED, "", (), rare=False)

    run = searched(tmp_path, program, candidates=4000)

    first = next(message for message in run.messages if message["kind"] == "patch")
    assert "return (target - minute) % 60" in mended(program, first)


def test_an_edit_that_pleases_one_of_many_failing_tests_waits_until_others_are_mended(tmp_path: Path) -> None:
    """Nobody knows what is wrong with the sums; to leave early for one of them is not the answer."""
    code = "def total(items, start):\n    found = start\n    for item in items:\n"
    code += "        found += len(item) % 7\n    return found\n"
    rows = [("''", None), *((f"'{'a' * n}'", 90 + n * n) for n in range(2, 13))]
    tests = "from code_ import total\n\n\n" + "\n\n".join(
        f"def test_{n}():\n    assert total([{text}], 5) == {gives}\n" for n, (text, gives) in enumerate(rows)
    )
    program = Program("crowd", "pytest", code, tests, "", (), rare=False)
    failing = [f"test_code.py::test_{n}" for n in range(len(rows))]

    offered = {
        parts: searched(
            tmp_path / parts, program, parts=parts, candidates=2000, failing=failing[:1], beside=failing[1:]
        )
        for parts in ("last", "any")
    }

    kinds = {parts: {patch["edit"] for patch in run.of("patch")} for parts, run in offered.items()}
    assert kinds["any"] & SUSPECT.keys()
    assert not kinds["last"] & SUSPECT.keys()


def test_failing_tests_of_other_code_say_nothing_of_an_edit(tmp_path: Path) -> None:
    """Nobody waits for the sums to be mended: they are in another function."""
    code = "def total(items):\n    return 0\n\n\ndef shown(text):\n    print(text)\n    return text\n"
    sums = "\n\n".join(f"def test_{n}():\n    assert total([{n}]) == {n * n}\n" for n in range(2, 14))
    tests = f"from code_ import shown, total\n\n\ndef test_shown():\n    assert shown('a') is None\n\n\n{sums}"
    program = Program("apart", "pytest", code, tests, "", (), rare=False)
    beside = [f"test_code.py::test_{n}" for n in range(2, 14)]

    run = searched(
        tmp_path, program, parts="last", candidates=2000, failing=["test_code.py::test_shown"], beside=beside
    )

    assert {patch["edit"] for patch in run.of("patch")} & SUSPECT.keys()


@pytest.mark.parametrize("parts", ["any", "last"])
def test_a_likely_edit_that_mends_a_part_is_offered_where_parts_will_do(tmp_path: Path, parts: str) -> None:
    """No edit mends them all; this one mends two of three and breaks none."""
    program = Program("two", "pytest", CODE, TESTS, "", (), rare=False)

    run = searched(tmp_path, program, parts=parts, candidates=600)

    patches = run.of("patch")
    assert not any(patch["complete"] for patch in patches)
    assert any("return len(text)\n" in mended(program, patch) for patch in patches)
