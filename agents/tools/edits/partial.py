"""PURE: whether a text that is given as a whole file is only a piece of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from agents.tools.edits.same_lines import windows
from agents.tools.edits.syntax import fault, is_certain
from agents.tools.edits.text_file import TextFile, split

_WORDS = (
    r"(?:(?:the )?(?:rest|remainder|remaining)(?: of)?(?: the| your| this| our)?(?: [\w.]+){0,4}"
    r"|(?:all |the |your |any |keep |include |with |and )*(?:existing|previous|original|other|same|unchanged|more|old)"
    r"(?: \w+){0,3} "
    r"(?:code|methods?|functions?|imports?|content|lines|tests?|class(?:es)?|logic|implementations?|fields?|"
    r"before|stays?|here|unchanged|omitted|above|below|remains?|same)(?: (?:here|unchanged|as before|the same|same))*"
    r"|(?:code|content|file|methods?|functions?|imports?|lines?|tests?|implementation)(?: \w+){0,2} "
    r"(?:unchanged|omitted|remains?|as before|stays?|goes here|continues?|here|same)(?: the same| unchanged)?"
    r"|(?:everything|all) (?:else|other)(?: \w+){0,3}(?: same| unchanged| here)?"
    r"|unchanged|omitted(?: for brevity)?|snip(?:ped)?|truncated|(?:same )?as before|no changes?(?: here)?|for brevity)"
)
_MARK = r"(?:#+|//+|/\*+|<!--|--+|;+|%+|\"{3}|'{3}|\{/\*)"
_CLOSE = r"(?:\*/|-->|\*/\}|\"{3}|'{3})?"
_DOTS = r"(?:\.{3,}|…)"
_ELISIONS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^\s*{_MARK}\s*[\[(]?\s*{_DOTS}.*$",
        rf"^\s*{_MARK}\s*[\[(]?\s*{_WORDS}\s*{_DOTS}?\s*[\])]?\s*{_CLOSE}\s*$",
        rf"^\s*(?:pass|\.\.\.)\s*#\s*[\[(]?\s*{_DOTS}?\s*{_WORDS}\s*{_DOTS}?\s*[\])]?\s*$",
        rf"^\s*[\[(<]\s*{_DOTS}?\s*{_WORDS}\s*{_DOTS}?\s*[\])>]\s*$",
        rf"^\s*{_DOTS}\s*[\[(]?(?:{_WORDS}\s*[\])]?\s*{_DOTS}?)?\s*$",
    )
)
_SHORT = 12
"""Of a file with fewer lines, more than half must be left, be it changed, in a text that is taken for the whole."""
_MOST = 60
"""Lines of a text in which one is looked for that was changed."""
_CHANGED = 0.6
"""Share of letters by which a line is known again that was changed."""


def elision(text: str, old: TextFile | None = None, replaced: str = "") -> tuple[int, str] | None:
    """Return the first line (from 1) that stands for lines left out, which neither the file nor the old text has."""
    known = {line.strip() for line in (*(old.lines if old else ()), *split(replaced)[0])}
    lines = split(text)[0]
    for number, line in enumerate(lines, 1):
        if line.strip() in known or not line.strip():
            continue
        if not any(pattern.match(line) for pattern in _ELISIONS):
            continue
        if not _is_body(lines, number - 1) or _had_body(lines[: number - 1], old, replaced):
            return number, line.strip()
    return None


def _had_body(above: Sequence[str], old: TextFile | None, replaced: str) -> bool:
    """Whether the definition that ends above has a real body where it stands now."""
    header = next((line.strip() for line in reversed(above) if line.rstrip().endswith(":")), "")
    now = split(replaced)[0] if replaced else list(old.lines) if old else []
    rows = [line.strip() for line in now if line.strip()]
    return bool(header) and any(one == header and two != "..." for one, two in pairwise(rows))


def gaps(lines: Sequence[str]) -> list[str]:
    """Return the lines that stand for lines left out, in their order."""
    return [line.strip() for line in lines if _is_gap(line)]


def between_gaps(lines: Sequence[str]) -> list[list[str]]:
    """Return the lines before, between and behind those that stand for others."""
    parts: list[list[str]] = [[]]
    for line in lines:
        if _is_gap(line):
            parts.append([])
        else:
            parts[-1].append(line)
    return parts


def _is_gap(line: str) -> bool:
    return bool(line.strip()) and any(pattern.match(line) for pattern in _ELISIONS)


def stands_in(lines: Sequence[str], text: str) -> bool:
    """Return whether a text is some of a file's lines, or all of them: shown, not to be written."""
    wanted = split(text)[0]
    return any(line.strip() for line in wanted) and bool(windows(lines, wanted))


