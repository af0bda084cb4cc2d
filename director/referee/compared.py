"""PURE: whether what a call gave is something else, and whether an object is built otherwise."""

from __future__ import annotations

import json
from typing import Any


def differ(old: str, new: str) -> bool:
    """Return whether a call gave something else."""
    return not _alike(json.loads(old), json.loads(new))


def rebuilt(old: str, new: str) -> bool:
    """Return whether an object lost a part, or keeps one of another kind; one more says nothing."""
    was, now = json.loads(old), json.loads(new)
    if not (was[0] == now[0] == "gave" and was[1][0] == now[1][0] == "object"):
        return False
    parts, kept = was[1][2], now[1][2]
    return any(name not in kept or _kind(kept[name]) != _kind(part) for name, part in parts.items())


def _kind(told: Any) -> Any:
    return told[1][:1] if told[0] in ("object", "kind") else told[0]


def _alike(old: Any, new: Any) -> bool:
    """A narrower kind, or an object that knows more, is no other outcome."""
    if old == new:
        return True
    if not (isinstance(old, list) and isinstance(new, list) and old and new):
        return False
    if old[0] == "raised" == new[0]:
        return old[1][0] in new[1]
    if old[0] == "object" == new[0]:
        shared = old[2].keys() & new[2].keys()
        return {*old[1][:1]} <= {*new[1]} and all(_alike(old[2][name], new[2][name]) for name in shared)
    if new[0] == "kind" and old[0] != "kind":
        return bool(old[0] == new[2] and _alike(old, [new[2], new[3]]))
    if "deep" in (old[0], new[0]):
        return True
    return (
        len(old) == len(new) and old[0] == new[0] and all(map(_alike, old[1:], new[1:]))
        if isinstance(old[0], str)
        else (len(old) == len(new) and all(map(_alike, old, new)))
    )
