"""PURE: edits written as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from agents.json_reading import Unreadable, read_values
from agents.tools.edits.naming import looks_like_path
from agents.tools.edits.wanted import Delete, Edit, Move, Refused, Replace, Write

SHAPE = "JSON edit"
PATH = ("path", "file", "file_path", "filepath", "filename", "file_name", "target_file", "target", "name")
OLD = (
    "old", "old_text", "old_str", "old_string", "old_code", "search", "find", "original", "before", "from_text",
    "old_content", "old_lines", "original_code", "original_text", "original_content",
)  # fmt: skip
NEW = (
    "new", "new_text", "new_str", "new_string", "new_code", "replace", "replacement", "updated", "after", "to_text",
    "new_lines", "updated_code", "updated_text", "replacement_text",
)  # fmt: skip
_BESIDE_OLD = ("new_content", "updated_content")
"""What is new text beside an old one, and alone a whole file."""
CONTENT = ("content", "contents", "file_text", "text", "code", "new_content", "full_content", "body")
STRONG = ("path", "file", "file_path", "filepath", "filename", "file_name", "target_file")
"""Names under which nothing but a file is given."""
_LISTS = ("edits", "changes", "files", "modifications", "operations", "replacements", "patches", "file_edits")
_EVERY = ("replace_all", "all", "every")
_BESIDE = frozenset({
    "id", "title", "action", "type", "operation", "op", "mode", "change_type", "description", "explanation", "reason",
    "reasoning", "rationale", "summary", "comment", "note", "language", "lang", "encoding", "status", "overwrite",
    "new_file", "is_new", "create", "created", "version",
})  # fmt: skip
"""Words about a whole file that leave it one."""
ACTIONS = ("action", "type", "operation", "op", "mode", "change_type")
PARTLY = re.compile(r"append|prepend|insert|patch|diff|partial|snippet|delete|remove|after|before|line", re.IGNORECASE)
"""What is not done with a whole file."""
_ASKS = re.compile(r'"(?:old(?:_\w+)?|search|find|new_(?:str|string|text|content)|file_text|replace|edits)"\s*:')
_NAMES = re.compile(r'"(?:path|file|file_?path|file_?name|target_file)"\s*:')


class Listed(NamedTuple):
    """What a JSON text wants; `is_edit` is false when it is any other JSON."""

    edits: tuple[Edit, ...] = ()
    refused: tuple[Refused, ...] = ()
    is_edit: bool = False


def read_listed(text: str, at: int, *, whole: bool = False) -> Listed:
    """Read a text that is JSON and nothing else; broken JSON that means edits is refused, not guessed at."""
    try:
        values = read_values(text, whole=whole)
    except Unreadable as wrong:
        if _ASKS.search(text) and _NAMES.search(text):
            return Listed((), (Refused(at, f"the JSON of the edits cannot be read: {wrong}. Write it whole"),), True)
        return Listed()
    return listed(values[0] if len(values) == 1 else values, at)


def listed(value: Any, at: int, path: str = "") -> Listed:
    """Return the edits a JSON value means; none when it does not have their shape."""
    items = value if isinstance(value, list) else [value]
    if not items or not all(isinstance(each, Mapping) for each in items):
        return Listed()
    edits: list[Edit] = []
    refused: list[Refused] = []
    for item in items:
        found = _one(item, at, path)
        if not found.is_edit:
            if edits or refused or any(_one(each, at, path).is_edit for each in items):
                why = "one of the edits has not the fields path, old and new: write each whole"
                return Listed((), (Refused(at, why),), True)
            return Listed()
        edits += found.edits
        refused += found.refused
    return Listed(tuple(edits), tuple(refused), True)


def _one(item: Mapping[str, Any], at: int, parent: str) -> Listed:
    if item and all(isinstance(text, str) and looks_like_path(name) for name, text in item.items()):
        found = [Write(name, text, sure=True, at=at, shape=SHAPE) for name, text in item.items()]
        return Listed(tuple(found), (), True)
    path = _field(item, PATH) or parent
    inner = next((item[name] for name in _LISTS if isinstance(item.get(name), list | dict)), None)
    if inner is not None and "arguments" not in item:
        if isinstance(inner, Mapping):
            inner = [inner] if _field(inner, PATH) is not None or path else _by_name(inner)
        return listed(inner, at, path or "")
    old, new, content = _field(item, OLD), _field(item, NEW), _field(item, CONTENT)
    if path is None or (path and not _may_be_path(path)):
        return Listed()
    new = _field(item, _BESIDE_OLD) if new is None and old is not None else new
    if old is not None and new is not None:
        every = any(item.get(name) is True for name in _EVERY)
        if old == "":
            return Listed((Replace(path, "", new, lines=False, at=at, shape=SHAPE),), (), True)
        return Listed((Replace(path, old, new, lines=False, every=every, at=at, shape=SHAPE),), (), True)
    if old is not None or (new is not None and content is None and not path):
        return Listed(
            (), (Refused(at, "an edit has old text and no new text, or the other way round: give both"),), True
        )
    action = str(item.get("action") or item.get("type") or item.get("operation") or "").lower()
    if path and (action in ("delete", "remove") or item.get("delete") is True):
        return Listed((Delete(path, at=at, shape=SHAPE),), (), True)
    to = _field(item, ("to", "new_path", "destination"))
    if path and to and action in ("rename", "move"):
        return Listed((Move(path, to, at=at, shape=SHAPE),), (), True)
    if path and content is not None:
        unknown = _qualified(item)
        if unknown and not any(name in item for name in STRONG):
            return Listed()
        if unknown:
            why = f"of {path} there is {unknown}, so it is no whole file: give old and new text"
            return Listed((), (Refused(at, why),), True)
        return Listed((Write(path, content, sure=True, at=at, shape=SHAPE),), (), True)
    return Listed()


def _qualified(item: Mapping[str, Any]) -> str:
    """Return what stands beside a file's content and may say that it is only a part, or is put somewhere."""
    partly = next((name for name in ACTIONS if PARTLY.search(str(item.get(name) or ""))), "")
    if partly:
        return f"{partly} {item[partly]!r}"
    known = {*PATH, *CONTENT, *NEW, *_BESIDE}
    return next((f"{name!r} beside the content" for name in item if name.lower() not in known), "")


def _by_name(files: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"path": name, "content": text} for name, text in files.items() if isinstance(text, str)]


def _may_be_path(path: str) -> bool:
    return looks_like_path(path) or "/" in path


def _field(item: Mapping[str, Any], names: Sequence[str]) -> str | None:
    for name in names:
        value = item.get(name)
        if isinstance(value, str):
            return value
        if isinstance(value, list) and value and all(isinstance(line, str) for line in value) and name not in PATH:
            return "\n".join(value)
    return None
