"""PURE: what an answer wants changed, whatever shape it was written in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Replace:
    """Some text of a file is to become other text."""

    path: str
    """As it was written; empty when no file was named."""
    old: str
    """With `lines`, whole lines, each ended by a line feed; else any part of the text."""
    new: str
    lines: bool = True
    every: bool = False
    """Whether all places are meant; else there must be one."""
    line: int = 0
    """Where it is said to begin, from 1; only tells equal places apart. 0 when nothing is said."""
    anchors: tuple[str, ...] = ()
    """Lines that are said to stand before it, outermost first; they only tell equal places apart."""
    rows: tuple[tuple[str, str], ...] = ()
    """Its lines with the marks of a diff, where it had them: what only surrounds the change may be out of date."""
    final: bool | None = None
    """Whether the file is said to end with a line end afterwards."""
    withdrawn: bool = False
    """Whether words behind it take it back: it is meant no more where another edit stands for it."""
    at: int = 0
    """Line of the answer, from 1."""
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Write:
    """A file is to hold this text and nothing else."""

    path: str
    text: str
    sure: bool = False
    """Whether the whole file is meant beyond doubt; a fence below a file's name may be a piece of it."""
    new: bool = False
    """Whether the file may not be there yet."""
    label: str = ""
    """A comment that names the file and stood above the text, as its label or as its first line."""
    weak: bool = False
    """Whether the text may as well only be shown: where it can be no whole file, it is passed over beside others."""
    shown: str = ""
    """Why it is shown alone and never written; empty when it may be."""
    at: int = 0
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Delete:
    """A file is to go."""

    path: str
    lines: str = ""
    """What it is said to hold; empty when nothing is said."""
    at: int = 0
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """A file is to get another name; comes after what changes it."""

    path: str
    to: str
    at: int = 0
    shape: str = ""


Edit = Replace | Write | Delete | Move


class Refused(NamedTuple):
    """A piece of the answer that means an edit and cannot be taken as one."""

    at: int
    """Line of the answer, from 1."""
    why: str
    """One line that ends with what to do."""


class Wanted(NamedTuple):
    """All that an answer wants changed."""

    edits: tuple[Edit, ...] = ()
    refused: tuple[Refused, ...] = ()
    passed_over: tuple[Refused, ...] = ()
    """What looks like an edit and is an example, a quotation or a draft."""


def once(edits: Sequence[Edit]) -> list[Edit]:
    """Return the edits without those that were merely said twice."""
    found: list[Edit] = []
    seen: set[object] = set()
    for edit in edits:
        match edit:
            case Replace():
                key: object = (edit.path, edit.old, edit.new, edit.line, edit.anchors)
            case Write():
                key = (edit.path, edit.text)
            case Delete():
                key = (edit.path, "deleted")
            case Move():
                key = (edit.path, edit.to)
        if key not in seen:
            seen.add(key)
            found.append(edit)
    return found
