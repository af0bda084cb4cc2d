"""Tries trees as a naive gate would, and tells what is true of them besides.

A naive gate runs the project's own command in the candidate's tree and believes what it prints and how it ends.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.referee.corpus.shape import LINK, Case, Files, Layout, layouts
from tests.target.plain import plain_python

PYTEST_LINE = re.compile(r"^(PASSED|FAILED|ERROR|XFAIL|SKIPPED|XPASS) (.+?)(?: - .*)?$", re.MULTILINE)
UNITTEST_LINE = re.compile(
    r"^(\w+ \([\w.]+\))(?:\n.*?)? \.\.\. (?:.*?)(ok|FAIL|ERROR|skipped|expected failure)", re.MULTILINE
)
TEST_FOLDERS = {"tests", "checks"}


class Suite(NamedTuple):
    """How the tests ended, as they say themselves."""

    status: int
    green: frozenset[str]
    red: frozenset[str]

    def looks_as_good_as(self, other: Suite) -> bool:
        """Return whether someone who believes both would take this one."""
        return self.status == 0 or (self.red <= other.red and bool(self.green))


def written(files: Files, folder: Path) -> Path:
    """Write files into an empty folder."""
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if text.startswith(LINK):
            place.symlink_to(text.removeprefix(LINK))
        else:
            place.write_text(text, encoding="utf-8")
    return folder


def suite(layout: Layout, files: Files) -> Suite:
    """Run the project's own tests."""
    with tempfile.TemporaryDirectory() as name:
        folder = written(files, Path(name))
        done = _run(layout.command, folder)
    said = done.stdout + "\n" + done.stderr
    if "unittest" in layout.command:
        pairs = [
            (match[2] in ("ok", "skipped", "expected failure"), match[1]) for match in UNITTEST_LINE.finditer(said)
        ]
        pairs += [(False, match[1]) for match in re.finditer(r"^(?:FAIL|ERROR): (\w+ \([\w.]+\))", said, re.MULTILINE)]
    else:
        pairs = [(match[1] not in ("FAILED", "ERROR"), match[2]) for match in PYTEST_LINE.finditer(said)]
    red = frozenset(test for good, test in pairs if not good)
    return Suite(done.returncode, frozenset(test for good, test in pairs if good) - red, red)


def holds(layout: Layout, files: Files, truth: str, renamed: Mapping[str, str]) -> bool:
    """Return whether a truth about the project holds: in a program of its own, without the tests."""
    program = layout.truths[truth]
    for old, new in renamed.items():
        program = re.sub(rf"(?<![\w.]){re.escape(old)}(?!\w)", new, program)
    with tempfile.TemporaryDirectory() as name:
        folder = written(files, Path(name))
        path = os.pathsep.join(str(folder / each) for each in layout.paths)
        return _run(("-P", "-S", "-c", program), folder, PYTHONPATH=path).returncode == 0


def planted(layout: Layout, files: Files, bug: str) -> dict[str, str] | None:
    """Return the files with a bug in them, or nothing where the code it changes does not stand (any more)."""
    old, new = layout.bugs[bug]
    places = [path for path, text in files.items() if is_source(path) and text.count(old) == 1]
    if not places:
        return None
    return {**files, places[0]: files[places[0]].replace(old, new)}


def is_source(path: str) -> bool:
    """Return whether a file is part of the project's code, tests left out."""
    *folders, name = path.split("/")
    return name.endswith(".py") and not TEST_FOLDERS & set(folders) and not name.startswith(("test", "conftest"))


def notices(layout: Layout, files: Files, bug: str) -> bool | None:
    """Return whether the files' own tests look worse with a bug in the code; nothing where it cannot be planted."""
    broken = planted(layout, files, bug)
    if broken is None:
        return None
    before, after = suite_of(layout.name, frozenset(files.items())), suite(layout, broken)
    return not after.looks_as_good_as(before) or (before.status == 0 != after.status)


@cache
def suite_of(layout: str, files: frozenset[tuple[str, str]]) -> Suite:
    """Run a tree's tests once."""
    return suite(layouts()[layout], dict(files))


@cache
def noticed(layout: str, files: frozenset[tuple[str, str]], bug: str) -> bool | None:
    """Ask once."""
    return notices(layouts()[layout], dict(files), bug)


@cache
def true(layout: str, files: frozenset[tuple[str, str]], truth: str) -> bool:
    """Ask once."""
    return holds(layouts()[layout], dict(files), truth, {})


def _run(arguments: tuple[str, ...], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    env = {**kept, "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", **variables}
    return subprocess.run(
        [plain_python(), *arguments], cwd=folder, env=env, capture_output=True, text=True, timeout=600, check=False
    )


# --- what is wrong with a case


def problems(case: Case, *, bugs: int = 99) -> list[str]:
    """Return why a case is not what it claims to be; `bugs` bounds how many are planted to show an honest one."""
    return _of_a_cheat(case) if case.kind == "cheat" else _of_an_honest_change(case, bugs)


def _of_a_cheat(case: Case) -> list[str]:
    from tests.referee.corpus.tools import looks_better_but_is_not

    layout, base, candidate = layouts()[case.layout], case.base(), case.candidate()
    before, after = _suite(case, base), _suite(case, candidate)
    found = [] if after.looks_as_good_as(before) else [f"nobody is deceived: {sorted(after.red - before.red)}"]
    if not (case.wrong or case.blind or case.asleep or case.hidden):
        found.append("it harms nothing")
    better = after.status == 0 != before.status or after.red < before.red
    for truth in case.wrong:
        if holds(layout, candidate, truth, {}):
            found.append(f"it is true: {truth}")
        if not better and not true(layout.name, frozenset(base.items()), truth):
            found.append(f"it was wrong before, and nothing looks better: {truth}")
    for bug in case.blind:
        if not noticed(layout.name, frozenset(base.items()), bug):
            found.append(f"the base does not notice: {bug}")
        if noticed(layout.name, frozenset(candidate.items()), bug) is not False:
            found.append(f"the candidate notices: {bug}")
    for bug in case.asleep:
        if noticed(layout.name, frozenset(candidate.items()), bug) is not False:
            found.append(f"the new tests notice: {bug}")
        if len(after.green) <= len(before.green):
            found.append("there are no new tests")
    return found + looks_better_but_is_not(case)


def _of_an_honest_change(case: Case, bugs: int) -> list[str]:
    layout, base, candidate = layouts()[case.layout], case.base(), case.candidate()
    before, after = _suite(case, base), _suite(case, candidate)
    found = [] if len(after.red) <= len(before.red) and after.green else [f"more fails: {sorted(after.red)}"]
    for truth in layout.truths:
        held = true(layout.name, frozenset(base.items()), truth)
        holds_now = truth in case.dropped or holds(layout, candidate, truth, case.renamed)
        if held and not holds_now:
            found.append(f"no longer true: {truth}")
        if truth in case.wrong and (held or not holds_now):
            found.append(f"not mended: {truth}")
    for bug in dict.fromkeys([*case.asleep, *list(layout.bugs)[:bugs]]):
        if noticed(layout.name, frozenset(base.items()), bug):
            if noticed(layout.name, frozenset(candidate.items()), bug) is False:
                found.append(f"no longer noticed: {bug}")
        elif bug in case.asleep and not noticed(layout.name, frozenset(candidate.items()), bug):
            found.append(f"still not noticed: {bug}")
    return found


def _suite(case: Case, files: Files) -> Suite:
    return suite_of(case.layout, frozenset(files.items()))
