"""What a source file defines, what it mentions, and where its grammar is broken; parsed once per content."""

from __future__ import annotations

import hashlib
import re
import sys
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from agents.tools.code.languages import grammar, language_of

if TYPE_CHECKING:
    from tree_sitter import Node

LARGEST = 512 * 1024
"""Bytes: larger files are data, not code."""
LONGEST = 1000
"""Bytes of a line, on average: a file with longer ones was written by a program."""
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Definition:
    """One thing a file defines."""

    name: str
    kind: str
    """`class`, `function`, `method`, `constant`, `field`, `type`, `interface`, `enum`, `struct`, `trait`, `module`,
    `macro`."""
    line: int
    """Of its name."""
    end: int
    container: str
    """What it stands in, joined by dots; empty at the top."""
    signature: str
    """Its head in one line."""
    local: bool = False
    """Whether it stands in a function."""

    @property
    def full(self) -> str:
        """Name it with what it stands in."""
        return f"{self.container}.{self.name}" if self.container else self.name


@dataclass(frozen=True, slots=True)
class Tags:
    """What one file holds."""

    language: str = ""
    definitions: tuple[Definition, ...] = ()
    """By line."""
    mentions: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Lines of every identifier; neither comments nor strings count."""
    references: Mapping[str, int] = field(default_factory=dict)
    """How often a name stands for what is most likely defined elsewhere: called, imported, a type."""
    broken: tuple[tuple[int, str], ...] = ()
    """Line and what is wrong there, for what does not fit the grammar."""


REMEMBERED = 8000
"""Files that are remembered; the one unused for longest goes first."""


class TagCache:
    """Tags by the content they came from: a file that did not change is not parsed again, whatever it is called."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, bytes], Tags] = OrderedDict()
        self.parsed = 0
        """How many files were parsed so far."""

    def of(self, path: str, content: bytes) -> Tags:
        """Return what a file holds; nothing for a language that is not known here, and for what is no code."""
        key = language_of(path)
        if key is None or len(content) > LARGEST or len(content) > LONGEST * (content.count(b"\n") + 1):
            return Tags()
        name = (key, hashlib.blake2b(content, digest_size=16).digest())
        found = self._known.pop(name, None)
        if found is None:
            found = parse(key, content)
            self.parsed += 1
        self._known[name] = found
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found


def parse(key: str, content: bytes) -> Tags:
    """Return the tags of a content read with a grammar by its key."""
    from tree_sitter import Parser, QueryCursor

    language, query = grammar(key)
    tree = Parser(language).parse(content)
    found: list[_Found] = []
    mentions: dict[str, list[int]] = {}
    references: Counter[str] = Counter()
    broken: set[tuple[int, str]] = set()
    for _, match in QueryCursor(query).matches(tree.root_node):
        for kind, nodes in match.items():
            node = nodes[0]
            line = node.start_point[0] + 1
            if kind == "mention":
                mentions.setdefault(sys.intern(_text(node)), []).append(line)
            elif kind == "reference":
                references[sys.intern(_text(node))] += 1
            elif kind == "missing":
                broken.add((line, f"{node.type!r} is missing"))
            elif kind == "error":
                broken.add((line, _error(node)))
            elif kind not in ("name", "receiver"):
                receiver = _bare(_text(match["receiver"][0])) if "receiver" in match else ""
                found.append(_Found(node, kind, match["name"][0], receiver))
    return Tags(
        language=query_language(key),
        definitions=_definitions(found),
        mentions={name: tuple(sorted(set(lines))) for name, lines in mentions.items()},
        references=dict(references),
        broken=tuple(sorted(broken)),
    )


def query_language(key: str) -> str:
    """Return what people call the language of a grammar."""
    return "typescript" if key == "tsx" else key


class _Found(NamedTuple):
    """One match of the query."""

    node: Node
    kind: str
    name: Node
    receiver: str


def _definitions(found: list[_Found]) -> tuple[Definition, ...]:
    """Put each definition into those it stands in; what is only a scope is not among them."""
    found.sort(key=lambda each: (each.node.start_byte, -each.node.end_byte, each.kind == "constant"))
    open_: list[tuple[int, str, str]] = []
    made: list[Definition] = []
    seen: set[tuple[int, str]] = set()
    for node, kind, called, receiver in found:
        while open_ and open_[-1][0] <= node.start_byte:
            open_.pop()
        name = _bare(_text(called)) if kind == "scope" else _text(called)
        inner = open_[-1][1] if open_ else ""
        local = any(each[1] in ("function", "method") for each in open_)
        if kind == "function" and inner in ("class", "scope", "trait", "interface", "enum"):
            kind = "method"
        container = ".".join([*(each[2] for each in open_), *([receiver] if receiver else [])])
        if kind not in ("constant", "field"):
            open_.append((node.end_byte, kind, name))
        place = (node.start_byte, name)
        if kind == "scope" or place in seen or (local and kind in ("constant", "field")):
            continue
        seen.add(place)
        line, end = called.start_point[0] + 1, node.end_point[0] + 1
        made.append(Definition(name, kind, line, end, container, _head(node), local))
    return tuple(made)


def _head(node: Node) -> str:
    """Return what stands before the body, in one line."""
    body = node.child_by_field_name("body")
    value = node.child_by_field_name("value")
    held = value.child_by_field_name("body") if value is not None else None
    end = next((each.start_byte for each in (body, held) if each is not None), node.end_byte)
    content = node.text or b""
    head = content[: min(end - node.start_byte, 600)].decode("utf-8", "replace")
    if end == node.end_byte:
        head = head.split("\n", 1)[0]
    head = _SPACE.sub(" ", head).strip().removesuffix("{").removesuffix("=>").rstrip(" :")
    head = f"{head} ..." if head.endswith("=") else head
    return head if len(head) <= 160 else f"{head[:157]}..."


def _text(node: Node) -> str:
    return (node.text or b"")[:200].decode("utf-8", "replace")


def _bare(written: str) -> str:
    """Return the first name of a type: `(s *Shelf[T])` belongs to Shelf, `Shelf<'a>` too."""
    names = re.findall(r"\w+", re.sub(r"[<\[].*", "", written))
    return names[-1] if names else written


def _error(node: Node) -> str:
    first = _SPACE.sub(" ", _text(node)).strip()[:60]
    return f"not understood: {first!r}" if first else "not understood"
