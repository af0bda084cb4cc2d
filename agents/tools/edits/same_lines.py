"""PURE: where some lines stand within others, and what two texts have in common at their ends."""

from __future__ import annotations

from collections.abc import Sequence


def windows(lines: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Return where the wanted lines stand one after the other; looks at each line twice at most."""
    if not wanted or len(wanted) > len(lines):
        return []
    back = [0] * len(wanted)
    length = 0
    for nth in range(1, len(wanted)):
        while length and wanted[nth] != wanted[length]:
            length = back[length - 1]
        length += wanted[nth] == wanted[length]
        back[nth] = length
    found = []
    length = 0
    for at, line in enumerate(lines):
        while length and (length == len(wanted) or line != wanted[length]):
            length = back[length - 1]
        length += line == wanted[length]
        if length == len(wanted):
            found.append(at - length + 1)
    return found


def same_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """Return how many lines are the same at the beginning, and how many of the others at the end."""
    most = min(len(old), len(new))
    head = 0
    while head < most and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < most - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return head, tail
