"""A table, a pattern or a class attribute is searched wherever it stands, when what fails depends on it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.inside.faraway import Reads, elsewhere, reads, statements
from agents.inside.source import Source
from tests.local_target import write_tree

FILES = {
    "far_pkg/__init__.py": "from .tables import UNITS, OTHER\n",
    "far_pkg/tables.py": "STEP = 60\nUNITS = {'h': STEP * STEP}\nOTHER = 3\nclass Limits:\n    low = 1\n    high = 9\n",
    "far_pkg/main.py": "from far_pkg import UNITS\ndef seconds(text, limits):\n    return UNITS[text] + limits.high\n",
    "far_test.py": "import far_pkg\ndef test_other():\n    assert far_pkg.OTHER == 4\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    write_tree(tmp_path, FILES)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("far_pkg.main", "far_test"):
        importlib.import_module(name)
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("far_")]:
        del sys.modules[name]


def source(path: str) -> Source:
    return Source(path, Path(path).read_bytes())


def searched(folder: Path, reader: str, function: str) -> dict[str, Any]:
    """Return the text and suspicion of what stands in the tables and matters to a function of the reader."""
    path = str(folder / reader)
    read = {path: reads(source(path), {function: 1.0})}
    names = elsewhere(read, source, lambda name: name.startswith(str(folder / "far_pkg")))
    tables = source(str(folder / "far_pkg/tables.py"))
    found = statements(tables, names.get(tables.path, {}), {}, {})
    lines = tables.data.decode().splitlines()
    return {lines[line - 1].strip(): score for _, lines_, _ in found for line, score in lines_.items() if score}


def test_a_table_of_another_module_and_what_it_is_made_of(folder: Path) -> None:
    """An import through a package is followed to where the name is bound."""
    found = searched(folder, "far_pkg/main.py", "seconds")

    assert set(found) == {"STEP = 60", "UNITS = {'h': STEP * STEP}", "high = 9"}
    assert found["UNITS = {'h': STEP * STEP}"] > found["STEP = 60"]


def test_a_value_that_only_the_test_reads(folder: Path) -> None:
    """Where no function of the project runs, what the test asks for is all there is."""
    assert set(searched(folder, "far_test.py", "test_other")) == {"OTHER = 3"}


def test_a_line_outside_of_functions_that_ran(folder: Path) -> None:
    """A lambda of a table runs as functions do."""
    text = Source("t.py", b"ONE = 1\nKEYS = {\n    'a': lambda x: x + 2,\n}\n")

    [(node, lines, _)] = statements(text, {}, {}, {3: 0.7})

    assert node.lineno == 2 and lines[3] == 0.7
    assert Reads({}, {}) == reads(text, {})


def test_the_body_of_a_function_that_only_made_what_is_read_is_searched() -> None:
    """No test runs it, its work was done when the module was imported: it is made anew, and what it made."""
    code = "def made(word):\n    return [word]\n\n\nNAMES = made('a')\n\n\ndef asked(x):\n    return NAMES, x\n"
    text = Source("f.py", code.encode())

    found = [(node.name, body) for node, _, body in statements(text, {"NAMES": 1.0}, {"asked": 1.0}, {}) if body]

    assert found == [("made", True)]
