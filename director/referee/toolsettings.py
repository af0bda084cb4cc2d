"""PURE: the configuration of every measuring tool as it is in force, and whether another one is weaker.

What is in force is compared, not where it stands: settings may move between files, and a new file that a tool reads
before the old one replaces all of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from director.referee.inforce import BY_DEFAULT, Table, settings_of, words

NEUTRAL = re.compile(
    r"marker|minversion|log_|_log|junit|cache|colou?r|output|format|isort|convention|quote|indent|known|profile|show|"
    r"skip_covered|skip_empty|python_version|target_version|pythonversion|platform|python_files|python_classes|"
    r"python_functions|testpaths|pythonpath|asyncio|console|report\.sort|precision|title|directory|data_file|parallel|"
    r"concurrency|sigterm|relative_files|paths|src|namespace|mypy_path|plugins|timeout|required_version|tmp_path|"
    r"doctest|faulthandler|usefixtures|description|jobs|score|msg_template|venv|addopts$|builtins|dummy_variable|"
    r"^pretty$|^fix$|dynamic_context|persistent"
)
NO_MATTER = re.compile(r"(?:lint\.)?(?:isort|flake8_import_conventions)\..*|(?:lint\.)?ignore_init_module_imports|"
                       r"run\.disable_warnings|paths\..*")  # fmt: skip
NEVER_RUN = re.compile(
    r"[\s^\\(?:]*(?:(?:if|elif)\s+(?:t\.|typing\.)?TYPE_CHECKING|if\s+__name__\s*==\s*\S+__main__\S+|"
    r"raise\s+NotImplementedError|(?:if|elif)\s+sys\.version_info|@(?:t\.|typing\.)?overload|"
    r"@(?:abc\.)?abstractmethod|(?:#\s*)?pragma: no cover)(?:\\b)?[\s$:()|\\]*"
)
"""Lines, as coverage is told of them, that no test could run: leaving them out hides nothing."""
"""Settings by their whole names that hide nothing, whatever words are in them."""
FIRST = frozenset({"ignore_missing_imports"})
"""What a first configuration may say: it is about what is installed, not about the code."""
LINTERS = frozenset({"flake8", "pycodestyle", "ruff"})
"""Tools that know the same rules by the same names, and may take each other's place."""
OWN = frozenset({"ruff", "pytest", "mypy", "coverage", "bandit", "kaizen", "project"})
"""Tools that are asked here also where nobody configures them, and what is read for them."""
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
USUAL_LINE = 79.0
"""The shortest limit of a line that a tool has when it is told none; a limit that is gone is at least as strict."""
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


def shifts(before: Mapping[str, str], after: Mapping[str, str], moved: Callable[[str], str] = str) -> Iterator[Shift]:
    """Yield how the settings in force differ; texts by path, and what tells where a file or folder moved."""
    old, new = settings_of(before), settings_of(after)
    for folder, tool in sorted(old.keys() | new.keys()):
        there, was = old.get((folder, tool)) or _above(old, folder, tool)
        path, now = new.get((folder, tool)) or _above(new, folder, tool)
        if not there and tool not in OWN:
            continue  # whoever was not asked said nothing
        replaced = not now and _replaced(tool, was, folder, old, new)
        for key in sorted(was.keys() | now.keys()):
            a, b = was.get(key), now.get(key)
            if a != b and _moved(a, b, moved) != b:
                direction = "same" if replaced or NO_MATTER.fullmatch(key) else _direction(tool, key, a, b)
                if direction == "weaker" and (_is_vain(tool, key, a, b, was) or (not there and key in FIRST)):
                    direction = "same"
                if direction != "same":
                    yield Shift(tool, key, direction, f"{tool} {key}: {_shown(a)} -> {_shown(b)}", path)


Found = Mapping[tuple[str, str], tuple[str, Table]]


def _replaced(tool: str, was: Table, folder: str, old: Found, new: Found) -> bool:
    """Return whether another tool is newly asked for, or asked for more, and finds what this one was told to find."""
    for other in LINTERS - {tool} if tool in LINTERS else ():
        there, before = new.get((folder, other), ("", {}))[1], old.get((folder, other), ("", {}))[1]
        if there and there != before and all(_is_looked_for(other, rule, there) for rule in _selected(tool, was)):
            return True
    return False


def _selected(tool: str, settings: Table) -> frozenset[str]:
    return words(settings.get("select")) or frozenset(BY_DEFAULT.get(tool, ()))


def _is_looked_for(tool: str, rule: str, settings: Table) -> bool:
    chosen = _selected(tool, settings)
    return any(each == "ALL" or rule.startswith(each) or each.startswith(rule) for each in chosen)


def _is_vain(tool: str, key: str, a: Any, b: Any, was: Table) -> bool:
    """Return whether what is newly ignored is nothing that was looked for before."""
    last = key.rpartition(".")[2]
    if last == "filterwarnings":
        asked = words(was.get(key)) | frozenset(word for each, part in was.items() if each.endswith("addopts")
                                                 for word in words(part))  # fmt: skip
        return not any(word.startswith(("error", "-Werror")) for word in asked)
    rules = words(b) - words(a)
    if tool == "coverage" and last in ("exclude_lines", "exclude_also"):
        return all(NEVER_RUN.fullmatch(rule.replace("\\s+", " ").replace("\\s*", "")) for rule in rules)
    ignores = last.endswith("ignore") or "per_file_ignores" in key
    return tool in BY_DEFAULT and ignores and not any(_is_looked_for(tool, rule, was) for rule in rules)


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


# --- comparing

HIDING_OPTIONS = re.compile(
    r"-k|-m|--deselect.*|--ignore.*|-p|no:.*|--no-cov.*|-x|--exitfirst|--maxfail.*|--co|--collect-only|--reruns.*|"
    r"--lf|--last-failed|--ff|--sw|--stepwise.*|-o|--noconftest|-c|--override-ini.*|--rootdir.*|--disable-.*|--runxfail|"
    r"--force-flaky|--max-runs.*|--nomigrations_x"
)


def _direction(tool: str, key: str, a: Any, b: Any) -> str:
    last = key.rpartition(".")[2]
    if key.endswith("addopts"):
        return _options(words(a), words(b))
    if last == "filterwarnings":
        added, removed = words(b) - words(a), words(a) - words(b)
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
        return _first_choice(tool, last, words(b))
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
            words(a), words(b), weak_when_grown=bool(weak and not strong), was_set=a is not None, strong=bool(strong)
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
    was, now = ([_minor(word) for word in words(value)] for value in (a, b))
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
        if "fail-under" not in option and not (option == "--strict" and "--strict-markers" in added)
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


def _as_number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


def _shown(value: Any) -> str:
    if isinstance(value, frozenset):
        return "[" + ", ".join(sorted(value)) + "]"
    return "not set" if value is None else str(value)[:80]
