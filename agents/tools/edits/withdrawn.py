"""PURE: edits that words of the answer take back, and whether another edit stands in their stead."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from difflib import SequenceMatcher

from agents.tools.edits.placing import Misplaced, Placed, contrary, place
from agents.tools.edits.text_file import TextFile
from agents.tools.edits.wanted import Edit, Replace

WHY = "these words take back an edit before them: give the edits that are meant, and no others"
_ALIKE = 0.8
"""Share of equal letters from which two texts are the same one, once misread."""
_MOST = 4000
"""Characters of a text that is compared."""


def withdrawn(edit: Edit) -> Edit:
    """Return a replacement as one that is taken back; anything else as it is."""
    return replace(edit, withdrawn=True) if isinstance(edit, Replace) else edit


def still_meant(file: TextFile, edits: Sequence[Replace], others: Sequence[Edit]) -> list[Replace]:
    """Return the edits of a file but those taken back for which another one stands.

    Raise Misplaced for one that has a place of its own. `others` are all edits of the answer.
    """
    kept = [edit for edit in edits if not edit.withdrawn]
    placed: list[tuple[Replace, Placed]] = []
    for edit in kept:
        with suppress(Misplaced):
            placed.append((edit, place(file, edit)))
    gone = []
    for edit in (edit for edit in edits if edit.withdrawn):
        try:
            spot = place(file, edit)
        except Misplaced:
            gone += [edit] if has_stand_in(edit, others) else []
            continue
        if contrary([*placed, (edit, spot)]) is None and all(other.old != edit.old for other in kept):
            raise Misplaced(WHY)
        gone.append(edit)
    return [edit for edit in edits if edit not in gone]


def has_stand_in(edit: Edit, others: Sequence[Edit]) -> bool:
    """Return whether an edit is taken back and another one is about nearly the same text, in whatever file."""
    if not isinstance(edit, Replace) or not edit.withdrawn:
        return False
    mine = _letters(edit.old)
    meant = (other for other in others if isinstance(other, Replace) and not other.withdrawn)
    return any(_is_alike(mine, _letters(other.old)) for other in meant)


def _letters(text: str) -> str:
    return " ".join(text.split())[:_MOST]


def _is_alike(mine: str, theirs: str) -> bool:
    return bool(mine and theirs) and SequenceMatcher(None, mine, theirs, autojunk=False).ratio() >= _ALIKE
