"""PURE: a failure to a signature that is the same wherever and whenever the failure comes back.

What a fingerprint keeps: the exception's own name, the words of its message, and the last functions of the project it
passed through. What it forgets: line numbers, folders, addresses, values, temporary names, the tests that showed it,
and the words in which the versions of Python differ.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

from ledger.events import Fingerprint

DEPTH = 3
"""How many frames count, from the innermost."""

VALUE = "<v>"
"""Stands for any value in a normalised message."""

_LONGEST = 500
"""Characters of a message that count; runners cut there too."""

_SAME_EXCEPTION = {
    "IOError": "OSError",
    "EnvironmentError": "OSError",
    "WindowsError": "OSError",
    "socket.error": "OSError",
    "select.error": "OSError",
    "socket.timeout": "TimeoutError",
}
_INLINED = frozenset({"<listcomp>", "<dictcomp>", "<setcomp>"})
"""Frames of their own before Python 3.12, none since."""

_FOREIGN = re.compile(r"(^|/)(site-packages|dist-packages|lib/python\d[.\d]*)/|^<frozen ")
_TEST_FILE = re.compile(r"(^|/)(tests?|testing)/|(^|/)(test_[^/]*|[^/]*_tests?|tests?|conftest)\.py$")

_STRING = r"""(?<!\w)[bBrRuUfF]{0,2}(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_OPEN_STRING = r"""(?<!\w)[bBrRuUfF]{0,2}['"].*$"""
_VALUES = re.compile(
    "|".join(
        (
            _STRING,
            _OPEN_STRING,
            r"(?<![\w.<])(?:[A-Za-z]:[\\/]|~?/|\.{1,2}/)[^\s'\",;()\[\]{}]*[\w]",  # absolute and dotted paths
            r"\b[\w.-]+(?:/[\w.-]+)*/[\w-]+\.\w{1,5}\b",  # relative path of a file
            r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b",
            r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?",
            r"\b0[xX][0-9a-fA-F]+\b",
            r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b",  # digests and ids
            r"\btmp(?=[a-z0-9_]*[0-9_])[a-z0-9_]{6,}\b|\btmp[a-z0-9_]{8}\b",
            r"(?:(?<![\w)\]>.])[-+])?(?<![A-Za-z_\d])(?:\d[\d_]*(?:\.\d[\d_]*)?|\.\d+)(?:[eE][-+]?\d+)?j?(?![\d_])",
        )
    )
)
_LISTED = re.compile(r"<v>(?:\s*[,:]\s*(?:<v>|None|True|False|\.{3}))+,?|<v>\s*,(?=\s*[)\]}])")
_BRACKETS = re.compile(r"(?<!\w)(?:\[(?:<v>|\.{3})?\]|\{(?:<v>|\.{3})?\}|\(\s*(?:<v>)?\s*\))")
_MEMBERS = re.compile(r"(?<=[\[({])\s*(?:None|True|False|\.{3})(?=\s*[,\])}:])|(?<=, )\.{3}(?=[\])}])")

_SAME_WORDS = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"[.;]?\s*(?:Did you mean|Did you forget|Perhaps you forgot|Maybe you meant).*$", ""),
        (r"\b(?:[\w]+\.|<locals>\.)+(\w+\(\))", r"\1"),  # qualified since 3.10
        (r"\bcan't\b", "cannot"),
        (r"^maximum recursion depth exceeded.*$", "maximum recursion depth exceeded"),
        (r"^(?:\w+ )?(?:floor )?(?:division|modulo|divmod\(\)|division or modulo) by zero$", "division by zero"),
        (r"\((expected (?:at least )?<v>), got <v>\)", r"(\1)"),
        (r"^cannot access local variable <v> where it is not associated with a value$", "unbound local <v>"),
        (r"^local variable <v> referenced before assignment$", "unbound local <v>"),
        (r"^property <v> of <v> object has no setter$", "cannot set attribute"),
        (r"^cannot set attribute(?: <v>)?$", "cannot set attribute"),
        (r"^cannot use <v> as a (?:dict key|set element) \((unhashable type: <v>)\)$", r"\1"),
        (r"is not a container or iterable$", "is not iterable"),
    )
)


def fingerprint(exception: str, message: str, frames: Sequence[tuple[str, str]]) -> Fingerprint:
    """Return the signature of a failure; `frames` are (path, function), innermost last."""
    name = normalise_exception(exception)
    kept = _circle(frames) if name == "RecursionError" else normalise_frames(frames)
    text = "\n".join((name, normalise_message(message), *kept))
    return Fingerprint(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16])


def normalise_exception(exception: str) -> str:
    """Return the name without its module, under the name today's Python gives it."""
    exception = exception.strip()
    same = _SAME_EXCEPTION.get(exception)
    if same is not None:
        return same
    own = exception.rpartition(".")[2]
    return _SAME_EXCEPTION.get(own, own)


def normalise_message(message: str) -> str:
    """Return the first line's words, every value in it replaced; normalising twice changes nothing."""
    text = next((stripped for each in message.splitlines() if (stripped := each.strip())), "")[:_LONGEST]
    before = ""
    while text != before:
        before = text
        text = _VALUES.sub(VALUE, text)
        text = _MEMBERS.sub(VALUE, text)
        text = _LISTED.sub(VALUE, text)
        text = _BRACKETS.sub(VALUE, text)
        for pattern, words in _SAME_WORDS:
            text = pattern.sub(words, text)
        text = " ".join(text.split())
    return text


def normalise_frames(frames: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return the last frames, at most `DEPTH`, as `module:function`, innermost last.

    Frames of tests count only when nothing else is there: an error belongs to the code that raised it,
    not to the test that met it. A function that calls itself counts once.
    """
    kept: list[str] = []
    for frame in _code(frames):
        if frame in kept:
            kept.remove(frame)
        kept.append(frame)
    return tuple(kept[-DEPTH:])


def trace(frames: Sequence[tuple[str, str]]) -> str:
    """Return the normalised frames on one line, innermost last."""
    return " > ".join(normalise_frames(frames))


def _code(frames: Sequence[tuple[str, str]]) -> list[str]:
    posix = [(path.replace("\\", "/"), function.rpartition(".")[2]) for path, function in frames]
    own = [frame for frame in posix if not _FOREIGN.search(frame[0])] or posix
    code = [frame for frame in own if not _TEST_FILE.search(frame[0])] or own
    return [f"{_module(path)}:{name}" for path, name in code if name not in _INLINED]


def _circle(frames: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return the functions that went round, in no order: where the stack ran out, and who began, is chance."""
    code = _code(frames)
    rounds = Counter(code)
    return tuple(sorted({frame for frame in code if rounds[frame] > 1} or set(code)))


def _module(path: str) -> str:
    folder, _, name = path.rpartition("/")
    stem = name.removesuffix(".py")
    return f"{folder.rpartition('/')[2]}/{stem}" if stem in {"__init__", "__main__"} else stem
