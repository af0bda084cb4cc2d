"""What every gate promises, run on each one that is found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from director.gates import measure_all
from director.gates.gate import Gate
from director.gates.tree import CleanTree
from ledger.events import GateSpec, Reading
from tests.target.plain import project

GOOD = {
    "pkg/__init__.py": "",
    "pkg/half.py": '"""Halves of numbers."""\n\n\ndef half(n):\n    """Return half of it."""\n    if n < 0:\n'
    "        raise ValueError('negative')\n    return n // 2\n",
    "tests/test_half.py": "import pytest\nfrom pkg.half import half\n\n\ndef test_half():\n"
    "    assert half(4) == 2\n    assert half(1) == 0\n    assert half(0) == 0\n\n\ndef test_negative():\n"
    "    with pytest.raises(ValueError):\n        half(-1)\n",
}
BAD = {
    **GOOD,
    "pkg/half.py": "import os\n\n\ndef half(n):\n    return n // 3\n\n\ndef never(n):\n    return [n]\n\n\n"
    "class Box:\n    def open(self):\n        return 1\n",
}
BRANCHES = "".join(f"    if n == {n}:\n        return {n * n}\n" for n in range(20))
TWICE = "    total = 0\n    for each in n:\n" + "".join(f"        total += each.value({n})\n" for n in range(20))
AXE = '{"violations": [%s], "passes": [{"id": "html-has-lang"}]}'
WRONG = '{"id": "image-alt", "help": "Images need a text", "nodes": [{"target": ["img"]}]}'


ACCEPTANCE = "from pkg.half import half\n\n\ndef test_halves():\n    assert half(8) == 4\n"
STEPS = json.dumps([{
    "id": "halves", "title": "halve", "opinion": False, "satisfied": False, "model": "",
    "tests": ["tests/test_halves.py::test_halves"], "files": {"tests/test_halves.py": ACCEPTANCE},
}])  # fmt: skip


class Trees(NamedTuple):
    """What one gate is measured on, where the common trees show it nothing."""

    bad: dict[str, str]
    good: dict[str, str] = GOOD
    command: tuple[str, ...] = ()
    options: Mapping[str, str] = MappingProxyType({})
    compared: bool = False
    """Whether the bad tree is bad beside the good one only."""


OWN = {
    "types": Trees({**GOOD, "pkg/half.py": "def half(n: int) -> str:\n    return n // 3\n"}),
    "complexity": Trees({**GOOD, "pkg/half.py": f"def half(n):\n{BRANCHES}    return n // 3\n"}),
    "duplication": Trees({**GOOD, "pkg/half.py": f"def half(n):\n{TWICE}\n\ndef third(n):\n{TWICE}\n"}),
    "security": Trees({**GOOD, "pkg/half.py": "def half(n):\n    return eval(n) // 3  # nosec\n"}),
    "dependencies": Trees({**GOOD, "requirements.txt": "left-pad\n"}),
    "mutation": Trees({**GOOD, "tests/test_half.py": "from pkg.half import half\n\n\ndef test_half():\n    half(4)\n"}),
    "performance": Trees(
        {"work.py": "TICKS = 30\n", "bench.py": "print('took', 1)\n"},
        {"work.py": "TICKS = 20\n", "bench.py": "import work\nprint('took', work.TICKS)\n"},
        ("python", "bench.py"),
        {"read": "regex", "regex": "took (\\d+)"},
        compared=True,
    ),
    "accessibility": Trees({"axe.json": AXE % WRONG}, {"axe.json": AXE % ""}, ("cat", "axe.json")),
    "bundle": Trees(
        {"build.py": "import random; open('main.js', 'wb').write(random.Random(1).randbytes(600_000))"},
        {"build.py": "open('main.js', 'w').write('let a = 1;' * 1000)"},
        ("python", "build.py"),
        {"files": "*.js"},
    ),
    "goal": Trees(BAD, options={"steps": STEPS}),
    "command": Trees(
        {"run.sh": "echo pkg/half.py:1 is wrong >&2; exit 3\n"}, {"run.sh": "exit 0\n"}, ("sh", "run.sh")
    ),
}  # fmt: skip
NEEDS_NO_TESTS = frozenset({"lint", "types", "complexity", "duplication", "security", "documentation"})


def asked(gate: Gate) -> GateSpec:
    """What is asked of the gate here."""
    own = OWN.get(gate.name)
    return msgspec.structs.replace(gate.spec, command=own.command, options=dict(own.options)) if own else gate.spec


async def reading(gate: Gate, folder: Path, files: dict[str, str], trusted: dict[str, str] | None = None) -> Reading:
    """Measure one small project."""
    beside = project(folder / "trusted", trusted).project if trusted else None
    tree = CleanTree(project(folder / "tree", files), trusted=beside, contexts=getattr(gate, "contexts", False))
    return (await measure_all([(gate, asked(gate))], tree))[0]


async def good(gate: Gate, folder: Path) -> Reading:
    """Measure the project on which the gate is met."""
    return await reading(gate, folder, OWN[gate.name].good if gate.name in OWN else GOOD)


async def bad(gate: Gate, folder: Path) -> Reading:
    """Measure the project on which it is not."""
    own = OWN.get(gate.name)
    return await reading(gate, folder, own.bad if own else BAD, own.good if own and own.compared else None)


async def its_spec_is_its_own(gate: Gate) -> None:
    """The defaults name the gate, a reachable target and a tolerance that is no licence."""
    assert gate.spec.name == gate.name
    assert gate.spec.tolerance >= 0 and gate.spec.weight > 0


async def it_meets_its_target_on_a_good_project(gate: Gate, folder: Path) -> None:
    """What is well made passes."""
    measured = await good(gate, folder)

    assert measured.value is not None, measured.detail
    assert measured.value >= gate.spec.target if gate.spec.better == "higher" else measured.value <= gate.spec.target
    assert measured.gate == gate.name and measured.tool and measured.detail


async def it_finds_a_bad_project_worse(gate: Gate, folder: Path) -> None:
    """What is worse has a worse value, and the findings say where."""
    measured = await bad(gate, folder)

    if gate.name == "dependencies":  # without the network there is no value, and what was found is shown all the same
        assert measured.value is None or measured.value > 0
    else:
        assert measured.value is not None, measured.detail
        up = gate.spec.better == "higher"
        assert measured.value < gate.spec.target if up else measured.value > gate.spec.target
    assert measured.findings and all(finding.rule and finding.message for finding in measured.findings)


async def it_says_the_same_twice(gate: Gate, folder: Path) -> None:
    """The same tree gives the same reading but for the seconds it took."""
    first, second = [await bad(gate, folder) for _ in range(2)]

    assert msgspec.structs.replace(first, seconds=0.0) == msgspec.structs.replace(second, seconds=0.0)


async def it_never_passes_what_it_cannot_measure(gate: Gate, folder: Path) -> None:
    """An interpreter that ends in the middle gives no value, unless the gate needs no tests."""
    own = OWN.get(gate.name)
    if own and own.command:
        spec = msgspec.structs.replace(gate.spec, command=("no-such-program", "--at", "all"), options=dict(own.options))
        measured = (await measure_all([(gate, spec)], CleanTree(project(folder, own.good))))[0]
        assert measured.value is None and "no-such-program" in measured.detail
        return
    measured = await reading(gate, folder, {**GOOD, "tests/conftest.py": "import os\nos._exit(0)\n"})

    assert measured.value is None or measured.gate in NEEDS_NO_TESTS or "no dependency" in measured.detail
    assert measured.detail


PROMISES = (
    it_meets_its_target_on_a_good_project, it_finds_a_bad_project_worse, it_says_the_same_twice,
    it_never_passes_what_it_cannot_measure,
)  # fmt: skip
