"""PURE: the configuration of every measuring tool as it is in force, wherever it stands, in plain words and sets."""

from __future__ import annotations

import configparser
import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from agents.workspace import toml_reading

Table = dict[str, Any]

PRECEDENCE: dict[str, tuple[tuple[str, str], ...]] = {
    "ruff": ((".ruff.toml", ""), ("ruff.toml", ""), ("pyproject.toml", "tool.ruff")),
    "pytest": (
        ("pytest.toml", "pytest"), (".pytest.toml", "pytest"), ("pytest.ini", "pytest"), (".pytest.ini", "pytest"),
        ("pyproject.toml", "tool.pytest"), ("tox.ini", "pytest"), ("setup.cfg", "tool:pytest"),
    ),
    "mypy": (("mypy.ini", "mypy*"), (".mypy.ini", "mypy*"), ("pyproject.toml", "tool.mypy"), ("setup.cfg", "mypy*")),
    "coverage": (
        (".coveragerc", "*"), (".coveragerc.toml", ""), ("setup.cfg", "coverage:*"), ("tox.ini", "coverage:*"),
        ("pyproject.toml", "tool.coverage"),
    ),
    "flake8": ((".flake8", "flake8"), ("setup.cfg", "flake8"), ("tox.ini", "flake8")),
    "pylint": (
        ("pylintrc", "*"), ("pylintrc.toml", "tool.pylint"), (".pylintrc", "*"), (".pylintrc.toml", "tool.pylint"),
        ("pyproject.toml", "tool.pylint"), ("setup.cfg", "pylint*"), ("tox.ini", "pylint*"),
    ),
    "pyright": (("pyrightconfig.json", ""), ("pyproject.toml", "tool.pyright")),
    "basedpyright": (("basedpyrightconfig.json", ""), ("pyproject.toml", "tool.basedpyright")),
    "bandit": ((".bandit", "bandit"), ("bandit.toml", "tool.bandit"), ("pyproject.toml", "tool.bandit")),
    "kaizen": (("kaizen.toml", ""),),
    "interrogate": (("pyproject.toml", "tool.interrogate"), ("setup.cfg", "tool:interrogate")),
    "vulture": (("pyproject.toml", "tool.vulture"),),
    "deptry": (("pyproject.toml", "tool.deptry"),),
    "importlinter": ((".importlinter", "*"), ("setup.cfg", "importlinter*"), ("pyproject.toml", "tool.importlinter")),
    "pydocstyle": ((".pydocstyle", "*"), ("setup.cfg", "pydocstyle"), ("pyproject.toml", "tool.pydocstyle")),
    "pycodestyle": ((".pycodestyle", "*"), ("setup.cfg", "pycodestyle"), ("tox.ini", "pycodestyle")),
    "project": (("pyproject.toml", "project"),),
    "mutmut": (("setup.cfg", "mutmut"), ("pyproject.toml", "tool.mutmut")),
}  # fmt: skip
"""Where each tool looks, first found wins: (file, table or sections)."""
BY_DEFAULT = {"ruff": ("E4", "E7", "E9", "F"), "flake8": ("E", "F", "W", "C90")}
"""What linters look for unless they are told: a first selection may leave none of it out."""
MYPY_STRICT = dict.fromkeys((
    "warn_unused_configs", "disallow_any_generics", "disallow_subclassing_any", "disallow_untyped_calls",
    "disallow_untyped_defs", "disallow_incomplete_defs", "check_untyped_defs", "disallow_untyped_decorators",
    "warn_redundant_casts", "warn_unused_ignores", "warn_return_any", "no_implicit_reexport", "strict_equality",
    "extra_checks",
), True)  # fmt: skip
"""What `strict` stands for, where nothing is said of it by its own name."""


def settings_of(files: Mapping[str, str]) -> dict[tuple[str, str], tuple[str, Table]]:
    """Return what is in force by (folder, tool): the file it stands in and the flat table of its keys."""
    found: dict[tuple[str, str], tuple[str, Table]] = {}
    for folder in sorted({path.rpartition("/")[0] for path in files}):
        for tool, places in PRECEDENCE.items():
            for name, table in places:
                path = f"{folder}/{name}" if folder else name
                settings = _read(name, files[path], table) if path in files else None
                if settings is not None:
                    found[folder, tool] = (path, _spelt_out(tool, dict(_flat(settings))))
                    break
    return found


