"""What commands write on standard output: lines for people, JSON for programs."""

from __future__ import annotations

import json
import sys
import unicodedata


def write(line: str) -> None:
    """Write a line at once, so that whoever reads along sees it; nothing in it is an order to the terminal."""
    sys.stdout.write(visible(line) + "\n")
    sys.stdout.flush()


def write_json(what: object, *, indent: int | None = None) -> None:
    """Write a value as JSON, on one line without `indent`."""
    sys.stdout.write(json.dumps(what, ensure_ascii=False, indent=indent) + "\n")
    sys.stdout.flush()


def visible(text: str) -> str:
    """Return the text with what a terminal would obey or hide spelled out: names and messages are anybody's."""
    if text.isprintable():
        return text
    return "".join(letter if letter == "\n" or not _obeyed(letter) else _spelled(letter) for letter in text)


def _obeyed(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs")


def _spelled(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")
