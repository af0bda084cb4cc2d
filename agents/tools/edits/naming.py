"""PURE: names of files as models write them beside their edits, and which file of the project is meant."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NamedTuple

from agents.tools.rooted import is_absolute, new_place, of_the_machine

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
    r"|\s[-–—]\s*\(?(?:new|updated|modified|created)(?: file)?\)?"
    r"|\(?,?\s*(?:at |on )?(?:lines?|L)\s*\d+(?:\s*(?:-|–|to)\s*L?\d+)?\)?|(?<=\w):\d+(?:[-:]\d+)?)\s*$",
    re.IGNORECASE,
)
_LINES = re.compile(
    r"\b(?:lines?|L)\s*\d+(?:\s*(?:-|–|to)\s*L?\d+)?\W*$|(?<=\w):\d+(?:[-:]\d+)?\W*$|#L\d+\S*$", re.IGNORECASE
)
_PATH = re.compile(r"^[^\s`'\"*<>|?:;,(){}\[\]=][^\s`'\"*<>|?:;,=]*$")
_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9_+-]{0,11}$")
_SPACED = re.compile(r"^[\w.@-]+(?:/[\w.@ -]*[\w.@-])*/[\w.@-][\w.@ -]*\.[A-Za-z]\w{0,7}$")
"""A path with blanks in it, which is told from a sentence by its first folder."""
_WHOLE = re.compile(
    r"\b(?:(?:full|complete|whole|entire|updated|new|revised|corrected|fixed|final|modified|rewritten)\s+)+"
    r"(?:(?:version|content|contents|code|file|text|source)\s+)*(?:(?:of|for|is|in)\s+)?(?:(?:the|file)\s+)*"
    r"(?:[`*\"']{1,3}(?P<path>[^`*\"'\s]+)[`*\"']{1,3}[^.`]*:?\s*\W*|(?P<bare>[\w./-]+\.\w+)\s*:)$",
    re.IGNORECASE,
)
_MADE = re.compile(
    r"(?:\bcreat(?:e|ing)\b|\bfile (?:called|named)\b"
    r"|\bnew (?:\w+ ){0,2}(?:file|module|script|tests?|class|component|document|page|template|migration|workflow)\b"
    r"|\b(?:save|put|write|place) (?:this|it|the following|that)\b[^`*]*\b(?:as|to|in|into|at)\b)"
    r"[^`*.]{0,60}[`*\"']{1,3}(?P<path>[^`*\"'\s]+)[`*\"']{1,3}[^.`]*:?\s*\W*$",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"^\s*(?:#(?![#!])|//+|--|;+|%+|/\*+|<!--|\{/\*)\s*(?P<said>.*?)\s*(?:\*+/\}?|-->)?\s*$")
_HOLDER = re.compile(
    r"(?:^|[/_.-])(?:path[/_-]to|your|my[_-]?(?:file|project|app|module)|example|foo|bar)(?:[/_.-]|$)", re.I
)
"""What stands for a name in an example."""
_LINKED = re.compile(r"^\[([^\]]+)\]\([^)]*\)$")
_RULED = re.compile(r"^(?P<rule>[=~*-])(?P=rule)+\s+(?P<said>\S.*?)\s+(?P=rule){2,}$")
_WRAPS = ("**", "__", "`", "'", '"', "*", "_")


def name_in_comment(line: str) -> str:
    """Return the file that a comment names when it says nothing else; only one with a folder is beyond doubt."""
    found = _COMMENT.match(line)
    name = name_in(found["said"]) if found else ""
    if name.lower().endswith((".md", ".markdown", ".mdx", ".rst", ".adoc")) and not line.lstrip().startswith("<!--"):
        return ""  # a heading
    return name if "/" in name.replace("\\", "/") and not _HOLDER.search(name) else ""


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
        if text[:1] in ("=", "~", "*", "-", "["):
            ruled = _RULED.match(text)
            text = ruled["said"] if ruled else _LINKED.sub(r"\1", text)
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
    path = (found["path"] or found["bare"]) if found else ""
    return path if path and looks_like_path(path) else ""


def made_in(sentence: str) -> str:
    """Return the new file that a sentence says stands below it; empty when it says no such thing."""
    found = _MADE.search(sentence[-300:])
    return found["path"] if found and looks_like_path(found["path"]) else ""


def says_lines(line: str) -> bool:
    """Return whether a line that names a file says which lines of it are meant."""
    return bool(_LINES.search(line.strip()[-60:]))


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
    path = path.removeprefix("file://") if path.startswith("file:///") else path
    if project and (path == project or path.startswith(f"{project.rstrip('/')}/")):
        path = path[len(project.rstrip("/")) + 1 :] or "."
    return posixpath.normpath(path) if path else "."


def as_resource(written: str) -> str:
    """Name a file as what a call touches: where its path is another machine's, any file may be meant by it."""
    path = plain(written)
    return "tree" if is_absolute(path) else f"file:{path}"


