"""PURE: an edit as two plain texts, the one that is there and the one that shall be, each below the words for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from agents.tools.edits.ends import names_fences
from agents.tools.edits.fences import FENCE, Fence, read_fence
from agents.tools.edits.naming import name_in
from agents.tools.edits.wanted import Edit, Replace, Write

_THIS = r"(?:(?:it|this|that|them|these|those|the|following|above|below|code|lines?|blocks?|part|version|text)\s*)*"
_OLD_NOUN = r"(?:before|was|from|old|original|originally|current|currently|existing|previous)"
_NEW_NOUN = r"(?:after|becomes?|to|into|with|by|new|updated|fixed|corrected|changed|replacement|now)"
_KIND = r"(?: (?:code|version|lines?|text|block|implementation))?"
_LABEL_OLD = re.compile(rf"^\W*(?:the )?{_OLD_NOUN}{_KIND}(?: \([^)]*\))?\W*$", re.IGNORECASE)
_ASKS_OLD = re.compile(
    r"\b(?:replace|change|find|locate|swap|search for|look for|update|modify)\b"
    r"(?![^:]*\b(?:with|by|to|into)\W*$)(?:.*:|[^.:]{0,60})\W*$",
    re.IGNORECASE,
)
_LABEL_NEW = re.compile(
    rf"^\W*(?:and |then )?(?:(?:replace|change|update|swap)d? {_THIS})?(?:the )?{_NEW_NOUN}{_KIND}\s*{_THIS}"
    r"(?:\([^)]*\))?\W*$",
    re.IGNORECASE,
)
_COMMENT = r"^\s*(?:#|//|--|/\*|<!--)\s*"
_COMMENT_OLD = re.compile(rf"{_COMMENT}{_OLD_NOUN}{_KIND}\s*:?\s*(?:\*/|-->)?\s*$", re.IGNORECASE)
_COMMENT_NEW = re.compile(rf"{_COMMENT}{_NEW_NOUN}{_KIND}\s*:?\s*(?:\*/|-->)?\s*$", re.IGNORECASE)
_LONGEST = 300
"""Characters of a line that says which text is which."""
_APART = 4
"""Lines between the two texts that are looked through."""


RECAP = "texts before and after"


class Pair(NamedTuple):
    """Two texts of which the second shall stand where the first does."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    behind: int
    labelled: bool
    """Whether words alone tell which is which, and nothing asks for it."""
    whole: bool = True
    """Whether it is beyond doubt where both texts end."""

    @property
    def shape(self) -> str:
        """How it is called; a recap tells of other edits where these change the same file."""
        return RECAP if self.labelled else "two texts"


def read_pair(lines: Sequence[str], fence: Fence, floor: int) -> Pair | None:
    """Return the pair that a fence begins, or is; None where it is none."""
    within = _within(fence)
    if within is not None:
        return within
    said = _said_above(lines, fence.start, floor)
    labelled = bool(_LABEL_OLD.match(said))
    if not labelled and not _ASKS_OLD.search(said):
        return None
    second = next(
        (found for at in range(fence.stop + 1, min(len(lines), fence.stop + 2 + _APART))
         if FENCE.match(lines[at]) and (found := read_fence(lines, at))), None,
    )  # fmt: skip
    if second is None or second.name or any(name_in(each) for each in lines[fence.stop + 1 : second.start]):
        return None
    if not _LABEL_NEW.match(_said_above(lines, second.start, fence.stop + 1)):
        return None
    # What stands between besides the words may belong to the first text, if that holds a fence.
    between = sum(bool(line.strip()) for line in lines[fence.stop + 1 : second.start])
    whole = second.closed and between == 1 and not (names_fences(fence) or names_fences(second))
    return Pair(fence.body, second.body, second.stop + 1, labelled, whole)


def shows_another_change(recap: Replace, others: Sequence[Edit]) -> bool:
    """Return whether two texts tell of lines that the other edits of their file change otherwise."""
    before, after = _squeezed(recap.old), _squeezed(recap.new)
    told = before
    for edit in others if before else ():
        if isinstance(edit, Write) and before in (text := _squeezed(edit.text)) and after not in text:
            return True
        if not isinstance(edit, Replace) or not (old := _squeezed(edit.old)):
            continue
        if before in old and before != old and after not in _squeezed(edit.new):
            return True
        told = told.replace(old, _squeezed(edit.new))
    return told not in (before, after)


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _within(fence: Fence) -> Pair | None:
    """Return the pair in one fence, each text below a comment that says which it is."""
    first = next((line for line in fence.body if line.strip()), "")
    news = [nth for nth, line in enumerate(fence.body) if _COMMENT_NEW.match(line)]
    if not _COMMENT_OLD.match(first) or len(news) != 1:
        return None
    begin = fence.body.index(first) + 1
    return Pair(fence.body[begin : news[0]], fence.body[news[0] + 1 :], fence.stop + 1, True)


def _said_above(lines: Sequence[str], at: int, floor: int) -> str:
    """Return the nearest line of prose above that does not only name a file."""
    said = next((line.strip() for line in reversed(lines[floor:at]) if line.strip() and not name_in(line)), "")
    return said if len(said) <= _LONGEST else ""
