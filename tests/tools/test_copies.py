"""A copy of a tree that a command has worked in: nothing planted there makes it hang, follow or fill the disk."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest

from agents.ports import TargetBroken
from agents.tools.copies import copy_tree, files_like
from agents.workspace.worktree import remove

GIB = 1 << 30


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    made = tmp_path / "tree"
    (made / "pkg").mkdir(parents=True)
    (made / "pkg/a.py").write_text("x = 1\n")
    return made


def test_holes_stay_holes(tree: Path, tmp_path: Path) -> None:
    with (tree / "huge").open("wb") as file:
        file.seek(GIB)
        file.write(b"in the middle")
        file.truncate(8 * GIB)

    copy_tree(tree, tmp_path / "copy")

    found = (tmp_path / "copy/huge").stat()
    assert (found.st_size, found.st_blocks * 512 < 1 << 20) == (8 * GIB, True)
    with (tmp_path / "copy/huge").open("rb") as file:
        file.seek(GIB)
        assert file.read(20) == b"in the middle" + bytes(7)


def test_a_pipe_and_a_socket_are_left_out_and_never_opened(tree: Path, tmp_path: Path) -> None:
    os.mkfifo(tree / "pipe")
    folder = os.open(tree, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"/proc/self/fd/{folder}/server.sock")
    os.close(folder)

    copy_tree(tree, tmp_path / "copy")

    assert sorted(path.name for path in (tmp_path / "copy").iterdir()) == ["pkg"]


def test_links_stay_links_and_modes_stay_modes(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the user's own")
    (tree / "out").symlink_to("../secret")
    (tree / "pkg/a.py").chmod(0o755)

    copy_tree(tree, tmp_path / "copy")

    assert (tmp_path / "copy/out").readlink() == Path("../secret")
    assert (tmp_path / "copy/pkg/a.py").stat().st_mode & 0o777 == 0o755


@pytest.mark.slow
def test_a_tree_too_deep_to_be_copied_is_told(tree: Path, tmp_path: Path) -> None:
    here = os.open(tree, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=here)
        here, last = os.open("d", os.O_RDONLY, dir_fd=here), here
        os.close(last)
    os.close(here)

    with pytest.raises(TargetBroken, match="cannot be copied"):
        copy_tree(tree, tmp_path / "copy")
    for left in (tree, tmp_path / "copy"):
        remove(left)  # too deep for whoever clears up after the tests


def test_a_pattern_that_could_be_tried_in_endless_ways_is_not(tree: Path) -> None:
    (tree / "/".join("a" * 40)).mkdir(parents=True)
    (tree / "/".join("a" * 40) / "b").touch()
    began = time.process_time()

    assert list(files_like(tree, ("pkg/*.py", "**a" * 25 + "?a/b"))) == ["pkg/a.py"]
    assert time.process_time() - began < 5
