"""What every gate promises, run on each one that is found."""

from __future__ import annotations

from pathlib import Path

import msgspec

from director.gates import measure_all
from director.gates.gate import Gate
from director.gates.tree import CleanTree
from ledger.events import Reading
from tests.target.plain import project

GOOD = {
    "pkg/__init__.py": "",
    "pkg/half.py": "def half(n):\n    if n < 0:\n        raise ValueError('negative')\n    return n // 2\n",
    "tests/test_half.py": "import pytest\nfrom pkg.half import half\n\n\ndef test_half():\n"
    "    assert half(4) == 2\n\n\ndef test_negative():\n    with pytest.raises(ValueError):\n        half(-1)\n",
}
BAD = {
    **GOOD,
    "pkg/half.py": "import os\n\n\ndef half(n):\n    return n // 3\n\n\ndef never(n):\n    return [n]\n\n\n"
    "class Box:\n    def open(self):\n        return 1\n",
}


async def reading(gate: Gate, folder: Path, files: dict[str, str]) -> Reading:
    """Measure one small project."""
    return (await measure_all([(gate, gate.spec)], CleanTree(project(folder, files))))[0]


async def its_spec_is_its_own(gate: Gate) -> None:
    """The defaults name the gate, a reachable target and a tolerance that is no licence."""
    assert gate.spec.name == gate.name
    assert gate.spec.tolerance >= 0 and gate.spec.weight > 0


async def it_meets_its_target_on_a_good_project(gate: Gate, folder: Path) -> None:
    """What is well made passes."""
    measured = await reading(gate, folder, GOOD)

    assert measured.value is not None, measured.detail
    assert measured.value >= gate.spec.target if gate.spec.better == "higher" else measured.value <= gate.spec.target
    assert measured.gate == gate.name and measured.tool and measured.detail


async def it_finds_a_bad_project_worse(gate: Gate, folder: Path) -> None:
    """What is worse has a worse value, and the findings say where."""
    measured = await reading(gate, folder, BAD)

    assert measured.value is not None, measured.detail
    assert measured.value < gate.spec.target if gate.spec.better == "higher" else measured.value > gate.spec.target
    assert measured.findings and all(finding.rule and finding.message for finding in measured.findings)
    assert any(finding.path == "pkg/half.py" or finding.symbol for finding in measured.findings)


async def it_says_the_same_twice(gate: Gate, folder: Path) -> None:
    """The same tree gives the same reading but for the seconds it took."""
    first, second = [await reading(gate, folder, BAD) for _ in range(2)]

    assert msgspec.structs.replace(first, seconds=0.0) == msgspec.structs.replace(second, seconds=0.0)


async def it_never_passes_what_it_cannot_measure(gate: Gate, folder: Path) -> None:
    """An interpreter that ends in the middle gives no value, unless the gate needs no tests."""
    measured = await reading(gate, folder, {**GOOD, "tests/conftest.py": "import os\nos._exit(0)\n"})

    assert measured.value is None or measured.gate == "lint"
    assert measured.detail


PROMISES = (
    it_meets_its_target_on_a_good_project, it_finds_a_bad_project_worse, it_says_the_same_twice,
    it_never_passes_what_it_cannot_measure,
)  # fmt: skip
