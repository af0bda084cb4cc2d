"""PURE: where in a file a replacement belongs: to the letter first, with other blanks only where there is one place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

from agents.tools.edits.indents import Shift, indent_of, shift_between
from agents.tools.edits.nearest import nearest, numbered
from agents.tools.edits.partial import between_gaps, gaps
from agents.tools.edits.readings import Reading, readings
from agents.tools.edits.same_lines import same_ends, windows
from agents.tools.edits.stale import changes
from agents.tools.edits.text_file import Span, TextFile, split
from agents.tools.edits.typography import as_in_file, kept, plain
from agents.tools.edits.wanted import Replace

_LONGEST = 600
"""Lines of one replacement that are compared line by line; longer ones are replaced as a whole."""


class Misplaced(Exception):
    """The replacement has no place, or several; the message says what stands there instead."""


class Absent(Misplaced):
    """The text to be replaced is not in the file in any way of reading it."""


class Placed(NamedTuple):
    """Where a replacement belongs, and what of the text was not taken to the letter."""

    spans: tuple[Span, ...]
    how: str = ""
    ended: bool | None = None


def place(file: TextFile, edit: Replace) -> Placed:
    """Return what the edit does to the file; raise Misplaced."""
    old, new = edit.old, edit.new
    if old == new:
        raise Misplaced("old and new text are the same: leave this edit out")
    if not old.strip():
        return _without_old(file, edit, old, new)
    if not edit.lines:
        placed = _as_text(file, edit, old, new)
        if placed:
            return placed
    for reading in readings(old, new):
        placed = _as_lines(file, edit, reading)
        if placed:
            return placed
    placed = _around_gaps(file, split(old)[0], split(new)[0]) or _out_of_date(file, edit)
    if placed:
        return placed
    raise Absent(_not_found(file, old, new))


def contrary(placed: Sequence[tuple[Replace, Placed]]) -> Replace | None:
    """Return an edit that changes what another one changes, or adds right beside it: both say what is to stand there.

    One that builds on another has no place in the file as it is, and does not count here.
    """
    spans = sorted((*span[:2], nth) for nth, (_, each) in enumerate(placed) for span in each.spans)
    for (start, stop, one), (begin, end, other) in pairwise(spans):
        added = start == stop or begin == end
        if one != other and (begin < stop or (added and begin == stop)):
            return placed[max(one, other)][0]
    return None


def _without_old(file: TextFile, edit: Replace, old: str, new: str) -> Placed:
    if not file.text.strip() and not old:
        lines, ended = split(new)
        return Placed((Span(0, len(file.lines), tuple(lines)),), ended=True if edit.lines else ended)
    raise Misplaced(
        "the text to be replaced is empty but the file is not: quote the lines beside the place, and repeat them in "
        f"the new text. The file ends so:\n{numbered(file.lines, max(0, len(file.lines) - 4), len(file.lines))}"
    )


# --- any part of the text


def _as_text(file: TextFile, edit: Replace, old: str, new: str) -> Placed | None:
    """Place a replacement that need not be whole lines, to the letter.

    A last line without an end is looked at as if it had one: what a model saw of the file does not show it.
    """
    text = file.text + ("\n" if file.lines and not file.ended else "")
    old, new = old.replace("\r\n", "\n"), new.replace("\r\n", "\n")
    places = list(_occurrences(text, old))
    if not places:
        return None
    if not edit.every and (again := text.find(old, places[0] + 1)) >= 0:  # it may begin before the first one ends
        raise Misplaced(_several(file, [text.count("\n", 0, at) for at in dict.fromkeys((places[0], again, *places))]))
    if old.endswith("\n") and new and not new.endswith("\n"):
        raise Misplaced("the old text ends with a line end and the new one does not: end both alike")
    starts = _line_starts(file)
    spans: list[Span] = []
    for group in _by_lines(places, len(old), starts):
        first, last = group.first, group.last
        begin = starts[first]
        end = starts[last + 1] if last + 1 < len(starts) else len(text)
        part = text[begin:end]
        for at in reversed(group.places):
            part = part[: at - begin] + new + part[at - begin + len(old) :]
        spans.append(_span(file, first, last + 1, list(file.lines[first : last + 1]), split(part)[0]))
    return Placed(tuple(spans))


class _Group(NamedTuple):
    """Places whose lines touch."""

    first: int
    last: int
    places: list[int]


def _by_lines(places: Sequence[int], length: int, starts: Sequence[int]) -> Iterator[_Group]:
    group: _Group | None = None
    for at in places:
        first = _line_of(starts, at)
        last = _line_of(starts, at + length)  # the line behind belongs to it: the new text may end within it
        if group is not None and first <= group.last:
            group = _Group(group.first, max(last, group.last), [*group.places, at])
            continue
        if group is not None:
            yield group
        group = _Group(first, last, [at])
    if group is not None:
        yield group


def _line_starts(file: TextFile) -> list[int]:
    starts = [0]
    for line in file.lines[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _line_of(starts: Sequence[int], at: int) -> int:
    low, high = 0, len(starts)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if starts[middle] <= at else (low, middle)
    return low


def _occurrences(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + len(part))


# --- whole lines


def _as_lines(file: TextFile, edit: Replace, reading: Reading) -> Placed | None:
    """Place whole lines: to the letter, then whatever blanks end them, then with another indentation."""
    old, new = split(reading.old)[0], split(reading.new)[0]
    if not any(line.strip() for line in old):
        return None
    ways: tuple[tuple[Callable[[str], str], str], ...] = (
        (str, ""),
        (str.rstrip, "but for blanks at line ends"),
        (plain, "but for typographic signs"),
    )
    for way, how in ways:
        spots = windows([way(line) for line in file.lines], [way(line) for line in old])
        spots = _told_apart(file, edit, spots, len(old))
        if spots:
            spans = tuple(_span(file, at, at + len(old), old, new, signs=bool(how)) for at in spots)
            return Placed(spans, _said(reading.how, how), _final(file, edit, spots, len(old)))
    return _reindented(file, edit, reading, old, new)


def _reindented(file: TextFile, edit: Replace, reading: Reading, old: list[str], new: list[str]) -> Placed | None:
    spots = windows([line.strip() for line in file.lines], [line.strip() for line in old])
    shifts = {at: shift_between(old, file.lines[at : at + len(old)]) for at in spots}
    spots = _told_apart(file, edit, [at for at in spots if shifts[at]], len(old))
    spans = []
    for at in spots:
        shift = shifts[at]
        assert shift is not None
        spans.append(_span(file, at, at + len(old), old, new, shift))
    how = _said(reading.how, "but for the indentation")
    return Placed(tuple(spans), how, _final(file, edit, spots, len(old))) if spans else None


def _out_of_date(file: TextFile, edit: Replace) -> Placed | None:
    """Place what a diff changes where the lines around it are not all there any more."""
    change = changes(file.lines, edit.rows)
    spots = _told_apart(file, replace(edit, line=0), change.spots, len(change.old)) if change else []
    if not change or not spots:
        return None
    spans = tuple(_span(file, at, at + len(change.old), change.old, change.new) for at in spots)
    return Placed(spans, "but for lines around it that are others now", _final(file, edit, spots, len(change.old)))


def _around_gaps(file: TextFile, old: list[str], new: list[str]) -> Placed | None:
    """Place what stands between lines that mean "as it is", such as `...`, each part behind the one before."""
    if len(old) + len(new) > _LONGEST or gaps(old) != gaps(new) or not gaps(old):
        return None
    spans: list[Span] = []
    inside = range(len(file.lines))
    floor = 0
    for mine, theirs in zip(between_gaps(old), between_gaps(new), strict=True):
        if not any(line.strip() for line in mine):
            if any(line.strip() for line in theirs):
                return None  # new lines beside a gap: nobody knows at which end of it
            continue
        spots = windows([line.rstrip() for line in file.lines], [line.rstrip() for line in mine])
        near = [at for at in spots if at >= floor and (len(spots) == 1 or at in inside)]
        if len(near) != 1:
            if mine == theirs:
                continue
            if spots:
                raise Misplaced(_several(file, spots))
            return None
        spans.append(_span(file, near[0], near[0] + len(mine), mine, theirs))
        floor = near[0] + len(mine)
        inside = range(near[0], _end_of_block(file, near[0]))
    return Placed(tuple(spans), "around the lines that were left out")


def _end_of_block(file: TextFile, line: int) -> int:
    """Return where the lines end that are indented deeper than this one."""
    depth = len(indent_of(file.lines[line]).expandtabs())
    for at in range(line + 1, len(file.lines)):
        if file.lines[at].strip() and len(indent_of(file.lines[at]).expandtabs()) <= depth:
            return at
    return len(file.lines)


def _final(file: TextFile, edit: Replace, spots: Sequence[int], length: int) -> bool | None:
    """Return what is said of the line end at the end of the file, when the edit reaches it."""
    return edit.final if any(at + length == len(file.lines) for at in spots) else None


def _told_apart(file: TextFile, edit: Replace, spots: list[int], length: int) -> list[int]:
    """Return the places that are meant; raise Misplaced when nobody can say which."""
    if len(spots) <= 1:
        return spots
    if edit.every:
        return [at for nth, at in enumerate(spots) if nth == 0 or at >= spots[nth - 1] + length]
    for anchored in _anchored(file, edit):
        inside = [at for at in spots if anchored.start <= at < anchored.stop]
        if len(inside) == 1:
            return inside
    said = [at for at in spots if edit.line and at == edit.line - 1]
    if said:
        return said
    raise Misplaced(_several(file, spots))


def _anchored(file: TextFile, edit: Replace) -> Iterator[range]:
    """Yield the lines that belong to the anchors: those indented deeper than the last of them."""
    begin = 0
    line = -1
    for anchor in edit.anchors:
        wanted = anchor.strip()
        places = [at for at in range(begin, len(file.lines)) if file.lines[at].strip() == wanted]
        places = places or [at for at in range(begin, len(file.lines)) if file.lines[at].strip().startswith(wanted)]
        if len(places) != 1:
            return
        line, begin = places[0], places[0] + 1
    if line >= 0:
        yield range(line, _end_of_block(file, line))


def _span(
    file: TextFile, start: int, stop: int, old: list[str], new: list[str], shift: Shift | None = None, *,
    signs: bool = False,
) -> Span:  # fmt: skip
    """Return the lines that change; what old and new have in common stays as the file has it."""
    head, tail = same_ends(old, new)
    mine, theirs = old[head : len(old) - tail], new[head : len(new) - tail]
    written = as_in_file(new, old, file.lines[start:stop])[head : len(new) - tail] if signs else theirs
    items: list[int | str] = []
    at = before = 0
    if len(mine) + len(theirs) <= _LONGEST:
        for block in SequenceMatcher(None, mine, theirs, autojunk=False).get_matching_blocks():
            lines = written[at : block.b]
            if signs and len(lines) == block.a - before:
                there = file.lines[start + head + before : start + head + block.a]
                lines = list(map(kept, mine[before : block.a], theirs[at : block.b], lines, there))
            items += [_shifted(line, shift) for line in lines]
            items += range(start + head + block.a, start + head + block.a + block.size)
            at, before = block.b + block.size, block.a + block.size
    else:
        items += [_shifted(line, shift) for line in written]
    return Span(start + head, stop - tail, tuple(items))


def _shifted(line: str, shift: Shift | None) -> str:
    if shift is None or not line.strip():
        return line
    indent = indent_of(line)
    there = shift(indent)
    if there is None:
        raise Misplaced(f"the file is indented otherwise, and {line.strip()[:60]!r} cannot be: indent as the file does")
    return there + line[len(indent) :]


# --- what is said


def _said(*how: str) -> str:
    return ", ".join(each for each in how if each)


def _several(file: TextFile, starts: Sequence[int]) -> str:
    numbers = ", ".join(str(at + 1) for at in starts[:8])
    shown = "\n".join(numbered(file.lines, max(0, at - 1), min(len(file.lines), at + 2)) for at in starts[:4])
    return (
        f"the text to be replaced stands at {len(starts)} places "
        f"(lines {numbers}): quote more lines around the one that is meant.\n{shown}"
    )


def _not_found(file: TextFile, old: str, new: str) -> str:
    wanted = [line.strip() for line in split(new)[0]]
    there = windows([line.strip() for line in file.lines], wanted) if any(wanted) else []
    if there:
        at = there[0]
        return (
            f"the text to be replaced is not there, and the replacement stands there already from line {at + 1}: "
            f"leave this edit out.\n{numbered(file.lines, at, min(len(file.lines), at + len(wanted), at + 12))}"
        )
    return f"the text to be replaced is not in the file. {nearest(file.lines, split(old)[0])}"
