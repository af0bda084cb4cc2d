"""The files of a project in pieces that can be compared: a definition each in code, some paragraphs in other text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from agents.tools.code.languages import language_of
from agents.tools.code.reading import known_tags
from agents.tools.code.tags import LONGEST, Tags
from agents.tools.project_files import paths, read

LARGEST = 256 * 1024
"""Bytes of a file that is taken to pieces."""
MOST = 20_000
"""Pieces of a project."""
LINES = 40
"""Of a piece at most."""
_TEXT = (
    ".md", ".rst", ".txt", ".toml", ".cfg", ".ini", ".yaml", ".yml", ".html", ".css", ".sql", ".sh", ".c", ".h", ".cc",
    ".cpp", ".hpp", ".cs", ".rb", ".php", ".kt", ".swift", ".scala", ".lua", ".ex", ".exs", ".vue", ".svelte",
)  # fmt: skip


class Passage(NamedTuple):
    """Some lines of a file, from 1, both ends among them."""

    path: str
    start: int
    end: int
    text: str
    id: str
    """Stands for the path and the text, wherever in the file it is."""


def passages(project: Path, under: str = "") -> Iterator[Passage]:
    """Yield the pieces of every readable file, by path and line; raise Outside."""
    left = MOST
    for path in paths(project, under):
        if language_of(path) is None and not path.endswith(_TEXT):
            continue
        content = read(project, path, LARGEST)
        if content is None or b"\0" in content or len(content) > LONGEST * (content.count(b"\n") + 1):
            continue
        lines = content.decode("utf-8", "replace").split("\n")
        for start, end in _pieces(lines, known_tags().of(path, content)):
            text = "\n".join(lines[start - 1 : end])
            name = hashlib.blake2b(f"{path}\0{text}".encode("utf-8", "replace"), digest_size=16).hexdigest()
            yield Passage(path, start, end, f"{path}\n{text}", name)
            left -= 1
            if not left:
                return


def _pieces(lines: list[str], tags: Tags) -> Iterator[tuple[int, int]]:
    """Yield first and last lines: cut before definitions where there are some, before empty lines elsewhere."""
    breaks = {each.line for each in tags.definitions if not each.local and each.kind not in ("field", "constant")}
    start = 1
    for number in range(2, len(lines) + 2):
        at_end = number == len(lines) + 1
        long = number - start >= LINES
        here = not at_end and (number in breaks if breaks else number - start >= LINES // 2 and not lines[number - 2])
        if at_end or long or (here and number - start >= 3):
            if any(line.strip() for line in lines[start - 1 : number - 1]):
                yield start, number - 1
            start = number
