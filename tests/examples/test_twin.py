"""The twin of the example shares no name and no bug with it, and is otherwise the same project."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from examples.unpack import git
from tests.support.example_twin import Twin, derive, failing_tests, functions

EXAMPLE = Path(__file__).parents[2] / "examples" / "pantry"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Twin:
    return derive(EXAMPLE, tmp_path_factory.mktemp("twin") / "project", seed=7)


def test_no_name_of_the_example_survives(twin: Twin):
    """Every function, class and file is called otherwise."""
    ours = {name for _, name in functions(EXAMPLE) if not name.startswith("__")}
    theirs = {name for _, name in functions(twin.root)}
    code = "\n".join(path.read_text() for path in sorted(twin.root.rglob("*.py")))

    assert not ours & theirs
    assert not re.search(r"\b(pantry|Ingredient|Recipe|Shelf|best_before|parse_amount)\b", code)
    assert not {path.name for path in EXAMPLE.rglob("*.py")} - {"__init__.py"} & {
        path.name for path in twin.root.rglob("*.py")
    }


def test_the_bugs_are_of_different_kinds_in_different_modules(twin: Twin):
    assert len(twin.bugs) == 5
    assert len({bug.kind for bug in twin.bugs}) == 5
    assert len({bug.path for bug in twin.bugs}) == 5
    assert twin.failing == failing_tests(twin.root)
    assert len(twin.failing) >= 5


def test_without_its_bugs_the_twin_is_green(twin: Twin, tmp_path: Path):
    """What fails are the bugs put in, and not the renaming."""
    copy = tmp_path / "copy"
    git(tmp_path, "clone", "--quiet", str(twin.root), str(copy))
    for path, text in twin.mended.items():
        (copy / path).write_text(text)

    assert failing_tests(copy) == ()