def meant(written: str, files: Sequence[str], *, project: str = "", new: bool = False, exact: bool = False) -> Meant:
    """Return the file that a name means; with `new` it need not be there yet.

    To the letter first; then without the `a/` and `b/` of diffs; then the one file whose path ends as the name does, or
    is the end of it; then the one file of that name. Two such files are never chosen between. With `exact`, where
    nothing else tells whether the right file is meant, it has to be named by its whole path.
    """
    path = plain(_bare(written, files), project)
    if path == ".":
        return Meant(why="no file is named: write its path above the edit")
    if path in files:
        return Meant(path)
    outside = is_absolute(path) or path == ".." or path.startswith("../")
    shorter = _without_side(path, files, new=new)
    if shorter and not outside:
        return Meant(shorter)
    ends = [] if exact and not is_absolute(path) else _alike(path, files, whole=new or exact)
    if new and not outside and (written.strip().startswith("./") or "/" in path or not ends):
        folder = posixpath.dirname(path)
        return Meant(path, note="" if not folder or _folder_is_there(folder, files) else f"{folder}/ is new")
    if len(ends) == 1 and not (new and not outside):
        return Meant(ends[0], note=f"{written.strip()} was read as {ends[0]}")
    if new and is_absolute(path) and (place := new_place(path, files)):
        return Meant(place, note=f"{written.strip()} was read as {place}")
    same = [each for each in files if posixpath.basename(each) == posixpath.basename(path)]
    if not new and not exact and not ends and len(same) == 1 and not of_the_machine(path):
        return Meant(same[0], note=f"there is no {path}; {same[0]}, the only file of that name, was taken")
    near = same or get_close_matches(path, files, n=3, cutoff=0.5)
    told = f"; the nearest are: {', '.join(near[:5])}" if near else ""
    if outside:
        return Meant(why=f"{written.strip()} is outside the project{told}. Name files from the project directory on")
    if new:
        return Meant(why=f"{path} is there as {near[0]}: name it so, or write ./{path} for a new file")
    return Meant(why=f"there is no file {path}{told}. Name one of the project's files by its whole path")


def _bare(written: str, files: Sequence[str]) -> str:
    """Return a name without the quotes around it and the line behind it, where no file is called so."""
    name = written.strip()
    if name in files:
        return name
    for wrap in _WRAPS:
        if len(name) > 2 * len(wrap) and name.startswith(wrap) and name.endswith(wrap) and wrap not in ("_", "__"):
            name = name[len(wrap) : -len(wrap)].strip()
    shorter = re.sub(r"(?<=\w)(?::\d+(?:[-:]\d+)?|#L\d+(?:-L?\d+)?)$", "", name)
    return shorter if looks_like_path(shorter) else name


def _without_side(path: str, files: Sequence[str], *, new: bool) -> str:
    """Return a path without the `a/` or `b/` of a diff, when it then is a file, or a new one in a folder there is."""
    side, _, rest = path.partition("/")
    if side not in ("a", "b") or not rest:
        return ""
    if rest in files:
        return rest
    folder = posixpath.dirname(rest)
    fits = new and folder and not _folder_is_there(side, files) and _folder_is_there(folder, files)
    return rest if fits else ""


def _alike(path: str, files: Sequence[str], *, whole: bool) -> list[str]:
    """Return the files whose path ends as this one does, or is the end of it; of an absolute one the longest alone.

    What lies in a folder of the machine is none of the project's, unless the text to be changed can tell; with
    `whole` there is no such text.
    """
    ends = [each for each in files if path.endswith(f"/{each}") or each.endswith(f"/{path}")]
    if of_the_machine(path):
        ends = [each for each in ends if "/" in each and not whole]
    return [each for each in ends if len(each) == max(map(len, ends))] if is_absolute(path) else ends


def alike(one: str, other: str) -> bool:
    """Return whether two names of a file may mean the same: one is the other, or its end."""
    mine, theirs = plain(one).strip("/"), plain(other).strip("/")
    return f"/{mine}".endswith(f"/{theirs}") or f"/{theirs}".endswith(f"/{mine}")


def namesake(written: str, files: Sequence[str]) -> str:
    """Return the one file of a bare name that is no path itself, or ''."""
    same = [each for each in files if posixpath.basename(each) == written]
    return same[0] if len(same) == 1 and written not in files else ""


def _folder_is_there(folder: str, files: Sequence[str]) -> bool:
    return any(each.startswith(f"{folder}/") for each in files)
