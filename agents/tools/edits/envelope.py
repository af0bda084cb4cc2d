"""PURE: patches between `*** Begin Patch` and `*** End Patch`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from agents.tools.edits import diffs
from agents.tools.edits.diffs import HUNK, Diff
from agents.tools.edits.fences import BEGIN_PATCH, END_PATCH
from agents.tools.edits.text_file import joined
from agents.tools.edits.wanted import Delete, Edit, Move, Refused, Replace, Write

SHAPE = "patch"
_FILE = re.compile(r"^\*{3} ?(Update|Add|Create|Delete|Remove) File: ?(.+?)\s*$", re.IGNORECASE)
_MOVE = re.compile(r"^\*{3} ?Move to: ?(.+?)\s*$", re.IGNORECASE)
_HEADS = re.compile(r"^(?:--- a/|\+\+\+ b/|--- /|\+\+\+ /)")
_END_OF_FILE = re.compile(r"^\*{3} ?End of File\s*$", re.IGNORECASE)


@dataclass(slots=True)
class _Chunk:
    at: int
    line: int = 0
    anchors: list[str] = field(default_factory=list)
    rows: list[tuple[str, str]] = field(default_factory=list)


def begins(lines: Sequence[str], at: int) -> bool:
    """Return whether a patch begins at this line."""
    return bool(BEGIN_PATCH.match(lines[at]))


def starts_file(line: str) -> bool:
    """Return whether a line begins what a patch says of one file, as where its first line was left out."""
    return bool(_FILE.match(line))


def read_patch(lines: Sequence[str], at: int, stop: int, *, closed: bool) -> Diff:
    """Read a patch to its end; `closed` says whether something else ends it at `stop`."""
    here = at + 1 if BEGIN_PATCH.match(lines[at]) else at
    end = next((nth for nth in range(here, stop) if END_PATCH.match(lines[nth])), None)
    if end is None and not closed:
        return Diff((), (Refused(at + 1, "the patch has no `*** End Patch`, so it may be cut: write it whole"),), stop)
    last = stop if end is None else end
    edits: list[Edit] = []
    refused: list[Refused] = []
    while here < last:
        head = _FILE.match(lines[here])
        if head is None:
            if diffs.begins(lines, here, last):
                found = diffs.read_diff(lines, here, last, fenced=True)
                edits += found.edits
                refused += found.refused
                here = found.behind
                continue
            if lines[here].strip():
                refused.append(
                    Refused(here + 1, "this line of the patch belongs to no file: begin with *** Update File: PATH")
                )
                break
            here += 1
            continue
        here = _read_file(lines, here, last, head, edits, refused)
    if not edits and not refused:
        refused.append(Refused(at + 1, "the patch names no file: begin with *** Update File: PATH"))
    return Diff(tuple(edits), tuple(refused), last + 1 if end is not None else stop)


def _read_file(
    lines: Sequence[str], at: int, stop: int, head: re.Match[str], edits: list[Edit], refused: list[Refused]
) -> int:
    kind, path = head[1].lower(), head[2].strip("`\"'")
    behind = next((nth for nth in range(at + 1, stop) if _FILE.match(lines[nth])), stop)
    body = range(at + 1, behind)
    if kind in ("delete", "remove"):
        edits.append(Delete(path, at=at + 1, shape=SHAPE))
    elif kind in ("add", "create"):
        wrong = next((nth for nth in body if lines[nth].strip() and not lines[nth].startswith("+")), None)
        if wrong is not None:
            refused.append(Refused(wrong + 1, "every line of a file that is added begins with +"))
        else:
            rows = [lines[nth][1:] for nth in body if lines[nth] or any(lines[nth + 1 : behind])]
            edits.append(Write(path, joined(rows), sure=True, new=True, at=at + 1, shape=SHAPE))
    else:
        moved = next((found[1] for nth in body if (found := _MOVE.match(lines[nth]))), "")
        _update(lines, at, behind, path, edits, refused, moved=bool(moved))
        if moved:
            edits.append(Move(path, moved.strip("`\"'"), at=at + 1, shape=SHAPE))
    return behind


def _update(
    lines: Sequence[str], at: int, stop: int, path: str, edits: list[Edit], refused: list[Refused], *, moved: bool
) -> None:
    chunks = [_Chunk(at + 1)]
    for nth in range(at + 1, stop):
        line = lines[nth]
        if _MOVE.match(line) or _END_OF_FILE.match(line) or (nth - at <= 2 and _HEADS.match(line)):
            continue
        if line.startswith("@@"):
            if chunks[-1].rows:
                chunks.append(_Chunk(nth))
            found = HUNK.match(line)
            chunks[-1].line = int(found[1] or 0) if found else 0
            section = (found[5] if found else line[2:]).strip().removeprefix("@@").removesuffix("@@").strip()
            if section and section != "...":
                chunks[-1].anchors.append(section)
        elif line[:1] in ("+", "-", " "):
            chunks[-1].rows.append((line[0], line[1:]))
        else:
            chunks[-1].rows.append((" ", line))  # a line of the file whose mark was forgotten
    for chunk in chunks:
        while chunk.rows and chunk.rows[-1] == (" ", ""):
            chunk.rows.pop()
    chunks = [chunk for chunk in chunks if any(mark != " " for mark, _ in chunk.rows)]
    if not chunks and not moved:
        refused.append(Refused(at + 1, f"the patch of {path} changes no line: mark lines with + and -"))
    for chunk in chunks:
        old = joined([text for mark, text in chunk.rows if mark != "+"])
        new = joined([text for mark, text in chunk.rows if mark != "-"])
        if not old:
            why = "nothing in this part is there already, so that nobody knows its place: give lines around it"
            refused.append(Refused(chunk.at + 1, why))
            continue
        edits.append(
            Replace(
                path, old, new, line=chunk.line, anchors=tuple(chunk.anchors), rows=tuple(chunk.rows),
                at=chunk.at + 1, shape=SHAPE,
            )
        )  # fmt: skip
