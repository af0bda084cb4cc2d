"""Makes the edits of one answer, all of them or none."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from agents.tools.edits.dressed import otherwise, why_dressed, why_encoded
from agents.tools.edits.elsewhere import elsewhere
from agents.tools.edits.fences import holds_marks
from agents.tools.edits.naming import Meant, alike, meant, name_in_comment, namesake
from agents.tools.edits.partial import elision, rewrites, stands_in, why_partial
from agents.tools.edits.placing import Absent, Misplaced, Placed, contrary, place
from agents.tools.edits.safe_files import Held, ProjectFiles, Unreachable
from agents.tools.edits.shown import Shown, denied
from agents.tools.edits.syntax import fault
from agents.tools.edits.text_file import NotText, TextFile, decoded, split
from agents.tools.edits.wanted import Delete, Edit, Move, Replace, Wanted, Write, once
from agents.tools.edits.withdrawn import has_stand_in, still_meant

_BESIDE = 5
"""Files of a folder that are looked at for how they begin."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One file that was changed."""

    path: str
    before: TextFile | None
    """None for a file that was not there."""
    after: TextFile | None
    """None for a file that is gone."""
    fault: str = ""
    """What is wrong with the syntax now; empty when nothing is or nobody can say."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of the edits of one answer."""

    changed: tuple[Changed, ...] = ()
    notes: tuple[str, ...] = ()
    """What was not taken to the letter, and what was passed over."""
    refused: tuple[str, ...] = ()
    """Why nothing was changed; empty when all was."""


@dataclass(slots=True)
class _File:
    """A file while edits are gathered for it."""

    path: str
    held: Held | None
    before: TextFile | None
    after: TextFile | None
    mode: int = 0o644
    replaced: list[Replace] = field(default_factory=list)
    touched: bool = False


class _Stop(Exception):
    """One edit cannot be made; the message says why."""


def apply(
    wanted: Wanted, project: Path, *, closed: Callable[[str], str] = lambda path: "", default: str = ""
) -> Applied:
    """Make all edits of an answer, or none, and say which files changed or why none did.

    `closed` says why a file may not be written, or nothing; `default` is the file meant by edits that name none.
    """
    plan = _Plan(ProjectFiles(project), str(project), closed, default, wanted.edits)
    notes = [f"line {each.at} of your text: {each.why}" for each in wanted.passed_over]
    refused = [_at(each.at, each.why) for each in wanted.refused]
    for edit in once(wanted.edits):
        try:
            plan.take(edit)
        except (_Stop, Unreachable, NotText) as stop:
            if not has_stand_in(edit, wanted.edits):
                refused.append(_at(edit.at, str(stop)))
    refused += plan.settle()
    if plan.shown and not refused:
        refused = plan.denied()
        notes += [each.why for each in plan.shown if not refused]
    if not refused and not wanted.edits:
        refused.append("no edit was found in it: see the shapes the tool takes")
    if refused:
        return Applied(notes=(*notes, *plan.notes), refused=tuple(refused))
    try:
        changed = plan.write()
    except (Unreachable, NotText) as stop:
        return Applied(notes=(*notes, *plan.notes), refused=(str(stop),))
    return Applied(changed, (*notes, *plan.notes))


