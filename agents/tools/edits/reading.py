"""PURE: finds every edit in the text of an answer, whatever shapes it mixes, and what only looks like one."""

from __future__ import annotations

import re

from agents.json_reading import json_lines
from agents.tools.edits import diffs, envelope, saying, tagged
from agents.tools.edits.blocks import name_above, read_block
from agents.tools.edits.drafts import drafts_out, lines_of
from agents.tools.edits.ends import Ends, names_fences
from agents.tools.edits.fences import FENCE, OPENER, Fence, begins_with_block, is_diff, read_fence, strange_block
from agents.tools.edits.listed import read_listed
from agents.tools.edits.naming import alike, made_in, name_in, name_in_comment, says_lines, whole_file_in
from agents.tools.edits.pairs import RECAP, read_pair, shows_another_change
from agents.tools.edits.quoting import HIDDEN, MIXED, hides_edits, holds_edits, quotes
from agents.tools.edits.saying import ASKS, BEFORE, DOUBT, EXAMPLE, OR, USAGE, are_ways, mentioned, taken_back
from agents.tools.edits.text_file import joined
from agents.tools.edits.wanted import Edit, Refused, Replace, Wanted, Write
from agents.tools.edits.withdrawn import WHY, withdrawn

_SAID = frozenset({"bash", "sh", "shell", "console", "zsh", "terminal", "output", "log", "traceback", "pytest"})
"""Languages of what is run or was printed."""
_TOLD = frozenset({"text", "txt", "plaintext", "plain"})
"""Languages of what is none."""
_SHELLS = (".sh", ".bash", ".zsh", ".log", ".env")
LOOKS = 200
"""Lines between paragraphs that are looked at as JSON: more of them are a log."""
FILE = "whole file"
LONGEST = 600_000
"""Characters of an answer that are read."""


def read_edits(text: str) -> Wanted:
    """Return all that the text of an answer wants changed; never raises."""
    if len(text) > LONGEST:
        return Wanted(refused=(Refused(1, f"the text is longer than {LONGEST} characters: make smaller edits"),))
    meant = drafts_out(lines_of(text))
    reader = _Reader(meant.lines)
    if meant.unended is not None:
        why = "the thinking that begins here never ends, so all behind it is a draft"
        reader.passed_over.append(Refused(meant.unended + 1, why))
    reader.read()
    return Wanted(tuple(reader.edits), tuple(reader.refused), tuple(reader.passed_over))


