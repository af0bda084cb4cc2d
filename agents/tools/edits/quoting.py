"""PURE: whether a fence quotes an answer instead of giving one."""

from __future__ import annotations

from collections.abc import Sequence

from agents.tools.edits import diffs, envelope, tagged
from agents.tools.edits.fences import FENCE, OPENER, Fence, read_fence


def quotes(fence: Fence) -> bool:
    """Return whether a fence quotes an answer: it holds edits, all of them within fences of its own."""
    if not holds_edits(fence.body):
        return False
    if not any(FENCE.match(line) for line in fence.body) or fence.language not in ("", "markdown", "md", "text", "txt"):
        return False
    here = 0
    outside: list[str] = []
    while here < len(fence.body):
        inner = read_fence(fence.body, here)
        if inner is None:
            outside.append(fence.body[here])
            here += 1
        else:
            here = inner.stop + 1
    return not holds_edits(outside)


MIXED = "the fence holds blocks and other edits too: end it behind the blocks"
HIDDEN = "a fence that holds fences holds edits too, and nobody knows where it ends: use more backticks around it"


def hides_edits(fence: Fence) -> bool:
    """Return whether a fence that may end elsewhere has edits in it, beside those of the answer."""
    return fence.nested and (holds_edits(fence.body) or any(tagged.begins(line, known=True) for line in fence.body))


def holds_edits(lines: Sequence[str]) -> bool:
    """Return whether any line begins an edit beyond doubt."""
    return any(
        OPENER.match(line) or envelope.begins(lines, nth) or diffs.begins(lines, nth, len(lines))
        for nth, line in enumerate(lines)
    )
