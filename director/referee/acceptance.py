"""Whether tests that were written before the work show it: they fail on the base, and for the want of that work."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from agents.ports import Limits, SuiteResult, TestOutcome
from agents.tools.target import SandboxedTarget
from agents.workspace.layout import is_test_file, is_test_path, read_layout
from agents.workspace.mirror import Entry
from director.gates.goal import asked_tests, outcomes_of
from director.gates.laid import laid_over
from director.gates.tree import CleanTree
from director.referee.acceptance_by_command import check_by_command, is_named_as_test
from director.referee.accepted import Checked
from director.referee.measuring import Referee
from ledger.events import GateSpec

LIMITS = Limits(wall=300.0)
MOST_FILES, MOST_BYTES = 10, 256 * 1024
PASSES = ("passed", "xpassed")
OWN_MISTAKES = frozenset({
    "FixtureLookupError", "IndentationError", "NameError", "Overrun", "RecursionError", "ScopeMismatch", "SyntaxError",
    "TabError", "UnboundLocalError",
})  # fmt: skip
"""What a test raises because it is written wrong itself, as far as its own lines raise it."""
OTHER_PEOPLES = frozenset({
    "aiohttp", "attr", "bs4", "click", "django", "fastapi", "flask", "freezegun", "httpx", "hypothesis", "jinja2",
    "lxml", "matplotlib", "mock", "networkx", "numpy", "pandas", "PIL", "playwright", "psycopg2", "pydantic",
    "pytest_asyncio", "pytest_mock", "redis", "requests", "requests_mock", "responses", "rich", "scipy", "selenium",
    "six", "sklearn", "sqlalchemy", "starlette", "tensorflow", "torch", "typer", "urllib3", "werkzeug", "yaml",
})  # fmt: skip
"""Packages a test may not wait for: nobody builds them here."""
WANTED_NAME = re.compile(r"No module named '([\w.]+)'")


async def check_acceptance(
    referee: Referee, commit: str, base: str, tree: str, specs: Sequence[GateSpec] = ()
) -> Checked:
    """Return the tests a tree adds to its base when they fail there as they should, else why they are refused.

    `specs` are gates whose commands run tests that are not in Python.
    """
    files, objection = _added(referee, base, tree, foreign=bool(specs))
    if objection:
        return Checked(files, why=objection)
    with referee.checked_out(base) as root:
        target = await referee.target(commit, root)
        if specs and not any(is_test_file(path) for path in files):
            return await check_by_command(CleanTree(target), files, specs)
        objection = next(_written_wrong(files), "") or _other_runner(target, files)
        if objection:
            return Checked(files, why=objection)
        tests = tuple(test for path, text in files.items() for test in _tests_in(path, text))
        if not tests:
            return Checked(files, why="there is no test in it: functions and methods whose names begin with test")
        suites = []
        with laid_over(target, files) as laid:
            wanted = asked_tests(tests, [path for path in files if is_test_file(path)], laid)
            for _ in range(2):
                suites.append(await laid.suite(select=wanted, limits=LIMITS))
    return judged_by(files, tests, suites, _own_modules(target))


def _added(referee: Referee, base: str, tree: str, *, foreign: bool) -> tuple[dict[str, str], str]:
    """Return the text of the added files by project path, and why they cannot be acceptance tests."""
    old, new = referee.mirror.entries(base), referee.mirror.entries(tree)
    changed = [path for path, entry in new.items() if old.get(path) != entry]
    gone = [path for path in old if path not in new]
    touched = [path for path in (*changed, *gone) if path in old]
    if touched:
        return {}, f"acceptance tests are new files; {touched[0]} was there before and must stay as it is"
    if len(changed) > MOST_FILES:
        return {}, f"{len(changed)} files are too many for one step's tests: {MOST_FILES} are the most"
    prefix = f"{referee.prefix}/" if referee.prefix else ""
    found = {}
    for path in sorted(changed):
        text, objection = _text(referee, path, new[path], prefix, foreign=foreign)
        if objection:
            return {}, objection
        found[path.removeprefix(prefix)] = text
    return found, "" if found else "no file was written"


def _text(referee: Referee, path: str, entry: Entry, prefix: str, *, foreign: bool) -> tuple[str, str]:
    inside = path.removeprefix(prefix)
    is_test = is_named_as_test(inside) if foreign else is_test_path(inside)
    if not path.startswith(prefix) or not is_test or Path(inside).name == "conftest.py":
        how = "call it as the project's tests are called" if foreign else "write tests/test_….py"
        return "", f"{path} is no test file: {how}, and write nothing of what is to be built"
    content = referee.mirror.content(entry.blob) if entry.mode.startswith("100") else b""
    if not entry.mode.startswith("100") or len(content) > MOST_BYTES:
        return "", f"{path} is no plain file of at most {MOST_BYTES // 1024} KiB"
    try:
        return content.decode("utf-8"), ""
    except UnicodeDecodeError:
        return "", f"{path} is not UTF-8: write it as UTF-8"


def _written_wrong(files: Mapping[str, str]) -> Iterator[str]:
    for path, text in files.items():
        if not path.endswith(".py"):
            continue
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            yield f"{path} is no Python: {error}"


def _other_runner(target: SandboxedTarget, files: Mapping[str, str]) -> str:
    before = target.layout()
    if not before.tests or before.runner == "pytest":
        return ""
    with laid_over(target, files) as laid:
        after = read_layout(laid.project, laid.root)
    if after.runner == before.runner:
        return ""
    return "the project's tests are written for unittest: write classes of unittest.TestCase, not for pytest"


def _tests_in(path: str, text: str) -> Iterator[str]:
    """Yield the ids of the tests a file defines, as pytest names them."""
    if not is_test_file(path):
        return
    for node in ast.parse(text).body:
        if _is_test(node):
            yield f"{path}::{node.name}"  # type: ignore[attr-defined]
        elif isinstance(node, ast.ClassDef):
            yield from (f"{path}::{node.name}::{each.name}" for each in node.body if _is_test(each))  # type: ignore[attr-defined]


def _is_test(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test")


def _own_modules(target: SandboxedTarget) -> frozenset[str]:
    layout = target.layout()
    return frozenset(part for path in (*layout.sources, *layout.files) for part in Path(path).with_suffix("").parts)


# --- what became of them


def judged_by(
    files: Mapping[str, str], tests: Sequence[str], suites: Sequence[SuiteResult], own: frozenset[str]
) -> Checked:
    """Return what two runs of the tests on the base say of them; `own` are names of the project's modules."""
    whole = next((suite for suite in suites if suite.outcome in ("broken", "timeout")), None)
    if whole is not None:
        return Checked(files, why=f"with these tests the run does not reach its end: {whole.detail}")
    told: dict[str, str] = {}
    for test in tests:
        first, second = (_seen(test, suite) for suite in suites)
        objection = _objection(test, first, own) or _objection(test, second, own)
        if not objection and _way(first) != _way(second):
            objection = f"{test} fails in another way each time ({_way(first)}, {_way(second)}): it is not steady"
        if objection:
            return Checked(files, why=objection)
        told[_way(first)] = first[0].message
    shown = "; ".join(f"{way}: {message}"[:160] for way, message in list(told.items())[:3])
    return Checked(files, tuple(tests), f"all {len(tests)} fail on the base ({shown})")


