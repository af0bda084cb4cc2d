"""PURE: whether a text is not what a file is to hold, but that text as it stood somewhere else."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from agents.tools.edits.syntax import fault

DOCUMENTS = (".md", ".markdown", ".mdx", ".rst", ".txt", ".adoc")
_FENCE = re.compile(r"^(`{3,}|~{3,})[\w+#.-]*$")
_NO_ENTITIES = (".py", ".pyi", ".go", ".rs", ".java", ".c", ".h", ".cpp", ".cs", ".rb", ".kt", ".toml", ".sql")
"""Files in which an entity that is not quoted says nothing."""
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#39);")
_QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")
_ESCAPED = re.compile(r"\\([_*\[\]<>#`~|-])")
"""Signs as Markdown escapes them."""
_NUMBERED = re.compile(r"^ *(\d+)(?:\t|\||→)")


def why_dressed(path: str, text: str, old: str = "") -> str:
    """Return what a text has around its lines that no file has, nor the old text; empty when there is nothing."""
    rows = [line for line in text.split("\n") if line.strip()]
    before = [line for line in old.split("\n") if line.strip()]
    if not path.lower().endswith(DOCUMENTS):
        if _in_fence(rows) and not _in_fence(before):
            return "the text stands in a fence: give what is in it, without the fence"
        if rows and all(row[0] == "+" for row in rows) and not any(row[0] in "+-" for row in before):
            return "each line begins with the + of a diff: give the lines without it"
    if path.lower().endswith(_NO_ENTITIES) and _ENTITY.search(_QUOTED.sub("", text)) and not _ENTITY.search(old):
        return "signs are written as entities such as &lt;: give the signs themselves"
    if _numbered(rows) and not _numbered(before):
        return "the lines have their numbers in front of them: give them without"
    return ""


def otherwise(text: str) -> Iterator[tuple[str, str]]:
    """Yield a text as it may have been meant, and what was done to it on its way; for where it breaks a file."""
    ends = text.replace("\\n", "\n")
    if ends != text and "\n" not in text.strip():
        yield ends, "its line ends are escaped twice: give real ones"
    signs = html.unescape(text)
    if signs != text:
        yield signs, "its signs are written as entities such as &lt;: give the signs themselves"
    bare = _ESCAPED.sub(r"\1", text)
    if bare != text:
        yield bare, "its signs are escaped as in a document, such as \\*: give the signs themselves"


def why_encoded(path: str, text: str) -> str:
    """Return what was done to a whole file on its way, so that it cannot be read; empty when nothing was."""
    if not fault(path, text):
        return ""
    return next((why for other, why in otherwise(text) if not fault(path, other)), "")


def _in_fence(rows: Sequence[str]) -> bool:
    fence = _FENCE.match(rows[0].strip()) if len(rows) > 2 else None
    return fence is not None and rows[-1].strip() == fence[1]


def _numbered(rows: Sequence[str]) -> bool:
    numbers = [int(found[1]) for row in rows if (found := _NUMBERED.match(row))]
    return len(numbers) == len(rows) > 1 and all(after - before == 1 for before, after in pairwise(numbers))
