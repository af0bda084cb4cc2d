"""PURE: SEARCH/REPLACE blocks, however many brackets, with and without a fence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from agents.tools.edits.fences import CLOSER, DIVIDER, FENCE, OPENER
from agents.tools.edits.naming import name_in
from agents.tools.edits.text_file import joined
from agents.tools.edits.wanted import Refused, Replace

SHAPE = "SEARCH/REPLACE block"
_PLACE = re.compile(r"^\s*:(start|end)_line:\s*(\d+)\s*$")
_DASHES = re.compile(r"^-{3,}\s*$")


_CONTENT = re.compile(r"^\W*(?:(?:new|full|complete|updated|file) )?(?:contents?|code)\W*:\W*$", re.IGNORECASE)
"""What says only that the text follows."""


class Block(NamedTuple):
    """One block as it was read, and the line behind it."""

    edit: Replace | Refused
    behind: int


def read_block(lines: Sequence[str], at: int, stop: int, name: str) -> Block:
    """Read the block that begins at a line; `name` is the file when the block's own first line names none."""
    opened = OPENER.match(lines[at])
    assert opened is not None
    end = next((here for here in range(at + 1, stop) if CLOSER.match(lines[here]) or OPENER.match(lines[here])), stop)
    if end == stop or not CLOSER.match(lines[end]):
        return Block(Refused(at + 1, "the SEARCH block has no `>>>>>>> REPLACE` at its end: write it whole"), end)
    inner = _without_indent(lines[at + 1 : end], opened["indent"])
    inner, line = _without_place(inner)
    dividers = [nth for nth, each in enumerate(inner) if DIVIDER.match(each)]
    width = re.search(r"[<-]{3,}", lines[at])
    alike = [nth for nth in dividers if width and len(inner[nth].strip()) == len(width[0])]
    dividers = alike or dividers
    if not dividers:
        return Block(
            Refused(at + 1, "the SEARCH block has no line `=======`: put it between old and new text"), end + 1
        )
    if len(dividers) > 1:
        # Headings are underlined so, too, and the file itself cannot tell: each way of dividing it may fit.
        why = "the block has several lines `=======`, and nobody knows which one divides it: use edit_file or a diff"
        return Block(Refused(at + 1, why), end + 1)
    old, new = joined(inner[: dividers[0]]), joined(inner[dividers[0] + 1 :])
    own = name_in(opened["name"]) or name
    return Block(Replace(own, old, new, line=line, at=at + 1, shape=SHAPE), end + 1)


def name_above(lines: Sequence[str], at: int, floor: int) -> str:
    """Return the file that is named by the nearest line above, alone on its line, at most two blank lines away."""
    here = at - 1
    while (
        here >= floor
        and at - here <= 3
        and (not lines[here].strip() or FENCE.match(lines[here]) or _CONTENT.match(lines[here]))
    ):
        here -= 1
    return name_in(lines[here]) if here >= floor and at - here <= 3 else ""


def _without_indent(lines: Sequence[str], indent: str) -> list[str]:
    """Take the indentation of the block's own marks away, when all its lines have it."""
    if indent and all(line.startswith(indent) for line in lines if line.strip()):
        return [line.removeprefix(indent) for line in lines]
    return list(lines)


def _without_place(lines: list[str]) -> tuple[list[str], int]:
    """Take `:start_line:12` and the dashes below it away; return the line it says."""
    said = 0
    rest = lines
    while rest and (found := _PLACE.match(rest[0])):
        said = int(found[2]) if found[1] == "start" else said
        rest = rest[1:]
    if len(rest) < len(lines) and rest and _DASHES.match(rest[0]):
        rest = rest[1:]
    return rest, said
