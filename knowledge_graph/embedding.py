"""PURE: the words of an error, or of any text, as a vector, by hashing: no model, no network, the same everywhere.

Lexical only: it finds what shares names, words and their parts, not what means the same in other words.
"""

from __future__ import annotations

import math
import re
import zlib
from collections import defaultdict

from knowledge_graph.fingerprint import normalise_message

SIZE = 512

_WORD = re.compile(r"[A-Za-z_]\w*")
_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")


def error_text(exception: str, message: str, trace: str) -> str:
    """Return the text an error is remembered by: its name, its message, its normalised frames, a line each."""
    return f"{exception}\n{message}\n{trace}"


def embed(text: str) -> tuple[float, ...]:
    """Return the vector of an `error_text`, of length 1 (all zero for a text without words)."""
    return _vector(_features(text))


def embed_words(text: str) -> tuple[float, ...]:
    """Return the vector of any text by its words, their parts and their neighbours, of length 1."""
    found: dict[str, float] = defaultdict(float)
    before = ""
    for word in _WORD.findall(text):
        parts = [_stem(part) for part in _PART.findall(word)]
        for part in parts:
            found[f"word {part}"] += 0.05 if part in _COMMON else 1
        if len(parts) > 1:
            found[f"name {word.lower()}"] += 1
        for part in parts:
            if before and not {before, part} & _COMMON:
                found[f"pair {before} {part}"] += 0.4
            before = part
    return _vector(found)


_COMMON = frozenset(
    word
    for line in (
        "a all an and any are args as assert async at await be bool break by case catch class const continue def",
        "default del do does elif else end enum except export extends f false final finally float fn for from func",
        "function get how i if impl implement import in int interface is it let list match mut name new nil no none",
        "not null of on or package pass path pub public private raise return self set so static str string struct",
        "super switch test that the there this throw to true try tuple type use value var void what when where which",
        "while with x yield you",
    )
    for word in line.split()
)
"""Words that stand nearly everywhere, in code or in questions: they tell little."""


def _stem(part: str) -> str:
    """Return a word's part without the endings that make it several words of one meaning."""
    low = part.lower()
    for ending in ("ing", "ed", "es", "s"):
        if low.endswith(ending) and len(low) - len(ending) >= 4:
            low = low.removesuffix(ending)
            break
    return low.removesuffix("e") if len(low) > 4 else low


def _vector(features: dict[str, float]) -> tuple[float, ...]:
    vector = [0.0] * SIZE
    for feature, weight in features.items():
        hashed = zlib.crc32(feature.encode("utf-8", "surrogatepass"))
        vector[hashed % SIZE] += (1 + math.log(weight) if weight >= 1 else weight) * (1 if hashed >> 31 else -1)
    length = math.sqrt(sum(each * each for each in vector))
    return tuple(each / length for each in vector) if length else tuple(vector)


def _features(text: str) -> dict[str, float]:
    exception, _, rest = text.partition("\n")
    message, _, trace = rest.partition("\n")
    found: dict[str, float] = defaultdict(float)
    found[f"exception {exception}"] += 3
    found[f"message {normalise_message(message)}"] += 3
    for frame in filter(None, trace.split(" > ")):
        found[f"frame {frame}"] += 3
        found[f"function {frame.rpartition(':')[2]}"] += 1.5
    before = ""
    for word in _WORD.findall(f"{exception} {normalise_message(message)} {trace}"):
        low = word.lower()
        found[f"word {low}"] += 1
        found[f"pair {before} {low}"] += 0.7
        before = low
        parts = [part.lower() for part in _PART.findall(word)]
        for part in parts if len(parts) > 1 else ():
            found[f"part {part}"] += 0.6
        for length in (3, 4):
            for start in range(len(low) - length + 1):
                found[f"letters {low[start : start + length]}"] += 0.15
    return found
