"""The source files a code tool is asked about, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from agents.tools.code.languages import NAMES, language_of
from agents.tools.code.tags import LARGEST, TagCache, Tags
from agents.tools.project_files import paths, place, plain, read

MOST_FILES = 5000


@cache
def known_tags() -> TagCache:
    """Return the memory of this program for what stands in which content."""
    return TagCache()


def read_tags(project: Path, tags: TagCache, under: str = "") -> dict[str, Tags]:
    """Return the tags of every source file below a folder, or of one file, by path; raise Outside."""
    found: dict[str, Tags] = {}
    for path in paths(project, under):
        if language_of(path) is not None and (content := read(project, path, LARGEST)) is not None:
            found[path] = tags.of(path, content)
            if len(found) == MOST_FILES:
                break
    return found


@dataclass(frozen=True, slots=True)
class Read:
    """Source files by path, with what stands in them."""

    project: Path
    files: Mapping[str, Tags]

    @classmethod
    def of(cls, project: Path, under: str = "") -> Read:
        """Read a file, or every source file below a folder; raise Outside."""
        return cls(project, read_tags(project, known_tags(), under.rstrip("/") if under != "." else ""))

    def line(self, path: str, number: int) -> str:
        """Return one line of a file, shown plainly and without its indentation."""
        content = read(self.project, path, LARGEST)
        lines = (content or b"").split(b"\n")
        if not 0 < number <= len(lines):
            return ""
        text = plain(lines[number - 1].decode("utf-8", "replace")).strip()
        return text if len(text) <= 200 else f"{text[:200]}..."


def no_code(project: Path, path: str) -> str:
    """Say why nothing was found below a path."""
    languages = ", ".join(NAMES)
    if path and not place(project, path).exists():
        return f"there is no {plain(path)!r} in the project: list_files shows what there is"
    return f"{plain(path) or 'the project'} holds no source code that is read here ({languages})"