class _Reader:
    """Goes through an answer once, line by line."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.edits: list[Edit] = []
        self.refused: list[Refused] = []
        self.passed_over: list[Refused] = []
        self._words: list[int] = []
        """Lines that are neither an edit nor in a fence."""
        self._looks = LOOKS
        self._ends = Ends(self.lines)
        self._tagged = tagged.Tags(self.lines)
        self._empty = 0
        """Line (from 1) of a fence with nothing in it and no name: most likely the first one ended in its text."""
        self._hidden = 0
        """Line (from 1) of a fence that may end elsewhere and that no edit was read of, though it holds some."""
        self._floor = 0
        """First line of the prose before what is read now."""

    def read(self) -> None:
        whole = "\n".join(self.lines).strip()
        if whole[:1] in ("{", "[") and whole[-1:] in ("}", "]"):
            found = read_listed(whole, 1, whole=True)
            if found.is_edit:
                self.edits += found.edits
                self.refused += found.refused
                return
        here = 0
        while here < len(self.lines):
            here = self._step(here)
        self._choose_none()
        self._leave_recaps()
        strange = 0 if self._found() else strange_block(self.lines)
        if strange:
            why = "the marks of this block are not known: write <<<<<<< SEARCH, =======, >>>>>>> REPLACE"
            self.refused.append(Refused(strange, why))

    def _step(self, here: int) -> int:
        """Read what begins at a line outside of any fence; return the line behind it."""
        stop = len(self.lines)
        if OPENER.match(self.lines[here]) and not self._deep(here):
            behind = self._block(here, stop, self._floor, "")
        elif envelope.begins(self.lines, here):
            behind = self._take(here, envelope.read_patch(self.lines, here, stop, closed=False))
        elif diffs.begins(self.lines, here, stop):
            behind = self._take(here, diffs.read_diff(self.lines, here, stop, fenced=False))
        elif tagged.begins(self.lines[here]):
            behind = self._tags(here, stop)
        elif FENCE.match(self.lines[here]) and not self._deep(here):
            fence = read_fence(self.lines, here)
            assert fence is not None
            if not fence.closed and begins_with_block(fence):
                return here + 1  # nobody knows where it was to end: it holds only what it begins with
            known, seen = len(self.edits) + len(self.refused), self._found()
            behind = self._fence(fence)
            self._hidden = self._hidden or (here + 1 if self._found() == seen and hides_edits(fence) else 0)
            silent = len(self.edits) + len(self.refused) == known and fence.language not in _SAID
            if silent and self.edits and saying.announces(self.lines[self._floor : here]):
                self.refused.append(Refused(here + 1, saying.ANNOUNCED))
        elif self.lines[here][:1] in ("{", "["):
            known = self._found()
            behind = self._json(here)
            if self._found() == known:
                return behind  # other JSON, or words in brackets: it may name the file of what follows
        else:
            self._words.append(here)
            return here + 1
        if behind > here:
            self._floor = behind
        return max(behind, here + 1)

    def _found(self) -> int:
        return len(self.edits) + len(self.refused) + len(self.passed_over)

    # --- shapes

    def _take(self, at: int, found: diffs.Diff) -> int:
        if self._example(at, self._floor):
            self._pass_over(at)
        else:
            self.edits += found.edits
            self.refused += found.refused
        return found.behind

    def _block(self, at: int, stop: int, floor: int, fallback: str, before: int | None = None) -> int:
        """Read a block; `floor` is the first line that can name its file, `before` the line its prose ends at."""
        name = name_above(self.lines, at, floor) or fallback
        name = name or mentioned(self.lines[self._floor : at if before is None else before]) or self._last_name()
        block = read_block(self.lines, at, stop, name)
        if self._example(at, self._floor):
            self._pass_over(at)
        elif isinstance(block.edit, Refused):
            self.refused.append(block.edit)
        else:
            self.edits.append(block.edit)
        return block.behind

    def _tags(self, at: int, stop: int) -> int:
        found = self._tagged.read(at, stop)
        if found is None:
            return at + 1
        if self._example(at, self._floor):
            self._pass_over(at)
            return found.behind
        self.edits += found.edits
        self.refused += found.refused
        if found.inner:
            begin, end, path = found.inner
            self._within(begin, end, path, closed=True)
        return found.behind

    def _json(self, at: int) -> int:
        """Read JSON that stands between paragraphs."""
        stop = json_lines(self.lines, at) if self._looks else 0
        cut = bool(self._looks) and not stop
        self._looks = max(0, self._looks - 1) if stop else 0
        found = read_listed("\n".join(self.lines[at : stop or None]), at + 1) if stop or cut else None
        if found is None or not found.is_edit:
            return max(stop, at + 1)
        if self._example(at, self._floor):
            self._pass_over(at)
        else:
            self.edits += found.edits
            self.refused += found.refused
        return stop or len(self.lines)

    def _fence(self, fence: Fence) -> int:
        """Read a fence, and the one behind it where both are one edit; return the line behind."""
        floor, at = self._floor, fence.start
        self.lines[at + 1 : fence.stop] = fence.body  # without the indentation of a list it stands in
        named = fence.name or name_above(self.lines, at, floor)
        example = self._example(at, floor)
        before = len(self.edits), len(self.refused)
        behind = fence.stop + 1
        if fence.closed and not named and not any(line.strip() for line in fence.body):
            self._empty = self._empty or at + 1
        if not named and quotes(fence):
            self.passed_over.append(Refused(at + 1, "what stands in a fence within a fence is a quotation"))
            return behind
        if not self._within(at + 1, fence.stop, named, closed=fence.closed, fence=fence):
            behind = self._pair(fence, named, floor) or behind
            if behind == fence.stop + 1 and len(self.edits) == before[0]:
                self._file(fence, named, floor)
        if example and (len(self.edits), len(self.refused)) != before:
            mixed = [each for each in self.refused[before[1] :] if each.why == MIXED]
            del self.edits[before[0] :], self.refused[before[1] :]
            self.refused += mixed  # the example may have ended before the other edits
            self._hidden = self._hidden or (at + 1 if fence.nested else 0)
            self._pass_over(at)
        return behind

    def _pair(self, fence: Fence, named: str, floor: int) -> int:
        """Read two texts as what is there and what shall be; return the line behind them, or 0."""
        pair = read_pair(self.lines, fence, floor) if fence.closed and fence.language not in _SAID else None
        name = named or mentioned(self.lines[floor : fence.start]) or self._last_name() if pair else ""
        if pair is None or (pair.labelled and not name):
            return 0
        at = fence.start + 1
        if OR.match(next((line for line in self.lines[pair.behind :] if line.strip()), "")):
            self.refused.append(Refused(at, "two ways are given to change this text: decide, and give that one alone"))
        elif not pair.whole or self._ends.unsure(pair.behind - 1, name):
            why = "where one of the two texts ends is not sure: use more backticks around it, or a SEARCH/REPLACE block"
            self.refused.append(Refused(at, why))
        else:
            self.edits.append(Replace(name, joined(pair.old), joined(pair.new), at=at, shape=pair.shape))
        return pair.behind

    def _file(self, fence: Fence, named: str, floor: int) -> None:
        """Take a fence as a file where something says which one."""
        at = fence.start
        above = next((line for line in reversed(self.lines[max(floor, at - 2) : at]) if line.strip()), "")
        said = named or whole_file_in(above)
        told = fence.language in _TOLD or DOUBT.search(above)
        made = "" if said or told else made_in(above)
        label = next((line for line in fence.body if line.strip()), "")
        if said or made:
            other = name_in_comment(label)
            if other and not alike(other, said + made):
                why = f"{said + made} is named above the text and {other} in its first line: name the one that is meant"
                self.refused.append(Refused(at + 1, why))
            elif self._says(BEFORE, at, floor):
                self.passed_over.append(Refused(at + 1, "the words before it say that it is the old text"))
            elif fence.language in _SAID and "." in said + made and not (said + made).endswith(_SHELLS):
                why = f"it is a fence of {fence.language}, so {said + made} is not taken to be meant as its place"
                self.passed_over.append(Refused(at + 1, why))
            else:
                self._whole(fence, said or made, floor, new=bool(made))
            return
        if fence.language in _SAID or USAGE.search(above):
            return
        if name_in_comment(label) and not fence.nested:
            self._whole(fence, name_in_comment(label), floor, label=label)
        elif (name := self._headed(at, floor)) and fence.closed and not told:
            self.edits.append(Write(name, joined(fence.body), new=True, weak=True, at=at + 1, shape=FILE))
        elif label.lstrip()[:1] in ("#", "/", "<") and name_in(label):
            why = f"{name_in(label)} is named within the fence, where it may be its first line: name it above"
            text = joined(fence.body[fence.body.index(label) + 1 :])
            self.edits.append(Write(name_in(label), text, weak=True, shown=why, at=at + 1, shape=FILE))
        elif ASKS.search(above):
            why = f"nobody knows what of the file this stands for ({above.strip()[:80]!r}): give old and new text"
            self.passed_over.append(Refused(at + 1, why))

    def _within(self, begin: int, end: int, named: str, *, closed: bool, fence: Fence | None = None) -> bool:
        """Read what stands in a fence or between tags; return whether it was an edit of some shape."""
        body = self.lines[begin:end]
        language = fence.language if fence else ""
        if any(OPENER.match(line) for line in body):
            if fence and fence.nested:
                why = "the fence holds blocks and fences too: nobody knows where it ends. Use more backticks around it"
                self.refused.append(Refused(begin, why))
            else:
                self._blocks(begin, end, named)
            return True
        patch = next(
            (nth for nth, line in enumerate(body) if envelope.starts_file(line) or envelope.begins(body, nth)), None
        )
        if patch is not None:
            found = envelope.read_patch(self.lines, begin + patch, end, closed=closed)
        else:
            handed = diffs.handed_on(body) if language in _SAID else None
            end = begin + handed[1] if handed else end
            first = next((nth for nth in range(len(body)) if diffs.begins(body, nth, len(body))), None)
            if first is None and not is_diff(language) and not (fence is None and diffs.is_marked(body)):
                return self._other(begin, end, named, fence)
            if not named and first is None:
                named = mentioned(self.lines[self._floor : begin])
            found = diffs.read_diff(self.lines, begin + (first or 0), end, fenced=True, name=named)
        if fence is not None and not closed:
            self.refused.append(Refused(begin, "the fence of this diff never ends, so it may be cut: write it whole"))
            return True
        self.edits += found.edits
        self.refused += found.refused
        return True

    def _blocks(self, begin: int, end: int, named: str) -> None:
        """Read the blocks of a fence; other edits between them would be lost, so that these are refused."""
        here = begin
        while here < end:
            if not OPENER.match(self.lines[here]):
                if tagged.begins(self.lines[here]) or holds_edits(self.lines[here : here + 1]):
                    self.refused.append(Refused(here + 1, MIXED))
                here += 1
                continue
            known = len(self.edits)
            here = self._block(here, end, begin, named, before=begin)
            named = self._last_name() if len(self.edits) > known else named

    def _other(self, begin: int, end: int, named: str, fence: Fence | None) -> bool:
        """Read JSON and tags in a fence."""
        if fence is None or (named and fence.language not in ("xml", "")):
            return False
        text = "\n".join(fence.body)
        if text.lstrip()[:1] in ("{", "[") and not named:
            found = read_listed(text, begin, whole=fence.closed)
            self.edits += found.edits
            self.refused += found.refused
            return found.is_edit
        first = next((at for at in range(begin, end) if self.lines[at].strip()), end)
        if first < end and tagged.begins(self.lines[first], known=fence.language not in ("xml", "")):
            before = len(self.edits) + len(self.refused)
            here = first
            while here < end:
                here = self._tags(here, end) if tagged.begins(self.lines[here]) else here + 1
            return len(self.edits) + len(self.refused) > before
        return False

    def _whole(self, fence: Fence, named: str, floor: int, *, new: bool = False, label: str = "") -> None:
        """Take a fence as a whole file: below its name, or above its text as a `label`."""
        at = fence.start + 1
        body = fence.body[fence.body.index(label) + 1 :] if label else fence.body
        above = next((line for line in reversed(self.lines[floor : fence.start]) if line.strip()), "")
        if says_lines(self.lines[fence.start] if fence.name else above):
            why = f"only some lines of {named} are said to be meant: give a SEARCH/REPLACE block, or the whole file"
            self.refused.append(Refused(at, why))
        elif not fence.closed:
            self.refused.append(Refused(at, f"the fence with {named} never ends, so it may be cut: write it whole"))
        elif self._ends.unsure(fence.stop, named) or names_fences(fence):
            why = f"the text of {named} holds fences itself: use more backticks around it, or write_file"
            self.refused.append(Refused(at, why))
        elif label and any(name_in_comment(line) and not line[0].isspace() for line in body if line):
            self.refused.append(Refused(at, "several files are named in one fence: give each a fence of its own"))
        else:
            self.edits.append(
                Write(named, joined(body), new=new, label=label, weak=bool(label), at=at, shape="whole file")
            )

    def _headed(self, at: int, floor: int) -> str:
        """Return the file that a heading names, with one paragraph below it."""
        above = [here for here in range(floor, at) if self.lines[here].strip()]
        named = [here for here in above if name_in(self.lines[here])]
        return name_in(self.lines[named[0]]) if len(named) == 1 and above[-3:][:1] <= named else ""

    # --- what surrounds an edit

    def _deep(self, at: int) -> bool:
        """Whether a line is indented as code in prose is: quoted, not meant."""
        line = self.lines[at]
        blanks = line[: len(line) - len(line.lstrip())].expandtabs()
        if len(blanks) < 4:
            return False
        above = next((each for each in reversed(self.lines[self._floor : at]) if each.strip()), "")
        return not re.match(r"^\s*(?:[-*+]|\d+[.)])\s", above) and not name_in(above)

    def _example(self, at: int, floor: int) -> bool:
        """Whether the words right before it say that it is an example."""
        return self._says(EXAMPLE, at, floor)

    def _says(self, words: re.Pattern[str], at: int, floor: int) -> bool:
        """Whether the nearest line of prose above says something, names of files left aside."""
        for here in range(at - 1, floor - 1, -1):
            line = self.lines[here].strip()
            if line and not FENCE.match(line) and not name_in(line):
                return bool(words.search(line))
        return False

    def _choose_none(self) -> None:
        """Refuse edits that are ways to choose between, or do not add up: nobody but the model can."""
        places = sorted({edit.at for edit in self.edits})
        if are_ways(self.lines, self._words, places):
            why = "the edits are alternatives, of which one is to be chosen: decide, and give that one alone"
            self.refused.append(Refused(places[0], why))
        if self._hidden and self.edits:
            self.refused.append(Refused(self._hidden, HIDDEN))
        if self._empty and self.edits:
            why = "an empty fence begins or ends a text that holds fences: use more backticks around that text"
            self.refused.append(Refused(self._empty, why))
        if at := taken_back(self.lines, self._words, places):
            if all(isinstance(edit, Replace) for edit in self.edits if edit.at < at):
                self.edits = [withdrawn(edit) if edit.at < at else edit for edit in self.edits]
            else:
                self.refused.append(Refused(at, WHY))

    def _leave_recaps(self) -> None:
        """Leave out texts before and after of files that other edits change, and what is only shown beside none."""
        changed = {edit.path for edit in self.edits if edit.shape != RECAP}
        for edit in self.edits:
            others = [other for other in self.edits if other.shape != RECAP and other.path == edit.path]
            if isinstance(edit, Replace) and edit.shape == RECAP and shows_another_change(edit, others):
                why = "the texts before and after show another change than the edits: give the one that is meant"
                self.refused.append(Refused(edit.at, why))
        self.edits = [edit for edit in self.edits if edit.shape != RECAP or edit.path not in changed]
        alone = [edit for edit in self.edits if isinstance(edit, Write) and edit.shown]
        if len(alone) == len(self.edits):
            self.passed_over += [Refused(edit.at, edit.shown) for edit in alone]
            self.edits = []

    def _pass_over(self, at: int) -> None:
        why = "the words before it say that it is an example, so it was not applied"
        self.passed_over.append(Refused(at + 1, why))

    def _last_name(self) -> str:
        last = self.edits[-1] if self.edits else None
        return last.path if isinstance(last, Replace) else ""
