"""Files of a project directory, read and written without ever following a link or leaving the directory."""

from __future__ import annotations

import errno
import os
import posixpath
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

LARGEST = 8 * 1024 * 1024
"""Bytes of a file that is edited."""
_MOST = 20_000
"""Files of a project that are looked through for a name."""
_SKIPPED = frozenset({
    ".git", ".hg", ".svn", "__pycache__", "node_modules", ".venv", "venv", ".mypy_cache", ".pytest_cache",
    ".ruff_cache", ".tox",
})  # fmt: skip


class Unreachable(Exception):
    """The file may not or cannot be touched; the message says why."""


class Held(NamedTuple):
    """A file as it is."""

    content: bytes
    mode: int


def is_plain(path: str) -> bool:
    """Return whether a path names something within the directory it is relative to."""
    return bool(path) and not (
        path.startswith("/")
        or posixpath.normpath(path) != path
        or path in (".", "..")
        or path.startswith("../")
        or any(ord(letter) < 32 or ord(letter) == 127 for letter in path)
        or any(len(part.encode("utf-8", "surrogatepass")) > 250 for part in path.split("/"))
        or any(0xD800 <= ord(letter) <= 0xDFFF for letter in path)
    )


class ProjectFiles:
    """The files below one directory."""

    def __init__(self, project: Path) -> None:
        self._project = project

    def names(self) -> list[str]:
        """Return every regular file, sorted, without those of tools; links are none."""
        found: list[str] = []
        for folder, folders, files in os.walk(self._project):
            folders[:] = sorted(name for name in folders if name not in _SKIPPED)
            base = os.path.relpath(folder, self._project)
            for name in sorted(files):
                if not (Path(folder) / name).is_symlink():
                    found.append(name if base == "." else posixpath.join(*Path(base).parts, name))
            if len(found) >= _MOST:
                break
        return sorted(found)

    def read(self, path: str) -> Held | None:
        """Return a file, or None when nothing is there; raise Unreachable."""
        with self._opened(path) as place:
            if place is None:
                return None
            folder, name = place
            try:
                descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
            except FileNotFoundError:
                return None
            except OSError as error:
                raise _unreachable(path, error) from error
            with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor, not a path
                found = os.fstat(file.fileno())
                if not stat.S_ISREG(found.st_mode):
                    raise Unreachable(f"{path} is no file: name a file")
                if found.st_size > LARGEST:
                    raise Unreachable(f"{path} has {found.st_size >> 20} MiB: only files up to 8 MiB are edited")
                return Held(file.read(LARGEST + 1), stat.S_IMODE(found.st_mode))

    def change(self, after: Mapping[str, Held | None], before: Mapping[str, Held | None]) -> None:
        """Write all these files, or none: None removes one. Raise Unreachable with every file as it was before.

        A file that is no longer as `before` says is not written over.
        """
        for path in after:
            if self.read(path) != before[path]:
                raise Unreachable(f"{path} was changed meanwhile: read it again")
        done: list[str] = []
        made: list[str] = []
        try:
            for path, held in after.items():
                done.append(path)
                if held is None:
                    self._remove(path)
                else:
                    self._write(path, held.content, held.mode, made)
        except (OSError, Unreachable) as error:
            self._put_back(done, before, made)
            if isinstance(error, Unreachable):
                raise
            raise _unreachable(done[-1], error) from error

    def _put_back(self, paths: list[str], before: Mapping[str, Held | None], made: list[str]) -> None:
        for path in reversed(paths):
            held = before[path]
            if held is not None:
                self._write(path, held.content, held.mode, [])
            else:
                with suppress(OSError, Unreachable):
                    self._remove(path)
        for folder in reversed(made):
            with suppress(OSError):
                (self._project / folder).rmdir()

    def _write(self, path: str, content: bytes, mode: int, made: list[str]) -> None:
        """Write beside and rename, so that nobody ever sees half a file."""
        with self._opened(path, make=made) as place:
            assert place is not None
            folder, name = place
            fresh = f".{secrets.token_hex(8)}.new"
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=folder)
            try:
                with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
                    file.write(content)
                    os.fchmod(file.fileno(), mode)
                os.rename(fresh, name, src_dir_fd=folder, dst_dir_fd=folder)
            except OSError:
                os.unlink(fresh, dir_fd=folder)
                raise

    def _remove(self, path: str) -> None:
        with self._opened(path) as place:
            if place is None:
                raise Unreachable(f"there is no file {path}")
            os.unlink(place[1], dir_fd=place[0])

    @contextmanager
    def _opened(self, path: str, make: list[str] | None = None) -> Iterator[tuple[int, str] | None]:
        """Open the folder of a file step by step, each of them a real folder; None when one is not there."""
        if not is_plain(path):
            raise Unreachable(f"{path!r} is outside the project: name files from the project directory on")
        *folders, name = path.split("/")
        descriptors = [os.open(self._project, os.O_RDONLY | os.O_DIRECTORY)]
        try:
            for depth, folder in enumerate(folders, 1):
                if make is not None:
                    with suppress(FileExistsError):
                        os.mkdir(folder, dir_fd=descriptors[-1])
                        make.append("/".join(folders[:depth]))
                try:
                    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
                    descriptors.append(os.open(folder, flags, dir_fd=descriptors[-1]))
                except FileNotFoundError:
                    yield None
                    return
                except OSError as error:
                    raise _unreachable("/".join(folders[:depth]), error) from error
            found = self._kind(name, descriptors[-1])
            if found is not None and stat.S_ISLNK(found):
                raise Unreachable(f"{path} is a link: name the file it leads to")
            if found is not None and stat.S_ISDIR(found):
                raise Unreachable(f"{path} is a folder: name a file")
            yield descriptors[-1], name
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    @staticmethod
    def _kind(name: str, folder: int) -> int | None:
        try:
            return os.lstat(name, dir_fd=folder).st_mode
        except FileNotFoundError:
            return None


def _unreachable(path: str, error: OSError) -> Unreachable:
    known = {errno.ELOOP: "is a link: name what it leads to", errno.ENOTDIR: "is a link or no folder: name a real one"}
    return Unreachable(f"{path} {known.get(error.errno or 0, f'cannot be used ({error.strerror})')}")
