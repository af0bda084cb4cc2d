"""PURE: which of what a user sets must not be kept, logged or shown: told by its name, its place or its look."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SECRET_NAME = re.compile(
    r"(?:KEY|TOKEN|SECRET|PASSW(?:OR)?D|PASSPHRASE|CREDENTIALS?|PAT|COOKIE|JWT|DSN|WEBHOOK)S?(?:[_-]|\d|$)"
    r"|(?:^|[_-])(?:PASS|PWD|AUTH|BEARER|WEBHOOK_URL)$",
    re.IGNORECASE,
)
PLAIN = frozenset({"KAIZEN_TOKENS"})
"""Settings whose name sounds secret and is not: numbers of tokens."""
_HEADERS = re.compile(r"HEADERS?$", re.IGNORECASE)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s\"'<>]+")
_PAIR = re.compile(r"(?:^|[;\s])(?P<name>[A-Za-z][\w ]{0,40}?)\s?=\s?(?P<value>[^;\s]+)")
"""One word of a connection string: `Password=…;` or `password=… `."""
_FLAG = re.compile(r"--?(?P<name>[A-Za-z][\w-]*)(?:=(?P<value>.+))?", re.DOTALL)
_DRAWN = 16
"""Characters from which a word with capitals, small letters and digits is taken for drawn by chance."""


def secrets_of(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the variables whose name says that they are secret, and what is secret in addresses and headers."""
    for name, value in environment.items():
        if name in PLAIN:
            continue
        if SECRET_NAME.search(name) and not _is_path(value):
            yield name, value
            continue
        found = _in_headers(value) if _HEADERS.search(name) else _in_addresses(value)
        yield from _numbered(name, found)


def secrets_named(stated: Any, environment: Mapping[str, str], name: str = "setting") -> Iterator[tuple[str, str]]:
    """Yield what is secret in the user's own file: in addresses, behind flags, and in variables a server is given."""
    match stated:
        case str():
            yield from _numbered(name, _in_addresses(stated))
        case Mapping():
            for key, value in stated.items():
                if key == "environment" and isinstance(value, list | tuple):
                    given = ((each, environment.get(str(each), "")) for each in value)
                    yield from ((str(each), text) for each, text in given if _is_drawn(text))
                else:
                    yield from secrets_named(value, environment, f"{name} {key}")
        case list() | tuple():
            yield from _numbered(f"{name} flag", _behind_flags(stated))
            for nth, value in enumerate(stated):
                yield from secrets_named(value, environment, f"{name} {nth + 1}")


def _in_addresses(text: str) -> Iterator[str]:
    for found in _URL.finditer(text):
        try:
            parts = urlsplit(found[0])
        except ValueError:
            continue
        if parts.password:
            yield unquote(parts.password)
        elif parts.username and _is_drawn(unquote(parts.username)):
            yield unquote(parts.username)
        yield from (value for key, value in parse_qsl(parts.query) if SECRET_NAME.search(key))
    for pair in _PAIR.finditer(text):
        value = pair["value"].strip("\"'")
        if SECRET_NAME.search(pair["name"]) and pair["name"].lower() != "key" and _is_no_word(value):
            yield value


def _in_headers(text: str) -> Iterator[str]:
    for each in text.split(","):
        value = unquote(each.partition("=")[2]).strip()
        yield re.sub(r"^(?:Basic|Bearer)\s+", "", value, flags=re.IGNORECASE)


def _behind_flags(words: list[Any] | tuple[Any, ...]) -> Iterator[str]:
    for word, following in zip(words, [*words, ""][1:], strict=True):
        found = _FLAG.fullmatch(word) if isinstance(word, str) else None
        if found is not None and SECRET_NAME.search(found["name"]):
            yield found["value"] or str(following)


def _numbered(name: str, found: Iterator[str]) -> Iterator[tuple[str, str]]:
    for nth, value in enumerate(filter(None, found)):
        yield (f"{name} {nth + 1}" if nth else name), value


def _is_path(value: str) -> bool:
    """Return whether it names a file; a secret may begin with the same signs."""
    return value.startswith(("/", "./", "~")) and not any(_is_drawn(part) for part in re.split(r"[/.-]", value))


def _is_no_word(value: str) -> bool:
    """Return whether it is neither a word, which stands in any text, nor a place where the value comes from."""
    return value[:1] not in ("", "$", "%", "{", "<", "/") and not (value.isalpha() and value.islower())


def _is_drawn(text: str) -> bool:
    return len(text) >= _DRAWN and " " not in text and all(re.search(kind, text) for kind in ("[A-Za-z]", r"\d"))
