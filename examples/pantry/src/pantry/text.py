"""Words and columns."""

import string
from collections.abc import Sequence

IRREGULAR = {"leaf": "leaves", "loaf": "loaves", "half": "halves"}


def plural(word: str, count: int = 2) -> str:
    """Return the word in the number that fits the count.

    >>> plural("egg", 1)
    'egg'
    >>> plural("tomato", 3)
    'tomatoes'
    """
    if count == 1:
        return word
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word.endswith(("s", "x", "ch", "sh", "o")):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def join_words(words: Sequence[str], last: str = "and") -> str:
    """Join words the way one says them.

    >>> join_words(["salt", "pepper", "oil"])
    'salt, pepper and oil'
    """
    if not words:
        return ""
    if len(words) == 1:
        return words[0]
    return "{} {} {}".format(", ".join(words[:-1]), last, words[-1])


def columns(rows: Sequence[Sequence[str]], gap: int = 2) -> list[str]:
    """Align rows of cells; the last column is not padded.

    >>> columns([["2", "eggs"], ["200 g", "flour"]])
    ['2      eggs', '200 g  flour']
    """
    if not rows:
        return []
    widths = [max(len(cell) for cell in column) for column in zip(*rows)]
    lines = []
    for row in rows:
        cells = [cell.ljust(width + gap) for cell, width in zip(row, widths)]
        lines.append("".join(cells).rstrip())
    return lines


def shorten(title: str, width: int = 20) -> str:
    """Cut a title at a word so that it fits.

    >>> shorten("Grandmother's apple cake", 16)
    "Grandmother's…"
    """
    if len(title) <= width:
        return title
    cut = title[:width]
    head, blank, _ = cut.rpartition(" ")
    return (head if blank else cut[:-1]) + "…"
