"""PURE: the bytes of a text file as lines, and back: every byte that is not edited stays as it is."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
UNKNOWN = "unknown"
"""Bytes that are no UTF-8 and of no declared encoding: they stay, and only ASCII is put beside them."""


class NotText(Exception):
    """The bytes are no text; the message says why."""


class Span(NamedTuple):
    """Lines `start` to `stop` (exclusive, from 0) become these: a number keeps that line of the file, bytes and all."""

    start: int
    stop: int
    items: tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file as lines."""

    lines: tuple[str, ...]
    ends: tuple[str, ...]
    """What ends each line; only the last may be empty."""
    encoding: str = "utf-8"
    mark: bytes = b""
    """Byte order mark."""

    @property
    def text(self) -> str:
        """The whole text with line feeds."""
        return "\n".join(self.lines) + ("\n" if self.ended else "")

    @property
    def ended(self) -> bool:
        """Whether the last line has an end."""
        return bool(self.ends and self.ends[-1])

    @property
    def end(self) -> str:
        """The line end most lines have."""
        counted = Counter(end for end in self.ends if end)
        return counted.most_common(1)[0][0] if counted else "\n"

    def with_spans(self, spans: Iterable[Span], ended: bool | None = None) -> TextFile:
        """Return the file with lines replaced; spans do not overlap. New lines get the end their place has.

        The last line keeps an end, or has none, as before, unless `ended` says otherwise.
        """
        lines: list[str] = []
        ends: list[str] = []
        done = 0
        for span in sorted(spans):
            lines += self.lines[done : span.start]
            ends += self.ends[done : span.start]
            for item in span.items:
                lines.append(self.lines[item] if isinstance(item, int) else item)
                ends.append(self.ends[item] if isinstance(item, int) else self._end_at(span))
            done = span.stop
        lines += self.lines[done:]
        ends += self.ends[done:]
        closed = (self.ended or not self.lines) if ended is None else ended
        ends = [end or self.end for end in ends]
        if ends and not closed:
            ends[-1] = ""
        return TextFile(tuple(lines), tuple(ends), self.encoding, self.mark)

    def rewritten(self, text: str, ended: bool | None = None) -> TextFile:
        """Return the file with another text; it keeps its encoding and its line ends, mixed ones line by line."""
        lines, ended_as_given = split(text)
        closed = ended_as_given if ended is None else ended
        ends = [self.end] * len(lines)
        if len({end for end in self.ends if end}) > 1:
            for block in SequenceMatcher(None, self.lines, lines, autojunk=False).get_matching_blocks():
                ends[block.b : block.b + block.size] = self.ends[block.a : block.a + block.size]
            ends = [end or self.end for end in ends]
        if ends and not closed:
            ends[-1] = ""
        return TextFile(tuple(lines), tuple(ends), self.encoding, self.mark)

    def holds(self, text: str) -> bool:
        """Return whether the file has these lines and no others; blanks do not count."""
        mine, theirs = ([" ".join(line.split()) for line in lines] for lines in (self.lines, split(text)[0]))
        return list(filter(None, mine)) == list(filter(None, theirs))

    def encoded(self) -> bytes:
        """Return the bytes; raise NotText for a character the file's encoding does not have."""
        text = "".join(line + end for line, end in zip(self.lines, self.ends, strict=True))
        try:
            if self.encoding == UNKNOWN:
                return self.mark + text.encode("ascii", "surrogateescape")
            return self.mark + text.encode(self.encoding)
        except UnicodeEncodeError as error:
            letter = f"U+{ord(text[error.start]):04X}"
            known = "is no UTF-8 and of no declared encoding" if self.encoding == UNKNOWN else f"is {self.encoding}"
            raise NotText(f"the file {known}, which cannot hold {letter}: write it with ASCII alone") from error

    def _end_at(self, span: Span) -> str:
        near = self.ends[span.start] if span.start < len(self.ends) else ""
        before = self.ends[span.start - 1] if 0 < span.start <= len(self.ends) else ""
        return near or before or self.end


def decoded(content: bytes) -> TextFile:
    """Return the lines of a text file; raise NotText for a binary one."""
    mark, encoding = next(((mark, name) for mark, name in _MARKS if content.startswith(mark)), (b"", ""))
    body = content[len(mark) :]
    if not encoding:
        if b"\0" in body:
            raise NotText("it is a binary file")
        encoding = _encoding_of(body)
    try:
        text = body.decode("ascii", "surrogateescape") if encoding == UNKNOWN else body.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotText(f"it begins as {encoding} and is none") from error
    if "\0" in text:
        raise NotText("it is a binary file")
    lines: list[str] = []
    ends: list[str] = []
    pieces = text.split("\n")
    for piece in pieces[:-1]:
        lines.append(piece.removesuffix("\r"))
        ends.append("\r\n" if piece.endswith("\r") else "\n")
    if pieces[-1]:
        lines.append(pieces[-1])
        ends.append("")
    return TextFile(tuple(lines), tuple(ends), encoding, mark)


def split(text: str) -> tuple[list[str], bool]:
    """Return the lines of a text a model wrote, and whether the last one has an end."""
    text = text.replace("\r\n", "\n")
    lines = text.split("\n")
    if lines[-1] == "":
        return lines[:-1], True
    return lines, False


def joined(lines: Sequence[str]) -> str:
    """Return whole lines as one text, each ended by a line feed."""
    return "".join(f"{line}\n" for line in lines)


def _encoding_of(body: bytes) -> str:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    for line in body.split(b"\n", 2)[:2]:
        declared = _DECLARED.match(line)
        if declared:
            name = declared[1].decode("ascii")
            try:
                if body.decode(name).encode(name) == body:
                    return name
            except (LookupError, UnicodeError):
                return UNKNOWN
    return UNKNOWN