def words(value: Any) -> frozenset[str]:
    if value is None:
        return frozenset()
    return value if isinstance(value, frozenset) else frozenset([str(value)])


def _read(name: str, text: str, table: str) -> Table | None:
    try:
        if name.endswith(".toml"):
            return _inside(toml_reading.loads(text), table)
        if name.endswith(".json"):
            loaded = json.loads(re.sub(r"^[ \t]*//.*$", "", text, flags=re.MULTILINE) or "{}")
            return loaded if isinstance(loaded, dict) else None
    except (ValueError, RecursionError):
        return {"unreadable": text}
    config = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    try:
        config.read_string(text)
    except configparser.Error:
        return {"unreadable": text} if name not in ("setup.cfg", "tox.ini") else None
    pattern = re.compile(re.escape(table).replace(r"\*", ".*"))
    sections = [section for section in config.sections() if pattern.fullmatch(section)]
    if not sections and not (name.endswith(("pytest.ini", "mypy.ini", ".coveragerc", ".flake8", "pylintrc"))):
        return None
    return {_section(section, table): dict(config[section]) for section in sections}


def _section(section: str, table: str) -> str:
    stem = table.rstrip("*").rstrip(":-_")
    rest = section.removeprefix(stem).lstrip(":-_. ") if stem else section
    return f"overrides.{rest}" if rest and stem == "mypy" else rest


def _inside(table: Table, path: str) -> Table | None:
    for part in path.split(".") if path else []:
        found = table.get(part)
        if not isinstance(found, dict):
            return None
        table = found
    return table


def _flat(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Yield keys with values: texts with several words or lines as sets, tables of a list by what they are about."""
    if isinstance(value, dict):
        for key, part in value.items():
            name = str(key).lower().replace("-", "_").replace(" ", "_")
            yield from _flat(part, f"{at}.{name}" if at and name not in ("", "ini_options") else at or name)
    elif isinstance(value, list) and value and all(isinstance(part, dict) for part in value):
        for part in value:
            about = part.get("module", part.get("name", part.get("path", "")))
            for one in about if isinstance(about, list) else [about]:
                rest = {k: v for k, v in part.items() if k not in ("module", "name")}
                yield from _flat(rest, f"{at}.{one}")
    elif isinstance(value, list):
        yield at, frozenset(str(part) for part in value)
    elif isinstance(value, str):
        yield at, _value(at, value)
    else:
        yield at, value


def _value(key: str, text: str) -> Any:
    plain = text.strip()
    if plain.lower() in ("true", "yes", "on"):
        return True
    if plain.lower() in ("false", "no", "off"):
        return False
    if re.fullmatch(r"-?\d+(\.\d+)?", plain):
        return float(plain)
    if key.endswith("addopts") or "\n" in plain or "," in plain:
        parts = _split(plain) if key.endswith("addopts") else re.split(r"[\n,]+", plain)
        return frozenset(part.strip() for part in parts if part.strip())
    return plain


def _spelt_out(tool: str, settings: Table) -> Table:
    """Return settings with what one word stands for in its place, and what is usual left out."""
    if tool == "ruff":
        return _of_ruff(settings)
    if tool == "mypy" and settings.get("no_implicit_optional") is True:
        settings = {key: value for key, value in settings.items() if key != "no_implicit_optional"}
    if tool != "mypy" or settings.get("strict") is not True:
        return settings
    return MYPY_STRICT | {key: value for key, value in settings.items() if key != "strict"}


def _split(options: str) -> list[str]:
    try:
        return shlex.split(options)
    except ValueError:
        return options.split()


def _of_ruff(settings: Table) -> Table:
    """Return ruff's settings under the shorter of their names, what extends a list as a part of it."""
    plain = {key.removeprefix("lint."): value for key, value in settings.items()}
    for name in ("select", "ignore", "per_file_ignores"):
        for key in [key for key in plain if key == f"extend_{name}" or key.startswith(f"extend_{name}.")]:
            usual = frozenset(BY_DEFAULT["ruff"]) if name == "select" else frozenset[str]()
            known = key.removeprefix("extend_")
            plain[known] = (words(plain.get(known)) or usual) | words(plain.pop(key))
    return plain
