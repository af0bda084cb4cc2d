"""PURE: edits of numbers, texts, displays and slices."""

from __future__ import annotations

import ast
import difflib
import re
from typing import Any, Dict, Iterator, List

from ..source import LOWEST, TERM, UNARY, Frag, binary, called, wrapped
from .formats import conversions
from .hints import corrected
from .names import own_attributes
from .scope import NUMERIC, ORDERED, Draft, Site

EMPTY = ("[]", "{}", "set()", "''", "0", "()")
"""What is filled, or counted up, later."""
USUAL = ((1, 2, 4, 8, 16, 32, 64), (1, 3, 7, 15, 31, 63, 127, 255, 1023, 65535), (7, 12, 24, 30, 31, 60, 365, 366, 3600,
    86400), (10, 100, 1000, 1024, 10000, 1000000), (26, 48, 65, 90, 97, 122), (90, 180, 360))  # fmt: skip
"""Numbers that are taken for each other: powers, masks, units, letters, angles."""
SAID = (
    ("utf-8", "ascii", "latin-1"), ("r", "w", "a", "rb", "wb", "ab", "x", "r+"), ("strict", "ignore", "replace"),
    ("left", "right", "center"), ("asc", "desc"), ("big", "little"), ("start", "end"), ("\n", "\r\n"),
    ("min", "max"), ("and", "or"), ("true", "false"), ("GET", "POST"), ("http", "https"),
)  # fmt: skip
"""Texts that are taken for each other."""


def constant(site: Site) -> Iterator[Draft]:
    """Another value for a literal."""
    if isinstance(site.node, ast.UnaryOp):
        inner: Any = getattr(site.node.operand, "value", None)
        if isinstance(site.node.op, ast.USub) and type(inner) in (int, float):
            yield from _number(site, -inner)
        return
    value = site.node.value
    if isinstance(site.parent, ast.UnaryOp) and isinstance(site.parent.op, ast.USub):
        return
    if isinstance(value, bool):
        yield site.put("const", 8.0, Frag(str(not value)))
        yield site.put("const", 2.0, Frag("None"))
    elif isinstance(value, (int, float)):
        yield from _number(site, value)
    elif isinstance(value, str):
        yield from _text(site, value)
        if site.place.field in ("defaults", "kw_defaults"):
            yield site.put("const", 4.0, Frag("None"))
    if value in (0, "") and not isinstance(value, bool) and isinstance(site.parent, ast.Assign):
        yield from _empty(site)
    elif value is None:
        for text in ("0", "False", "True", "[]", "{}", "''", "()"):
            yield site.put("const", 4.0, Frag(text))


def _empty(site: Site) -> Iterator[Draft]:
    """Yield another thing to begin with."""
    for text in EMPTY:
        yield site.put("const", 3.0, Frag(text))


def _number(site: Site, value: Any) -> Iterator[Draft]:
    others: Dict[Any, float] = {}
    for new in (value + 1, value - 1):
        others[new] = 8.0
    for new in corrected(value, site.scope.clues.apart):
        others.setdefault(new, 7.0)
    others.setdefault(-value, 6.0 if value == 1 else 4.0)
    for new in (0, 1, 2):
        others.setdefault(new, 5.0)
    for new in (value * 2, value / 2, value * 10, value / 10, value + 2, value - 2):
        others.setdefault(int(new) if isinstance(value, int) and new == int(new) else new, 2.0)
    for group in USUAL if type(value) is int else ():
        if abs(value) in group:
            others.update({new: 2.5 for new in group if others.get(new, 0.0) < 2.5})
    for _, node in site.scope.expressions():
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            others.setdefault(node.value, 3.0)
    for new in site.scope.clues.numbers[:40]:
        others.setdefault(new, 2.0)
    for new in site.source.constants():
        if not isinstance(new, str) and len(others) < 60:
            others.setdefault(new, 2.0)
    in_float = isinstance(value, float)
    for new, weight in others.items():
        if new != value and (in_float or not isinstance(new, float)) and not _idle(site, new):
            yield site.put("const", weight, Frag(repr(new), UNARY if new < 0 else 14))
    yield site.put("const", 2.0, Frag("None"))
    if site.place.field == "slice" or isinstance(site.parent, ast.Slice):
        return
    for name in site.scope.names(site.node.lineno):
        if site.scope.types.get(name, set()) & NUMERIC:
            yield site.put("const-to-name", 4.0, Frag(name))


