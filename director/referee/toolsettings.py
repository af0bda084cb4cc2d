"""PURE: the configuration of every measuring tool as it is in force, and whether another one is weaker.

What is in force is compared, not where it stands: settings may move between files, and a new file that a tool reads
before the old one replaces all of it.
"""

from __future__ import annotations

import configparser
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

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
NEUTRAL = re.compile(
    r"marker|minversion|log_|_log|junit|cache|colou?r|output|format|isort|convention|quote|indent|known|profile|show|"
    r"skip_covered|skip_empty|python_version|target_version|pythonversion|platform|python_files|python_classes|"
    r"python_functions|testpaths|pythonpath|asyncio|console|report\.sort|precision|title|directory|data_file|parallel|"
    r"concurrency|sigterm|relative_files|paths|src|namespace|mypy_path|plugins|timeout|required_version|tmp_path|"
    r"doctest|faulthandler|usefixtures|description|jobs|score|msg_template|venv|addopts$|builtins|dummy_variable"
)
WEAKENS = re.compile(
    r"ignore|exclude|omit|disable(?!_error_code_x)|skip|deselect|allow|exempt|norecurse|suppress|baseline|whitelist|"
    r"partial_|unfixable|untyped_calls_exclude|implicit|generated_members|no_strict|excepted|unmatched"
)
STRENGTHENS = re.compile(
    r"select|enable|strict|warn|check|disallow|require|fail|error|source|include|load_plugins|branch|packages|files|"
    r"report|rules|contracts|enabled|ratchet|tests|targets|extra_checks|local_partial|verbose"
)
STRICT_WHEN_TRUE = re.compile(
    r"disallow|warn|strict|check|no_implicit|no_site|require|report|fail|error|extra_checks|enable|extra|branch|local_"
)
LAX_WHEN_TRUE = re.compile(r"ignore|allow|skip|implicit|exclude|disable|no_strict|exit_zero|exit_0|permissive|omit|lax")
LEVELS = {
    "off": 0, "none": 0, "ignore": 0, "hint": 1, "information": 1, "basic": 1, "default": 1, "warning": 2, "warn": 2,
    "standard": 2, "error": 3, "recommended": 3, "strict": 3, "all": 4,
}  # fmt: skip
"""Words by which tools say how strict they are."""
BY_DEFAULT = {"ruff": ("E4", "E7", "E9", "F"), "flake8": ("E", "F", "W", "C90")}
"""What linters look for unless they are told: a first selection may leave none of it out."""
USUAL_LINE = 79.0
"""The shortest limit of a line that a tool has when it is told none; a limit that is gone is at least as strict."""
MYPY_STRICT = dict.fromkeys((
    "warn_unused_configs", "disallow_any_generics", "disallow_subclassing_any", "disallow_untyped_calls",
    "disallow_untyped_defs", "disallow_incomplete_defs", "check_untyped_defs", "disallow_untyped_decorators",
    "warn_redundant_casts", "warn_unused_ignores", "warn_return_any", "no_implicit_reexport", "strict_equality",
    "extra_checks",
), True)  # fmt: skip
"""What `strict` stands for, where nothing is said of it by its own name."""
LOWER_IS_WEAKER = re.compile(r"fail_under|fail_on|min|threshold|confidence_x|fail-under")
HIGHER_IS_WEAKER = re.compile(r"max|limit|length|tolerance|complexity|allowed")


class Shift(NamedTuple):
    """One setting that is not as it was."""

    tool: str
    key: str
    direction: str
    """`weaker`, `stronger`, `same` or `unclear`."""
    said: str
    path: str
    """The file in which the candidate's tool now finds its settings."""


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


def shifts(before: Mapping[str, str], after: Mapping[str, str], moved: Callable[[str], str] = str) -> Iterator[Shift]:
    """Yield how the settings in force differ; texts by path, and what tells where a file or folder moved."""
    old, new = settings_of(before), settings_of(after)
    for folder, tool in sorted(old.keys() | new.keys()):
        _, was = old.get((folder, tool)) or _above(old, folder, tool)
        path, now = new.get((folder, tool)) or _above(new, folder, tool)
        for key in sorted(was.keys() | now.keys()):
            a, b = was.get(key), now.get(key)
            if a != b and _moved(a, b, moved) != b:
                direction = _direction(tool, key, a, b)
                if direction != "same":
                    yield Shift(tool, key, direction, f"{tool} {key}: {_shown(a)} -> {_shown(b)}", path)


