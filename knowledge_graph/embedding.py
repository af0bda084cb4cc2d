"""PURE: an error's words as a vector, by hashing: no model, no network, the same everywhere.

Lexical only: it finds errors that share names and words, not errors that mean the same.
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
    vector = [0.0] * SIZE
    for feature, weight in _features(text).items():
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
