"""PURE: known secrets, however they are written, and what looks like one, are taken out of what is kept or shown."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import Any, Literal, NamedTuple, TypeVar, get_origin, get_type_hints

import msgspec

from ledger.looks import LONGEST, looks
from ledger.spellings import bones, halves, parts, plain, skeleton, spellings

_SHORTEST = 6
"""Shorter values are words of every text."""
_BONY = 12
"""Letters and digits from which a secret is also known by these alone, whatever stands between them."""
_Struct = TypeVar("_Struct", bound=msgspec.Struct)

_MARK = re.compile(r"\[secret [^\]\n]*\]|\[looks like a secret\]")
"""What stands in place of a secret."""
_GUESS = b"[looks like a secret]"
_SPREAD = 3
"""How much longer a secret may become by what stands between its letters, for a stream to see it whole."""
_KEY_BEGINS = b"-----BEGIN "
_LONGEST_KEY = 8300
"""Bytes of the longest private key that is looked for."""


def is_masked(masked: str, whole: str) -> bool:
    """Return whether a text can be another one whose secrets were taken out; the same text is one without any."""
    first, *rest = _MARK.split(masked)
    if not rest:
        return masked == whole
    *between, last = rest
    at = len(first)
    for part in between:
        found = whole.find(part, at + 1)
        if found < 0:
            return False
        at = found + len(part)
    return whole.startswith(first) and whole.endswith(last) and at < len(whole) - len(last)


class Span(NamedTuple):
    """Where a known secret stands in a content, and what is put there."""

    start: int
    end: int
    mark: bytes


class Masker:
    """Knows the secrets of this process by name."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        """Values of fewer than six characters are not looked for."""
        forms: dict[bytes, bytes] = {}
        bare: dict[bytes, bytes] = {}
        for name, value in secrets.items():
            mark = f"[secret {name}]".encode()
            for part in parts(value):
                written = list(spellings(part)) if len(part) >= _SHORTEST else []
                forms |= dict.fromkeys(written, mark)
                found = (skeleton(each) for each in (*written, *halves(part)))
                bare |= {bone: mark for bone in found if len(bone) >= _BONY}
        self._forms = sorted(forms.items(), key=lambda pair: -len(pair[0]))
        self._bones = sorted(bare.items(), key=lambda pair: -len(pair[0]))

    @property
    def longest(self) -> int:
        """Bytes of the longest form of a secret."""
        return len(self._forms[0][0]) if self._forms else 0

    def spans(self, content: bytes) -> Iterator[tuple[int, int]]:
        """Yield where something would be taken out, in the content as it is."""
        for span in self._known(content):
            yield span.start, span.end
        for found in looks(plain(content)):
            yield found.begins, found.end

    def known(self, content: bytes) -> bytes:
        """Take out the known secrets alone: nothing is guessed."""
        return _without(content, self._known(content))

    def _known(self, content: bytes) -> list[Span]:
        """Return where known secrets stand, in order; those that overlap are one."""
        found = [Span(at, at + len(form), mark) for form, mark in self._forms for at in _places(content, form)]
        bare = skeleton(content) if self._bones else b""
        if any(bone in bare for bone, _ in self._bones):
            found += self._spread(content)
        return _apart(found)

    def _spread(self, content: bytes) -> Iterator[Span]:
        """Yield where a secret stands with something between its letters: line ends, signs of a diff, colours."""
        runs = bones(content)
        bare = b"".join(content[start:end] for start, end in runs).lower()
        ends = list(accumulate(end - start for start, end in runs))

        def place(at: int) -> int:
            run = bisect_right(ends, at)
            return runs[run][1] - (ends[run] - at)

        for bone, mark in self._bones:
            for at in _places(bare, bone):
                yield Span(place(at), place(at + len(bone) - 1) + 1, mark)

    def content(self, content: bytes) -> bytes:
        """Take out known secrets, then what looks like one."""
        content = self.known(content)
        guessed = [Span(found.start, found.end, _GUESS) for found in looks(plain(content)) if found.sure]
        return _without(content, _apart(guessed))

    def text(self, text: str) -> str:
        """The same for text."""
        raw = text.encode("utf-8", "surrogatepass")
        masked = self.content(raw)
        return text if masked is raw or masked == raw else masked.decode("utf-8", "replace")

    def event(self, event: _Struct) -> _Struct:
        """Return the event without secrets in any of its texts."""
        try:
            body = msgspec.json.encode(event)
        except UnicodeEncodeError:
            return self._struct(event)
        return event if self.content(body) == body else self._struct(event)

    def values(self, found: Any) -> Any:
        """The same for structs, lists and mappings of whatever."""
        if isinstance(found, str):
            return self.text(found)
        if isinstance(found, msgspec.Struct):
            return self._struct(found)
        if isinstance(found, Mapping):
            return {self.values(name): self.values(value) for name, value in found.items()}
        if isinstance(found, list | tuple):
            return type(found)(self.values(value) for value in found)
        return found

    def _struct(self, found: _Struct) -> _Struct:
        """Mask what may be any text; a field of a few known words holds none, whatever somebody chose as a secret."""
        return msgspec.structs.replace(
            found, **{name: self.values(getattr(found, name)) for name in _free_fields(type(found))}
        )

    def stream(self) -> MaskedStream:
        """Return what masks bytes that come in pieces."""
        return MaskedStream(self)


class MaskedStream:
    """Bytes that come in pieces: as much is kept back as the longest secret could still need."""

    def __init__(self, masker: Masker) -> None:
        self._masker = masker
        self._kept = b""
        self._window = max(_SPREAD * masker.longest, LONGEST)

    def feed(self, piece: bytes) -> bytes:
        """Return what can be said already."""
        content = self._kept + piece
        cut = max(0, len(content) - self._window)
        for start, end in self._masker.spans(content):
            if start < cut < end or (start < cut and end == len(content)):
                cut = start  # it may go on in the next piece
        begins = content.rfind(_KEY_BEGINS, max(0, len(content) - _LONGEST_KEY))
        if 0 <= begins < cut and b"-----END " not in content[begins:]:
            cut = begins
        self._kept = content[cut:]
        return self._masker.content(content[:cut])

    def end(self) -> bytes:
        """Return the rest."""
        rest, self._kept = self._masker.content(self._kept), b""
        return rest


@cache
def _free_fields(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    hints = get_type_hints(kind)
    return tuple(name for name in kind.__struct_fields__ if get_origin(hints.get(name)) is not Literal)


def _places(content: bytes, form: bytes) -> Iterator[int]:
    at = content.find(form)
    while at >= 0:
        yield at
        at = content.find(form, at + 1)


def _apart(found: Iterable[Span]) -> list[Span]:
    """Return the spans in order; those that overlap are one."""
    whole: list[Span] = []
    for span in sorted(found, key=lambda span: (span.start, -span.end)):
        if whole and span.start < whole[-1].end:
            whole[-1] = whole[-1]._replace(end=max(whole[-1].end, span.end))
        else:
            whole.append(span)
    return whole


def _without(content: bytes, spans: Sequence[Span]) -> bytes:
    if not spans:
        return content
    pieces, at = [], 0
    for start, end, mark in spans:
        pieces += [content[at:start], mark]
        at = end
    return b"".join((*pieces, content[at:]))
