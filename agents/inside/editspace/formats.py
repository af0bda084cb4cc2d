"""PURE: edits inside f-strings, by their text: older interpreters give no true places in them."""

from __future__ import annotations

import difflib
import re
from typing import Iterator, List, Tuple

from .names import own_attributes
from .scope import Draft, Site

FIELD = re.compile(r"(?<!\{)\{\s*([A-Za-z_][\w.]*)\s*(?=[!:}(\[=])")
"""The name a replacement field begins with."""
LETTERS = {"d": "x", "x": "dXo", "X": "x", "o": "dx", "b": "d", "f": "geg%", "g": "f", "e": "f", "s": "dr", "r": "s"}
"""How else a value is often shown."""
SPECS = (":02d", ":.2f", ":.1f", ":02x", ":,", ":x")
SHOWN = re.compile(r"%(0?)(\d*)(\.\d+)?([a-zA-Z])|\{\w*:(0?)(\d*)(\.\d+)?([a-zA-Z%]?)\}")
"""How a value is shown by a text that is filled in later."""
WIDTH = re.compile(r"(?<=:)(0?)(\d*)(\.\d+)?(?=[a-z]?\})")


def formatted(site: Site) -> Iterator[Draft]:
    """Another name in a field, a method of it, another way to show it."""
    start, _ = site.source.span(site.node)
    text = site.text()
    if "#" in text and "\n" in text:
        return  # a comment between its parts might look like a field
    for field in FIELD.finditer(text):
        name = field.group(1)
        first, last = (start + len(text[:at].encode("utf-8")) for at in field.span(1))
        for other in _others(site, name):
            near = difflib.SequenceMatcher(None, name, other).ratio()
            yield site.splice("var", 3.0 + 2.0 * near, (first, last, other))
        head, _, rest = name.partition(".")
        for other in _others(site, head) if rest else ():
            yield site.splice("var", 2.5, (first, last, f"{other}.{rest}"))
        whole = text[field.end() : field.end() + 1] in ("}", "!", ":")
        for method in ("lower", "upper", "strip", "rstrip", "title") if whole else ():
            yield site.splice("clean", 3.0, (last, last, f".{method}()"))
        for shown in ("!r", "!s") if text[field.end() : field.end() + 1] in ("}", ":") else ():
            yield site.splice("const", 3.0, (last, last, shown))
        if text[field.end() : field.end() + 2] in ("!r", "!s", "!a"):
            at = start + len(text[: field.end()].encode("utf-8"))
            yield site.splice("const", 3.0, (at, at + 2, ""))
        for spec in SPECS if text[field.end() : field.end() + 1] == "}" else ():
            yield site.splice("const", 2.0, (last, last, spec))
        for function in ("len", "str", "abs", "int", "repr") if whole else ():
            yield site.splice("wrap", 1.5, (first, last, f"{function}({name})"))
    for found in WIDTH.finditer(text):
        first, last = (start + len(text[:at].encode("utf-8")) for at in found.span())
        fill, width, precision = found.group(1), found.group(2), found.group(3) or ""
        others = [f"{'' if fill else '0'}{width}{precision}"]
        others += [f"{fill}{int(width) + step}{precision}" for step in (1, -1) if width]
        others += [f"{fill}{width}.{int(precision[1:]) + step}" for step in (1, -1) if precision]
        for other in others:
            yield site.splice("const", 4.0, (first, last, other))
        letter = text[found.end() : found.end() + 1]
        for other in LETTERS.get(letter, "f" if precision else "dx"):
            yield site.splice("const", 4.0, (last, last + (letter in LETTERS), other))


def conversions(text: str) -> Iterator[Tuple[str, float]]:
    """Yield a text that is filled in later with one value shown otherwise, and how likely that is."""
    for found in SHOWN.finditer(text):
        at = 1 if found.group(4) is not None else 5
        fill, width, precision, letter = (found.group(at + n) or "" for n in range(4))
        shown = [(f"{fill}{width}{precision}", other) for other in LETTERS.get(letter, "")]
        shown += [(f"{'' if fill else '0'}{width or 2}{precision}", letter)] if letter in ("d", "x", "X", "b") else []
        shown += [(f"{fill}{int(width) + step}{precision}", letter) for step in (1, -1) if width]
        shown += [(f"{fill}{width}.{int(precision[1:]) + step}", letter) for step in (1, -1) if precision[1:]]
        for spec, other in shown:
            yield text[: found.start(at)] + spec + other + text[found.end(at + 3) :], 4.5


def _others(site: Site, name: str) -> List[str]:
    """Return what could have been meant: names of the function, or attributes of the same object."""
    holder, _, attribute = name.rpartition(".")
    if holder:
        known = own_attributes(site) if holder in ("self", "cls") else []
        for kind in sorted(site.scope.types.get(holder, set())):
            known = [*known, *site.scope.clues.attributes.get(kind, [])[:12]]
        return [f"{holder}.{other}" for other in dict.fromkeys(known) if other != attribute]
    return [other for other in site.scope.names(site.node.lineno) if other not in (name, "self", "cls")]
