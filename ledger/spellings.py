"""PURE: the ways in which a secret is written down by tools, programs and people."""

from __future__ import annotations

import base64
import codecs
import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

_PART = 8
"""Bytes of a secret whose base64 form is looked for."""
_NESTED = 3
"""How many times JSON is written within JSON."""
_WORD = re.compile(r"[A-Za-z0-9+/_=.~-]{24,}")
"""What of a secret of several lines is one by itself."""
_LETTERS = bytes(b for b in range(128) if chr(b).isalnum())
_OTHERS = bytes(b for b in range(256) if b not in _LETTERS)
_SMALL = bytes(range(256)).lower()
_BETWEEN = rb"(?:\x1b|\\+(?:u001b|x1b|033|e))\[[0-9;:?]*[ -/]*[@-~]|\\+[nrt]"
"""What has letters and stands for none: colours of a terminal and ends of lines, also as JSON and Python write them."""
_NOTHING = re.compile(_BETWEEN)
_ESCAPED = re.compile(_BETWEEN + rb"|\\+(?:u00[01][0-9A-Fa-f]|[\"'/bfv])")
_RUNS = re.compile(_BETWEEN + rb"|([A-Za-z0-9]+)")
_HALF = 16
"""Characters of half a secret that are looked for."""


def skeleton(content: bytes) -> bytes:
    """Return the letters and digits of a content alone, small: what stays the same however it is broken and quoted."""
    if b"\\" in content or b"\x1b" in content:
        content = _NOTHING.sub(b"", content)
    return content.translate(_SMALL, _OTHERS)


def plain(content: bytes) -> bytes:
    """Return the content with as many blanks in place of what stands for no letter: colours, ends of lines, escapes.

    What begins behind one of these begins a word, also where a text is written within JSON.
    """
    if b"\\" not in content and b"\x1b" not in content:
        return content
    return _ESCAPED.sub(lambda found: b" " * len(found[0]), content)


def bones(content: bytes) -> list[tuple[int, int]]:
    """Return where the letters and digits of a content stand."""
    return [found.span() for found in _RUNS.finditer(content) if found[1]]


def parts(value: str) -> Iterator[str]:
    """Yield a secret and, of one with several lines or of JSON, whatever in it is long enough to be one by itself."""
    yield value
    if "\n" not in value and not value.lstrip().startswith(("{", "[")):
        return
    for word in _WORD.findall(value.replace("\\n", "\n")):
        if re.search(r"\d", word) and re.search(r"[A-Za-z]", word):
            yield word


def halves(value: str) -> Iterator[bytes]:
    """Yield both halves of a long secret: a text that is cut, or quotes the end of one, holds no more of it."""
    middle = len(value) // 2
    if middle >= _HALF:
        yield from (half.encode("utf-8", "surrogateescape") for half in (value[:middle], value[middle:]))


def spellings(value: str) -> Iterator[bytes]:
    """Yield a secret as it stands, backwards, and as encoders, escapers and listings write it."""
    raw = value.encode("utf-8", "surrogateescape")
    yield from (raw, raw[::-1], value[::-1].encode("utf-8", "surrogateescape"))
    yield from _addressed(raw)
    yield from _quoted(value)
    for each in (raw, raw[::-1]):
        yield from (each.hex().encode(), each.hex().upper().encode())
        yield from _in_base64(each)
    yield codecs.encode(value, "rot13").encode("utf-8", "surrogateescape")
    if len(raw) >= _PART:
        yield from _listed(raw)
        yield from _in_base64(value.encode("utf-16-le", "surrogatepass"))
        yield from _in_base64(base64.b64encode(raw))
        yield from _in_base32(raw)


def _addressed(raw: bytes) -> Iterator[bytes]:
    quoted = quote(raw, safe="")
    yield from (text.encode() for text in (quoted, quote(raw), quote_plus(raw), quote(quoted, safe="")))
    yield re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), quoted).encode()


def _quoted(value: str) -> Iterator[bytes]:
    for ascii_only in (True, False):
        text = value
        for _ in range(_NESTED):
            text = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
            yield text.encode("utf-8", "surrogateescape")
    escaped = html.escape(value)
    numbered = escaped.replace("&quot;", "&#34;").replace("&#x27;", "&#39;")
    for text in (repr(value)[1:-1], repr(repr(value))[2:-2], escaped, numbered):
        yield text.encode("utf-8", "surrogateescape")


def _listed(raw: bytes) -> Iterator[bytes]:
    """Yield a secret byte by byte; what stands between the numbers is passed over where it is looked for."""
    for form in ("\\x{:02x}", "0x{:02x},", "\\u{:04x}", "{},", "\\{:03o}"):
        yield "".join(form.format(byte) for byte in raw).encode()


def _in_base64(raw: bytes) -> Iterator[bytes]:
    # Somewhere in a longer text a secret begins at one of three offsets; characters at its edges mix with neighbours.
    if len(raw) < _PART:
        return
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw).rstrip(b"=")
        for offset in range(3):
            yield _inner(encode(bytes(offset) + raw), offset, len(raw), 6)


def _in_base32(raw: bytes) -> Iterator[bytes]:
    for offset in range(5):
        yield _inner(base64.b32encode(bytes(offset) + raw), offset, len(raw), 5)


def _inner(text: bytes, offset: int, length: int, bits: int) -> bytes:
    """Return the characters that hold nothing but the secret."""
    return text[-(-offset * 8 // bits) : (offset + length) * 8 // bits]
