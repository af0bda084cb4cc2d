"""Reads how a project lies in its folder: where its code is, where its tests are, how they are run.

Files are read as data and nothing is executed; links are not followed.
"""

from __future__ import annotations

import ast
import configparser
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Literal, NamedTuple

from agents.workspace import toml_reading

READ = 1024 * 1024
"""Bytes read of one file at most."""
TEST_FOLDERS = frozenset({"test", "tests", "testing", "unittests", "unit_tests"})
NO_CODE = TEST_FOLDERS | {
    "doc", "docs", "example", "examples", "benchmark", "benchmarks", "bench", "build", "dist", "node_modules",
    "venv", "env", "site-packages", "__pycache__", "sample", "samples", "script", "scripts", "tools", "ci",
    "requirements", "vendor", "third_party", "notebooks",
}  # fmt: skip
NO_MODULE = frozenset({"setup", "conftest", "noxfile", "tasks", "fabfile", "conf", "dodo", "toxfile", "run_tests"})
ALONE = ("test.py", "tests.py")
"""How people call a file beside their code that holds all its tests, and that they name when they run them."""
SKIPPED = frozenset({"node_modules", "venv", "env", "site-packages", "__pycache__", "build", "dist"})


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things are, all paths relative to the project directory."""

    sources: tuple[str, ...]
    """Packages (folders) and single modules that hold the project's code."""
    paths: tuple[str, ...]
    """Folders that belong on the import path, the project directory among them as `.`."""
    files: tuple[str, ...]
    """Every Python file of the sources, tests left out."""
    tests: tuple[str, ...]
    """Every test file."""
    runner: Literal["pytest", "unittest"]
    """What the tests are written for."""
    addopts: tuple[str, ...] = ()
    """Options the project's pytest configuration always gives."""
    rooms: tuple[str, ...] = ()
    """Folders of tests, and single modules they share, whose names do not say so."""
    told: tuple[str, ...] = ()
    """Test files that pytest only finds when it is told to look into them."""

    def is_of_tests(self, path: str) -> bool:
        """Return whether a file belongs to the tests, by its name or by where it stands."""
        return is_test_path(path) or path in self.rooms or path.startswith(tuple(f"{room}/" for room in self.rooms))


def read_layout(project: Path, root: Path | None = None) -> Layout:
    """Look at the project below `project`; its pytest configuration may lie as high as `root`."""
    python = tuple(python_files(project))
    pyproject = read_toml(project / "pyproject.toml")
    configured, addopts, named, patterns = pytest_settings(project, root or project)
    marked = _marked(project, python, patterns)
    rooms = rooms_of(project, python, named, marked)
    elsewhere = tuple(path for path in python if not _within(path, rooms))
    sources, paths = _sources(project, pyproject, elsewhere)
    files = tuple(path for path in elsewhere if _within(path, sources) and not is_test_path(path))
    tests = tuple(path for path in python if is_test_file(path) or path in marked)
    uses_pytest = configured or any(Path(path).name == "conftest.py" for path in python)
    if not uses_pytest and tests:
        uses_pytest = any(_written_for_pytest(read_text(project / path)) for path in tests)
    runner: Literal["pytest", "unittest"] = "pytest" if uses_pytest or not tests else "unittest"
    told = (
        ()
        if patterns.files or named
        else tuple(path for path in ALONE if _defines(read_text(project / path), patterns))
    )
    return Layout(sources, paths, files, tests, runner, addopts, rooms, told if runner == "pytest" else ())


def python_files(project: Path) -> Iterator[str]:
    """Yield the project's Python files, sorted, without environments, caches and hidden folders."""
    for folder, names, files in os.walk(project):
        names[:] = sorted(
            name for name in names
            if not name.startswith(".") and name not in SKIPPED and not name.endswith(".egg-info")
            and not Path(folder, name, "pyvenv.cfg").exists() and not Path(folder, name).is_symlink()
        )  # fmt: skip
        here = Path(folder).relative_to(project)
        for name in sorted(files):
            if name.endswith(".py"):
                yield (here / name).as_posix()


def is_test_file(path: str) -> bool:
    """Return whether a file holds tests, by the names pytest and unittest look for."""
    name = path.rpartition("/")[2]
    return bool(re.fullmatch(r"test.*\.py|.*_tests?\.py", name))


def is_test_path(path: str) -> bool:
    """Return whether a file is part of the tests: a test file, a conftest, or anything in a folder of tests."""
    folders = path.split("/")[:-1]
    name = path.rpartition("/")[2]
    in_tests = any(folder in TEST_FOLDERS for folder in folders)
    return in_tests or name == "conftest.py" or bool(re.fullmatch(r"test_.*\.py|.*_tests?\.py|tests?\.py", name))


# --- tests whose names do not say so

SHARED = re.compile(r"^(?:import|from) (?:pytest|unittest|hypothesis|nose)\b", re.MULTILINE)


