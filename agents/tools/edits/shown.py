"""PURE: texts below the names of files that can be no whole ones: they show what edits beside them do, or deny it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from agents.tools.edits.partial import gaps


class Shown(NamedTuple):
    """A text below the name of a file."""

    path: str
    text: str
    at: int
    """Line of the answer, from 1."""
    why: str
    """Why it is no whole file."""


def denied(shown: Shown, made: Sequence[str] | None) -> str:
    """Return that a text says otherwise of a file than what edits `made` of it; empty when all its lines are there."""
    if made is None:
        return ""
    known = {line.strip() for line in made}
    rows = [line for line in shown.text.split("\n") if line.strip() and not gaps([line])]
    if all(line.strip() in known for line in rows):
        return ""
    return f"{shown.path}: the text below its name is not what the other edits make of it: give it in one way"
