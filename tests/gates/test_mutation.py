"""Faults are small, many and the same wherever the code is; tests that check nothing notice none."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from director.gates.mutants import drawn, mutants_of
from director.gates.mutation import Mutation
from director.gates.tree import CleanTree
from ledger.events import GateSpec, Reading
from tests.target.plain import project

CODE = '''"""Prices, and a text with an ö before what changes."""


def price(count: int, member=False):
    """Return what so many cost."""
    label = f"{count + 1} pieces"
    if count < 0 and not member:
        raise ValueError(label)
    total = count * 3 + 1
    total -= 1
    for each in range(count):
        if each == 7:
            break
    log(total)
    return total


def log(total):
    return None
'''
CHECKS = """import pytest
from shop import price


def test_price():
    assert price(2) == 6
    assert price(0) == 0
    assert price(-1, True) == -3
    with pytest.raises(ValueError):
        price(-1)
"""
NO_CHECKS = CHECKS.replace(
    "    assert price(2) == 6\n    assert price(0) == 0\n    assert price(-1, True) == -3\n", "    price(2)\n"
)


def applied(text: str) -> list[str]:
    """Every faulty version of a text."""
    content = text.encode()
    return [
        (content[: mutant.start] + mutant.text.encode() + content[mutant.end :]).decode()
        for mutant in mutants_of("a.py", text)
    ]


def test_every_fault_is_another_program() -> None:
    faulty = applied(CODE)

    assert len(faulty) > 12
    assert all(ast.dump(ast.parse(text)) != ast.dump(ast.parse(CODE)) for text in faulty)
    assert all('count + 1} pieces"' in text and "Prices" in text for text in faulty)


def test_a_change_elsewhere_draws_no_other_faults() -> None:
    moved = CODE.replace("def log(total):\n    return None\n", "def log(total):\n    return total + 1 > 2\n")
    now, then = (
        {m.key for m in drawn(list(mutants_of("a.py", "\n" * n + text)), 100)} for n, text in ((0, CODE), (9, moved))
    )

    assert now < then


def test_what_is_no_python_has_no_faults() -> None:
    assert list(mutants_of("a.py", "def (")) == []


@pytest.mark.slow
def test_an_expression_nested_deeper_than_python_can_spell_hides_no_other_fault() -> None:
    deep = "def f(a):\n    b = " + "+".join(["a"] * 400) + "\n    return a + 1 > 2\n"

    found = {mutant.what for mutant in mutants_of("a.py", deep)}

    assert {"has - for +", "has >= for >", "returns None"} <= found


async def mutation(folder: Path, tests: str, name: str = "test_shop.py") -> Reading:
    """What the gate says of the shop under these tests."""
    tree = CleanTree(project(folder, {"shop.py": CODE, name: tests}), contexts=True)
    spec = GateSpec(name="mutation", better="higher", target=60, tolerance=0, options={"sample": "30"})
    return await Mutation().measure(tree, spec)


@pytest.mark.slow
async def test_tests_that_check_notice_more_than_tests_that_run(tmp_path: Path) -> None:
    checking = await mutation(tmp_path / "a", CHECKS)
    running = await mutation(tmp_path / "b", NO_CHECKS)

    assert checking.value is not None and running.value is not None, (checking.detail, running.detail)
    assert checking.value > 70 and running.value < checking.value - 20
    assert all(finding.path == "shop.py" and finding.symbol for finding in running.findings)


@pytest.mark.slow
async def test_tests_of_unittest_notice_faults_too(tmp_path: Path) -> None:
    body = "import unittest\nfrom shop import price\n\n\nclass Prices(unittest.TestCase):\n    def test_price(self):\n"

    reading = await mutation(tmp_path, body + "        self.assertEqual(price(2), 6)\n")

    assert reading.value is not None and reading.counts["killed"] > 3, reading.detail


@pytest.mark.slow
async def test_a_fault_that_never_ends_is_noticed_and_ended(tmp_path: Path) -> None:
    code = "def down(n):\n    while n > 0:\n        n -= 1\n    return 'done'\n"
    tests = "from a import down\n\n\ndef test_down():\n    assert down(2) == 'done'\n"
    tree = CleanTree(project(tmp_path, {"a.py": code, "test_a.py": tests}), contexts=True)

    reading = await Mutation().measure(tree, Mutation.spec)

    assert reading.value is not None and reading.counts["killed"] >= 2
    assert reading.counts["tried"] == reading.counts["killed"] + len(reading.findings)
