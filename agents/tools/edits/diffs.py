"""PURE: unified diffs as models write them: numbers may be wrong or missing, lines must be there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from agents.tools.edits.naming import looks_like_path
from agents.tools.edits.text_file import joined
from agents.tools.edits.wanted import Delete, Edit, Move, Refused, Replace, Write

SHAPE = "unified diff"
_GIT = re.compile(r"^diff --git \"?(?:a/)?(.+?)\"? \"?(?:b/)?(.+?)\"?\s*$")
_OLD = re.compile(r"^--- (?P<path>\S.*?)\s*$")
_NEW = re.compile(r"^\+\+\+ (?P<path>\S.*?)\s*$")
HUNK = re.compile(r"^@@(?: ?-(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? ?@@| ?\.\.\. ?@@| ?@@)?(.*)$")
_ABOUT = re.compile(
    r"^(?:index [0-9a-f]+\.\.|old mode |new mode |similarity index |dissimilarity index |new file mode |"
    r"deleted file mode |rename from |rename to |copy from |copy to |Index: |={10,}$)"
)
_GOES = re.compile(r"^\s*cd \S+(?:\s*&&)?\s*$")
_HANDED = re.compile(r"^\s*(?:\$ )?(?:cd \S+\s*&&\s*)?(?:patch|git apply)\b[^<|;&]*<<-?\s*([\"']?)(?P<word>\w+)\1\s*$")
"""Lines that go somewhere and hand a text to a program that makes the changes of a diff."""
_VERSION = re.compile(r"^\d+\.\d+[\w.()+ -]*$")
_NOTHING = "/dev/null"


class Diff(NamedTuple):
    """What a diff wants, and the line behind it."""

    edits: tuple[Edit, ...]
    refused: tuple[Refused, ...]
    behind: int


@dataclass(slots=True)
class _Hunk:
    at: int
    line: int = 0
    anchors: list[str] = field(default_factory=list)
    rows: list[tuple[str, str]] = field(default_factory=list)
    new_ended: bool | None = None
    whole: bool = False
    """Whether its numbers say that it ends here."""
    said: tuple[int, int] | None = None
    """Lines it has before and after by its numbers."""


def begins(lines: Sequence[str], at: int, stop: int) -> bool:
    """Return whether a diff begins at this line beyond doubt: it names a file before and after."""
    if _GIT.match(lines[at]):
        return True
    if not _OLD.match(lines[at]) or at + 1 >= stop or not _NEW.match(lines[at + 1]):
        return False
    old, new = _name(lines[at][4:]), _name(lines[at + 1][4:])
    same = old.removeprefix("a/") == new.removeprefix("b/") and (" " not in old or old[:2] + new[:2] == "a/b/")
    return same or all(name == _NOTHING or looks_like_path(name) for name in (old, new))


def is_marked(body: Sequence[str]) -> bool:
    """Return whether every line has a mark of a diff, and one is added."""
    marks = [line[:1] for line in body if line.strip()]
    return bool(marks) and "+" in marks and all(mark in "+-@ \\" for mark in marks)


def handed_on(body: Sequence[str]) -> tuple[int, int] | None:
    """Return where a diff begins and ends that lines for the shell only hand to a program; None when they do more."""
    first = next((nth for nth in range(len(body)) if begins(body, nth, len(body))), 0)
    said = [line for line in body[:first] if line.strip()]
    here = _HANDED.match(said[-1]) if said and all(_HANDED.match(line) or _GOES.match(line) for line in said) else None
    end = next((nth for nth in range(first, len(body)) if here and body[nth].strip() == here["word"]), None)
    return None if end is None or any(line.strip() for line in body[end + 1 :]) else (first, end)


def read_diff(lines: Sequence[str], at: int, stop: int, *, fenced: bool, name: str = "") -> Diff:
    """Read file after file; outside of a fence the diff ends at the first line that can be none of its own."""
    edits: list[Edit] = []
    refused: list[Refused] = []
    here = at
    while here < stop:
        if begins(lines, here, stop) or (fenced and here == at):
            here = _read_file(lines, here, stop, fenced, name, edits, refused)
        elif _is_signed(lines, here, stop):
            here += 2
        elif fenced or not lines[here].strip():
            if fenced and lines[here].strip() and lines[here][0] in "+-@" and not refused:
                refused.append(Refused(here + 1, "these lines of the diff belong to no file: name it with --- and +++"))
            here += 1
        else:
            break
    return Diff(tuple(edits), tuple(refused), here)


def _read_file(
    lines: Sequence[str], at: int, stop: int, fenced: bool, name: str, edits: list[Edit], refused: list[Refused]
) -> int:
    """Read what a diff says of one file; return the line behind it."""
    before = after = ""
    about: dict[str, str] = {}
    here = at
    git = _GIT.match(lines[here])
    if git:
        before, after = git[1], git[2]
        here += 1
    while here < stop and (_ABOUT.match(lines[here]) or lines[here].startswith(("Binary files", "GIT binary"))):
        words = lines[here].split(" ")
        about[" ".join(words[:2])] = " ".join(words[2:]).strip()
        here += 1
    headed = here + 1 < stop and _OLD.match(lines[here]) and _NEW.match(lines[here + 1])
    if headed:
        before, after = _name(lines[here][4:]), _name(lines[here + 1][4:])
        here += 2
    hunks, here = _hunks(lines, here, stop, fenced)
    if not fenced and hunks and _is_short(hunks[-1]) and not any(line.strip() for line in lines[here:stop]):
        why = "the answer ends before the diff has the lines its numbers say, so it may be cut: write it whole"
        refused.append(Refused(at + 1, why))
    path = before if after == _NOTHING else after
    new = before == _NOTHING or "new file" in about
    gone = after == _NOTHING or "deleted file" in about
    path = path if path and path != _NOTHING else (name or before)
    path = path.removeprefix("b/") if before == _NOTHING else path.removeprefix("a/") if after == _NOTHING else path
    if any(word in about for word in ("old mode", "copy from", "Binary files", "GIT binary")):
        refused.append(Refused(at + 1, "the diff changes a mode, copies or holds bytes: only text can be changed"))
        return max(here, at + 1)
    moved = "rename from" in about and "rename to" in about
    source = about["rename from"] if moved else path
    _add(source, hunks, edits, refused, at, new=new, gone=gone, moved=moved)
    if moved:
        edits.append(Move(source, about["rename to"], at=at + 1, shape=SHAPE))
    return max(here, at + 1)


def _add(
    path: str, hunks: Sequence[_Hunk], edits: list[Edit], refused: list[Refused], at: int, *,
    new: bool, gone: bool, moved: bool,
) -> None:  # fmt: skip
    if gone:
        lines = joined([text for hunk in hunks for mark, text in hunk.rows if mark != "+"])
        edits.append(Delete(path, lines, at=at + 1, shape=SHAPE))
        return
    if new:
        rows = [row for hunk in hunks for row in hunk.rows]
        if any(mark != "+" and text.strip() for mark, text in rows):
            refused.append(Refused(at + 1, f"the diff says that {path} is new, and shows lines it has: write it anew"))
            return
        text = joined([text for _, text in rows])
        ended = all(hunk.new_ended is not False for hunk in hunks)
        text = text if ended else text.removesuffix("\n")
        edits.append(Write(path, text, sure=True, new=True, at=at + 1, shape=SHAPE))
        return
    if not hunks and not moved:
        refused.append(Refused(at + 1, f"the diff of {path or 'a file'} has no lines: give the lines that change"))
    if hunks and not moved and all(mark == " " for hunk in hunks for mark, _ in hunk.rows):
        refused.append(Refused(at + 1, f"the diff of {path or 'a file'} changes no line: mark lines with + and -"))
    for hunk in hunks:
        old = [text for mark, text in hunk.rows if mark != "+"]
        fresh = [text for mark, text in hunk.rows if mark != "-"]
        if all(mark == " " for mark, _ in hunk.rows):
            continue  # it only shows lines
        if not old:
            why = "a hunk has no line that is there already, so that nobody knows its place: give lines around it"
            refused.append(Refused(hunk.at + 1, why))
            continue
        edits.append(
            Replace(
                path, joined(old), joined(fresh), line=hunk.line, anchors=tuple(hunk.anchors),
                rows=tuple(hunk.rows), final=hunk.new_ended, at=hunk.at + 1, shape=SHAPE,
            )
        )  # fmt: skip


def _hunks(lines: Sequence[str], at: int, stop: int, fenced: bool) -> tuple[list[_Hunk], int]:
    hunks: list[_Hunk] = []
    here = at
    while here < stop:
        line = lines[here]
        head = HUNK.match(line) if line.startswith("@@") else None
        if head:
            hunk = _Hunk(here, int(head[1] or 0))
            section = head[5].strip().removeprefix("@@").removesuffix("@@").strip()
            if section and section != "...":
                hunk.anchors.append(section)
            hunks.append(hunk)
            here = _counted(lines, here + 1, stop, hunk, head)
            continue
        if begins(lines, here, stop) or _is_signed(lines, here, stop):
            break
        if not hunks:
            if line[:1] not in (" ", "+", "-") and (line or not fenced):
                break
            hunks.append(_Hunk(here))
        if (hunks[-1].whole and not fenced and not line.strip()) or not _row(lines, here, stop, hunks[-1], fenced):
            break
        here += 1
    for hunk in hunks:
        while hunk.rows and hunk.rows[-1] == (" ", ""):
            hunk.rows.pop()  # most often the blank line behind the diff; as a line around the place it says little
    return [hunk for hunk in hunks if hunk.rows], here


def _counted(lines: Sequence[str], at: int, stop: int, hunk: _Hunk, head: re.Match[str]) -> int:
    """Read as many lines as the hunk's numbers say, when exactly so many fit; else none are read here."""
    if head[1] is None:
        return at
    old, new = hunk.said = int(head[2] or 1), int(head[4] or 1)
    rows: list[tuple[str, str]] = []
    here = at
    while here < stop and (old > 0 or new > 0):
        mark, text = lines[here][:1], lines[here][1:]
        if mark not in (" ", "+", "-"):
            return at
        old -= mark != "+"
        new -= mark != "-"
        rows.append((mark, text))
        here += 1
    if old or new:
        return at
    following = lines[here] if here < stop else ""
    if (
        following[:1] in ("+", "-", " ")
        and following.strip()
        and not begins(lines, here, stop)
        and not _is_signed(lines, here, stop)
    ):
        return at  # it goes on beyond its numbers, so these are wrong
    hunk.rows += rows
    hunk.whole = True
    return here


