"""PURE: what a candidate changes, and what kind of file each change is about."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from agents.workspace.layout import Layout
from agents.workspace.mirror import Entry

Kind = Literal["source", "test", "data", "settings", "read", "docs"]

SETTINGS = frozenset({
    "pyproject.toml", "setup.cfg", "tox.ini", "pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "mypy.ini",
    ".mypy.ini", "ruff.toml", ".ruff.toml", ".coveragerc", ".coveragerc.toml", ".flake8", ".pylintrc", "pylintrc",
    ".pylintrc.toml", "pylintrc.toml", "pyrightconfig.json", "basedpyrightconfig.json", ".bandit", "bandit.yaml",
    "bandit.yml", "bandit.toml", ".pre-commit-config.yaml", "noxfile.py", "kaizen.toml", ".isort.cfg", ".pycodestyle",
    "codecov.yml", ".codecov.yml", "sonar-project.properties", ".semgrepignore", ".gitleaks.toml", ".gitleaksignore",
    ".secrets.baseline", ".importlinter", "tsconfig.json", ".nycrc", "Makefile", "makefile", "GNUmakefile", "justfile",
    "Justfile", "Taskfile.yml", ".gitlab-ci.yml", "azure-pipelines.yml", "Jenkinsfile", ".travis.yml",
    ".pyre_configuration", "pytype.cfg", ".ruffignore", ".style.yapf", ".mutmut-config", "dodo.py", "tasks.py",
})  # fmt: skip
"""Files that measuring tools, and what runs them, read by themselves."""
SETTINGS_FOLDERS = (".github/", ".circleci/", ".buildkite/", ".gitlab/", ".husky/")
SETTINGS_PATTERN = re.compile(
    r"\.?(eslint|stylelint|prettier|jest|vitest|playwright|cypress|biome)[\w.]*\.?(rc|config|json)[\w.]*"
)
READ = frozenset({"sitecustomize.py", "usercustomize.py", ".gitattributes", ".gitmodules", ".envrc", "pyvenv.cfg"})
"""Files that the interpreter, git or a shell reads by itself."""
READ_ENDINGS = (".pth", ".pyc", ".pyo", ".egg-link")
METADATA = re.compile(r"\.(egg|dist)-info/")
DOCS = (".md", ".rst", ".adoc")
DOC_FOLDERS = frozenset({"doc", "docs", "changes", "changelog.d", "newsfragments"})


@dataclass(frozen=True, slots=True)
class Change:
    """One path that is not the same in both trees."""

    path: str
    """Relative to the root of the repository."""
    kind: Kind
    before: Entry | None
    after: Entry | None


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything a candidate changes."""

    all: tuple[Change, ...]

    def of(self, *kinds: Kind) -> tuple[Change, ...]:
        """Return the changes of some kinds."""
        return tuple(change for change in self.all if change.kind in kinds)

    @property
    def touches_measuring(self) -> bool:
        """Return whether anything changed that decides what the tests find."""
        return bool(self.of("test", "data", "settings", "read"))


def changes_between(
    base: Mapping[str, Entry], candidate: Mapping[str, Entry], prefix: str, layouts: Iterable[Layout]
) -> Changes:
    """Return what differs between two trees, given how the project lies in each."""
    both = tuple(layouts)
    paths = sorted(path for path in base.keys() | candidate.keys() if base.get(path) != candidate.get(path))
    return Changes(
        tuple(Change(path, kind_of(path, prefix, both), base.get(path), candidate.get(path)) for path in paths)
    )


def moved_to(place: str, base: Iterable[str], candidate: Iterable[str]) -> str:
    """Return where a file or folder of the base stands in the candidate; the same place when it did not move whole."""
    old, new = frozenset(base), frozenset(candidate)
    inside = [path.removeprefix(place) for path in old if path == place or path.startswith(f"{place}/")]
    if not inside or any(f"{place}{rest}" in new for rest in inside):
        return place
    first = inside[0]
    homes = [path.removesuffix(first) if first else path for path in new - old if path.endswith(first or f"/{place}")]
    whole = [home for home in homes if all(f"{home}{rest}" in new for rest in inside)]
    return whole[0] if len(whole) == 1 else place


def kind_of(path: str, prefix: str, layouts: tuple[Layout, ...]) -> Kind:
    """Return what a file is, by its name and by where the project's code lies."""
    name = path.rpartition("/")[2]
    if name in READ or name.endswith(READ_ENDINGS) or METADATA.search(path):
        return "read"
    if name in SETTINGS or path.startswith(SETTINGS_FOLDERS) or SETTINGS_PATTERN.fullmatch(name):
        return "settings"
    inside = path.removeprefix(f"{prefix}/") if prefix else path
    if any(layout.is_of_tests(inside) or inside in layout.tests for layout in layouts):
        return "test" if name.endswith(".py") else "data"
    if name.endswith((".py", ".pyi")):
        return "source"
    sources = {source for layout in layouts for source in layout.sources}
    if any(inside.startswith(f"{source}/") for source in sources):
        return "source"
    folders = set(inside.split("/")[:-1])
    if name.endswith(DOCS) or folders & DOC_FOLDERS or not folders:
        return "docs"
    return "data"


def shadows(
    changes: Changes, prefix: str, layouts: Iterable[Layout], installed: Iterable[str]
) -> list[tuple[Change, str]]:
    """Return added modules that take the name of a module of Python or of an installed package."""
    taken = sys.stdlib_module_names | frozenset(installed)
    roots = {"" if path == "." else f"{path}/" for layout in layouts for path in layout.paths}
    tests = {layout_test.rpartition("/")[0] for layout in layouts for layout_test in layout.tests}
    roots |= {f"{folder}/" if folder else "" for folder in tests}
    found = []
    for change in changes.of("source", "test"):
        inside = change.path.removeprefix(f"{prefix}/") if prefix else change.path
        for root in roots:
            if change.before is not None or not inside.startswith(root) or not inside.endswith(".py"):
                continue
            rest = inside.removeprefix(root)
            name = rest.removesuffix(".py") if "/" not in rest else rest.removesuffix("/__init__.py")
            if name in taken and name not in ("__main__", "conftest", "tests", "test"):
                found.append((change, name))
                break
    return found
