"""Which other file of the project has the lines that an edit sought in vain."""

from __future__ import annotations

from collections.abc import Sequence

from agents.tools.edits.safe_files import ProjectFiles, Unreachable
from agents.tools.edits.same_lines import windows
from agents.tools.edits.text_file import NotText, decoded, split

_MOST = 400
"""Files that are looked through."""
_BYTES = 4_000_000
_LEAST = 12
"""Letters the lines must have, so that it is no chance."""


def elsewhere(files: ProjectFiles, names: Sequence[str], path: str, old: str) -> str:
    """Say where the lines stand but for their indentation; empty when no file like this one has them."""
    wanted = [line.strip() for line in split(old)[0]]
    while wanted and not wanted[0]:
        wanted.pop(0)
    while wanted and not wanted[-1]:
        wanted.pop()
    if sum(map(len, wanted)) < _LEAST:
        return ""
    ending = path.rpartition(".")[2]
    read = 0
    for name in [each for each in names if each.endswith(f".{ending}") and each != path][:_MOST]:
        try:
            held = files.read(name)
            lines = decoded(held.content).lines if held else ()
        except (Unreachable, NotText):
            continue
        read += len(held.content) if held else 0
        found = windows([line.strip() for line in lines], wanted)
        if found:
            return f"\nThese lines stand in {name}, from line {found[0] + 1}: name that file, if it is meant"
        if read > _BYTES:
            break
    return ""
