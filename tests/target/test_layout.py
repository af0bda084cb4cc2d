"""Where a project's code and tests are found, and what they are written for."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.workspace.addopts import kept_options
from agents.workspace.layout import read_layout


def lay(folder: Path, *names: str, **texts: str) -> Path:
    """Make empty files, and files with a text by their name with `__` for a slash and `_py` for the ending."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    for name, text in texts.items():
        (folder / name.replace("__", "/").replace("_DOT_", ".")).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("files", "sources", "paths"),
    [
        (["pkg/__init__.py", "pkg/a.py", "tests/test_a.py", "docs/conf.py", "setup.py"], ["pkg"], ["."]),
        (["src/pkg/__init__.py", "src/other.py", "tests/test_a.py"], ["src/other.py", "src/pkg"], ["src", "."]),
        (["lib/pkg/__init__.py", "test_a.py"], ["lib/pkg"], ["lib", "."]),
        (["one.py", "test_one.py", "setup.py", "conftest.py"], ["one.py"], ["."]),
        (["space/inner/a.py", "tests/test_a.py"], ["space"], ["."]),
        (["pkg/__init__.py", "pkg/tests/__init__.py", "pkg/tests/test_a.py"], ["pkg"], ["."]),
        (["tests/test_a.py"], [], ["."]),
        (["pkg/__init__.py", ".venv/lib/x.py", "node_modules/a/b.py", "build/lib/pkg/__init__.py"], ["pkg"], ["."]),
    ],
)
def test_the_sources_are_found(tmp_path: Path, files: list[str], sources: list[str], paths: list[str]) -> None:
    """Flat, src, lib, single modules, namespace packages, tests inside the package."""
    layout = read_layout(lay(tmp_path, *files))

    assert (list(layout.sources), list(layout.paths)) == (sources, paths)
    assert not any("test" in path for path in layout.files)


def test_a_folder_of_sources_named_by_the_project_comes_first(tmp_path: Path) -> None:
    """What the build is told is what we believe."""
    lay(tmp_path, "python/pkg/__init__.py", "src/rust_glue.py")
    (tmp_path / "pyproject.toml").write_text("[tool.setuptools.packages.find]\nwhere = ['python']\n")

    assert read_layout(tmp_path).sources == ("python/pkg",)


@pytest.mark.parametrize(
    ("text", "runner"),
    [
        ("import unittest\nclass A(unittest.TestCase):\n    def test_a(self): pass\n", "unittest"),
        ("def test_a(): pass\n", "pytest"),
        ("import pytest\nimport unittest\n", "pytest"),
        ("class TestA:\n    def test_a(self): pass\n", "pytest"),
    ],
)
def test_the_runner_is_the_one_the_tests_are_written_for(tmp_path: Path, text: str, runner: str) -> None:
    """Read from the tests themselves when nothing is configured."""
    lay(tmp_path, test_a_DOT_py=text)

    assert read_layout(tmp_path).runner == runner


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\naddopts = -k 'not slow' -x\n"),
        ("tox.ini", "[pytest]\naddopts = -k 'not slow' -x\n"),
        ("setup.cfg", "[tool:pytest]\naddopts = -k 'not slow' -x\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\naddopts = ['-k', 'not slow', '-x']\n"),
        ("pyproject.toml", "[tool.pytest]\naddopts = ['-k', 'not slow', '-x']\n"),
    ],
)
def test_the_options_of_the_configuration_are_read(tmp_path: Path, name: str, text: str) -> None:
    """From whichever file pytest would read, above the project too."""
    folder = lay(tmp_path / "sub", "test_a.py")
    (tmp_path / name).write_text(text)

    layout = read_layout(folder, tmp_path)

    assert (layout.runner, kept_options(layout.addopts)[0]) == ("pytest", ["-k", "not slow"])


def test_a_broken_configuration_is_read_as_none(tmp_path: Path) -> None:
    """A hostile or broken file must not end the run."""
    lay(tmp_path, "pkg/__init__.py", pyproject_DOT_toml="[tool.pytest\n")
    (tmp_path / "setup.cfg").write_bytes(b"\xff\xfe[options\x00")

    assert read_layout(tmp_path).sources == ("pkg",)


@pytest.mark.parametrize(
    ("text", "settings", "told"),
    [
        ("from one import f\n\n\ndef test_f():\n    assert f()\n", "", ("tests.py",)),
        ("print('tried out')\n", "", ()),
        ("def test_f():\n    pass\n", "[pytest]\ntestpaths = more\n", ()),
        ("def test_f():\n    pass\n", "[pytest]\npython_files = check_*.py\n", ()),
    ],
)
def test_a_file_beside_the_code_that_holds_all_tests_is_named_to_pytest(
    tmp_path: Path, text: str, settings: str, told: tuple[str, ...]
) -> None:
    """Pytest itself would not find it; where the project says what to look into, that is what it means."""
    folder = lay(tmp_path, "one.py", **{"tests_DOT_py": text}, **({"pytest_DOT_ini": settings} if settings else {}))

    assert read_layout(folder).told == told
