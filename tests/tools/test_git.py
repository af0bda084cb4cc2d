"""The git tools show the agent's own change and the past before it, and deliver only what they say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agents.tools.offered.git_commit import GitCommit
from agents.tools.offered.git_diff import GitDiff
from agents.tools.offered.git_log import GitLog
from agents.tools.offered.git_push import GitPush
from agents.tools.offered.git_status import GitStatus
from tests.support.repositories import git
from tests.tools.bench import bench_with_past, bench_without_past, call

pytestmark = pytest.mark.slow
FILES = {"a.py": "x = 1\n", "b.py": "y = 1\n"}


async def test_a_change_is_shown_committed_and_pushed_to_one_new_branch(tmp_path: Path) -> None:
    with bench_with_past(tmp_path, FILES, line="attempt-1") as bench:
        nothing = await call(GitStatus(), bench)
        (bench.target.project / "a.py").write_text("x = 2\x1b[31m\n")
        status = await call(GitStatus(), bench)
        diff = await call(GitDiff(), bench, '{"path": "a.py"}')
        early = await call(GitPush(), bench)
        kept = await call(GitCommit(), bench, json.dumps({"message": "x is two\x07\n\nbecause"}))
        again = await call(GitCommit(), bench, '{"message": "again"}')
        pushed = await call(GitPush(), bench)

    assert nothing.text == "nothing changed" and status.text == "M\ta.py"
    assert diff.facts == {"added": 1, "removed": 1} and "\\x1b[31m" in diff.text
    assert not early.success and "commit first" in early.text
    assert kept.success and not again.success and "nothing changed" in again.text
    assert pushed.facts == {"ref": "refs/heads/kaizen/attempt-1"}
    said = git(tmp_path / "user", "branch", "--list")
    assert said.split() == ["kaizen/attempt-1", "*", "trunk"]


async def test_the_past_is_told_by_file(tmp_path: Path) -> None:
    with bench_with_past(tmp_path, FILES) as bench:
        log = await call(GitLog(), bench)
        none = await call(GitLog(), bench, '{"path": "missing.py"}')
        outside = await call(GitDiff(), bench, '{"path": "../user"}')

    assert log.text.endswith("the first one") and none.text == "no commit touched that"
    assert not outside.success


async def test_where_no_commits_are_kept_that_is_said(tmp_path: Path) -> None:
    with bench_with_past(tmp_path, FILES) as bench:
        (bench.target.project / "a.py").write_text("x = 2\n")
        told = await call(GitCommit(), bench, '{"message": "x"}')
    nowhere = await call(GitPush(), bench_without_past(tmp_path / "other", FILES))

    assert not told.success and "no line of commits" in told.text
    assert not nowhere.success and "delivered by itself" in nowhere.text


def test_only_a_push_risks_a_delivery() -> None:
    assert GitPush().risk(GitPush.arguments()) == "deliver"
    assert GitCommit().risk(GitCommit.arguments(message="x")) == "write"
    assert {tool.risk(tool.arguments()) for tool in (GitStatus(), GitDiff(), GitLog())} == {"read"}
