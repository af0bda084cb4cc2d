"""Choosing tests: whatever fails in the whole run was chosen, for each way in which a test can depend on code."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from agents.ports import SuiteResult
from director.referee.mapping import map_tree, mappable
from director.referee.selection import Change, FileMap, Map, Selection, Trail, select
from tests.referee.mapped_project import ALWAYS, EDITS, FILES, Edit
from tests.target.plain import project

OTHERS = {f"tests/test_{n}.py": FileMap(Trail(), {f"tests/test_{n}.py::test": Trail()}) for n in range(3)}


class Mapped:
    """The project, measured and mapped once."""

    def __init__(self, folder: Path) -> None:
        self.target = project(folder, FILES)
        self.suite = asyncio.run(self.target.suite())
        self.map: Map = asyncio.run(map_tree(self.target, "t", frozenset(FILES), mappable(self.suite)))


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> Mapped:
    """Return the project with its map."""
    return Mapped(tmp_path_factory.mktemp("mapped"))


def chosen(map_: Map, files: Mapping[str, str | None]) -> Selection:
    """Return what is chosen when these files are written or removed."""
    return select(map_, [Change(path, _bytes(FILES.get(path)), _bytes(text)) for path, text in files.items()])


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode()


def failing(suite: SuiteResult) -> set[str]:
    """Return what does not pass, modules that cannot be collected among it."""
    return {test.id for test in (*suite.tests, *suite.broken) if test.outcome not in ("passed", "skipped")}


@pytest.mark.parametrize("path", ["README.rst", "docs/api.txt"])
def test_a_text_that_holds_tests_chooses_them(path: str) -> None:
    """The runner reads it, and of what the runner does no record is kept."""
    test = f"{path}::{path}"
    made = Map("t", "", frozenset(FILES), frozenset(), {path: FileMap(Trail(), {test: Trail()}), **OTHERS}, {})

    assert select(made, [Change(path, b">>> 1\n1\n", b">>> 1\n2\n")]).wanted == (path,)


@pytest.mark.parametrize(("path", "every"), [("data/table.bin", True), ("docs/page.md", False), ("LICENSE", False)])
def test_data_that_nobody_was_seen_to_read_chooses_all_and_prose_none(path: str, every: bool) -> None:
    """Libraries written in C open files without a word."""
    made = Map("t", "", frozenset({path, *FILES}), frozenset(), OTHERS, {})

    assert bool(select(made, [Change(path, b"1", b"2")]).everything) is every


@pytest.mark.slow
def test_the_project_passes_and_is_mapped(mapped: Mapped) -> None:
    """Each test has a record; those that depend on each other are one unit."""
    assert failing(mapped.suite) == set() and mapped.map.void == ""

    assert mapped.map.size == len(mapped.suite.tests)
    assert {path for path, file in mapped.map.files.items() if file.unit} == {"tests/test_order.py"}


@pytest.mark.slow
@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_exactly_what_an_edit_reaches_is_chosen(edit: Edit, mapped: Mapped) -> None:
    """No more than that, or choosing would be of no use."""
    found = chosen(mapped.map, edit.files)

    if edit.chosen is None:
        assert found.everything
    else:
        assert set(found.wanted) == edit.chosen | ALWAYS


@pytest.mark.slow
@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_whatever_fails_in_the_whole_run_was_chosen(edit: Edit, mapped: Mapped, tmp_path: Path) -> None:
    """The whole run of the changed tree says so."""
    found = chosen(mapped.map, edit.files)
    changed = project(tmp_path / "changed", {})
    shutil.copytree(mapped.target.root, tmp_path / "changed", dirs_exist_ok=True)
    for path, text in edit.files.items():
        (tmp_path / "changed" / path).unlink(missing_ok=True)
        if text is not None:
            (tmp_path / "changed" / path).write_text(text)

    whole = asyncio.run(changed.suite())

    assert found.everything or failing(whole)
    wanted = set(found.wanted)
    assert (
        found.everything or {test for test in failing(whole) if not {test, test.partition("::")[0]} & wanted} == set()
    )