def why_partial(path: str, old: TextFile | None, text: str) -> str:
    """Return why a text below a file's name is not taken for the whole file; empty when it may be."""
    left_out = elision(text, old)
    if left_out:
        return (
            f"line {left_out[0]} of it ({left_out[1][:60]!r}) stands for lines that are left out: give the whole file, "
            "or a SEARCH/REPLACE block with the lines that change"
        )
    if not text.strip():
        return "it is empty: to delete a file, delete it"
    if fault(path, text) and (is_certain(path) if old is None else not fault(path, old.text)):
        return f"as a whole file it is broken ({fault(path, text)}): give the whole file, or a SEARCH/REPLACE block"
    if old is None:
        return ""
    lost = _names(path, old.text) - _names(path, text)
    lines = {line.strip() for line in split(text)[0] if line.strip()}
    had = [line.strip() for line in old.lines if line.strip()]
    kept = sum(line in lines for line in had)
    if lost and len(split(text)[0]) < len(old.lines):
        return (
            f"it lacks {', '.join(sorted(lost)[:5])} and looks like a piece of the file: give the whole file, or a "
            "SEARCH/REPLACE block with the lines that change"
        )
    if len(old.lines) < _SHORT:
        few = 2 * sum(_has_counterpart(line, lines) for line in had) <= len(had)
        return (
            "it has little of the file and looks like a piece of it: give the whole file by write_file, or a "
            "SEARCH/REPLACE block with the lines that change"
            if few and had
            else ""
        )
    if len(lines) < 0.6 * len(set(had)) or (kept < 0.3 * len(had) and len(lines) < len(had)):
        return (
            "it is much shorter than the file and looks like a piece of it: give a SEARCH/REPLACE block with the "
            "lines that change, or use write_file for the whole"
        )
    return ""


def _has_counterpart(line: str, lines: Collection[str]) -> bool:
    """Whether a text has a line, or one that it most likely became."""
    return line in lines or any(
        SequenceMatcher(None, line, each, autojunk=False).ratio() >= _CHANGED for each in list(lines)[:_MOST]
    )


def rewrites(path: str, old: TextFile, text: str) -> bool:
    """Return whether a text defines all that a file defines, and anything at all."""
    had = _names(path, old.text)
    return bool(had) and had <= _names(path, text)


def _is_body(lines: list[str], at: int) -> bool:
    """Whether `...` is the body of a definition, or a value, as Python and its stubs write them."""
    if lines[at].strip() != "...":
        return False
    before = next((line.rstrip() for line in reversed(lines[:at]) if line.strip()), "")
    after = next((line for line in lines[at + 1 :] if line.strip()), "")
    depth = len(lines[at]) - len(lines[at].lstrip())
    deeper = len(after) - len(after.lstrip()) < depth or not after
    return (before.endswith(":") or before.endswith(('"""', "'''"))) and depth > 0 and deeper


def _names(path: str, text: str) -> set[str]:
    """Return what a Python file defines at its top and in its classes; other files by their words of definition."""
    if path.endswith((".py", ".pyi")):
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return set()
        found = set()
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found.add(node.name)
            if isinstance(node, ast.ClassDef):
                found |= {f"{node.name}.{each.name}" for each in node.body if isinstance(each, ast.FunctionDef)}
        return found
    pattern = (
        r"^\s*(?:export |public |private |static |async |pub )*(?:function|class|def|func|fn|interface|struct) (\w+)"
    )
    return set(re.findall(pattern, text, re.MULTILINE))
