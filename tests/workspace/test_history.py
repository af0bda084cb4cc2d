"""An agent sees the past up to its base and its own changes; what it commits stays in Kaizen's mirror."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.workspace.git import GitError
from agents.workspace.history import WorktreeHistory
from agents.workspace.mirror import Mirror
from agents.workspace.worktree import Worktree
from tests.support.repositories import git, make

pytestmark = pytest.mark.slow


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    files = {"app/pkg/a.py": "x = 1\n", "app/pkg/b.py": "y = 1\n", "other.txt": "beside the project\n"}
    return make(tmp_path / "user", files, "the first one", "trunk")


@pytest.fixture
def worktree(tmp_path: Path, repo: Path) -> Iterator[Worktree]:
    mirror = Mirror(tmp_path / "home" / "mirror.git", repo)
    with Worktree(mirror, tmp_path / "home" / "attempt", mirror.take().commit) as made:
        yield made


@pytest.fixture
def history(worktree: Worktree) -> WorktreeHistory:
    return WorktreeHistory(worktree, "app", line="attempt-r1.i1.a1", clock=lambda: 1e9)


def test_what_changed_is_named_as_the_project_names_it(worktree: Worktree, history: WorktreeHistory) -> None:
    (worktree.root / "app/pkg/a.py").write_text("x = 2\n")
    (worktree.root / "app/pkg/b.py").unlink()
    (worktree.root / "app/new.py").write_text("z = 1\n")

    assert history.status().splitlines() == ["A\tnew.py", "M\tpkg/a.py", "D\tpkg/b.py"]
    assert "+x = 2" in history.diff("pkg/a.py") and "-y = 1" not in history.diff("pkg/a.py")
    assert "+++ b/new.py" in history.diff()


@pytest.mark.parametrize("path", ["../other.txt", "/etc/passwd", "pkg/../../other.txt"])
def test_a_path_outside_of_the_project_is_refused(history: WorktreeHistory, path: str) -> None:
    with pytest.raises(GitError, match="not a path in the project"):
        history.diff(path)


def test_a_path_is_never_a_pattern(worktree: Worktree, history: WorktreeHistory) -> None:
    (worktree.root / "app/pkg/a.py").write_text("x = 2\n")

    assert history.diff(":(exclude)pkg/b.py") == ""
    assert history.diff("pkg/*.py") == ""


def test_commits_after_the_base_do_not_exist(repo: Path, worktree: Worktree, history: WorktreeHistory) -> None:
    (repo / "app/pkg/a.py").write_text("x = 'the answer'\n")
    git(repo, "commit", "-qam", "the answer")
    worktree.mirror.take()

    assert [line.split(" ", 2)[2] for line in history.log().splitlines()] == ["the first one"]
    assert history.log("pkg/a.py", count=5) == history.log()


def test_a_tree_comes_back_as_it_was_file_by_file(worktree: Worktree, history: WorktreeHistory) -> None:
    """Files become folders and back, links go, caches stay."""
    root = worktree.root / "app"
    (root / "run.sh").write_text("echo\n")
    (root / "run.sh").chmod(0o755)
    kept = history.tree()
    (root / "pkg/a.py").unlink()
    (root / "pkg/a.py").mkdir()
    (root / "pkg/a.py/inner.py").write_text("1\n")
    (root / "pkg/b.py").unlink()
    (root / "run.sh").unlink()
    (root / "deep/er").mkdir(parents=True)
    (root / "deep/er/new.py").write_text("1\n")
    (root / "__pycache__").mkdir()
    (root / "__pycache__/a.pyc").write_text("cache")

    history.restore(kept)

    assert history.tree() == kept
    assert (root / "pkg/a.py").read_text() == "x = 1\n"
    assert os.access(root / "run.sh", os.X_OK)
    assert not (root / "deep").exists()
    assert (root / "__pycache__/a.pyc").exists()


def test_coming_back_never_writes_through_a_link(tmp_path: Path, worktree: Worktree, history: WorktreeHistory) -> None:
    kept = history.tree()
    outside = tmp_path / "outside"
    outside.mkdir()
    for path in sorted((worktree.root / "app/pkg").iterdir()):
        path.unlink()
    (worktree.root / "app/pkg").rmdir()
    (worktree.root / "app/pkg").symlink_to(outside)

    history.restore(kept)

    assert list(outside.iterdir()) == []
    assert (worktree.root / "app/pkg/a.py").read_text() == "x = 1\n"


def test_a_worktree_that_no_tree_can_hold_comes_back_too(worktree: Worktree, history: WorktreeHistory) -> None:
    kept = history.tree()
    (worktree.root / "app/pkg/.git").mkdir()
    os.mkfifo(worktree.root / "app/pipe")
    with pytest.raises(GitError):
        history.tree()

    history.restore(kept)

    assert history.tree() == kept


def test_a_commit_is_a_named_snapshot_and_nothing_in_the_users_repository(
    repo: Path, worktree: Worktree, history: WorktreeHistory
) -> None:
    (worktree.root / "app/pkg/a.py").write_text("x = 2\n")

    first = history.commit("x is two")

    assert worktree.mirror.ref("refs/kaizen/lines/attempt-r1.i1.a1") == first
    assert git(repo, "for-each-ref", "--format=%(refname)") == "refs/heads/trunk"
    with pytest.raises(GitError, match="nothing changed"):
        history.commit("again")


def test_a_push_adds_one_reference_and_moves_only_that(
    repo: Path, worktree: Worktree, history: WorktreeHistory
) -> None:
    head = git(repo, "rev-parse", "HEAD")
    with pytest.raises(GitError, match="commit first"):
        history.push()
    (worktree.root / "app/pkg/a.py").write_text("x = 2\n")
    history.commit("x is two")

    name = history.push()
    (worktree.root / "app/pkg/a.py").write_text("x = 3\n")
    second = history.commit("x is three")

    assert history.push() == name == "refs/heads/kaizen/attempt-r1.i1.a1"
    assert git(repo, "rev-parse", name) == second
    assert git(repo, "rev-parse", "HEAD") == head and git(repo, "status", "--porcelain") == ""


def test_a_push_never_moves_a_branch_that_a_person_moved(
    repo: Path, worktree: Worktree, history: WorktreeHistory
) -> None:
    git(repo, "branch", "kaizen/attempt-r1.i1.a1")
    (worktree.root / "app/pkg/a.py").write_text("x = 2\n")
    history.commit("x is two")

    with pytest.raises(GitError):
        history.push()

    assert git(repo, "rev-parse", "kaizen/attempt-r1.i1.a1") == git(repo, "rev-parse", "HEAD")


@pytest.mark.parametrize("path", [".github/workflows/ci.yml", ".vscode/tasks.json"])
def test_what_only_a_person_may_change_is_not_pushed(worktree: Worktree, history: WorktreeHistory, path: str) -> None:
    place = worktree.root / path
    place.parent.mkdir(parents=True)
    place.write_text("run: me\n")
    history.commit("helpful")

    with pytest.raises(GitError, match="only a person"):
        history.push()


def test_a_closed_delivery_says_why(worktree: Worktree) -> None:
    history = WorktreeHistory(worktree, line="a", closed="the sandbox is reduced")

    with pytest.raises(GitError, match="the sandbox is reduced"):
        history.push()
