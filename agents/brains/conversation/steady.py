"""PURE: texts that are the same in every run of the same thing, and texts of others marked as such."""

from __future__ import annotations

import hashlib
import re

_TIMES = (
    (re.compile(r"(\bin )\d+(?:\.\d+)?(?= ?s(?:econds?)?\b)"), r"\1~"),
    (re.compile(r"(\b(?:took|after|elapsed|duration|time)[:=]? )\d+(?:\.\d+)?(?= ?m?s\b)"), r"\1~"),
    (re.compile(r"\(\d+\.\d+ ?s\)"), "(~s)"),
    (re.compile(r"\b0x[0-9a-f]{6,16}\b"), "0x~"),
    (re.compile(r"/tmp/(?:pytest-of-\w+/pytest-\d+|tmp[\w]{6,}|[\w.-]*-[\w]{8})(?=/|\b)"), "/tmp/~"),
)


def steady(text: str, *places: str) -> str:
    """Return what a program said without what chance put there: durations, addresses, names of temporary folders.

    `places` are absolute paths of the project: they become `.`. What was said about it is sent to a model, and a
    replay knows it again only when it is the same.
    """
    for place in sorted(filter(None, places), key=len, reverse=True):
        text = text.replace(f"{place}/", "").replace(place, ".")
    for pattern, plain in _TIMES:
        text = pattern.sub(plain, text)
    return text


def data(name: str, text: str) -> str:
    """Return a text of others between marks that it cannot write itself: they are made of its own digest."""
    mark = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
    return f"<data {name} {mark}>\n{text.strip(chr(10))}\n</data {mark}>"


def shortened(text: str, most: int) -> str:
    """Return a text of at most about `most` characters: its head and its tail, cut at line ends."""
    if len(text) <= most:
        return text
    head, tail = text[: most // 2], text[len(text) - most // 2 :]
    head = head[: head.rfind("\n") + 1] or head
    tail = tail[tail.find("\n") + 1 :] or tail
    return f"{head.rstrip(chr(10))}\n[{len(text) - len(head) - len(tail)} characters left out]\n{tail}"
