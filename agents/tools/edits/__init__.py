"""Edits in every shape models write them: read from the text of an answer, and made all together or not at all."""

from agents.tools.edits.applying import Applied, Changed, apply
from agents.tools.edits.outcome import summary, told
from agents.tools.edits.reading import read_edits
from agents.tools.edits.wanted import Delete, Edit, Move, Refused, Replace, Wanted, Write

__all__ = [
    "Applied", "Changed", "Delete", "Edit", "Move", "Refused", "Replace", "Wanted", "Write", "apply", "read_edits",
    "summary", "told",
]  # fmt: skip