class _Plan:
    """The files as they will be; nothing is written before all edits have found their place."""

    def __init__(
        self, files: ProjectFiles, project: str, closed: Callable[[str], str], default: str, edits: Sequence[Edit]
    ) -> None:
        self._files, self._project, self._closed, self._default, self._edits = files, project, closed, default, edits
        self._names: list[str] | None = None
        self._open: dict[str, _File] = {}
        self.notes: list[str] = []
        self.shown: list[Shown] = []
        """What may only be shown of a file, and is no whole one."""

    def denied(self) -> list[str]:
        """Return what is shown of files that the edits change and is not what they make of them, or shown alone."""
        made = {path: file.after.lines if file.after else () for path, file in self._open.items() if file.touched}
        if not made:
            return [each.why for each in self.shown]
        return [_at(each.at, why) for each in self.shown if (why := denied(each, made.get(each.path)))]

    # --- taking edits in

    def take(self, edit: Edit) -> None:
        match edit:
            case Replace():
                self._replace(edit)
            case Write():
                self._write(edit)
            case Delete():
                self._delete(edit)
            case Move():
                self._move(edit)

    def _replace(self, edit: Replace) -> None:
        _without_marks(edit, edit.new, edit.old)
        new = not edit.old
        file = self._file(self._meant(edit.path or self._default, new=new))
        if why := why_dressed(file.path, edit.new, edit.old):
            raise _Stop(f"{file.path}: {why}")
        left_out = elision(edit.new, file.before, edit.old)
        if left_out:
            raise _Stop(
                f"line {left_out[0]} of the new text ({left_out[1][:60]!r}) stands for lines that are left out: "
                "write every line that is to stand there"
            )
        if file.after is None:
            if not new:
                raise _Stop(f"there is no file {file.path} any more")
            file.after = TextFile((), ())
        if not file.touched or file.replaced:
            file.replaced.append(edit)
            file.touched = True
            return
        raise _Stop(f"{file.path} is given as a whole and in parts too: give it in one way")

    def _write(self, edit: Write) -> None:
        if edit.shown:
            self.shown.append(Shown(meant(edit.path, self._listed()).path, edit.text, edit.at, edit.shown))
            return
        path = self._whole(edit)
        file = self._file(path)
        old = file.before
        edit = replace(edit, text=self._below(path, old, edit)) if edit.label else edit
        _without_marks(edit, edit.text, old.text if old else "")
        if why := why_dressed(path, edit.text, old.text if old else "") or why_encoded(path, edit.text):
            raise _Stop(f"{path}: {why}")
        if old is None and " " in path and not edit.sure:
            raise _Stop(f"there is no file {path!r}: make a new file with blanks in its name by write_file")
        if old is not None and not edit.sure and stands_in(old.lines, edit.text):
            self.notes.append(f"{path}: the lines below its name stand in it already, so they were only shown")
            return
        if edit.new and edit.weak and old is not None:
            why = f"{path}: nobody knows what of it the text below stands for: give old and new text"
            self.shown.append(Shown(path, edit.text, edit.at, why))
            return
        if edit.new and old is not None and old.text.strip():
            raise _Stop(f"{path} is there already: change it in place")
        left_out = elision(edit.text, old)
        if edit.sure and left_out:
            raise _Stop(
                f"line {left_out[0]} of the text ({left_out[1][:60]!r}) stands for lines that are left out: "
                "write the whole file, or edit it in place"
            )
        if not edit.sure:
            why = why_partial(path, old, edit.text)
            if why and edit.weak:
                self.shown.append(Shown(path, edit.text, edit.at, f"{path}: {why}"))
                return
            if why:
                raise _Stop(f"{path}: {why}")
        if file.touched:
            if file.after is not None and file.after.text == edit.text:
                return
            raise _Stop(f"{path} is given as a whole and in parts too, or twice: give it in one way")
        lines, ended = split(edit.text)
        if old is None:
            file.after = TextFile(tuple(lines), ()).rewritten(edit.text, ended or not edit.sure)
        else:
            kept = old.ended or not old.lines
            closed = (ended or kept) if edit.sure else kept
            file.after = old.rewritten(edit.text, closed)
        file.touched = True

    def _below(self, path: str, old: TextFile | None, edit: Write) -> str:
        """Return a text with the comment above it where the file has that, or its neighbours have one like it."""
        folder, _, name = path.rpartition("/")
        ending = name.rpartition(".")[2]
        beside = [each for each in self._listed() if each.rpartition("/")[0] == folder and each.endswith(f".{ending}")]
        kept = any(_begins_with_name(each, self._files.read(each)) for each in ([path] if old else beside[:_BESIDE]))
        return f"{edit.label}\n{edit.text}" if kept else edit.text.lstrip("\n")

    def _delete(self, edit: Delete) -> None:
        path = self._meant(edit.path, new=False, exact=not edit.lines)
        file = self._file(path)
        if file.touched:
            raise _Stop(f"{path} is changed and deleted at once: do one of them")
        if edit.lines and file.before is not None and not file.before.holds(edit.lines):
            raise _Stop(f"{path} has other lines than those that are deleted: read it first, or use delete_file")
        file.after, file.touched = None, True

    def _move(self, edit: Move) -> None:
        source = self._file(self._meant(edit.path, new=False, exact=True))
        self._settle(source)
        to = self._file(self._meant(edit.to, new=True))
        if to.held is not None or to.touched:
            raise _Stop(f"{to.path} is there already: delete it first")
        to.after, to.mode, to.touched = source.after, source.mode, True
        source.after, source.touched = None, True

    def _whole(self, edit: Write) -> str:
        """Return the file that is given as a whole; by its bare name alone only one that loses nothing by it."""
        written = edit.path or self._default
        there = "" if edit.sure or edit.new else namesake(written, self._listed())
        old = self._file(there).before if there else None
        if old is None or not rewrites(there, old, edit.text):
            return self._meant(written, new=True)
        self.notes.append(f"there is no {written}; {there}, the only file of that name, was taken")
        return there

    def _meant(self, written: str, *, new: bool, exact: bool = False) -> str:
        names = self._listed()
        found = meant(written, names, project=self._project, new=new, exact=exact)
        if not found.path and not found.why:
            found = Meant(why="no file is named")
        if found.why:
            raise _Stop(found.why)
        if found.note:
            self.notes.append(found.note)
        return found.path

    def _listed(self) -> list[str]:
        if self._names is None:
            self._names = self._files.names()
        return self._names

    def _file(self, path: str) -> _File:
        if path not in self._open:
            why = self._closed(path)
            if why:
                raise _Stop(why)
            held = self._files.read(path)
            try:
                before = None if held is None else decoded(held.content)
            except NotText as error:
                raise _Stop(f"{path} cannot be edited: {error}") from error
            self._open[path] = _File(path, held, before, before, held.mode if held else 0o644)
        return self._open[path]

    # --- placing them

    def settle(self) -> list[str]:
        """Place all replacements; return what has no place."""
        refused = []
        for file in list(self._open.values()):
            try:
                self._settle(file)
            except _Stop as stop:
                refused.append(str(stop))
        return refused

    def _settle(self, file: _File) -> None:
        if not file.replaced or file.after is None:
            return
        start = file.after
        try:
            edits, file.replaced = still_meant(start, file.replaced, self._edits), []
        except Misplaced as stop:
            raise _Stop(f"{file.path}: {stop}") from stop
        placed: list[tuple[Replace, Placed]] = []
        for edit in edits:
            with contextlib.suppress(Misplaced):
                placed.append((edit, place(start, edit)))
        if other := contrary(placed):
            why = "it touches lines that another edit changes too: make one edit of them, the one that is meant"
            raise _Stop(_at(other.at, f"{file.path}: {why}"))
        if len(placed) == len(edits):
            file.after = self._at_once(file.path, start, placed)
        else:
            file.after = self._one_by_one(file.path, start, edits)

    def _at_once(self, path: str, start: TextFile, placed: Sequence[tuple[Replace, Placed]]) -> TextFile:
        """Make edits that each have a place in the file as it is now."""
        for edit, each in placed:
            try:
                self._note(path, edit, each, start)
            except Misplaced as stop:
                raise _Stop(_at(edit.at, f"{path}: {stop}")) from stop
        ended = next((each.ended for _, each in reversed(placed) if each.ended is not None), None)
        return start.with_spans([span for _, each in placed for span in each.spans], ended)

    def _one_by_one(self, path: str, start: TextFile, edits: Sequence[Replace]) -> TextFile:
        """Place every edit in what the one before it left."""
        now = start
        refused = []
        for edit in edits:
            try:
                each = place(now, edit)
            except Misplaced as stop:
                why = self._told(path, edit, _why_not(start, now, edit, stop))
                refused.append(_at(edit.at, f"{path}: {why}"))
                continue
            try:
                self._note(path, edit, each, now)
            except Misplaced as stop:
                refused.append(_at(edit.at, f"{path}: {stop}"))
            now = now.with_spans(each.spans, each.ended)
        if refused:
            raise _Stop("\n".join(refused))
        return now

    def _told(self, path: str, edit: Replace, why: Misplaced) -> str:
        """Return why an edit has no place, with the file that has its lines when this one has not."""
        return f"{why}{elsewhere(self._files, self._listed(), path, edit.old) if isinstance(why, Absent) else ''}"

    def _note(self, path: str, edit: Replace, placed: Placed, file: TextFile) -> None:
        """Note what was not taken to the letter; raise Misplaced when that breaks the file."""
        if placed.how:
            first = min((span.start for span in placed.spans), default=0) + 1
            self.notes.append(f"{path}, line {first}: found {placed.how}")
        meant_otherwise = list(otherwise(edit.new))
        if not placed.how and not meant_otherwise:
            return
        broken = fault(path, file.with_spans(placed.spans, placed.ended).text)
        if not broken or fault(path, file.text):
            return
        if placed.how:
            raise Misplaced(
                f"the text was found only {placed.how}, and put there it breaks the file ({broken}): "
                "copy the lines exactly"
            )
        for other, why in meant_otherwise:
            there = place(file, replace(edit, new=other))
            if not fault(path, file.with_spans(there.spans, there.ended).text):
                raise Misplaced(f"the new text breaks the file ({broken}), for {why}")

    # --- writing them

    def write(self) -> tuple[Changed, ...]:
        """Write what differs; raise Unreachable with everything as it was."""
        after: dict[str, Held | None] = {}
        changed: list[Changed] = []
        for file in self._open.values():
            held = None if file.after is None else Held(file.after.encoded(), file.mode)
            if held == file.held:
                continue
            after[file.path] = held
            broken = fault(file.path, file.after.text) if file.after else ""
            changed.append(Changed(file.path, file.before, file.after, broken))
        self._files.change(after, {path: self._open[path].held for path in after})
        return tuple(changed)


def _why_not(start: TextFile, now: TextFile, edit: Replace, stop: Misplaced) -> Misplaced:
    """Return why an edit has no place in what others left; the lines told are those of the file as it is."""
    if now == start:
        return stop
    try:
        place(start, edit)
    except Misplaced as first:
        return first
    return Misplaced(
        "it touches lines that another edit changes too: make one edit of them, as they shall be in the end"
    )


def _begins_with_name(path: str, held: Held | None) -> bool:
    """Whether a file's first line is a comment with its own name."""
    first = held.content.partition(b"\n")[0].decode("utf-8", "replace") if held else ""
    named = name_in_comment(first)
    return bool(named) and alike(named, path)


def _without_marks(edit: Edit, text: str, before: str) -> None:
    """Refuse to write the marks of an edit into a file, where a text was read that has edits in it."""
    if edit.at and holds_marks(text) and not holds_marks(before):
        raise _Stop("the new text has marks of other edits in it: write each edit by itself")


def _at(line: int, why: str) -> str:
    return f"line {line} of your text: {why}" if line else why
