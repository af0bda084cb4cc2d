"""The checks after a run on a real package can fail."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks.real_projects.checks import Plain, fingerprint, moved, worse
from benchmarks.real_projects.release import functions
from tests.support.repositories import git, make


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit."""
    return make(tmp_path, {"a.py": "A = 1\n"})


@pytest.mark.slow
def test_a_new_branch_of_ours_and_its_objects_move_nothing(repository: Path) -> None:
    before = fingerprint(repository)

    git(repository, "-c", "core.logAllRefUpdates=false", "update-ref", "refs/heads/kaizen/run-1", "HEAD")
    subprocess.run(["git", "hash-object", "-w", "--stdin"], input=b"new", cwd=repository, check=True)

    assert moved(before, fingerprint(repository)) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [["git", "branch", "mine"], ["git", "config", "a.b", "c"], ["touch", "new.txt"], ["chmod", "+x", "a.py"]],
    ids=["a branch", "configuration", "a file", "a mode"],
)
def test_everything_else_that_changes_is_named(repository: Path, change: list[str]) -> None:
    before = fingerprint(repository)

    subprocess.run(change, cwd=repository, check=True)

    assert moved(before, fingerprint(repository))


def test_a_test_that_passed_in_the_parent_and_is_gone_in_the_child_is_a_loss() -> None:
    parent = Plain(frozenset({"a", "b"}), frozenset({"c"}), "")

    assert worse(parent, Plain(frozenset({"a", "b", "c"}), frozenset(), "")) == []
    assert worse(parent, Plain(frozenset({"a", "c"}), frozenset(), "")) == ["b"]


def test_functions_are_compared_by_their_syntax_and_not_by_their_layout() -> None:
    one = functions(b"def f(a):\n    return (a + 1)\n", "f")

    assert one == functions(b"class C:\n    def f(a): return a + 1  # same\n", "f")
    assert one != functions(b"def f(a):\n    return a + 2\n", "f")
