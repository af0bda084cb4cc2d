"""PURE: what is read in single texts, remembered by their content: after a change only what changed is read again."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Read = TypeVar("Read")

MOST = 20_000
"""Texts that are remembered. A tree with more is read whole each time, as what is asked for last goes last."""


class ByText(Generic[Read]):
    """A function of a text, and of little else, that is asked again and again about the same texts."""

    def __init__(self, read: Callable[..., Read], most: int = MOST) -> None:
        self._read, self._most = read, most
        self._known: OrderedDict[tuple[bytes, tuple[object, ...]], Read] = OrderedDict()

    def __call__(self, text: str, *more: object) -> Read:
        """Return what the function says; the texts themselves are not kept."""
        key = (hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest(), more)
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        found = self._known[key] = self._read(text, *more)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return found
