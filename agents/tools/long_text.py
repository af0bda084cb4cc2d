"""PURE: long text cut to its head and tail, with how to read the rest."""

from __future__ import annotations

LONGEST = 12_000
"""Characters of a result that the model is told at once."""
KEPT = 8_000_000
"""Characters of a result that are kept at all."""


def needs_cut(text: str, longest: int = LONGEST) -> bool:
    """Return whether a text is longer than the model is told at once."""
    return len(text) > longest


def cut(text: str, blob: str, longest: int = LONGEST) -> str:
    """Return head and tail, cut at line ends where there are some, and between them where the whole is kept."""
    half = longest // 2
    head, tail = text[:half], text[len(text) - half :]
    ends = head.rfind("\n") + 1
    head = head[:ends] if ends > half // 2 else head
    begins = tail.find("\n") + 1
    tail = tail[begins:] if 0 < begins < half // 2 else tail
    left = text[len(head) : len(text) - len(tail)]
    note = (
        f"[{len(left)} characters, {left.count(chr(10))} lines, are left out here. "
        f'To read them: read_result with {{"result": "{blob}", "offset": {len(head)}}}]'
    )
    return f"{head.rstrip(chr(10))}\n{note}\n{tail}"
