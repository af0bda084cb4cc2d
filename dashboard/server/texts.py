"""Large texts beside a ledger, as answers show them: bounded, and never a fault when one is gone."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from ledger.blobs import Blobs
from ledger.errors import Damaged, Missing

MOST_SHOWN = 16 * 1024
"""Bytes of one text inside a larger answer; the whole is fetched by its name."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text, as far as it is shown."""

    blob: str
    text: str
    bytes: int
    truncated: bool
    problem: str = ""
    """Why it cannot be shown: shredded, damaged, not there."""

    def row(self) -> dict[str, object]:
        """Return it as it stands in answers."""
        return msgspec.to_builtins(self)  # type: ignore[no-any-return]


def text_of(blobs: Blobs, name: str, most: int = MOST_SHOWN) -> Text:
    """Return the text of a blob; an empty name is an empty text. Blocks."""
    content, problem = bytes_of(blobs, name)
    return shown(name, content, problem, most)


def shown(name: str, content: bytes, problem: str = "", most: int = MOST_SHOWN) -> Text:
    """Return as much of a text as is shown, cut at the end."""
    cut = content[:most].decode("utf-8", "replace" if len(content) <= most else "ignore")
    return Text(name, cut, len(content), len(content) > most, problem)


def bytes_of(blobs: Blobs, name: str) -> tuple[bytes, str]:
    """Return the content of a blob, or nothing and why."""
    if not name:
        return b"", ""
    try:
        return blobs.get(name), ""
    except (Missing, Damaged) as error:
        return b"", str(error)


def json_of(content: bytes) -> object:
    """Return what a blob holds as JSON, None when it holds none."""
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError):
        return None
