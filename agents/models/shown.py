"""An answer while it comes, shown without any secret in it."""

from __future__ import annotations

import codecs
from collections.abc import Callable

from ledger.masking import Masker


class Shown:
    """Passes on what a model says, as much later as the longest secret could still go on."""

    def __init__(self, mask: Masker, said: Callable[[str], None]) -> None:
        self._stream, self._said = mask.stream(), said
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def __call__(self, piece: str) -> None:
        """Take a piece."""
        self._show(self._stream.feed(piece.encode("utf-8", "replace")))

    def end(self, *, broken: bool = False) -> None:
        """Show the rest, and that it is thrown away when it `broken` off."""
        self._show(self._stream.end(), final=True)
        if broken:
            self._said("\n[this answer is thrown away]\n")

    def _show(self, content: bytes, *, final: bool = False) -> None:
        text = self._decoder.decode(content, final)
        if text:
            self._said(text)
