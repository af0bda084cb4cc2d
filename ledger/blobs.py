"""The port for payloads too large for an event, and the files that keep them."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from ledger.errors import Damaged, Missing, Unwritable

_PACK = b"PACK"
_UNFINISHED = "unfinished"
"""Folder of what is just being written: so that a start need not look through everything for it."""
_NAME = re.compile(r"[0-9a-f]{64}")


class Blobs(Protocol):
    """Payloads by content: the name is the SHA-256 of the bytes, so storing twice is storing once."""

    def put(self, content: bytes) -> str:
        """Store durably and return the name; must happen before the event that refers to it."""
        ...

    def get(self, name: str) -> bytes:
        """Return the content; raise Missing or Damaged."""
        ...

    def __contains__(self, name: object) -> bool:
        """Return whether the blob is there."""
        ...


class FileBlobs:
    """One file per blob, in 256 folders by the first two digits of its name."""

    def __init__(self, folder: Path, mask: Callable[[bytes], bytes] = lambda content: content) -> None:
        """`mask` takes secrets out of every text before it is kept; packs of git are kept as they are."""
        self._folder, self._mask = Path(folder), mask

    def put(self, content: bytes) -> str:
        """Write beside, fsync, rename; a crash leaves the whole blob or none. Raise Unwritable.

        A blob that was shredded stays gone, also when the same content comes again.
        """
        if not _is_pack(content):
            content = self._mask(content)
        name = hashlib.sha256(content).hexdigest()
        path = self._path(name)
        try:
            if not self._stone(name).exists() and not _holds(path, content):
                _write_durably(path, content)
        except OSError as error:
            raise Unwritable(str(path), error.strerror or str(error)) from error
        return name

    def get(self, name: str) -> bytes:
        """Return the content, compared with its name on every read."""
        if not _NAME.fullmatch(name):
            raise Missing("blob", name)
        path = self._path(name)
        if self._stone(name).exists():
            raise Missing("blob any more (it was shredded)", name)
        try:
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise Missing("blob", name) from error
        except OSError as error:
            raise Damaged(str(path), 0, error.strerror or str(error)) from error
        if hashlib.sha256(content).hexdigest() != name:
            raise Damaged(str(path), 0, "its content does not match its name")
        return content

    def __contains__(self, name: object) -> bool:
        """Return whether the file is there; its content is checked when it is read."""
        return isinstance(name, str) and _NAME.fullmatch(name) is not None and self._path(name).is_file()

    def shred(self, name: str) -> None:
        """Overwrite and remove the content for ever; the chain holds its name alone and stays whole. Raise Missing."""
        if name not in self:
            raise Missing("blob", name)
        path = self._path(name)
        try:
            _write_durably(self._stone(name), b"")
            with path.open("r+b") as file:
                file.write(bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
            _sync_folder(path.parent)
        except OSError as error:
            raise Unwritable(str(path), error.strerror or str(error)) from error

    def tidy(self) -> None:
        """Remove what a killed process left half written; nobody else may be writing."""
        for stray in (self._folder / _UNFINISHED).glob("*"):
            stray.unlink(missing_ok=True)

    def _stone(self, name: str) -> Path:
        """What stands where a shredded blob was."""
        return self._folder / name[:2] / f"{name}.shredded"

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name


class MemoryBlobs:
    """Blobs in a dict, for tests and demonstrations."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}

    def put(self, content: bytes) -> str:
        """Keep the content and return its name."""
        name = hashlib.sha256(content).hexdigest()
        self._contents[name] = content
        return name

    def get(self, name: str) -> bytes:
        """Return the content; raise Missing."""
        try:
            return self._contents[name]
        except KeyError as error:
            raise Missing("blob", name) from error

    def __contains__(self, name: object) -> bool:
        """Return whether the blob is there."""
        return name in self._contents


def _is_pack(content: bytes) -> bool:
    """Whether it is a pack of git to its last byte, its digest: a text that only begins like one is a text."""
    if not content.startswith(_PACK):
        return False
    digests = (("sha1", 20), ("sha256", 32))
    return any(hashlib.new(name, content[:-size]).digest() == content[-size:] for name, size in digests)


def _holds(path: Path, content: bytes) -> bool:
    """Whether the file is whole already; a damaged one is written again."""
    return path.is_file() and path.read_bytes() == content


def _write_durably(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.parents[1] / _UNFINISHED
    unfinished.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=unfinished, delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