def _moved(a: Any, b: Any, moved: Callable[[str], str]) -> Any:
    """Return what a setting would be if nothing but the names of moved places had changed in it."""
    if isinstance(a, str):
        return moved(a)
    if isinstance(a, frozenset) and isinstance(b, frozenset):
        return frozenset(moved(word) if moved(word) in b else word for word in a)
    return a


def _above(found: Mapping[tuple[str, str], tuple[str, Table]], folder: str, tool: str) -> tuple[str, Table]:
    while folder:
        folder = folder.rpartition("/")[0]
        if (folder, tool) in found:
            return found[folder, tool]
    return "", {}


# --- reading


def _read(name: str, text: str, table: str) -> Table | None:
    try:
        if name.endswith(".toml"):
            return _inside(tomllib.loads(text), table)
        if name.endswith(".json"):
            loaded = json.loads(re.sub(r"^[ \t]*//.*$", "", text, flags=re.MULTILINE) or "{}")
            return loaded if isinstance(loaded, dict) else None
    except (tomllib.TOMLDecodeError, ValueError, RecursionError):
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
        parts = plain.split() if key.endswith("addopts") else re.split(r"[\n,]+", plain)
        return frozenset(part.strip() for part in parts if part.strip())
    return plain


def _spelt_out(tool: str, settings: Table) -> Table:
    """Return settings with what one word stands for in its place."""
    if tool != "mypy" or settings.get("strict") is not True:
        return settings
    return MYPY_STRICT | {key: value for key, value in settings.items() if key != "strict"}


# --- comparing

HIDING_OPTIONS = re.compile(
    r"-k|-m|--deselect.*|--ignore.*|-p|no:.*|--no-cov.*|-x|--exitfirst|--maxfail.*|--co|--collect-only|--reruns.*|"
    r"--lf|--last-failed|--ff|--sw|--stepwise.*|-o|--noconftest|-c|--override-ini.*|--rootdir.*|--disable-.*|--runxfail|"
    r"--force-flaky|--max-runs.*|--nomigrations_x"
)


def _direction(tool: str, key: str, a: Any, b: Any) -> str:
    last = key.rpartition(".")[2]
    if key.endswith("addopts"):
        return _options(_words(a), _words(b))
    if last == "filterwarnings":
        added, removed = _words(b) - _words(a), _words(a) - _words(b)
        weaker = any(w.startswith(("ignore", "default", "once")) for w in added) or any(
            w.startswith("error") for w in removed
        )
        return "weaker" if weaker else "same"
    if last == "follow_imports":
        return "weaker" if b in ("skip", "silent") else "same"
    if tool == "pytest" and last != "xfail_strict" and not WEAKENS.search(last) and not last.startswith("strict"):
        return "same"  # what else changes which tests run is seen by running them
    if last in ("enabled", "target", "ratchet") and tool == "kaizen":
        return "unclear" if last == "target" else _switched(a, b, weak_when=False)
    if tool in ("ruff", "black", "flake8", "project") and last in ("target_version", "min_python", "requires_python"):
        return _older(a, b) if tool != "project" else "unclear" if _older(a, b) == "weaker" else "same"
    if tool == "project":
        return "same"
    if NEUTRAL.search(last) and not WEAKENS.search(last):
        return "same"
    if _level(a) is not None or _level(b) is not None:
        return _levels(a, b)
    if last in ("select", "include") and a is None and isinstance(b, frozenset | str):
        return _first_choice(tool, last, _words(b))
    weak, strong = WEAKENS.search(key), STRENGTHENS.search(last)
    if (isinstance(a, (int, float)) and not isinstance(a, bool)) or (
        isinstance(b, (int, float)) and not isinstance(b, bool)
    ):
        return _number(last, a, b)
    if WEAKENS.search(last):
        weak, strong = True, None  # type: ignore[assignment]
    if isinstance(a, bool) or isinstance(b, bool):
        if STRICT_WHEN_TRUE.match(last) or LAX_WHEN_TRUE.match(last):
            return _switched(a, b, weak_when=not STRICT_WHEN_TRUE.match(last))
        return _switched(a, b, weak_when=bool(weak and not strong)) if weak or strong else "unclear"
    if weak or strong:
        return _set(
            _words(a), _words(b), weak_when_grown=bool(weak and not strong), was_set=a is not None, strong=bool(strong)
        )
    return "unclear" if tool not in ("pytest", "importlinter", "interrogate") else "same"


