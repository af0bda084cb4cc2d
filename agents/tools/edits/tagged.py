"""PURE: edits written between tags."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agents.tools.edits.fences import OPENER
from agents.tools.edits.listed import ACTIONS, CONTENT, NEW, OLD, PARTLY, PATH, STRONG
from agents.tools.edits.naming import looks_like_path
from agents.tools.edits.wanted import Delete, Edit, Refused, Replace, Write

SHAPE = "tags"
_OUTER = (
    "edit", "file", "file_edit", "edit_file", "write_file", "write_to_file", "create_file", "replace_in_file",
    "apply_diff", "str_replace", "search_replace", "search_and_replace", "replace_string", "change", "code_edit",
    "delete_file", "update_file", "modify_file", "new_file", "modification",
)  # fmt: skip
_OPEN = re.compile(rf"^[ \t]*<({'|'.join(_OUTER)})((?:\s+[\w-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*>", re.IGNORECASE)
_ANY = re.compile(r"^[ \t]*<([A-Za-z][\w:-]*)((?:\s+[\w:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))+)\s*>")
"""Any tag with attributes; one of them has to name a file with an ending."""
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_PLACED = re.compile(
    r"<((?:start_|end_|from_|to_|insert_)?lines?(?:_(?:number|start|end|range))?|range|position|after_line|anchor)>",
    re.I,
)
"""Tags that say where in the file a text is put."""
_LINED = re.compile(
    r"(?:\w+_)?(?:lines?|range|after|before|at|start|end|position|anchor|offset|column)(?:_\w+)?$", re.IGNORECASE
)
_CLOSING = re.compile(r"</([A-Za-z][\w:-]*)>")
_MOST = 5000
"""Lines between two tags."""
_UNCLOSED = 50
"""Lines behind a tag that is never closed in which it says what it is for."""
_IN_VAIN = 100_000
"""Lines that are read between tags that hold no edit."""
_CDATA = re.compile(r"^\s*<!\[CDATA\[(.*)\]\]>\s*$", re.DOTALL)


class Tagged(NamedTuple):
    """What stands between two tags, and the line behind them."""

    edits: tuple[Edit, ...]
    refused: tuple[Refused, ...]
    behind: int
    inner: tuple[int, int, str] | None = None
    """Lines that hold a diff or blocks of their own, and the file they are about."""


def begins(line: str, *, known: bool = False) -> bool:
    """Return whether a line opens a tag that edits are written in; with `known` none that merely names a file."""
    return bool(_OPEN.match(line)) if known else _opened(line) is not None


def _opened(line: str) -> re.Match[str] | None:
    known = _OPEN.match(line)
    other = None if known else _ANY.match(line)
    named = [value for key, value in _attributes(other[2]).items() if key in STRONG] if other else []
    return known or (other if any(looks_like_path(each) and "." in each.rpartition("/")[2] for each in named) else None)


def _attributes(text: str) -> dict[str, str]:
    """Return attributes by their names in one way of spelling them."""
    found = _ATTRIBUTE.findall(text)
    return {re.sub(r"(?<=[a-z])([A-Z])", r"_\1", key).lower(): one or other for key, one, other in found}


class Tags:
    """The tags of one answer: where each is closed is looked up once, and what holds no edit is not read for ever."""

    def __init__(self, lines: Sequence[str]) -> None:
        """`lines` may lose their indentation while they are read, and nothing else."""
        self._lines = lines
        self._closings: dict[str, list[int]] | None = None
        self._room = _IN_VAIN

    def read(self, at: int, stop: int) -> Tagged | None:
        """Read from an opening tag to its closing one; None when what is between is no edit."""
        if self._room < 0:
            return Tagged((), (Refused(at + 1, "too many tags hold no edit: write each edit once, and whole"),), stop)
        opened = _opened(self._lines[at])
        assert opened is not None
        end = self._closing(opened[1].lower(), at, min(stop, at + _MOST))
        found = _read_tags(self._lines, at, stop, opened, end)
        if found is None:
            self._room -= (at + _UNCLOSED if end is None else end + 1) - at
        return found

    def _closing(self, name: str, at: int, stop: int) -> int | None:
        if self._closings is None:
            self._closings = {}
            for here, line in enumerate(self._lines):
                for closed in {each.lower() for each in _CLOSING.findall(line)} if "</" in line else ():
                    self._closings.setdefault(closed, []).append(here)
        known = self._closings.get(name, [])
        nth = bisect_left(known, at)
        return known[nth] if nth < len(known) and known[nth] < stop else None


def _read_tags(lines: Sequence[str], at: int, stop: int, opened: re.Match[str], end: int | None) -> Tagged | None:
    name = opened[1]
    attributes = _attributes(opened[2])
    text = "\n".join(lines[at : (min(stop, at + _UNCLOSED) if end is None else end + 1)])[opened.end() :]
    path = next((attributes[key] for key in PATH if key in attributes), "") or _child(text, PATH) or ""
    means = bool(path) or any(_child(text, names) is not None for names in (OLD, NEW))
    if not means:
        return None
    if end is None:
        return Tagged((), (Refused(at + 1, f"the tag <{name}> is never closed: write it whole"),), stop)
    text = text[: text.lower().rfind(f"</{name}>".lower())]
    edits, refused = _inside(name.lower(), path.strip(), text, at + 1)
    placed = _placed(attributes, text)
    if placed and any(isinstance(edit, Write) for edit in edits):
        why = f"{placed} is said beside the text of {path.strip()}, so it is no whole file: give old and new text"
        edits, refused = [], [Refused(at + 1, why)]
    inner = None
    if not edits and not refused:
        first = next((here for here in range(at, end) if re.search(r"<(?:diff|patch)>", lines[here])), at)
        inner = (first + 1, end, path.strip())
    return Tagged(tuple(edits), tuple(refused), end + 1, inner)


def _placed(attributes: Mapping[str, str], text: str) -> str:
    """Return what says that a text is put at a place of the file, and is not the whole of it."""
    said = next((key for key in attributes if _LINED.match(key)), "")
    content = _child(text, CONTENT)
    around = text.replace(content, "") if content else ""
    found = _PLACED.search(around)
    told = [*((key, attributes[key]) for key in ACTIONS if key in attributes),
            *((key, child) for key in ACTIONS if (child := _child(around, (key,))))]  # fmt: skip
    partly = next((f"{key} {value.strip()!r}" for key, value in told if PARTLY.search(value)), "")
    return said or (found[1] if found else "") or partly


def _inside(name: str, path: str, text: str, at: int) -> tuple[list[Edit], list[Refused]]:
    pairs = _pairs(text)
    if pairs is None:
        return [], [Refused(at, "old and new text do not come in pairs: give both for each edit")]
    if pairs:
        return [_replaced(path, old, new, at) for old, new in pairs], []
    if name == "delete_file":
        return [Delete(path, at=at, shape=SHAPE)], []
    if any(OPENER.match(line) for line in text.split("\n")):
        return [], []  # blocks of their own, to be read as such
    content = _child(text, CONTENT)
    if content is not None:
        return [Write(path, _whole(content), sure=True, at=at, shape=SHAPE)], []
    if name in ("write_file", "create_file", "new_file"):
        return [Write(path, _whole(text), sure=True, at=at, shape=SHAPE)], []
    if name not in _OUTER or (name == "file" and not re.search(r"<(?:diff|patch)>", text)):
        return [Write(path, _whole(text), at=at, shape=SHAPE)], []
    return [], []


def _replaced(path: str, old: str, new: str, at: int) -> Replace:
    before, lines = _plain(old)
    return Replace(path, before, _plain(new)[0] if lines else _bare(new), lines=lines, at=at, shape=SHAPE)


def _pairs(text: str) -> list[tuple[str, str]] | None:
    """Return old and new texts in their order; None when one has no partner."""
    found = [("old", *each) for each in _children(text, OLD)] + [("new", *each) for each in _children(text, NEW)]
    found.sort(key=lambda each: each[1])
    if len(found) % 2 or any(each[0] != ("old", "new")[nth % 2] for nth, each in enumerate(found)):
        return None
    return [(found[nth][2], found[nth + 1][2]) for nth in range(0, len(found), 2)]


def _children(text: str, names: Sequence[str]) -> list[tuple[int, str]]:
    """Return what stands between tags of these names, with where it begins; every letter is looked at once a name."""
    lower = text.lower()
    found = []
    for name in names:
        opens = re.compile(rf"<{name}(?:\s+[\w-]+\s*=\s*[^\s<>]+)*\s*>")
        opened = opens.search(lower)
        while opened:
            end = lower.find(f"</{name}>", opened.end())
            if end < 0:
                break
            found.append((opened.start(), text[opened.end() : end]))
            opened = opens.search(lower, end)
    return found


def _child(text: str, names: Sequence[str]) -> str | None:
    """Return what stands between the first tag of one of these names and, but for paths, its last closing one."""
    lower = text.lower()
    for name in names:
        at = lower.find(f"<{name}>")
        close = f"</{name}>"
        end = lower.find(close, at) if name in PATH else lower.rfind(close)
        if 0 <= at < end:
            return text[at + len(name) + 2 : end]
    return None


def _plain(text: str) -> tuple[str, bool]:
    """Return a text between tags, and whether it stands on lines of its own: then it is whole lines."""
    literal = _CDATA.match(text)
    text = literal[1] if literal else text
    if not text.startswith("\n"):
        return text, False
    inner = text[1:]
    last = inner.rpartition("\n")[2]
    inner = inner[: len(inner) - len(last)] if not last.strip() else f"{inner}\n"
    return inner, True


def _bare(text: str) -> str:
    plain, lines = _plain(text)
    return plain.removesuffix("\n") if lines else plain


def _whole(text: str) -> str:
    """Return a text between tags as the content of a file."""
    plain, _ = _plain(text)
    return plain if plain.endswith("\n") or not plain else f"{plain}\n"
