"""A whole attempt with a model: a real repository, its real tests, a real worktree, and what comes back as a patch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.attempt import Report, run_attempt
from agents.brains.conversational import ConversationalBrain
from agents.models.requests import request_hash
from agents.ports import ModelAnswer, Workbench
from agents.roles.debugger import Debugger
from agents.tools.found import find_tools
from agents.workspace.history import WorktreeHistory
from agents.workspace.mirror import Mirror
from agents.workspace.worktree import Worktree
from ledger.events import AttemptGaveUp, Fingerprint, PatchProposed, RunId, ToolFinished
from tests.brains.bench import Bench, bench_to_talk, last, said_in, script, task
from tests.brains.said import call, calls, says
from tests.support.repositories import make
from tests.target.plain import project

pytestmark = pytest.mark.slow

CODE = "def clamp(x, low, high):\n    if x < low:\n        return high\n    return low if x > high else x\n"
TESTS = (
    "from shop import clamp\n\n\ndef test_high():\n    assert clamp(9, 0, 5) == 5\n\n\n"
    "def test_low():\n    assert clamp(-9, 0, 5) == 0\n\n\ndef test_between():\n    assert clamp(3, 0, 5) == 3\n"
)
RED = ("test_shop.py::test_high", "test_shop.py::test_low")
LOOK = calls(call("read_file", path="shop.py"), text="Both ends are swapped; I look.")
LOW = calls(call("edit_file", path="shop.py", old_text="return high", new_text="return low"))
HIGH = says(
    "The other end is swapped too:\n\nshop.py\n```python\n<<<<<<< SEARCH\n    return low if x > high else x\n=======\n"
    "    return high if x > high else x\n>>>>>>> REPLACE\n```\n"
)
WORSE = calls(call("edit_file", path="shop.py", old_text="if x < low", new_text="if x < high"))
TESTS_RUN = calls(call("run_tests", select=["test_shop.py"]))
TOOLS = ("edit_file", "read_file", "run_tests")
DONE = calls(call("finish", summary="Swap the ends back. Each was returned for the other."))


@pytest.fixture
def worktree(tmp_path: Path) -> Iterator[Worktree]:
    user = make(tmp_path / "user", {"shop.py": CODE, "test_shop.py": TESTS})
    mirror = Mirror(tmp_path / "home/mirror.git", user)
    with Worktree(mirror, tmp_path / "home/attempt", mirror.take().commit) as entered:
        yield entered


async def attempted(worktree: Worktree, *answers: ModelAnswer, steps: int = 60) -> tuple[Report, Bench]:
    tools = {name: tool for name, tool in find_tools(()).items() if name in TOOLS}
    bench = bench_to_talk(worktree.folder / "unused", script(*answers), steps=steps, seconds=120.0, tools=tools)
    real: Workbench = bench.bench
    real.target, real.scratch = project(worktree.root, {}), worktree.scratch
    assert real.thinking is not None
    real.thinking.history = WorktreeHistory(worktree)
    asked = task(kind="failing_test", gate="tests", role="debugger", targets=RED, fingerprint=Fingerprint("f1"))
    agent = Debugger(ConversationalBrain("debugger"))  # type: ignore[arg-type]
    report = await run_attempt(RunId("r1"), agent, asked, worktree, real, real.thinking.blobs, lambda: 0.0)
    return report, bench


async def test_a_bug_is_mended_and_what_is_not_yet_so_is_told(worktree: Worktree) -> None:
    report, bench = await attempted(worktree, LOOK, LOW, DONE, HIGH, TESTS_RUN, DONE)

    assert isinstance(report, PatchProposed) and not report.partial
    assert report.title == "Swap the ends back"
    assert [each.path for each in report.files] == ["shop.py"]
    first = bench.calls.asked[0].messages[1].text
    assert "assert 0 == 5" in first or "0 == 5" in first
    assert "0 of 2 tests of the task pass" in first and "test_shop.py::test_low" in first
    told = last(bench.calls.asked[3])
    assert "1 of 2 tests of the task pass. Not passing:\n<data tests" in told.text
    assert "1 of 2 tests" in told.text and "Result of edit_file" in said_in(bench.calls.asked[4])
    assert str(worktree.folder) not in "".join(each.text for each in bench.calls.asked[-1].messages)


async def test_tests_that_were_made_weaker_are_not_taken_for_done(worktree: Worktree) -> None:
    """The referee would reject it later and dearer; tests that are only added are no matter."""
    weak = calls(call("edit_file", path="test_shop.py", old_text="clamp(9, 0, 5) == 5", new_text="clamp(9, 0, 5) == 0"))
    back = calls(call("edit_file", path="test_shop.py", old_text="clamp(9, 0, 5) == 0", new_text="clamp(9, 0, 5) == 5"))
    more = "def test_four():\n    assert clamp(4, 0, 5) == 4\n\n\ndef test_between"
    added = calls(call("edit_file", path="test_shop.py", old_text="def test_between", new_text=more))

    report, bench = await attempted(worktree, LOW, weak, DONE, back, HIGH, added, DONE)

    assert isinstance(report, PatchProposed) and not report.partial
    assert "put those lines back, and mend the code" in last(bench.calls.asked[3]).text
    assert [each.path for each in report.files] == ["shop.py", "test_shop.py"]


async def test_the_same_attempt_asks_the_same_again(worktree: Worktree) -> None:
    """Durations, addresses and folders of test runs are in no prompt: a record of the run can be replayed."""
    hashes = []
    for _ in range(2):
        with worktree:
            _, bench = await attempted(worktree, TESTS_RUN, LOW, says("I am lost."), steps=3)
            hashes.append([request_hash(each) for each in bench.calls.asked])

    assert hashes[0] == hashes[1] and len(hashes[0]) == 3


async def test_without_an_end_the_best_there_was_is_handed_over(worktree: Worktree) -> None:
    report, bench = await attempted(worktree, LOW, DONE, WORSE, says("I am lost."), steps=4)

    assert isinstance(report, PatchProposed) and report.partial
    assert "return low\n" in (worktree.root / "shop.py").read_text()
    assert "if x < low" in (worktree.root / "shop.py").read_text()
    looks = [each.counts.get("passed") for each in bench.events if isinstance(each, ToolFinished) and each.counts]
    assert looks[:2] == [0.0, 1.0]


async def test_where_no_test_was_mended_nothing_is_proposed(worktree: Worktree) -> None:
    report, _ = await attempted(worktree, LOOK, WORSE, says("I give up."), steps=3)

    assert isinstance(report, AttemptGaveUp)
    assert report.why == "all 3 calls to the model are used"
