"""What a tool finds in single files, kept by their content: after a change only what changed is looked at again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from ledger.events import Finding

FindingsIn = Mapping[str, tuple[Finding, ...]]
Look = Callable[[Sequence[str]], Awaitable[FindingsIn | str]]
"""Looks at these files, or at every one when none is named; a text says why it could not."""
MOST = 200
"""More new files than these are not named one by one: the tool is pointed at the whole tree."""


class FileReadings(Protocol):
    """Where readings of files are kept by their keys; it may forget."""

    def get_all(self, keys: Iterable[str]) -> Mapping[str, bytes]:
        """Return what was kept, by key; what is missing is not in it."""
        ...

    def put_all(self, contents: Mapping[str, bytes]) -> None:
        """Keep several at once."""
        ...


class Forgotten:
    """Keeps nothing."""

    def get_all(self, keys: Iterable[str]) -> Mapping[str, bytes]:
        """Return nothing."""
        return {}

    def put_all(self, contents: Mapping[str, bytes]) -> None:
        """Keep nothing."""


async def findings_by_file(
    project: Path, files: Sequence[str], about: Sequence[object], look: Look, kept: FileReadings
) -> FindingsIn | str:
    """Return what a tool finds in each of the files; only those nobody looked at before are looked at.

    `about` is all that the findings depend on besides a file's path and content: the rules, the tool, its version.
    A link is looked at each time.
    """
    keys = {path: key for path in files if (key := _key(project / path, path, about))}
    known = kept.get_all(keys.values())
    found = {
        path: msgspec.json.decode(known[key], type=tuple[Finding, ...]) for path, key in keys.items() if key in known
    }
    new = [path for path in files if path not in found]
    if not new:
        return found
    looked = await look(new if len(new) <= MOST else ())
    if isinstance(looked, str):
        return looked
    fresh = {path: looked.get(path, ()) for path in new}
    kept.put_all({keys[path]: msgspec.json.encode(fresh[path]) for path in new if path in keys})
    # What was found elsewhere is no reading of a file, and counts all the same.
    return {**found, **fresh, **{path: looked[path] for path in looked if path not in keys and path not in fresh}}


def grouped(findings: Iterable[Finding]) -> dict[str, tuple[Finding, ...]]:
    """Return findings by the file they are in."""
    found: dict[str, tuple[Finding, ...]] = {}
    for finding in findings:
        found[finding.path] = (*found.get(finding.path, ()), finding)
    return found


def every_file(project: Path) -> list[str]:
    """Return every file and link below the project, sorted; hidden ones too, git's own left out."""
    found = []
    for folder, names, files in os.walk(project):
        names[:] = [name for name in names if name != ".git"]
        here = os.path.relpath(folder, project)
        found += [name if here == "." else f"{here}/{name}" for name in files]
    return sorted(found)


def _key(place: Path, path: str, about: Sequence[object]) -> str:
    """Return the key of what a regular file's findings depend on; nothing for anything else."""
    if place.is_symlink() or not place.is_file():
        return ""
    digest = hashlib.sha256(place.read_bytes())
    for part in ("file", path, *about):
        text = str(part).encode("utf-8", "surrogatepass")
        digest.update(b"%d:%s" % (len(text), text))
    return digest.hexdigest()