def _first_choice(tool: str, key: str, chosen: frozenset[str]) -> str:
    """A first choice narrows what was looked at without one."""
    if key == "include":
        return "stronger" if chosen & {"*.py", "**/*.py", "*", "**"} else "weaker"
    usual = BY_DEFAULT.get(tool, ())
    covered = all(any(rule.startswith(each) or each.lower() == "all" for each in chosen) for rule in usual)
    return "stronger" if covered else "weaker"


def _level(value: Any) -> int | None:
    return LEVELS.get(value.lower()) if isinstance(value, str) else None


def _levels(a: Any, b: Any) -> str:
    """Compare words like `basic` and `strict`; a switch is one of the two ends."""
    was = (3 if a else 0) if isinstance(a, bool) else _level(a)
    now = (3 if b else 0) if isinstance(b, bool) else _level(b)
    if was is None or now is None:
        known = was if now is None else now
        stronger = (known == 0) == (now is None)
        return "stronger" if stronger and known in (0, 3, 4) else "weaker" if known in (0, 3, 4) else "unclear"
    return "weaker" if now < was else "stronger"


def _older(a: Any, b: Any) -> str:
    """For an older Python a tool finds less."""
    was, now = ([_minor(word) for word in _words(value)] for value in (a, b))
    if not now or (not was and min(now) >= NEWEST):
        return "same"
    return "weaker" if min(now) < (min(was) if was else NEWEST) else "same"


NEWEST = 9
"""The minor version that linters take for granted."""


def _minor(version: str) -> int:
    found = re.search(r"3\.?(\d+)", version)
    return int(found[1]) if found else NEWEST


def _options(a: frozenset[str], b: frozenset[str]) -> str:
    added, removed = b - a, a - b
    lowered = _under(b) is not None and _under(a) is not None and (_under(b) or 0) < (_under(a) or 0)
    if lowered or (_under(a) is not None and _under(b) is None):
        return "weaker"
    if any(HIDING_OPTIONS.fullmatch(option) or option.startswith("ignore") for option in added):
        return "weaker"
    if any(
        option.startswith(("--strict", "-Werror", "error", "--cov", "--doctest"))
        for option in removed
        if "fail-under" not in option
    ):
        return "weaker"
    return "same"


def _under(options: frozenset[str]) -> float | None:
    found = [re.search(r"--cov-fail-under[= ]?([\d.]+)", option) for option in options]
    return next((float(match.group(1)) for match in found if match), None)


def _switched(a: Any, b: Any, *, weak_when: bool) -> str:
    was = (weak_when is True and a is True) or (weak_when is False and a is False)
    now = (weak_when is True and b is True) or (weak_when is False and b is False)
    if now and not was:
        return "weaker"
    if not weak_when and a is True and b is None:
        return "weaker"
    return "same" if was == now and a is not None and b is not None else "stronger"


def _number(last: str, a: Any, b: Any) -> str:
    if last.endswith("line_length") and b is None:
        b = USUAL_LINE
    if LOWER_IS_WEAKER.search(last):
        return "weaker" if b is None or (a is not None and _as_number(b) < _as_number(a)) else "stronger"
    if HIGHER_IS_WEAKER.search(last):
        return "weaker" if b is None or (a is not None and _as_number(b) > _as_number(a)) else "stronger"
    return "unclear"


def _set(a: frozenset[str], b: frozenset[str], *, weak_when_grown: bool, was_set: bool, strong: bool) -> str:
    grown, shrunk = b - a, a - b
    if weak_when_grown:
        return "weaker" if grown else "stronger"
    shrunk = frozenset(one for one in shrunk if not _is_within(one, b))
    if not was_set and strong:
        return "stronger" if b else "weaker"
    return "weaker" if shrunk and not b & {"ALL", "all"} else "stronger"


def _is_within(rule: str, chosen: frozenset[str]) -> bool:
    """Return whether a shorter code stands for a rule: `E` is `E4`, `E7` and `E9` among others."""
    return any(re.fullmatch(f"{re.escape(each)}[0-9]+", rule) for each in chosen if re.fullmatch("[A-Z]+[0-9]*", each))


def _words(value: Any) -> frozenset[str]:
    if value is None:
        return frozenset()
    return value if isinstance(value, frozenset) else frozenset([str(value)])


def _as_number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


def _shown(value: Any) -> str:
    if isinstance(value, frozenset):
        return "[" + ", ".join(sorted(value)) + "]"
    return "not set" if value is None else str(value)[:80]
