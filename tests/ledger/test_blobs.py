"""Blobs are kept by content, whole or not at all, and compared with their name when they are read."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ledger.blobs import Blobs, FileBlobs, MemoryBlobs
from ledger.errors import Damaged, Missing


@pytest.fixture(params=["files", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    return FileBlobs(tmp_path / "blobs") if request.param == "files" else MemoryBlobs()


@pytest.mark.parametrize("content", [b"", b"diff --git", bytes(range(256)) * 1000])
def test_a_blob_is_named_by_its_content(blobs: Blobs, content: bytes) -> None:
    name = blobs.put(content)

    assert name == hashlib.sha256(content).hexdigest() == blobs.put(content)
    assert blobs.get(name) == content
    assert name in blobs


@pytest.mark.parametrize("name", ["0" * 64, "", "../../etc/passwd", "A" * 64])
def test_a_blob_that_is_not_there_is_missing(blobs: Blobs, name: str) -> None:
    assert name not in blobs
    with pytest.raises(Missing):
        blobs.get(name)


def test_a_changed_blob_is_damaged_until_it_is_put_again(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    name = blobs.put(b"truth")
    (tmp_path / name[:2] / name).write_bytes(b"trutH")

    with pytest.raises(Damaged):
        blobs.get(name)
    blobs.put(b"truth")

    assert blobs.get(name) == b"truth"


def test_putting_leaves_one_file_and_no_other(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    names = {blobs.put(content) for content in (b"a", b"b", b"a")}

    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == names


def test_what_a_killed_writer_left_half_written_is_removed_at_the_next_start(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path / "blobs")
    kept = blobs.put(b"whole")
    (tmp_path / "blobs" / "unfinished" / "tmp123").write_bytes(b"ha")

    blobs.tidy()

    assert [path.name for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == [kept]