def _idle(site: Site, value: Any) -> bool:
    """Return whether the number would change nothing where it stands: plus 0, times 1."""
    operator = getattr(site.parent, "op", None)
    if not isinstance(site.parent, ast.BinOp):
        return False
    if isinstance(operator, (ast.Add, ast.Sub)):
        return bool(value == 0)
    return isinstance(operator, (ast.Mult, ast.Div, ast.FloorDiv, ast.Pow)) and value == 1


def _text(site: Site, value: str) -> Iterator[Draft]:
    others: Dict[str, float] = dict.fromkeys(corrected(value, site.scope.clues.apart), 8.0)
    for new in (value.strip(), value.lower(), value.upper(), value.capitalize(), value.rstrip(), value.lstrip()):
        others.setdefault(new, 4.0)
    others.setdefault("", 4.0 if len(value) < 4 else 2.0)
    others.setdefault(" ", 4.0 if len(value) < 4 else 1.0)
    trimmed = re.sub(r"^XX(.*)XX$", r"\1", value, flags=re.DOTALL)
    if len(value) <= 60:
        for new in (trimmed, value[1:], value[:-1], value[1:-1], value + " ", " " + value, value + "s", value + "\n"):
            others.setdefault(new, 5.0 if new == trimmed else 3.0)
    for new in [*site.source.constants(), *site.scope.clues.strings]:
        if isinstance(new, str) and new != value and _typo(value, new):
            others[new] = 7.0
    for group in SAID:
        if value in group:
            others.update(dict.fromkeys(group, 4.0))
    others.update({new: max(weight, others.get(new, 0.0)) for new, weight in conversions(value)})
    for _, node in site.scope.expressions():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            others.setdefault(node.value, 4.0)
    for new in site.source.constants():
        if isinstance(new, str):
            others.setdefault(new, 3.0 if abs(len(new) - len(value)) <= 2 else 1.5)
    for new in site.scope.clues.strings:
        if len(new) <= max(12, 2 * len(value)):
            close = bool(value) and (new.lower() == value.lower() or value in new or new in value)
            others.setdefault(new, 5.0 if close else 2.5)
    if 0 < len(value) <= 3:
        for new in _characters(site.scope.clues.strings):
            others.setdefault(new, 2.0)
    for new, weight in others.items():
        if new != value:
            yield site.put("text", weight, Frag(_quoted(site, new)))
    for name in site.scope.names(site.node.lineno):
        if "str" in site.scope.types.get(name, set()):
            yield site.put("const-to-name", 3.0, Frag(name))


def _typo(one: str, other: str) -> bool:
    """Return whether two texts differ by as little as a slip of the fingers."""
    if min(len(one), len(other)) < 3 or abs(len(one) - len(other)) > 1:
        return False
    return difflib.SequenceMatcher(None, one, other).ratio() >= 0.74


def _characters(strings: List[str]) -> List[str]:
    found = {char for text in strings for char in text if not char.isalnum()}
    return sorted(found)


def _quoted(site: Site, value: str) -> str:
    """Return a literal with the quote character that the old one used."""
    text = repr(value)
    old = site.text().lstrip("rRuUbBfF")
    if old.startswith('"') and text.startswith("'") and '"' not in value and "\\'" not in text:
        return '"' + text[1:-1] + '"'
    return text


