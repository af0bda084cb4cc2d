"""PURE: edits of regular expressions: quantifiers, classes, anchors, groups."""

from __future__ import annotations

import ast
import re
from typing import Any, Iterator, List, Sequence, Tuple

from .scope import Draft, Site


def pattern(site: Site) -> Iterator[Draft]:
    """Small changes of a text that is used as a regular expression, and its flags."""
    value = site.node.value
    if not isinstance(value, str) or not _is_pattern(site, value):
        return
    start, end = site.source.span(site.node)
    literal = site.text()
    prefix = re.match(r"[rRuUbB]*('''|\"\"\"|'|\")", literal)
    if prefix is None:
        return
    body = literal[prefix.end() : len(literal) - len(prefix.group(1))]
    texts = site.scope.clues.strings
    for new, weight in [*_pattern_variants(body), *_with_characters(body, texts), *_alternatives(body, texts)]:
        if new != body:
            yield site.splice("pattern", weight, (start, end, prefix.group(0) + new + prefix.group(1)))


def _is_pattern(site: Site, value: str) -> bool:
    call = site.parent
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        return call.func.attr in (
            "compile",
            "match",
            "search",
            "sub",
            "split",
            "findall",
            "finditer",
            "fullmatch",
            "subn",
        )
    return bool(re.search(r"\\[dwsbDWSB]|\[[^\]]+\]|\(\?|\.\*|\.\+", value))


def _pattern_variants(body: str) -> Iterator[Any]:
    for found in re.finditer(r"[)\]](?![+*?{])|\\\\?[dwsDWS](?![+*?{])", body):
        if not _in_class(body, found.start()) or found.group() == "]":
            for new, weight in (("?", 4.0), ("*", 3.5), ("+", 4.0)):
                yield body[: found.end()] + new + body[found.end() :], weight
    for found in re.finditer(r"\\\\?[bBAZ]", body):
        yield body[: found.start()] + body[found.end() :], 4.0
    spots = [m.start() for m in re.finditer(r"[+*?]", body) if m.start() and body[m.start() - 1] not in "\\("]
    for at in spots:
        for new in ("+", "*", "?", ""):
            if new != body[at]:
                yield body[:at] + new + body[at + 1 :], 6.0
        yield body[: at + 1] + "?" + body[at + 1 :], 3.0
    classes = {"d": "wsD", "w": "dsW", "s": "wdS", "b": "B", "D": "d", "W": "w", "S": "s", "B": "b"}
    for found in re.finditer(r"\\([dwsbDWSB])", body):
        for new in classes[found.group(1)]:
            yield body[: found.start()] + "\\" + new + body[found.end() :], 4.0
    for found in re.finditer(r"\[(\^?)([^\]]+)\]", body):
        inside = found.group(2)
        flip = "" if found.group(1) else "^"
        yield body[: found.start()] + f"[{flip}{inside}]" + body[found.end() :], 5.0
        for extra in ("0-9", "a-z", "A-Z", "_", "-", r"\s", r"\.", r"\d", r"\w", "'", "+", ",", ":", "/", " ", "."):
            if extra not in inside:
                yield body[: found.start(2)] + inside + extra + body[found.end(2) :], 3.0
        for part in re.finditer(r"\w-\w|\\.|.", inside):
            yield body[: found.start(2)] + inside[: part.start()] + inside[part.end() :] + body[found.end(2) :], 3.0
    for found in re.finditer(r"\{(\d+)(,?)(\d*)\}", body):
        low, high = found.group(1), found.group(3)
        for new in (f"{{{low},}}", f"{{{low}}}", f"{{1,{high or low}}}", f"{{0,{high or low}}}"):
            yield body[: found.start()] + new + body[found.end() :], 4.0
    for found in re.finditer(r"\{(\d*)(,?)(\d*)\}", body):
        for low in (-1, 1):
            for group in (1, 3):
                if found.group(group):
                    new = str(max(0, int(found.group(group)) + low))
                    yield body[: found.start(group)] + new + body[found.end(group) :], 6.0
    yield ("^" + body if not body.startswith("^") else body[1:]), 4.0
    yield (body + "$" if not body.endswith("$") else body[:-1]), 4.0
    yield r"\b" + body, 2.5
    yield body + r"\b", 2.5
    for found in re.finditer(r"(?<!\\)\.", body):
        yield body[: found.start()] + r"\." + body[found.end() :], 4.0
    for found in re.finditer(r"\\\.", body):
        yield body[: found.start()] + "." + body[found.end() :], 3.0
    for found in re.finditer(r"\((?!\?)", body):
        yield body[: found.end()] + "?:" + body[found.end() :], 2.5
    for found in re.finditer(r"\(\?:", body):
        yield body[: found.start() + 1] + body[found.end() :], 2.5


def _with_characters(body: str, texts: Sequence[str]) -> Iterator[Tuple[str, float]]:
    """Yield the classes with a character more, one that the tests hold; a letter that may be missing.

    Who writes a range of letters does not name single ones beside it.
    """
    known = [one for one in dict.fromkeys("".join(texts[:40])) if one.isprintable() and one not in {'"', "'", "\\"}]
    for found in re.finditer(r"\[\^?([^\]]+)\]", body):
        ranges = re.search(r"\w-\w|\\[dw]", found.group(1)) is not None
        for one in [one for one in known if one not in found.group(1) and not (ranges and one.isalnum())][:30]:
            text = "\\" + one if one in "]^-[" else one
            yield body[: found.end(1)] + text + body[found.end(1) :], 3.5
    for found in re.finditer(r"(?<![\\?])[a-z](?![\w+*?{>])", body):
        if not _in_class(body, found.start()):
            yield body[: found.end()] + "?" + body[found.end() :], 2.5


def _alternatives(body: str, texts: Sequence[str]) -> Iterator[Tuple[str, float]]:
    """Yield the choices between words with one of them left out, with one more, with two of them exchanged."""
    words: List[str] = [text for text in texts if re.fullmatch(r"\w+", text)][:20]
    for found in re.finditer(r"(?<![\w|\\])\w+(?:\|\w+)+(?![\w|+*?{\\])", body):
        options = found.group().split("|")
        for at in range(len(options)):
            rest = options[:at] + options[at + 1 :]
            yield body[: found.start()] + "|".join(rest) + body[found.end() :], 2.5
            if at:
                swapped = [*options[: at - 1], options[at], options[at - 1], *options[at + 1 :]]
                yield body[: found.start()] + "|".join(swapped) + body[found.end() :], 3.0
        for word in words:
            if word not in options:
                yield body[: found.end()] + "|" + word + body[found.end() :], 3.0


def _in_class(body: str, at: int) -> bool:
    """Return whether a place of a pattern lies between square brackets."""
    start = body.rfind("[", 0, at)
    return start >= 0 and body.find("]", start + 2) >= at