def rooms_of(project: Path, python: tuple[str, ...], named: tuple[str, ...], marked: frozenset[str]) -> tuple[str, ...]:
    """Return the folders that hold tests and little else, and the modules beside the code that only tests need.

    `marked` modules hold tests though their names are not the usual ones.
    """
    by_folder: dict[str, list[str]] = {}
    for path in python:
        by_folder.setdefault(path.rpartition("/")[0], []).append(path)
    code = {path for path in python if not is_test_path(path) and path not in marked}
    found: set[str] = set()
    for folder, held in by_folder.items():
        if not folder or is_test_path(f"{folder}/x"):
            continue
        tests = [path for path in held if is_test_path(path) or path in marked]
        others = [path for path in held if path in code and not path.endswith("/__init__.py")]
        meant = any(_tidy(name) == folder for name in named) and f"{folder}/__init__.py" not in held
        mostly = len(tests) > len(others) or (meant and 2 * len(tests) >= len(others))
        beside = any(not path.startswith(f"{folder}/") and Path(path).stem not in NO_MODULE for path in code)
        if tests and mostly and beside and not _is_needed(project, folder, others, code):
            found.add(folder)
    for path in by_folder.get("", []):
        text = read_text(project / path) if path in code and path[:-3] not in NO_MODULE else ""
        if SHARED.search(text) and not _is_needed(project, "", [path], code):
            found.add(path)
    return tuple(sorted(found | {path for path in marked if not _within(path, tuple(found))}))


def _marked(project: Path, python: tuple[str, ...], patterns: TestNames) -> frozenset[str]:
    """Return the modules that pytest is told to look into and that hold what it is told to take for a test."""
    files = [path for path in python if any(_matches(path, each) for each in patterns.files)]
    return frozenset(path for path in files if not is_test_file(path) and _defines(read_text(project / path), patterns))


def _matches(path: str, pattern: str) -> bool:
    return fnmatch(path if "/" in pattern else path.rpartition("/")[2], pattern)


def _defines(text: str, patterns: TestNames) -> bool:
    def among(name: str, known: tuple[str, ...]) -> bool:
        return any(name.startswith(each) or fnmatch(name, each) for each in known)

    functions = re.findall(r"^[ \t]*(?:async\s+)?def\s+(\w+)", text, re.MULTILINE)
    classes = re.findall(r"^class\s+(\w+)", text, re.MULTILINE)
    return any(among(name, patterns.functions) for name in functions) or any(
        among(name, patterns.classes) for name in classes
    )


def _is_needed(project: Path, folder: str, modules: list[str], code: set[str]) -> bool:
    """Return whether code elsewhere imports one of some modules."""
    names = {path.rpartition("/")[2].removesuffix(".py") for path in modules}
    if folder:
        names = {folder.rpartition("/")[2]} if names else set()
    if not names:
        return False
    pattern = re.compile(rf"^[ \t]*(?:from|import) .*\b(?:{'|'.join(map(re.escape, sorted(names)))})\b", re.MULTILINE)
    rest = (path for path in code if path not in modules and (not folder or not path.startswith(f"{folder}/")))
    return any(pattern.search(read_text(project / path)) for path in sorted(rest))


# --- the sources


