"""Where trees stand: moved from one to the next, and never different from a new checkout."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from agents.workspace.mirror import Mirror
from director.referee.grounds import KEPT, Grounds
from tests.support.repositories import git, make

pytestmark = pytest.mark.slow

FILES = {"a.py": "A = 1\n", "deep/b.py": "B = 1\n", ".gitignore": "*.log\n"}


class Place:
    """A repository with its mirror, and grounds beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "user").mkdir()
        (folder / "user" / "out").symlink_to("/etc/hostname")
        make(folder / "user", FILES)
        self.mirror = Mirror(folder / "mirror.git", folder / "user")
        self.base = self.mirror.take().tree
        (folder / "grounds").mkdir()
        self.grounds = Grounds(self.mirror, folder / "grounds")

    def tree(self, changed: Mapping[str, str | None]) -> str:
        """Return the tree of the commit with some files changed."""
        blobs = {path: self.mirror.blob((text or "").encode()) for path, text in changed.items()}
        entry = self.mirror.entries(self.base)["a.py"]
        return self.mirror.with_entries(
            self.base,
            {path: None if changed[path] is None else entry._replace(blob=blob) for path, blob in blobs.items()},
        )

    def stands(self, tree: str) -> dict[str, bytes]:
        """Return what stands where a tree is held."""
        with self.grounds.holding(tree) as folder:
            return {
                path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
            }


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Return one."""
    return Place(tmp_path)


def test_a_folder_is_moved_to_the_next_tree_and_holds_what_a_new_one_would(place: Place) -> None:
    """Links that lead out are in neither; when none is free there is a new folder."""
    other = place.tree({"deep/b.py": None, "new/c.py": "C = 1\n"})

    assert place.stands(place.base) == {path: text.encode() for path, text in FILES.items()}
    for _ in range(KEPT):
        assert place.stands(other) == {"a.py": b"A = 1\n", ".gitignore": b"*.log\n", "new/c.py": b"C = 1\n"}
    with place.grounds.holding(place.base) as one, place.grounds.holding(place.base) as two:
        assert one != two and not (one / "new").exists() and not (two / "out").is_symlink()


def test_what_was_written_into_a_folder_is_gone_before_the_next_tree(place: Place) -> None:
    """Changed, added, ignored, taken away: the folder says nothing of who had it before."""
    with place.grounds.holding(place.base) as folder:
        (folder / "a.py").write_text("A = 2\n")
        (folder / "deep" / "b.py").unlink()
        (folder / "left.log").write_text("ignored")
        (folder / "nest").mkdir()
        git(folder / "nest", "init", "-q")

    assert place.stands(place.base) == {path: text.encode() for path, text in FILES.items()}


def test_a_file_is_written_anew_when_attributes_say_otherwise(place: Place) -> None:
    """It is the same in both trees, and stands differently."""
    place.stands(place.base)

    assert place.stands(place.tree({".gitattributes": "*.py eol=crlf\n"}))["a.py"] == b"A = 1\r\n"
    assert place.stands(place.base)["a.py"] == b"A = 1\n"
    place.grounds.clear()
    assert list((place.folder / "grounds").iterdir()) == []
