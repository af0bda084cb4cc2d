"""Landing in git: each patch a commit on the one before it, all at once or not at all, the same when done again."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.workspace.git import GitError
from agents.workspace.mirror import Mirror
from director.core.effects import Land
from director.landing import land
from ledger.blobs import FileBlobs
from ledger.events import AttemptId, CheckpointId, LandDecided
from tests.support.repositories import git, make

pytestmark = pytest.mark.slow

BRANCH = "kaizen/run-1"


def _decided(number: int, tree: str, parent: str) -> LandDecided:
    return LandDecided(
        attempt=AttemptId(f"a{number}"), checkpoint=CheckpointId(f"c{number}"), at=1000.0, parent=parent, tree=tree,
        message=f"better {number}\n",
    )  # fmt: skip


def _two(mirror: Mirror, parent: str) -> Land:
    trees = [mirror.git("mktree", stdin=b"100644 blob %s\tx\n" % mirror.blob(text).encode()) for text in (b"1", b"2")]
    return Land((_decided(1, trees[0], parent), _decided(2, trees[1], "")), BRANCH)


def test_patches_that_land_together_are_commits_one_upon_the_other_and_landing_again_changes_nothing(
    tmp_path: Path,
) -> None:
    mirror, blobs = Mirror(tmp_path / "mirror.git", make(tmp_path / "user")), FileBlobs(tmp_path / "blobs")
    source = mirror.take()
    mirror.start_branch(BRANCH, source.commit)
    effect = _two(mirror, source.commit)

    first = land(mirror, blobs, effect)
    again = land(mirror, blobs, effect)

    assert again == first
    chain = mirror.git("log", "--reverse", "--format=%H %T", f"{source.commit}..{BRANCH}").splitlines()
    assert chain == [f"{one.commit} {decided.tree}" for one, decided in zip(first, effect.decided, strict=True)]
    assert [mirror.ref(f"refs/kaizen/landed/a{number}") for number in (1, 2)] == [one.commit for one in first]


def test_a_branch_that_moved_takes_none_of_them(tmp_path: Path) -> None:
    mirror, blobs = Mirror(tmp_path / "mirror.git", make(tmp_path / "user")), FileBlobs(tmp_path / "blobs")
    source = mirror.take()
    mirror.start_branch(BRANCH, source.commit)
    moved = mirror.commit(source.tree, [source.commit], "moved\n", 1.0)
    git(mirror.path, "update-ref", f"refs/heads/{BRANCH}", moved)

    with pytest.raises(GitError):
        land(mirror, blobs, _two(mirror, source.commit))

    assert mirror.ref(f"refs/heads/{BRANCH}") == moved
    assert mirror.ref("refs/kaizen/landed/a1") == mirror.ref("refs/kaizen/landed/a2") == ""
