"""PURE: known secrets, however they are written, and what looks like one, are taken out of what is kept or shown."""

from __future__ import annotations

import base64
import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus

import msgspec

_SHORTEST = 6
"""Shorter values are words of every text."""
_PART = 8
"""Bytes of a secret whose base64 form is looked for."""
_Struct = TypeVar("_Struct", bound=msgspec.Struct)

_LOOKS_SECRET = re.compile(
    rb"(?P<mark>-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[\s\S]{16,8192}?-----END (?:[A-Z]+ )*PRIVATE KEY-----"
    rb"|\bgh[pousr]_[A-Za-z0-9]{36,255}\b|\bgithub_pat_[A-Za-z0-9_]{22,255}\b|\bglpat-[A-Za-z0-9_-]{20,64}"
    rb"|\bsk-(?:ant-|proj-|or-)?[A-Za-z0-9_-]{20,255}|\bxox[abposr]-[A-Za-z0-9-]{10,255}"
    rb"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[A-Za-z0-9_-]{35}|\bnpm_[A-Za-z0-9]{36}\b|\bpypi-AgE[A-Za-z0-9_-]{50,255}"
    rb"|\bkz_[a-z]{1,10}_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{43}[A-Za-z0-9]{6}"
    rb"|\bhf_[A-Za-z0-9]{30,64}\b|\b[rs]k_live_[A-Za-z0-9]{20,255}|\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"
    rb"|\beyJ[A-Za-z0-9_-]{10,2048}\.eyJ[A-Za-z0-9_-]{10,4096}\.[A-Za-z0-9_-]{10,1024})"
    rb"|(?P<before>(?i:api[_-]?key|access[_-]?key|auth[_-]?token|token|secret|passw(?:or)?d|bearer|authorization)"
    rb"[\"']?\s{0,4}[:=]\s{0,4}(?:Bearer |Basic )?[\"']?)(?P<value>[A-Za-z0-9+/_=.~-]{20,512})"
)
_MARK = re.compile(r"\[secret [^\]\n]*\]|\[looks like a secret\]")
"""What stands in place of a secret."""
_ENTROPY = 3.7
"""Bits per character above which a value behind such a word is taken for drawn by chance."""
_LONGEST_PATTERN = 512
"""Bytes a stream keeps back, so that the beginning of what looks like a secret is seen with its rest."""


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


class Masker:
    """Knows the secrets of this process by name."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        """Values of fewer than six characters are not looked for."""
        forms: dict[bytes, bytes] = {}
        for name, value in secrets.items():
            if len(value) >= _SHORTEST:
                forms |= dict.fromkeys(_forms(value), f"[secret {name}]".encode())
        self._forms = sorted(forms.items(), key=lambda pair: -len(pair[0]))

    @property
    def longest(self) -> int:
        """Bytes of the longest form of a secret."""
        return len(self._forms[0][0]) if self._forms else 0

    def spans(self, content: bytes) -> Iterator[tuple[int, int]]:
        """Yield where something would be taken out, in the content as it is."""
        for form, _ in self._forms:
            at = content.find(form)
            while at >= 0:
                yield at, at + len(form)
                at = content.find(form, at + 1)
        for found in _LOOKS_SECRET.finditer(content):
            yield found.span()

    def known(self, content: bytes) -> bytes:
        """Take out the known secrets alone: nothing is guessed."""
        for form, mark in self._forms:
            if form in content:
                content = content.replace(form, mark)
        return content

    def content(self, content: bytes) -> bytes:
        """Take out known secrets, then what looks like one."""
        return _LOOKS_SECRET.sub(_marked, self.known(content))

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
            return msgspec.convert(self.values(msgspec.to_builtins(event)), type(event))
        if self.content(body) == body:
            return event
        return msgspec.convert(self.values(msgspec.to_builtins(event)), type(event))

    def values(self, found: Any) -> Any:
        """The same for lists and mappings of whatever; names of fields stay as they are."""
        if isinstance(found, str):
            return self.text(found)
        if isinstance(found, Mapping):
            return {name: self.values(value) for name, value in found.items()}
        if isinstance(found, list | tuple):
            return type(found)(self.values(value) for value in found)
        return found

    def stream(self) -> MaskedStream:
        """Return what masks bytes that come in pieces."""
        return MaskedStream(self)


class MaskedStream:
    """Bytes that come in pieces: as much is kept back as the longest secret could still need."""

    def __init__(self, masker: Masker) -> None:
        self._masker = masker
        self._kept = b""
        self._window = max(masker.longest, _LONGEST_PATTERN)

    def feed(self, piece: bytes) -> bytes:
        """Return what can be said already."""
        content = self._kept + piece
        cut = max(0, len(content) - self._window)
        for start, end in self._masker.spans(content):
            if start < cut < end or (start < cut and end == len(content)):
                cut = start  # it may go on in the next piece
        self._kept = content[cut:]
        return self._masker.content(content[:cut])

    def end(self) -> bytes:
        """Return the rest."""
        rest, self._kept = self._masker.content(self._kept), b""
        return rest


def _forms(value: str) -> Iterator[bytes]:
    raw = value.encode("utf-8", "surrogateescape")
    yield from (raw, raw[::-1], value[::-1].encode("utf-8", "surrogateescape"))
    for text in (raw.hex(), raw.hex().upper(), raw[::-1].hex(), quote(raw, safe=""), quote(raw), quote_plus(raw)):
        yield text.encode()
    quoted = quote(raw, safe="")
    yield re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), quoted).encode()
    for text in (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], repr(value)[1:-1]):
        yield text.encode("utf-8", "surrogateescape")
    yield from _in_base64(raw)
    yield from _in_base64(raw[::-1])


def _in_base64(raw: bytes) -> Iterator[bytes]:
    # Somewhere in a longer text a secret begins at one of three offsets; characters at its edges mix with neighbours.
    if len(raw) < _PART:
        return
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw).rstrip(b"=")
        for offset in range(3):
            text = encode(bytes(offset) + raw).rstrip(b"=")
            first = -(-offset * 8 // 6)
            last = (offset + len(raw)) * 8 // 6
            yield text[first:last]


def _marked(found: re.Match[bytes]) -> bytes:
    if found["mark"]:
        return b"[looks like a secret]"
    value = found["value"]
    if _bits(value) < _ENTROPY or not re.search(rb"\d", value):
        return found[0]
    return found["before"] + b"[looks like a secret]"


def _bits(value: bytes) -> float:
    counts = Counter(value)
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())
