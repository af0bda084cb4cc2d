"""PURE: whether the text in a fence ends where its fence does: a bare fence ends one text and begins another alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from agents.tools.edits.blocks import name_above
from agents.tools.edits.dressed import DOCUMENTS
from agents.tools.edits.fences import FENCE, Fence, read_fence
from agents.tools.edits.naming import made_in, whole_file_in


class _Ahead(NamedTuple):
    """Whether a fence behind makes it unsure where a text ended: any text, or that of a document."""

    any: bool = False
    document: bool = False
    there: bool = False
    """Whether there is a fence at all."""


class Ends:
    """The ends of an answer's fences, each looked at once."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._ahead: dict[int, _Ahead] = {}

    def unsure(self, stop: int, named: str) -> bool:
        """Return whether a file may go on behind its fence's end, as one does that holds fences itself.

        Then what stands behind can be read in another way too, by which every fence has its end as well. A document
        holds fences: a line right behind its own, or a fence of which no word is said, may be more of it.
        """
        document = named.lower().endswith(DOCUMENTS) or "." not in named.rpartition("/")[2]
        ahead = self._behind(stop + 1)
        if not document or ahead.document or not ahead.there:
            return ahead.document if document else ahead.any
        following = next(nth for nth in range(stop + 1, len(self._lines)) if self._lines[nth].strip())
        fence = read_fence(self._lines, following)
        return following == stop + 1 or (fence is not None and not fence.name)

    def _behind(self, start: int) -> _Ahead:
        passed: list[tuple[int, bool, bool]] = []
        at = start
        while at not in self._ahead:
            found = next(
                (fence for here in range(at, len(self._lines)) if (fence := read_fence(self._lines, here))), None
            )
            if found is None:
                self._ahead[at] = _Ahead()
                break
            named = found.name or (not found.nested and name_above(self._lines, found.start, at))
            passed.append((at, not found.closed, not (found.language or named)))
            at = found.stop + 1
        ahead = self._ahead[at]
        for here, unclosed, bare in reversed(passed):
            ahead = _Ahead(ahead.any or unclosed, ahead.document or unclosed or bare, there=True)
            self._ahead[here] = ahead
        return ahead


def names_fences(fence: Fence) -> bool:
    """Return whether a fence holds fences with names of files, or within each other: maybe other parts of the answer.

    Then the text may have ended before them, with a fence of its own that never ends.
    """
    for at, line in enumerate(fence.body if fence.nested else ()):
        inner = read_fence(fence.body, at) if FENCE.match(line) else None
        above = next((each for each in reversed(fence.body[:at]) if each.strip()), "")
        if inner is not None and (
            inner.nested or inner.name or name_above(fence.body, at, 0) or whole_file_in(above) or made_in(above)
        ):
            return True
    return False