def display(site: Site) -> Iterator[Draft]:
    """An element more or fewer in a list, tuple, set or dict, or two of them swapped."""
    node = site.node
    if not isinstance(getattr(node, "ctx", None), (ast.Load, type(None))):
        return
    items = node.elts if not isinstance(node, ast.Dict) else node.values
    if isinstance(node, ast.Dict):
        yield from _entries(site)
        return
    spans = [site.source.span(item) for item in items]
    if len(items) > 1 and len(items) <= 12:
        for index in range(len(items)):
            if index:
                yield site.splice("element-drop", 4.0, (spans[index - 1][1], spans[index][1], ""))
            elif len(items) > 2 or not isinstance(node, ast.Tuple):
                yield site.splice("element-drop", 4.0, (spans[0][0], spans[1][0], ""))
        for index in range(len(items) - 1):
            first, second = site.text(items[index]), site.text(items[index + 1])
            yield site.splice("element-swap", 6.0, (*spans[index], second), (*spans[index + 1], first))
    if not spans and isinstance(site.parent, ast.Assign):
        yield from _empty(site)
    at = spans[-1][1] if spans else site.source.span(node)[1] - 1
    comma = ", " if spans else ""
    if isinstance(node, ast.Tuple) and not spans:
        return
    for name in site.scope.names(node.lineno):
        yield site.splice("element-add", 3.0 if not spans else 1.5, (at, at, comma + name))
    of_self = [site.text(item) for item in items if site.text(item).startswith("self.")]
    for name in own_attributes(site)[:16] if of_self else ():
        if f"self.{name}" not in of_self:
            yield site.splice("element-add", 2.5, (at, at, f"{comma}self.{name}"))
    texts = [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    if texts:
        for new in site.scope.clues.strings:
            if new not in texts and len(new) <= 24:
                yield site.splice("element-add", 2.5, (at, at, comma + repr(new)))
    elif items and all(isinstance(item, ast.Constant) and isinstance(item.value, int) for item in items):
        for number in site.scope.clues.numbers[:12]:
            yield site.splice("element-add", 2.0, (at, at, comma + repr(number)))


def _entries(site: Site) -> Iterator[Draft]:
    node = site.node
    spread = [value for key, value in zip(node.keys, node.values) if key is None]
    for first, second in zip(spread, spread[1:]):
        spans = site.source.span(first), site.source.span(second)
        yield site.splice("element-swap", 6.0, (*spans[0], site.text(second)), (*spans[1], site.text(first)))
    if not node.keys and isinstance(site.parent, ast.Assign):
        yield from _empty(site)
    pairs = [(k, v) for k, v in zip(node.keys, node.values) if k is not None]
    if not pairs or len(pairs) > 60:
        return
    for (key, value), (_, other) in zip(pairs, pairs[1:]):
        if site.text(value) != site.text(other):
            first, second = site.source.span(value), site.source.span(other)
            yield site.splice("element-swap", 4.0, (*first, site.text(other)), (*second, site.text(value)))
        start, end = site.source.span(key)[0], site.source.span(value)[1]
        yield site.splice("entry-swap", 2.0, (start, end, f"{site.text(value)}: {site.text(key)}"))
    at = site.source.span(pairs[-1][1])[1]
    texts = {k.value for k, _ in pairs if isinstance(k, ast.Constant) and isinstance(k.value, str)}
    if len(texts) == len(pairs) and all(isinstance(v, ast.Constant) and isinstance(v.value, str) for _, v in pairs):
        strings = [s for s in site.scope.clues.strings if len(s) <= 24][:14]
        for new in strings:
            for value in strings:
                if new not in texts and new != value:
                    yield site.splice("entry-add", 1.5, (at, at, f", {new!r}: {value!r}"))


def slices(site: Site) -> Iterator[Draft]:
    """Bounds of a slice dropped, added or swapped."""
    node = site.node
    start, end = site.source.span(node.value)[1], site.source.span(node)[1]
    inside = node.slice
    if isinstance(inside, ast.Slice):
        low, high, step = (site.text(p) if p is not None else "" for p in (inside.lower, inside.upper, inside.step))
        tail = f":{step}" if step else ""
        variants = [(low, "", tail), ("", high, tail), (low, high, ""), (high, low, tail), ("", "", tail)]
        if not step:
            variants += [(low, high, ":-1"), (low, high, ":2")]
        if not low:
            variants += [("1", high, tail)]
        if not high:
            variants += [(low, "-1", tail)]
        if low and not high:
            variants += [("", low, tail), ("-" + low, "", tail)]
        if high and not low:
            variants += [(high, "", tail), ("-" + high, "", tail)]
        for name in site.scope.names(node.lineno):
            if "int" in site.scope.types.get(name, set()):
                variants += [(name, high, tail), (low, name, tail)]
        if step:
            variants += [(low, high, ":" + step[1:] if step.startswith("-") else ":-" + step)]
        for one in dict.fromkeys(variants):
            if one != (low, high, tail):
                yield site.splice("slice", 5.0, (start, end, f"[{one[0]}:{one[1]}{one[2]}]"))
        return
    value = site.text(site.node.slice)
    if isinstance(site.node.slice, (ast.BinOp, ast.Name)) and "%" not in value:
        around = wrapped(site.frag(site.node.slice), TERM)
        yield site.splice("index", 2.0, (start, end, f"[{around} % len({site.text(node.value)})]"))
    yield site.splice("slice", 2.0, (start, end, f"[:{value}]"))
    yield site.splice("slice", 2.0, (start, end, f"[{value}:]"))
    for name in site.scope.names(node.lineno):
        if name != value and name not in ("self", "cls"):
            yield site.splice("index", 3.5, (start, end, f"[{name}]"))
    for new in ("0", "-1", "1"):
        if new != value:
            yield site.splice("index", 3.0, (start, end, f"[{new}]"))


def part(site: Site) -> Iterator[Draft]:
    """A part of a sequence instead of the whole, or something joined to it."""
    node, scope = site.node, site.scope
    if isinstance(node, ast.Name) and not scope.types.get(node.id, set()) & ORDERED:
        return
    frag = site.frag()
    base = wrapped(frag, 14)
    for index, weight in (("[1:]", 4.0), ("[:-1]", 4.0), ("[0]", 3.0), ("[-1]", 3.0), ("[::-1]", 2.5)):
        yield site.put("slice-add", weight, Frag(base + index))
    for name in scope.names(node.lineno):
        if "int" in scope.types.get(name, set()):
            yield site.put("slice-add", 3.0, Frag(f"{base}[{name}:]"))
            yield site.put("slice-add", 3.0, Frag(f"{base}[:{name}]"))
        if name != frag.text and scope.types.get(name, set()) & ORDERED:
            yield site.put("concat", 2.5, binary(frag, "+", Frag(name), 9))
            yield site.put("concat", 2.5, binary(Frag(name), "+", frag, 9))
    for function, weight in (
        ("list", 3.0),
        ("sorted", 2.5),
        ("set", 2.0),
        ("tuple", 2.0),
        ("reversed", 2.0),
        ("len", 2.0),
        ("dict", 1.5),
    ):
        yield site.put("wrap", weight, called(function, frag))


def collected(site: Site) -> Iterator[Draft]:
    """Comprehension filters added, dropped or turned."""
    node = site.node
    last = node.generators[-1]
    stop = site.source.span(last.ifs[-1] if last.ifs else last.iter)[1]
    for index, test in enumerate(last.ifs):
        before = site.source.span(last.ifs[index - 1] if index else last.iter)[1]
        yield site.splice("filter-drop", 5.0, (before, site.source.span(test)[1], ""))
    targets = [n.id for n in ast.walk(last.target) if isinstance(n, ast.Name)]
    word = " and " if last.ifs else " if "
    for name in targets:
        for text, weight in ((name, 4.0), (f"{name} is not None", 4.0), (f"not {name}", 1.5)):
            yield site.splice("filter-add", weight, (stop, stop, word + text))
    for atom in site.scope.atoms()[:150]:
        if re.search(r"\b(" + "|".join(map(re.escape, targets)) + r")\b", atom.text) if targets else False:
            yield site.splice("filter-add", 2.0, (stop, stop, word + wrapped(atom, LOWEST + 2)))
