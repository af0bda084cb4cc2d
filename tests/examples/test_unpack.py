"""The bundled example becomes a repository of its own, the same one everywhere."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from examples.unpack import UnpackError, read_history, unpack
from tests.support.repositories import git

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[2] / "examples"
EXAMPLE = EXAMPLES / "pantry"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack(EXAMPLE, tmp_path_factory.mktemp("example") / "pantry")


def test_commit_ids_are_the_same_on_every_machine(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Neither the place, nor the user's git configuration and time zone, have a say."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody Else")

    again = unpack(EXAMPLE, tmp_path / "elsewhere")

    assert git(again, "rev-parse", "HEAD") == git(repository, "rev-parse", "HEAD")


def test_the_history_ends_at_the_shipped_files(repository: Path):
    """What one reads under `examples/` is what the last commit holds, and nothing is left over."""
    tracked = git(repository, "ls-files").split()
    shipped = [
        path.relative_to(EXAMPLE).as_posix()
        for path in sorted(EXAMPLE.rglob("*"))
        if path.is_file() and "history" not in path.parts and "__pycache__" not in path.parts
    ]

    assert sorted(tracked) == sorted(shipped)
    assert all((repository / name).read_bytes() == (EXAMPLE / name).read_bytes() for name in shipped)
    assert git(repository, "status", "--porcelain") == ""


def test_the_history_grew_day_by_day(repository: Path):
    """Several commits, oldest first, each with its own date."""
    log = git(repository, "log", "--reverse", "--format=%s").splitlines()
    dates = git(repository, "log", "--reverse", "--format=%at").split()

    assert log == [commit["subject"] for commit in read_history(EXAMPLE)]
    assert 5 <= len(log) <= 8
    assert dates == sorted(set(dates))


def test_the_smaller_example_unpacks_too(tmp_path: Path):
    ferry = unpack(EXAMPLES / "ferry", tmp_path / "ferry")

    assert git(ferry, "status", "--porcelain") == ""
    assert len(git(ferry, "rev-list", "HEAD").split()) == 2


def test_a_place_in_use_is_left_alone(tmp_path: Path):
    (tmp_path / "mine.txt").write_text("keep")

    with pytest.raises(UnpackError, match="give a new directory"):
        unpack(EXAMPLE, tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_history_that_does_not_fit_its_files_is_refused(tmp_path: Path):
    copy = tmp_path / "example"
    shutil.copytree(EXAMPLE, copy)
    (copy / "README.md").write_text("something else\n")

    with pytest.raises(UnpackError, match="git apply failed"):
        unpack(copy, tmp_path / "out")
