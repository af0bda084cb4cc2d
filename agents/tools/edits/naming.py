"""PURE: names of files as models write them beside their edits, and which file of the project is meant."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NamedTuple

_BARE = frozenset({
    "Makefile", "Dockerfile", "Containerfile", "Jenkinsfile", "Procfile", "Gemfile", "Rakefile", "Vagrantfile",
    "LICENSE", "README", "CHANGELOG", "CODEOWNERS", "Justfile", "justfile", "BUILD", "WORKSPACE",
})  # fmt: skip
"""Names of files that have no ending."""
_NO_FILES = frozenset({
    "node.js", "vue.js", "next.js", "nuxt.js", "react.js", "express.js", "three.js", "chart.js", "d3.js", "angular.js",
    "ember.js", "backbone.js", "socket.io", "asp.net", "deno.js", "e.g", "i.e",
})  # fmt: skip
"""Names of other things that look like those of files."""
_LABEL = re.compile(
    r"^(?:(?:new |updated |modified |the )?(?:file|path|filename|file ?name|file ?path|in|update|create|edit|modify)"
    r"(?: file)?\s*:\s*"
    r"|(?:create|add|write)(?: (?:an?|the|new|file|module|tests?|script|in))*\s+(?=\S+$)"
    r"|[^\w\s\x00-\x7f]+\s*|\d+[.)]\s+|[-*+]\s+|#{1,6}\s+|//\s*|--\s+|<!--\s*)",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s*(?:-->|\((?:new|new file|updated|modified|edited|create|created|full|complete)\)"
    r"|\(?,?\s*(?:at |on )?(?:lines?|L)\s*\d+(?:\s*(?:-|–|to)\s*L?\d+)?\)?|(?<=\w):\d+(?:[-:]\d+)?)\s*$",
    re.IGNORECASE,
)
_PATH = re.compile(r"^[^\s`'\"*<>|?:;,(){}\[\]=][^\s`'\"*<>|?:;,=]*$")
_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9_+-]{0,11}$")
_SPACED = re.compile(r"^[\w.@-]+(?:/[\w.@ -]*[\w.@-])*/[\w.@-][\w.@ -]*\.[A-Za-z]\w{0,7}$")
"""A path with blanks in it, which is told from a sentence by its first folder."""
_WHOLE = re.compile(
    r"\b(?:full|complete|whole|entire|updated|new|revised|corrected|fixed|final|modified|rewritten)"
    r"(?: (?:version|content|contents|code|file|text|source))*(?: (?:of|for|is|in))?(?: (?:the|file))*\s+[`*\"']{1,3}"
    r"(?P<path>[^`*\"'\s]+)[`*\"']{1,3}[^.`]*:?\s*\W*$",
    re.IGNORECASE,
)
_WRAPS = ("**", "__", "`", "'", '"', "*", "_")


def name_in(line: str) -> str:
    """Return the file a line names when it says nothing else; empty when it says anything else.

    Quotes, backticks, asterisks, headings, list marks, `File:` and a colon at the end are taken away.
    """
    text = line.strip()
    if len(text) > 300:
        return ""
    before = None
    while before != text:
        before = text
        text = _TAIL.sub("", text)
        text = _LABEL.sub("", text, count=1).strip()
        text = text.removesuffix(":").rstrip()
        for wrap in _WRAPS:
            if len(text) > 2 * len(wrap) and text.startswith(wrap) and text.endswith(wrap):
                inner = text[len(wrap) : -len(wrap)].strip()
                if wrap in ("_", "__") and "/" not in inner and inner.count("_") % 2 == 0 and f"__{inner}__" == text:
                    break
                text = inner
    return text if looks_like_path(text) or (len(text) < 120 and _SPACED.match(text)) else ""


def whole_file_in(sentence: str) -> str:
    """Return the file that a sentence says is given as a whole below it; empty when it says no such thing."""
    found = _WHOLE.search(sentence[-300:])
    return found["path"] if found and looks_like_path(found["path"]) else ""


def looks_like_path(text: str) -> bool:
    """Return whether a text can be nothing but the name of a file."""
    text = text.replace("\\", "/")
    if len(text) > 260 or not _PATH.match(text) or text.startswith(("http:", "https:", "-", "+", "@")):
        return False
    if text.casefold() in _NO_FILES:
        return False
    folder, _, last = text.rpartition("/")
    if last in ("", ".", ".."):
        return False
    if _ENDING.search(last) or last in _BARE or (last.startswith(".") and len(last) > 2):
        return True
    return text.startswith(("./", "/")) or folder.count("/") >= 1


class Meant(NamedTuple):
    """Which file of the project a name means."""

    path: str = ""
    """Relative to the project directory; empty when there is none."""
    note: str = ""
    """What was read into the name, when it is not the path to the letter."""
    why: str = ""
    """Why there is none, ending with what to do."""


def plain(written: str, project: str = "") -> str:
    """Return a path in one way of writing; an absolute one below the project directory becomes relative."""
    path = written.strip().replace("\\", "/")
    if project and (path == project or path.startswith(f"{project.rstrip('/')}/")):
        path = path[len(project.rstrip("/")) + 1 :] or "."
    return posixpath.normpath(path) if path else "."


def meant(written: str, files: Sequence[str], *, project: str = "", new: bool = False) -> Meant:
    """Return the file that a name means; with `new` it need not be there yet.

    To the letter first; then without the `a/` and `b/` of diffs; then the one file whose path ends as the name does, or
    is the end of it; then the one file of that name. Two such files are never chosen between.
    """
    path = plain(written, project)
    if path == ".":
        return Meant(why="no file is named: write its path above the edit")
    if path in files:
        return Meant(path)
    if not path.startswith(("/", "../")) and path != "..":
        shorter = path[2:] if path.startswith(("a/", "b/")) else ""
        if shorter in files:
            return Meant(shorter)
    ends = [each for each in files if path.endswith(f"/{each}") or each.endswith(f"/{path}")]
    outside = path.startswith(("/", "..")) or re.match(r"[A-Za-z]:", path)
    name = posixpath.basename(path)
    if new and not outside and (written.strip().startswith("./") or "/" in path or not ends):
        folder = posixpath.dirname(path)
        return Meant(path, note="" if not folder or _folder_is_there(folder, files) else f"{folder}/ is new")
    longest = [each for each in ends if len(each) == max(map(len, ends))] if path.startswith("/") else ends
    if len(longest) == 1 and not (new and not outside):
        return Meant(longest[0], note=f"{written.strip()} was read as {longest[0]}")
    same = [each for each in files if posixpath.basename(each) == name]
    if not new and not longest and len(same) == 1:
        return Meant(same[0], note=f"there is no {path}; {same[0]}, the only file of that name, was taken")
    near = same or get_close_matches(path, files, n=3, cutoff=0.5)
    told = f"; the nearest are: {', '.join(near[:5])}" if near else ""
    if outside:
        return Meant(why=f"{written.strip()} is outside the project{told}. Name files from the project directory on")
    if new:
        return Meant(why=f"{path} is there as {near[0]}: name it so, or write ./{path} for a new file")
    return Meant(why=f"there is no file {path}{told}. Name one of the project's files by its whole path")


def namesake(written: str, files: Sequence[str]) -> str:
    """Return the one file of a bare name that is no path itself, or ''."""
    same = [each for each in files if posixpath.basename(each) == written]
    return same[0] if len(same) == 1 and written not in files else ""


def _folder_is_there(folder: str, files: Sequence[str]) -> bool:
    return any(each.startswith(f"{folder}/") for each in files)