def _seen(test: str, suite: SuiteResult) -> list[TestOutcome]:
    """Return what became of a test; a module that cannot be collected speaks for its tests."""
    seen = outcomes_of(test, suite)
    return seen or [one for one in suite.broken if one.id == test.partition("::")[0]]


def _way(seen: Sequence[TestOutcome]) -> str:
    return ", ".join(sorted({one.exception or one.outcome for one in seen}))


def _objection(test: str, seen: Sequence[TestOutcome], own: frozenset[str]) -> str:
    """Return what is wrong with how a test ended on the base, in words for who wrote it; empty when it is right."""
    if not seen:
        return f"{test} was not run: give it a name of its own, and no condition"
    good = next((one for one in seen if one.outcome in PASSES), None)
    if good is not None:
        return f"{good.id} passes on the base already: it does not show what is missing, leave it out"
    idle = next((one for one in seen if one.outcome in ("skipped", "xfailed")), None)
    if idle is not None:
        return f"{idle.id} is {idle.outcome} on the base ({idle.message}): it must fail there"
    wrong = next((one for one in seen if _is_its_own_mistake(one, own)), None)
    if wrong is None:
        return ""
    said = f"{wrong.exception or 'an error'}: {wrong.message}".strip(": ")
    return f"{test} fails by itself and not for what is missing ({said}): repair the test"


def _is_its_own_mistake(one: TestOutcome, own: frozenset[str]) -> bool:
    missing = WANTED_NAME.search(one.message)
    if missing is not None and one.exception in ("ModuleNotFoundError", "ImportError"):
        top = missing[1].partition(".")[0]
        return top not in own and (top in OTHER_PEOPLES or top in sys.stdlib_module_names)
    if "fixture '" in one.message and "not found" in one.message:
        return True
    in_test = not one.frames or is_test_path(one.frames[-1].path)
    if one.exception == "FileNotFoundError" and in_test:
        return _names_a_place_of_the_tests(one.message)
    return one.exception in OWN_MISTAKES and in_test


def _names_a_place_of_the_tests(message: str) -> bool:
    """Return whether a file that a test looked for is data of the tests, and nothing the work should write."""
    found = re.search(r"'([^']+)'\s*$", message)
    path = found[1] if found else ""
    return bool(path) and is_test_path(path.lstrip("/")) and not re.search(r"(^|/)(tmp|pytest-of-)", path)
