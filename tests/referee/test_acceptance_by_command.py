"""Acceptance tests in any language are trusted when a command of the project's fails for them, and for them alone."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from director.gates.by_command import SPOILT, Said, Shown, by_cases, by_end, noticed, runners, said_of, shares
from director.gates.tree import CleanTree
from director.referee.acceptance_by_command import check_by_command, is_named_as_test, judged_by_command
from ledger.events import GateSpec
from tests.target.plain import project

UNIT = GateSpec(
    name="unit", better="lower", target=0, tolerance=0, command=("run", "tests"), options={"read": "junit"}
)  # fmt: skip
MAKE = GateSpec(name="make", better="lower", target=0, tolerance=0, command=("make", "check"))
FILES = {"tests/total.test.js": "…"}
OLD = {"sums": "passed", "known": "failed"}


def test_files_of_tests_are_known_by_their_names_in_any_language() -> None:
    tests = (
        "cart_test.go", "pkg/cart_test.go", "src/cart.test.ts", "src/cart.spec.tsx", "src/test/java/CartTest.java",
        "CartTests.cs", "TestCart.java", "tests/cart.rs", "__tests__/cart.js", "spec/cart_spec.rb", "test/data/a.json",
        "cart-test.js", "test_cart.c",
    )  # fmt: skip
    others = ("cart.go", "src/latest.ts", "contest.py", "src/main/java/Testimony.java", "lib/attest.rs", "protest/a.js")

    assert [path for path in tests if not is_named_as_test(path)] == []
    assert [path for path in others if is_named_as_test(path)] == []


def test_what_a_command_says_of_tests_on_the_base_decides_whether_they_are_taken() -> None:
    failing, broken = Said({**OLD, "totals": "failed"}, "3 is not 5"), Said(None, "undefined: total")
    cases = {
        "they fail": (UNIT, Said(OLD), failing, failing, ""),
        "nothing is built with them": (UNIT, Said(OLD), broken, broken, ""),
        "they take others with them": (UNIT, Said(OLD), Said({"all": "failed"}), Said({"all": "failed"}), ""),
        "one passes": (UNIT, Said(OLD), Said({**OLD, "totals": "passed"}), broken, "totals passes on the base already"),
        "one is skipped": (UNIT, Said(OLD), Said({**OLD, "totals": "skipped"}), broken, "is skipped on the base"),
        "they are not run": (UNIT, Said(OLD), Said(OLD), Said(OLD), "says the same with these tests and without"),
        "once so and once so": (UNIT, Said(OLD), failing, broken, "not steady"),
        "nothing runs before": (UNIT, broken, broken, broken, "shows nothing on the branch as it is"),
        "it fails": (MAKE, Said({"make": "passed"}), Said({"make": "failed"}), Said({"make": "failed"}), ""),
        "it succeeds": (
            MAKE, Said({"make": "passed"}), Said({"make": "passed"}), Said({"make": "passed"}), "does not run them"
        ),
        "it failed before": (MAKE, Said({"make": "failed"}), broken, broken, "shows nothing on the branch as it is"),
    }  # fmt: skip

    found = {case: judged_by_command(FILES, *said) for case, (*said, _) in cases.items()}  # type: ignore[arg-type]

    assert {case: found[case].why for case, (*_, why) in cases.items() if why not in found[case].why} == {}
    assert {case for case, each in found.items() if each.tests} == {
        case for case, (*_, why) in cases.items() if not why
    }
    assert found["they fail"].gate == "unit" and found["they fail"].tests == tuple(FILES)


def test_a_step_counts_by_the_tests_that_its_files_bring() -> None:
    both = {**OLD, "a": "passed", "b": "passed"}
    cases = {
        "all pass": (Said(OLD), Said(both), 1.0),
        "half of them pass": (Said(OLD), Said({**both, "b": "failed"}, "no"), 0.5),
        "a skipped one does not pass": (Said(OLD), Said({**both, "b": "skipped"}), 0.5),
        "none is run": (Said(OLD), Said(OLD), 0.0),
        "they break another": (Said(OLD), Said({**both, "sums": "failed"}), 0.0),
        "they take another away": (Said(OLD), Said({"a": "passed"}), 0.0),
        "nothing is built": (Said(OLD), Said(None, "undefined"), 0.0),
    }

    found = {case: by_cases(before, after) for case, (before, after, _) in cases.items()}

    assert {case: found[case] for case, (*_, share) in cases.items() if found[case].share != share} == {}
    assert [case for case, shown in found.items() if bool(shown.why) is (shown.share == 1)] == []


def test_a_command_that_does_not_notice_spoilt_tests_shows_nothing() -> None:
    passed, failed = Said({"make": "passed"}), Said({"make": "failed"}, "no")

    assert by_end(passed) == Shown(1.0) and by_end(failed) == Shown(0.0, "no")
    assert noticed(MAKE, failed) == Shown(1.0)
    assert noticed(MAKE, passed).share == 0 and "not run any more" in noticed(MAKE, passed).why


def test_commands_that_name_each_test_come_first_and_others_run_none() -> None:
    size = GateSpec(name="size", better="lower", target=9, tolerance=0, command=("du",), options={"read": "regex"})
    bundle = GateSpec(name="bundle", better="lower", target=9, tolerance=0, command=("build",))

    assert runners((MAKE, size, bundle, UNIT)) == (UNIT, MAKE)


# --- over real trees

BASE = {
    "sum.js": "exports.sum = (a, b) => a + b;\n",
    "test/sum.test.js": "const test = require('node:test');\nconst { sum } = require('../sum.js');\n"
    "test('sums', () => { if (sum(1, 2) !== 3) throw new Error('wrong'); });\n",
}
TEST = {
    "test/total.test.js": "const test = require('node:test');\nconst { total } = require('../total.js');\n"
    "test('totals', () => { if (total([1, 2]) !== 3) throw new Error('wrong'); });\n",
}
BUILT = {"total.js": "exports.total = (prices) => prices.reduce((a, b) => a + b, 0);\n"}
SPECS = (
    GateSpec(
        name="unit", better="lower", target=0, tolerance=0,
        command=("node", "--test", "--test-reporter=junit"), options={"read": "junit"},
    ),
    GateSpec(name="ends", better="lower", target=0, tolerance=0, command=("node", "--test")),
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
async def test_tests_in_javascript_fail_first_and_pass_once_it_is_built(tmp_path: Path, spec: GateSpec) -> None:
    if shutil.which("node") is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("node is not installed")
    target = project(tmp_path / "a", BASE)
    built = CleanTree(project(tmp_path / "b", {**BASE, **TEST, **BUILT}), trusted=target.project)

    checked = await check_by_command(CleanTree(target), TEST, (spec,))
    before = await shares(CleanTree(target), spec, [("total", TEST)])
    after = await shares(built, spec, [("total", TEST)])

    assert checked.tests == tuple(TEST) and checked.gate == spec.name, checked.why
    assert before["total"].share == 0 and after == {"total": Shown(1.0)}
    assert (await said_of(built, spec, dict.fromkeys(TEST, SPOILT))) != await said_of(built, spec, TEST)
    assert "cannot be read" in (await check_by_command(built, {"test/a.test.js": "test((("}, (spec,))).why