def _is_signed(lines: Sequence[str], here: int, stop: int) -> bool:
    """Return whether a patch that was mailed ends here: with dashes, and with the version of the program."""
    return here + 1 < stop and lines[here].rstrip() == "--" and bool(_VERSION.match(lines[here + 1]))


def _is_short(hunk: _Hunk) -> bool:
    """Whether a part has fewer lines than its numbers say, and of none more."""
    if hunk.whole or hunk.said is None:
        return False
    old, new = (sum(mark != other for mark, _ in hunk.rows) for other in "+-")
    return old <= hunk.said[0] and new <= hunk.said[1] and (old, new) != hunk.said


def _row(lines: Sequence[str], here: int, stop: int, hunk: _Hunk, fenced: bool) -> bool:
    """Take one line into a hunk; return whether it can be one of its own."""
    line = lines[here]
    mark = line[:1]
    if mark == "\\":
        last = hunk.rows[-1][0] if hunk.rows else " "
        if last != " ":
            hunk.new_ended = last == "-"  # without a line end before, so with one now, unless that is said as well
        return True
    if mark in (" ", "+", "-"):
        hunk.rows.append((mark, line[1:]))
        return True
    if not line.strip():
        following = next((each for each in lines[here + 1 : stop] if each.strip()), "")
        if fenced or following[:1] in ("+", "-", " ", "@"):
            hunk.rows.append((" ", ""))
            return True
        return False
    if fenced:
        hunk.rows.append((" ", line))  # a line of the file whose mark was forgotten
        return True
    return False


def _name(written: str) -> str:
    name = written.strip().split("\t")[0].strip().strip('"')
    return re.sub(r"\s+(?:\d{4}-\d\d-\d\d.*|\([^()]*\))$", "", name)
