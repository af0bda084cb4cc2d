"""Patches that wait to land together: judged by what each of them reaches, confirmed by one whole run."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from agents.ports import FileCoverage
from agents.sandbox.local import LocalSandbox
from director.gates.coverage import Coverage
from director.gates.defaults import DEFAULTS
from director.gates.lint import Lint
from director.gates.tests import Tests
from director.referee import Referee
from director.referee.first_look import FirstLook
from director.referee.judging import judge
from director.referee.readings import Readings
from director.referee.together import Looking, Provisional, least_share, not_for_each
from ledger.blobs import FileBlobs
from ledger.events import RunId
from tests.referee.test_first_look import Room
from tests.target.plain import own_python

FILES = {
    "pkg/__init__.py": "",
    "pkg/sums.py": "def add(a, b):\n    return a - b\n",
    "pkg/words.py": "def loud(word):\n    return word.lower()\n",
    "pkg/both.py": "from pkg.sums import add\n\n\ndef thrice(a):\n    return add(a, add(a, a)) if a else 0\n",
    "tests/test_sums.py": "from pkg.sums import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n",
    "tests/test_words.py": "from pkg.words import loud\n\n\ndef test_loud():\n    assert loud('a') == 'A'\n\n\n"
    "def test_digits():\n    assert loud('1') == '1'\n",
    "tests/test_both.py": "from pkg.both import thrice\n\n\ndef test_nothing():\n    assert thrice(0) == 0\n",
    "tests/test_else.py": "import pytest\n\n\n"
    "@pytest.mark.parametrize('n', range(8))\ndef test_n(n):\n    assert n < 9\n",
}
SUMS = {"pkg/sums.py": FILES["pkg/sums.py"].replace("a - b", "a + b")}
WORDS = {"pkg/words.py": FILES["pkg/words.py"].replace("lower", "upper")}
SPECS = [DEFAULTS["tests"], DEFAULTS["coverage"], DEFAULTS["lint"]]


@pytest.mark.slow
async def test_each_patch_is_judged_by_what_it_reaches_and_all_of_them_by_one_whole_run(tmp_path: Path) -> None:
    """What the reached tests say of the last one is what its whole run says."""
    room = Room(tmp_path, FILES)
    referee = Referee(
        mirror=room.mirror, sandbox=LocalSandbox(), prefix="", gates=[Tests(), Coverage(), Lint()],
        blobs=FileBlobs(room.folder / "blobs"), scratch=room.folder / "scratch", prepare=lambda _: own_python(),
    )  # fmt: skip
    referee.first_look = FirstLook(room.mirror, Readings(room.folder / "cache" / "readings.db"), worth=0.0)
    commit = room.mirror.take().commit
    before = (await referee.measure(RunId("r1"), commit, room.base, SPECS, ())).readings
    one, two = room.tree(SUMS), room.tree({**SUMS, **WORDS})
    wrong = room.tree({**SUMS, "pkg/words.py": "def loud(word):\n    return 'A'\n"})
    tested = room.tree({**SUMS, "tests/test_words.py": "def test_loud():\n    assert 'a' != 'A'\n"})

    async def upon(below: str, tree: str, known: Provisional | None = None) -> Provisional:
        readings = known.readings if known else before
        return await Looking(referee, commit, room.base, below, tree, SPECS, readings).provisional()

    unmapped = await upon(room.base, one)
    await referee.look(commit, room.base, one, SPECS, before)
    while not referee.first_look.is_mapped(room.base):
        await asyncio.sleep(0.05)
    first = await upon(room.base, one)
    second = await upon(one, two, first)
    breaks, changes = await upon(one, wrong, first), await upon(one, tested, first)
    whole = await judge(referee, commit, room.base, two, SPECS)
    await referee.close()

    assert unmapped.alone.startswith("it is not known yet")
    assert [r.value for r in before][::2] == [2.0, 0.0]
    assert [(r.value, r.basis) for r in first.readings][::2] == [(1.0, "reached"), (0.0, "")]
    assert first.readings[1].value == before[1].value and first.readings[1].basis == "before"
    assert (second.readings[0].value, second.alone) == (0.0, "")
    assert breaks.alone == "tests/test_words.py::test_digits is passed before it and failed with it"
    assert changes.alone.startswith("tests/test_words.py is more than code of the project")
    assert whole.verdict == "accepted" and whole.candidate[0].value == second.readings[0].value
    assert not_for_each(referee, room.base, two, SPECS) == () and referee.take_notices() == ()


def _file(path: str, lines: int, run: int) -> FileCoverage:
    return FileCoverage(path, tuple(range(lines)), tuple(range(run)))


def test_what_one_patch_covers_more_does_not_hide_what_another_covers_less() -> None:
    before = [_file("a.py", 100, 90), _file("b.py", 100, 70)]

    hidden = least_share(before, [_file("a.py", 120, 90), _file("b.py", 100, 95)], 79.5)
    better = least_share(before, [_file("a.py", 100, 90), _file("b.py", 100, 95)], 79.5)

    assert hidden < 0 < better, "with the first file's change alone, 160 of 220 lines run"
