"""What a tool finds in single files is kept: the same as looking at everything, for the cost of what is new."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from director.gates.by_file import FindingsIn, findings_by_file
from director.gates.by_text import ByText
from director.gates.complexity import Complexity
from director.gates.duplication import Duplication
from director.gates.gate import Gate
from director.gates.lint import Lint
from director.gates.security import Security
from director.gates.tree import CleanTree
from director.gates.types import Types
from director.referee.readings import Readings
from ledger.events import Finding
from tests.target.plain import project

FILES = {
    "pkg/__init__.py": "",
    "pkg/a.py": "import os\n\n\ndef f(x: int) -> str:\n    return x\n",
    "pkg/b.py": "import sys  # noqa: F401\nfrom pkg.a import f\n\nY: int = f(1)\n",
    "pkg/left_out.py": "import os\n",
    "pkg/danger.py": "def g(x):\n    return eval(x)\n",
    "ruff.toml": "extend-exclude = ['left_out.py']\nlint.select = ['F', 'I']\n",
}
CHANGED = {
    **FILES, "pkg/a.py": "import os\nimport re\n\n\ndef f(x: int) -> int:\n    return x\n", "pkg/new.py": "import os\n"
}  # fmt: skip


def found(path: str, text: str) -> Finding:
    """Return a finding that says what stands in a file."""
    return Finding(rule="r", message=text, path=path)


class Looker:
    """Finds the text of each file, and remembers where it was asked to look."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.asked = folder, list[tuple[str, ...]]()

    async def look(self, named: Sequence[str]) -> FindingsIn | str:
        """Look."""
        self.asked.append(tuple(named))
        return {path: (found(path, (self.folder / path).read_text()),) for path in named or ("a.py", "b.py")}


async def test_only_files_that_nobody_looked_at_before_are_looked_at(tmp_path: Path) -> None:
    """A file is known by its path and its content; other rules make another reading of it."""
    kept, looker = Readings(tmp_path / "readings.db"), Looker(tmp_path)
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(name)
    await findings_by_file(tmp_path, ["a.py", "b.py"], ["rules"], looker.look, kept)
    (tmp_path / "b.py").write_text("changed")

    after = await findings_by_file(tmp_path, ["a.py", "b.py"], ["rules"], looker.look, kept)
    await findings_by_file(tmp_path, ["a.py"], ["other rules"], looker.look, kept)

    assert after == {"a.py": (found("a.py", "a.py"),), "b.py": (found("b.py", "changed"),)}
    assert looker.asked == [("a.py", "b.py"), ("b.py",), ("a.py",)]


async def test_a_link_is_looked_at_each_time_and_a_refusal_is_not_kept(tmp_path: Path) -> None:
    """What a link leads to may change without it; why a tool could not look says nothing of a file."""
    kept, looker = Readings(tmp_path / "readings.db"), Looker(tmp_path)
    (tmp_path / "a.py").write_text("a")
    (tmp_path / "b.py").symlink_to("a.py")

    async def refuses(named: Sequence[str]) -> FindingsIn | str:
        return "no"

    assert await findings_by_file(tmp_path, ["a.py", "b.py"], [], refuses, kept) == "no"
    for _ in range(2):
        await findings_by_file(tmp_path, ["a.py", "b.py"], [], looker.look, kept)

    assert looker.asked == [("a.py", "b.py"), ("b.py",)]


def test_a_text_is_read_again_only_when_others_took_its_place() -> None:
    """What was asked for longest ago goes first; what else was asked about a text makes another reading of it."""
    asked: list[str] = []

    def length(text: str, more: int) -> int:
        asked.append(text)
        return len(text) + more

    known = ByText(length, most=2)

    assert [known(text, 1) for text in ("a", "bb", "a", "bb", "ccc", "bb", "a")] == [2, 3, 2, 3, 4, 3, 2]
    assert known("bb", 5) == 7
    assert asked == ["a", "bb", "ccc", "a", "bb"]


@pytest.mark.slow
@pytest.mark.parametrize("gate", [Lint, Complexity, Duplication, Security, Types])
async def test_a_reading_from_what_is_known_is_that_of_a_whole_look(gate: type[Gate], tmp_path: Path) -> None:
    """After a change each gate says what it says to somebody who knows nothing."""
    kept, known = Readings(tmp_path / "readings.db"), gate()
    base, changed = project(tmp_path / "base", FILES), project(tmp_path / "changed", CHANGED)
    await known.measure(CleanTree(base, kept=kept), gate.spec)

    quick = await known.measure(CleanTree(changed, trusted=base.project, kept=kept), gate.spec)
    whole = await gate().measure(CleanTree(changed, trusted=base.project), gate.spec)

    assert quick.value is not None
    assert (quick.value, quick.detail, quick.findings, quick.counts) == (
        whole.value, whole.detail, whole.findings, whole.counts,
    )  # fmt: skip
