"""Gate `duplication`: how much of the project's code stands in it twice."""

from __future__ import annotations

import hashlib
import io
import keyword
import tokenize
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from agents.workspace.layout import read_text
from director.gates.by_text import ByText
from director.gates.defaults import DEFAULTS
from director.gates.gate import MeasuredTree
from director.gates.sources import source_files
from ledger.events import Finding, GateSpec, Reading

LIMIT = 80
"""Tokens in a row from which two pieces of code count as the same: about ten lines."""
LAYOUT = frozenset({
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING,
    tokenize.ENDMARKER,
})  # fmt: skip
MOST_PLACES = 50
"""Places of one piece of code that are named."""
PRIME, BASE = (1 << 61) - 1, 1_000_003


class Duplication:
    """Compares the code token by token; variables may be called otherwise, comments and layout do not count."""

    name = "duplication"
    spec = DEFAULTS["duplication"]
    static = True

    async def measure(self, tree: MeasuredTree, spec: GateSpec) -> Reading:
        """Read every source file; nothing is run, and no comment leaves anything out."""
        limit = int(spec.options.get("limit", LIMIT))
        project = tree.target.project
        files = [File(path, *_windows(read_text(project / path), limit)) for path in source_files(tree.target)]
        lines = sum(file.rows for file in files)
        tool = f"Kaizen's own comparison of tokens, {limit} in a row"
        if not lines:
            return Reading(gate=spec.name, value=None, detail="no code of the project was found", tool=tool)
        twice, findings = _twice(files, limit)
        value = round(100 * twice / lines, 4)
        said = f"{value:.1f} % ({twice} of {lines} lines of code stand somewhere else too)"
        return Reading(
            gate=spec.name, value=value, detail=said, tool=tool, findings=tuple(findings),
            counts={"lines": float(lines), "twice": float(twice)},
        )  # fmt: skip


class File(NamedTuple):
    """One file as what its windows of tokens read, and the line of each token."""

    path: str
    windows: Sequence[int]
    lines: Sequence[int]
    rows: int
    """How many lines hold code."""


@ByText
def _windows(text: str, limit: int) -> tuple[array[int], array[int], int]:
    """Return a number for each run of so many tokens, the same for the same ones, each token's line, and how many."""
    tokens, lines = _tokens(text)
    windows = array("Q")
    rolling, first = 0, pow(BASE, limit - 1, PRIME)
    numbers = [_number(token) for token in tokens]
    for at, number in enumerate(numbers):
        if at >= limit:
            rolling -= numbers[at - limit] * first
        rolling = (rolling * BASE + number) % PRIME
        if at >= limit - 1:
            windows.append(rolling)
    return windows, array("I", lines), len(set(lines))


@lru_cache(maxsize=1 << 16)
def _number(token: str) -> int:
    return int.from_bytes(hashlib.blake2b(token.encode("utf-8", "surrogatepass"), digest_size=7).digest()) + 1


def _tokens(text: str) -> tuple[list[str], list[int]]:
    kept: list[tokenize.TokenInfo] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type not in LAYOUT and not token.line.lstrip().startswith(("import ", "from ")):
                kept.append(token)
    except (tokenize.TokenError, SyntaxError):
        pass  # what stands before the mistake is compared; the mistake itself is found by lint
    around = zip(["", *(token.string for token in kept)], kept, [*(t.string for t in kept[1:]), ""], strict=False)
    return [_as_compared(*three) for three in around], [token.start[0] for token in kept]


def _as_compared(before: str, token: tokenize.TokenInfo, after: str) -> str:
    """Return the token as it is, but any variable for any other: renaming one does not make code another."""
    is_variable = token.type == tokenize.NAME and not keyword.iskeyword(token.string)
    if is_variable and before not in (".", ":", "->", "def", "class") and after != "(":
        return "\0"
    return token.string


def _twice(files: Sequence[File], limit: int) -> tuple[int, list[Finding]]:
    """Return how many lines stand in more than one place, and one finding for each such piece after its first."""
    often = _more_than_once(files)
    places: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, file in enumerate(files):
        for start, window in enumerate(file.windows) if not often.isdisjoint(file.windows) else ():
            if window in often:
                places[window].append((number, start))
    marked: dict[int, set[int]] = defaultdict(set)
    first: dict[tuple[int, int], tuple[int, int]] = {}
    for found in places.values():
        apart = list(_apart(found, limit))
        if len(apart) < 2:
            continue
        for number, start in apart:
            marked[number].update(files[number].lines[start : start + limit])
        for place in apart[1:MOST_PLACES]:
            first.setdefault(place, apart[0])
    return sum(len(lines) for lines in marked.values()), list(_findings(files, first, limit))


def _more_than_once(files: Sequence[File]) -> set[int]:
    """Return the windows that stand in several places: sets do it in a fraction of the time that counting takes."""
    seen: set[int] = set()
    often: set[int] = set()
    for file in files:
        here = set(file.windows)
        often |= seen & here
        seen |= here
        if len(here) < len(file.windows):
            often.update(window for window, number in Counter(file.windows).items() if number > 1)
    return often


def _apart(found: Sequence[tuple[int, int]], limit: int) -> Iterator[tuple[int, int]]:
    """Yield the places that do not overlap: a long table repeats itself at every step."""
    last: tuple[int, int] | None = None
    for number, start in found:
        if last is None or last[0] != number or start >= last[1] + limit:
            last = (number, start)
            yield last


def _findings(files: Sequence[File], first: dict[tuple[int, int], tuple[int, int]], limit: int) -> Iterator[Finding]:
    """Join windows that follow each other in both places into one piece."""
    end: tuple[int, int, int] | None = None
    for (number, start), (other, there) in sorted(first.items()):
        step = (number, start, there - start if other != number else 0)
        follows = end is not None and end[0] == number and start <= end[1] + limit
        end = step
        if follows:
            continue
        file, origin = files[number], files[other]
        yield Finding(
            rule="duplicate",
            message=f"the same code stands in {origin.path}:{origin.lines[there]}",
            path=file.path,
            line=file.lines[start],
        )