def _sources(
    project: Path, pyproject: dict[str, Any], python: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    for base in _bases(project, pyproject):
        found = _code_in(base, python)
        if found:
            return found, ((base, ".") if base != "." else (".",))
    return (), (".",)


def _bases(project: Path, pyproject: dict[str, Any]) -> list[str]:
    """Return the folders to look for packages in, the most likely first."""
    named: list[str] = []
    tool = _table(pyproject, "tool")
    setuptools = _table(tool, "setuptools")
    find = _table(_table(setuptools, "packages"), "find")
    where = find.get("where")
    named += [each for each in where if isinstance(each, str)] if isinstance(where, list) else []
    root = _table(setuptools, "package-dir").get("")
    named += [root] if isinstance(root, str) else []
    for entry in (
        _table(tool, "poetry").get("packages", []) if isinstance(_table(tool, "poetry").get("packages"), list) else []
    ):
        if isinstance(entry, dict) and isinstance(entry.get("from"), str):
            named.append(entry["from"])
    config = read_ini(project / "setup.cfg")
    if config.has_option("options.packages.find", "where"):
        named += config.get("options.packages.find", "where").split()
    if config.has_option("options", "package_dir"):
        named += [
            line.split("=", 1)[1].strip()
            for line in config.get("options", "package_dir").splitlines()
            if line.strip().startswith("=")
        ]
    named += re.findall(r"""package_dir\s*=\s*\{\s*['"]{2}\s*:\s*['"]([\w./-]+)['"]""", read_text(project / "setup.py"))
    inside = [
        _tidy(name) for name in named if is_name(name) and not name.startswith("/") and ".." not in name.split("/")
    ]
    candidates = [name for name in [*inside, "src", "lib", "."] if name == "." or (project / name).is_dir()]
    return [name for name in dict.fromkeys(candidates) if name == "." or not (project / name / "__init__.py").exists()]


def _code_in(base: str, python: tuple[str, ...]) -> tuple[str, ...]:
    prefix = "" if base == "." else base + "/"
    below = [path.removeprefix(prefix) for path in python if path.startswith(prefix)]
    packages = {path.split("/")[0] for path in below if path.count("/") == 1 and path.endswith("/__init__.py")}
    code = {name for name in packages if base != "." or name not in NO_CODE}
    if not code:  # a namespace package: a folder of code without __init__.py
        folders = {path.split("/")[0] for path in below if "/" in path and not is_test_path(path)}
        code = {
            name
            for name in folders
            if name not in NO_CODE and name.isidentifier() and (base != "." or name not in ("src", "lib"))
        }
    modules = {
        path for path in below
        if "/" not in path and not is_test_path(path) and path[:-3] not in NO_MODULE and path[:-3].isidentifier()
    }  # fmt: skip
    return tuple(prefix + name for name in sorted(code | modules))


def _within(path: str, places: tuple[str, ...]) -> bool:
    return path in places or path.startswith(tuple(f"{place}/" for place in places))


def _tidy(name: str) -> str:
    return os.path.normpath(name).replace(os.sep, "/") if name else "."


def _table(table: Any, key: str) -> dict[str, Any]:
    value = table.get(key) if isinstance(table, dict) else None
    return value if isinstance(value, dict) else {}


# --- how the tests are run


def _written_for_pytest(text: str) -> bool:
    if re.search(r"^[ \t]*(import pytest\b|from pytest\b)", text, re.MULTILINE):
        return True
    if re.search(r"^(async )?def test", text, re.MULTILINE):
        return True
    return bool(re.search(r"^class Test\w*(\(object\)|\(\))?:", text, re.MULTILINE))


class TestNames(NamedTuple):
    """By what names pytest is told to find tests; without `files` by the usual ones."""

    files: tuple[str, ...] = ()
    functions: tuple[str, ...] = ("test",)
    classes: tuple[str, ...] = ("Test",)


def pytest_settings(project: Path, root: Path) -> tuple[bool, tuple[str, ...], tuple[str, ...], TestNames]:
    """Return whether pytest is configured at or above the project, `addopts`, `testpaths`, how tests are called."""
    folder = project
    while True:
        found = _settings_in(folder)
        if found is not None:
            return True, *found
        if folder in (root, folder.parent):
            return False, (), (), TestNames()
        folder = folder.parent


def _settings_in(folder: Path) -> tuple[tuple[str, ...], tuple[str, ...], TestNames] | None:
    for name in ("pytest.toml", ".pytest.toml"):
        table = _table(read_toml(folder / name), "pytest")
        if table:
            return _of_pytest(table)
    for name, section in (
        ("pytest.ini", "pytest"), (".pytest.ini", "pytest"), ("pyproject.toml", ""), ("tox.ini", "pytest"),
        ("setup.cfg", "tool:pytest"),
    ):  # fmt: skip
        if not section:
            tool = _table(_table(read_toml(folder / name), "tool"), "pytest")
            if tool:
                return _of_pytest({**tool, **_table(tool, "ini_options")})
            continue
        config = read_ini(folder / name)
        if config.has_section(section) or (name.endswith("pytest.ini") and (folder / name).is_file()):
            return _of_pytest(dict(config.items(section, raw=True)) if config.has_section(section) else {})
    return None


def _of_pytest(table: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...], TestNames]:
    usual = TestNames()
    names = TestNames(
        _words(table.get("python_files")),
        _words(table.get("python_functions")) or usual.functions,
        _words(table.get("python_classes")) or usual.classes,
    )
    return _words(table.get("addopts")), _words(table.get("testpaths")), names


def _words(value: Any) -> tuple[str, ...]:
    import shlex

    if isinstance(value, list):
        return tuple(str(word) for word in value)
    try:
        return tuple(shlex.split(str(value or "")))
    except ValueError:
        return ()


# --- reading files as data


def read_text(path: Path) -> str:
    """Return the text of a regular file, at most 1 MiB; nothing when there is none."""
    if not is_there(path):
        return ""
    with path.open("rb") as stream:
        return stream.read(READ).decode("utf-8", "replace")


def is_name(name: str) -> bool:
    """Return whether a file can be called so: settings may say anything."""
    parts = name.encode("utf-8", "surrogateescape").split(b"/")
    return b"\0" not in name.encode("utf-8", "surrogateescape") and len(name) < 4000 and max(map(len, parts)) <= 255


def is_there(path: Path) -> bool:
    """Return whether a regular file, and no link, is at a path that a project may have made up."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (OSError, ValueError):
        return False


def read_toml(path: Path) -> dict[str, Any]:
    """Return the table; an empty one when the file is missing or broken."""
    try:
        return toml_reading.loads(read_text(path))
    except (ValueError, RecursionError):  # a number of thousands of digits is none of TOML's own errors
        return {}


def read_ini(path: Path) -> configparser.ConfigParser:
    """Return the sections; none when the file is missing or broken."""
    config = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        config.read_string(read_text(path))
    except configparser.Error:
        return configparser.ConfigParser(interpolation=None)
    return config


def parse(text: str) -> ast.Module | None:
    """Return the syntax tree; None when the text is no Python."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
