"""PURE: the order in which plausible patches are offered: what a person would have written first."""

from __future__ import annotations

import math
from typing import Dict, List, NamedTuple, Sequence, Tuple

from .editspace import Edit

SUSPECT: Dict[str, float] = {
    "delete": 0.6, "cond-const": 0.3, "bool-drop": 0.8, "unwrap-if": 0.6, "guard-stmt": 0.7, "guard-exit": 0.8,
    "ifexp-add": 0.6, "cond-synth": 0.6, "scaled": 0.6, "return": 0.7, "ingredient": 0.8, "binop-var": 0.7,
    "jump": 0.8, "except": 0.85, "bin-drop": 0.8, "subexpr": 0.7, "name-for-expr": 0.7, "return-drop": 0.5,
    "entry-add": 0.6, "bounded": 0.8, "borrowed": 0.8, "guard": 0.8, "copied": 0.6, "assign-add": 0.6, "step-add": 0.6,
    "call-add": 0.6, "arg-add": 0.9, "concat": 0.7, "wrap": 0.85, "aug-to-assign": 0.9,
}  # fmt: skip
"""Kinds that often satisfy tests without being right."""
AROUND = 0.2
"""A patch after which no test runs what passing tests ran went around the mistake too."""
IDLE = 0.3
"""A patch after which something is read no more went around the mistake: what is left over is likely the mistake."""


class Ranked(NamedTuple):
    """A plausible patch and what speaks for it."""

    edits: Tuple[Edit, ...]
    fixed: Tuple[int, ...]
    beside: int
    """How many failing tests that were not asked for it mends too: few wrong edits mend what they were not made for."""
    ticks: int
    number: int
    weakens: bool
    """Whether it only removes: deletes, drops a condition, makes one constant."""
    size: int
    """Characters put in and taken out."""
    idles: bool = False
    """Whether it leaves a name or a value behind that nothing reads."""
    around: bool = False
    """Whether it leaves code behind that passing tests ran and none runs any more."""


def ranked(found: Sequence[Ranked]) -> List[Ranked]:
    """Return the patches, best first: more tests green, own ones first; then likelier, demoting slow and weakening."""
    least = min([one.ticks for one in found] or [0])
    return sorted(found, key=lambda one: (-len(one.fixed), -one.beside, -worth(one, least), one.number))


def worth(one: Ranked, least: int) -> float:
    """Return how much one would bet on a patch: the scores of its edits, discounted."""
    value = 1.0
    for edit in one.edits:
        value *= edit.score * SUSPECT.get(edit.kind, 1.0)
    if one.ticks > 4 * (least + 50):
        value *= 0.3
    if one.weakens:
        value *= 0.7
    if one.idles:
        value *= IDLE
    if one.around:
        value *= AROUND
    return value / (1.0 + math.log1p(one.size) / 12.0)
