"""Whether tests in any language, written before the work, show it: a command of the project's fails for them alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from agents.tools.edits.syntax import fault
from agents.workspace.layout import is_test_path
from director.gates.by_command import Said, said_of
from director.gates.gate import MeasuredTree
from director.referee.accepted import Checked
from ledger.events import GateSpec

_NAME = re.compile(r"(?:^|[._-])(?:tests?|specs?)(?=[._-])|(?:Tests?|Spec)\.|^Test[A-Z]")
"""How files of tests are called: `cart_test.go`, `cart.spec.ts`, `CartTest.java`, `test-cart.js`."""
_FOLDERS = frozenset({"test", "tests", "__tests__", "spec", "specs"})


def is_named_as_test(path: str) -> bool:
    """Return whether a file of any language belongs to the tests, by its name or by where it stands."""
    *folders, name = path.split("/")
    return is_test_path(path) or bool(_FOLDERS.intersection(folders)) or bool(_NAME.search(name))


async def check_by_command(tree: MeasuredTree, files: Mapping[str, str], specs: Sequence[GateSpec]) -> Checked:
    """Return the tests as the first gate takes them whose command fails for them, else why they are refused."""
    wrong = next((f"{path} cannot be read: {why}" for path, text in files.items() if (why := fault(path, text))), "")
    if wrong:
        return Checked(files, why=wrong)
    found = Checked(files, why="no command of the project's runs tests: name one in kaizen.toml, [gates.NAME] command")
    for spec in specs:
        before = await said_of(tree, spec, {}, files)
        first, second = [await said_of(tree, spec, files) for _ in range(2)]
        checked = judged_by_command(files, spec, before, first, second)
        if checked.tests:
            return checked
        found = found if found.gate else checked
    return found


def judged_by_command(files: Mapping[str, str], spec: GateSpec, before: Said, first: Said, second: Said) -> Checked:
    """Return what a command says of tests: once without them on the base, twice with them."""
    objection = _objection(spec, before, first) or _objection(spec, before, second)
    if not objection and first.cases != second.cases:
        objection = f"the tests fail in another way each time ({first.why}; {second.why}): they are not steady"
    if objection:
        return Checked(files, why=objection, gate=spec.name)
    tests = tuple(path for path in files if is_named_as_test(path))
    return Checked(files, tests, f"{spec.name} fails on the base for them ({first.why[:160]})", spec.name)


def _objection(spec: GateSpec, before: Said, after: Said) -> str:
    """Return what is wrong with how a command ended over the base, in words for who wrote the tests."""
    old, new = before.cases, after.cases
    if old is None or old.get(spec.name) == "failed":
        return f"{spec.name} shows nothing on the branch as it is ({before.why}): mend that first"
    if spec.name in old:
        good = new is not None and new.get(spec.name) == "passed"
        why = f"{spec.name} succeeds with these tests: either they pass on the base already, or it does not run them"
        return (
            f"{why}. Put them where {Path(spec.command[0]).name} finds them, and test what is missing" if good else ""
        )
    brought = {name: became for name, became in (new or {}).items() if name not in old}
    idle = next((name for name, became in brought.items() if became == "skipped"), "")
    good_one = next((name for name, became in brought.items() if became == "passed"), "")
    if good_one:
        return f"{good_one} passes on the base already: it does not show what is missing, leave it out"
    if idle:
        return f"{idle} is skipped on the base: it must fail there"
    if new == old:
        return f"{spec.name} says the same with these tests and without: put them where it finds them"
    return ""
