"""What did not help leaves no trace in the worktree, and nothing outside it is touched."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agents.workspace.original import KEPT, Original, WorktreeSpoiled
from tests.local_target import write_tree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "tree", {"a.py": "a = 1\n", "pkg/b.py": "b = 1\n", "pkg/c.txt": "c\n"})


def test_altered_added_and_removed_files_are_put_back(root: Path) -> None:
    original = Original(root)
    (root / "a.py").write_text("a = 2\n")
    (root / "pkg/b.py").unlink()
    (root / "new").mkdir()
    (root / "new/d.py").write_text("")
    (root / "pkg/c.txt").chmod(0o755)

    assert original.changed() == ("a.py", "new/d.py", "pkg/b.py", "pkg/c.txt")
    original.restore()

    assert original.changed() == ()
    assert (root / "a.py").read_text() == "a = 1\n"


def test_a_file_that_became_a_folder_is_a_file_again(root: Path) -> None:
    original = Original(root)
    (root / "a.py").unlink()
    write_tree(root, {"a.py/inner.py": ""})

    original.restore()

    assert (root / "a.py").read_text() == "a = 1\n"


def test_a_link_in_the_place_of_a_folder_does_not_lead_the_writing_outside(root: Path, tmp_path: Path) -> None:
    outside = write_tree(tmp_path / "outside", {"b.py": "mine\n"})
    original = Original(root)
    shutil.rmtree(root / "pkg")
    (root / "pkg").symlink_to(outside)

    original.restore()

    assert (outside / "b.py").read_text() == "mine\n"
    assert not (root / "pkg").is_symlink()
    assert (root / "pkg/b.py").read_text() == "b = 1\n"


def test_links_are_put_back_as_links(root: Path) -> None:
    (root / "link").symlink_to("a.py")
    original = Original(root)
    (root / "link").unlink()
    (root / "link").write_text("no link")

    original.restore()

    assert (root / "link").readlink() == Path("a.py")


def test_a_large_file_that_changed_gives_the_worktree_up(root: Path) -> None:
    (root / "large.bin").write_bytes(bytes(KEPT + 1))
    original = Original(root)
    assert original.changed() == ()
    (root / "large.bin").write_bytes(bytes(KEPT + 2))

    with pytest.raises(WorktreeSpoiled, match=r"large\.bin"):
        original.restore()
