"""PURE: signs that a model's way of writing changes: curly quotes, dashes, blanks that do not break, unseen letters."""

from __future__ import annotations

from collections.abc import Sequence

from agents.tools.edits.same_lines import same_ends

_UNSEEN = "\u200b\u2060\ufeff"
_PLAIN = {
    "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2010": "-", "\u2011": "-", "\u2012": "-",
    "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ",
    **dict.fromkeys(_UNSEEN, ""),
}  # fmt: skip
_TABLE = str.maketrans(_PLAIN)
_PAIRS = (("\u2018", "\u2019"), ("\u201c", "\u201d"))


def plain(line: str) -> str:
    """Return a line with plain signs, without blanks at its end."""
    return line.translate(_TABLE).rstrip()


def as_in_file(new: Sequence[str], old: Sequence[str], found: Sequence[str]) -> list[str]:
    """Return new lines with the signs the file has, where the old lines show what became of each.

    A sign that stands in the file as it was written, too, stays: it may be meant.
    """
    became: dict[str, set[str]] = {}
    for mine, theirs in zip(old, found, strict=True):
        _compare(mine.rstrip(), theirs.rstrip(), became)
    for pair in _PAIRS:
        seen = set().union(*(became.get(sign, set()) for sign in pair))
        became |= dict.fromkeys(pair, seen) if seen else {}
    table = str.maketrans({sign: next(iter(seen)) for sign, seen in became.items() if len(seen) == 1})
    return [line.translate(table) for line in new]


def kept(old: str, new: str, written: str, there: str) -> str:
    """Return a changed line, as it is to be written, with the signs of the file where the change leaves them."""
    old, there, bare = old.rstrip(), there.rstrip(), new.rstrip()
    if len(old) != len(there) or len(new) != len(written):
        return written  # letters nobody sees: nobody knows which stands for which
    head, tail = same_ends(old, bare)
    middle = written[head : len(bare) - tail]
    return there[:head] + middle + there[len(there) - tail :] + written[len(bare) :]


def _compare(mine: str, theirs: str, became: dict[str, set[str]]) -> None:
    at = 0
    for letter in mine:
        while at < len(theirs) and theirs[at] in _UNSEEN and theirs[at] != letter:
            at += 1
        there = theirs[at] if at < len(theirs) else ""
        if letter in _UNSEEN and there != letter:
            became.setdefault(letter, set()).add("")
            continue
        if letter in _PLAIN:
            became.setdefault(letter, set()).add(there)
        at += 1
