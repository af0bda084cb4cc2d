"""PURE: edits inside f-strings, by their text: older interpreters give no true places in them."""

from __future__ import annotations

import difflib
import re
from typing import Iterator, List

from .names import own_attributes
from .scope import Draft, Site

FIELD = re.compile(r"(?<!\{)\{\s*([A-Za-z_][\w.]*)\s*(?=[!:}(\[=])")
"""The name a replacement field begins with."""
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


def _others(site: Site, name: str) -> List[str]:
    """Return what could have been meant: names of the function, or attributes of the same object."""
    holder, _, attribute = name.rpartition(".")
    if holder:
        known = own_attributes(site) if holder in ("self", "cls") else []
        for kind in sorted(site.scope.types.get(holder, set())):
            known = [*known, *site.scope.clues.attributes.get(kind, [])[:12]]
        return [f"{holder}.{other}" for other in dict.fromkeys(known) if other != attribute]
    return [other for other in site.scope.names(site.node.lineno) if other not in (name, "self", "cls")]
