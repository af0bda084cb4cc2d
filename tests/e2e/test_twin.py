"""Nothing knows the example: a copy with every name and file renamed and other bugs is completed as well."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from examples.unpack import git
from tests.e2e.command import ROOT, Kaizen
from tests.support.example_twin import Twin, derive, failing_tests, functions

pytestmark = pytest.mark.slow

EXAMPLE = ROOT / "examples" / "pantry"


@pytest.mark.parametrize("seed", [3])
def test_a_twin_that_shares_no_name_and_no_bug_with_the_example_is_completed(
    kaizen: Kaizen, tmp_path: Path, seed: int
) -> None:
    """Otherwise it is the same project: what fails in it are the bugs put in, and not the renaming."""
    twin = derive(EXAMPLE, tmp_path / "twin", seed)
    assert shared_names(twin) == set()
    assert len(twin.bugs) == len({bug.kind for bug in twin.bugs}) == len({bug.path for bug in twin.bugs}) == 5
    assert len(twin.failing) >= 5 and twin.failing == failing_tests(twin.root)
    assert failing_tests(mended(twin, tmp_path / "mended")) == ()

    done = kaizen.run(twin.root, seconds=900)

    assert done.ended["state"] == "completed", [(e.kind, e.path, e.before, e.after) for e in twin.bugs]
    assert done.status == 0


def shared_names(twin: Twin) -> set[str]:
    """Return the functions, files and words that are called in the twin as in the example."""
    ours = {name for _, name in functions(EXAMPLE) if not name.startswith("__")}
    code = "\n".join(path.read_text() for path in sorted(twin.root.rglob("*.py")))
    files = {path.name for path in EXAMPLE.rglob("*.py")} - {"__init__.py"}
    return (
        ours & {name for _, name in functions(twin.root)}
        | files & {path.name for path in twin.root.rglob("*.py")}
        | set(re.findall(r"\b(pantry|Ingredient|Recipe|Shelf|best_before|parse_amount)\b", code))
    )


def mended(twin: Twin, copy: Path) -> Path:
    """Return a copy of the twin without its bugs."""
    git(copy.parent, "clone", "--quiet", str(twin.root), str(copy))
    for path, text in twin.mended.items():
        (copy / path).write_text(text)
    return copy
