"""A repository without a commit can be the beginning of a run, and gets its first branch by it and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.workspace.mirror import Mirror
from agents.workspace.source import Unusable
from agents.workspace.worktree import Worktree
from tests.support.repositories import git

pytestmark = pytest.mark.slow


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    folder = tmp_path / "user"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "trunk")
    (folder / "notes.txt").write_text("mine\n")
    return folder


def test_without_a_goal_an_empty_repository_is_refused(tmp_path: Path, empty: Path) -> None:
    with pytest.raises(Unusable, match="has no commit yet"):
        Mirror(tmp_path / "mirror.git", empty).take()


def test_it_begins_with_an_empty_commit_that_is_the_same_each_time(tmp_path: Path, empty: Path) -> None:
    first = Mirror(tmp_path / "one.git", empty).take(may_be_empty=True)
    again = Mirror(tmp_path / "two.git", empty).take(may_be_empty=True)

    assert first == again
    assert (first.branch, first.dirty) == ("trunk", 1)


def test_the_delivered_branch_is_the_first_and_nothing_else_moves(tmp_path: Path, empty: Path) -> None:
    mirror = Mirror(tmp_path / "mirror.git", empty)
    source = mirror.take(may_be_empty=True)
    with Worktree(mirror, tmp_path / "attempt", source.commit, laid={"tests/test_a.py": b"x = 1\n"}) as worktree:
        (worktree.root / "shop.py").write_text("y = 2\n")
        (worktree.root / "tests" / "test_a.py").write_text("changed\n")
        patch = worktree.patch()
    assert patch is not None
    commit = mirror.commit(patch.tree, [source.commit], "Work\n", 1.0)

    mirror.deliver("kaizen/run-1", commit, known="")

    assert git(empty, "for-each-ref", "--format=%(refname)") == "refs/heads/kaizen/run-1"
    assert git(empty, "rev-list", "--count", "kaizen/run-1") == "2"
    assert git(empty, "show", "kaizen/run-1:tests/test_a.py") == "x = 1"
    assert git(empty, "symbolic-ref", "HEAD") == "refs/heads/trunk"
    assert git(empty, "status", "--porcelain") == "?? notes.txt"
    git(empty, "fsck", "--strict")


def test_what_is_laid_stands_whatever_an_agent_puts_in_its_way(tmp_path: Path, empty: Path) -> None:
    mirror = Mirror(tmp_path / "mirror.git", empty)
    source = mirror.take(may_be_empty=True)
    outside = tmp_path / "outside"
    outside.mkdir()

    with Worktree(mirror, tmp_path / "attempt", source.commit, laid={"tests/test_a.py": b"x = 1\n"}) as worktree:
        (worktree.root / "tests" / "test_a.py").unlink()
        (worktree.root / "tests").rmdir()
        (worktree.root / "tests").symlink_to(outside)
        patch = worktree.patch()

    assert patch is not None and [file.path for file in patch.files] == ["tests/test_a.py"]
    assert not list(outside.iterdir())
