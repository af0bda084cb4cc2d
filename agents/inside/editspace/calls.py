"""PURE: what a call lacks: arguments that other calls give or that are often forgotten, its object, the class above."""

from __future__ import annotations

import ast
import re
from typing import Any, Dict, Iterator, List, Set, Tuple

from ..source import Function
from .scope import Draft, Site

PATTERNS = {"compile", "match", "search", "fullmatch", "split", "sub", "subn", "findall", "finditer"}
FLAGS = ("IGNORECASE", "MULTILINE", "DOTALL", "VERBOSE")
FORGOTTEN: Dict[str, Tuple[int, Tuple[str, ...]]] = {
    "split": (1, ("1",)), "rsplit": (1, ("1",)), "replace": (2, ("1",)), "int": (1, ("16", "2", "8", "10")),
    "enumerate": (1, ("1",)), "getattr": (2, ("None",)), "next": (1, ("None",)), "pop": (1, ("None",)),
    "round": (1, ("1", "2", "3")), "encode": (0, ("'utf-8'",)), "decode": (0, ("'utf-8'",)),
    "splitlines": (0, ("True",)), "sum": (1, ("[]",)),
}  # fmt: skip
"""Per function: after how many arguments which is often forgotten."""
KEYS = ("lambda x: x[0]", "lambda x: x[1]", "lambda x: -x", "lambda x: x.lower()", "lambda x: (-x[1], x[0])")
CONSTANTS = (("True", 3.0), ("False", 2.0), ("None", 1.5))
TRIMMING = {"startswith": ("lstrip", "removeprefix"), "endswith": ("rstrip", "removesuffix")}
MANY = 12

Given = List[Tuple[int, str, str, Set[str]]]
"""Of the calls of one function: the place of an argument (-1 for a keyword), its keyword, its text, the names in it."""


def completed(site: Site) -> Iterator[Draft]:
    """One more argument, last."""
    node = site.node
    if any(isinstance(one, ast.Starred) for one in node.args) or any(one.arg is None for one in node.keywords):
        return
    for text, weight in _lacking(site):
        if not _is_keyword(text) and node.keywords:
            continue
        yield _added(site, text, weight)
    if getattr(node.func, "id", "") == "range" and 0 < len(node.args) < 3 and not node.keywords:
        first, stop = site.source.span(node.args[0])[0], site.source.span(node)[1] - 1
        start = "" if len(node.args) == 2 else "0, "
        if not start:
            yield site.splice("arg-add", 3.0, (stop, stop, ", 2"))
        else:
            yield site.splice("arg-add", 5.0, (first, first, "1, "))
            yield site.splice("arg-add", 2.0, (first, first, "0, "), (stop, stop, ", 2"))


def _lacking(site: Site) -> Iterator[Tuple[str, float]]:
    node = site.node
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    given = {one.arg for one in node.keywords}
    known = {*site.scope.names(node.lineno), *site.scope.outside}
    for at, keyword, text, names in _as_elsewhere(site, site.text(node.func), name):
        fits = keyword not in given if keyword else at == len(node.args)
        if fits and names <= known:
            yield (f"{keyword}={text}" if keyword else text), 5.5
    module = _module_of_patterns(site)
    if name in PATTERNS and module is not None and node.args:
        last = len(node.args) == (1 if name == "compile" else 2) and name not in ("sub", "subn", "split")
        written = isinstance(node.args[0], ast.Constant)  # then a wider class is as likely
        for flag in FLAGS:
            yield f"{'' if last else 'flags='}{module}{flag}", 2.5 if written else 4.0
    count, texts = FORGOTTEN.get(name, (-1, ()))
    if len(node.args) == count:
        for text in texts:
            yield text, 6.0 / len(texts) ** 0.25
    if name in ("sorted", "sort", "max", "min") and "key" not in given:
        for key in KEYS:
            yield f"key={key}", 2.5
    for keyword in site.scope.clues.keywords.get(name, [])[len(node.args) : MANY]:
        if keyword not in given:
            for text, weight in CONSTANTS:
                yield f"{keyword}={text}", weight


def _as_elsewhere(site: Site, function: str, name: str) -> Given:
    """Return the arguments that other calls of the same function, or of a method of that name, give."""
    every: Dict[str, Given] = site.source.cached("given to calls", lambda: _given(site))
    return [*every.get(function, []), *every.get("." + name, [])][: 2 * MANY]


def _given(site: Site) -> Dict[str, Given]:
    found: Dict[str, Dict[Tuple[int, str, str], Set[str]]] = {}
    for node in ast.walk(site.source.tree):
        if not isinstance(node, ast.Call) or site.scope.in_format(node):
            continue
        function = site.text(node.func)
        spoken = [function, "." + node.func.attr] if isinstance(node.func, ast.Attribute) else [function]
        arguments: List[Tuple[int, str, Any]] = [(at, "", one) for at, one in enumerate(node.args) if at]
        arguments += [(-1, one.arg, one.value) for one in node.keywords if one.arg]
        for at, keyword, value in arguments:
            text = site.text(value)
            if "\n" not in text and len(text) <= 50 and not isinstance(value, ast.Starred):
                names = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)}
                for one in spoken:
                    found.setdefault(one, {})[at, keyword, text] = names
    return {one: [(*key, names) for key, names in given.items()] for one, given in found.items()}


def _module_of_patterns(site: Site) -> Any:
    """Return how the flags of patterns are named where a call stands; None when it has nothing to do with them."""
    function = site.node.func
    if isinstance(function, ast.Attribute):
        holder = getattr(function.value, "id", "")
        return f"{holder}." if holder in ("re", "regex") else None
    return "re." if "re" in site.scope.outside else None


def _is_keyword(text: str) -> bool:
    return re.match(r"\w+=", text) is not None


def _added(site: Site, text: str, weight: float) -> Draft:
    """Return the edit that puts an argument behind the last one."""
    node = site.node
    last = max([site.source.span(one)[1] for one in [*node.args, *[k.value for k in node.keywords]]], default=0)
    if last and site.source.data[last : site.source.span(node)[1] - 1].strip(b" \t)") == b"":
        stop = site.source.span(node)[1] - 1
        return site.splice("arg-add", weight, (stop, stop, f", {text}"))
    at = last or site.source.span(node)[1] - 1
    return site.splice("arg-add", weight, (at, at, f", {text}" if last else text))


def trimmed(site: Site) -> Iterator[Draft]:
    """A text without what the function asks it, or another text, to begin or to end with."""
    frag = site.frag()
    for text, ways in site.source.cached(("asked ends", site.scope.root), lambda: _asked_ends(site)).items():
        for way in ways:
            if way.startswith("["):
                yield site.put("clean", 3.5, frag._replace(text=f"{frag.text}{way}"))
            else:
                yield site.put("clean", 3.5, frag._replace(text=f"{frag.text}.{way}({text})"))


def trims(site: Site) -> List[str]:
    """Return the statements that take off a local what the function asks it to begin or to end with."""
    found = []
    for text, ways in site.source.cached(("asked ends", site.scope.root), lambda: _asked_ends(site)).items():
        for name in site.scope.names(site.node.lineno):
            if name not in ("self", "cls") and "str" in site.scope.types.get(name, {"str"}):
                found += [f"{name} = {name}{way if way.startswith('[') else f'.{way}({text})'}" for way in ways]
    return found


def _asked_ends(site: Site) -> Dict[str, List[str]]:
    """Return per text that something is asked to begin or end with, how it is taken off."""
    found: Dict[str, List[str]] = {}
    for node in ast.walk(site.scope.root):
        name = getattr(getattr(node, "func", None), "attr", "")
        if name in TRIMMING and isinstance(node, ast.Call) and len(node.args) == 1:
            text = site.text(node.args[0])
            cut = f"[len({text}):]" if name == "startswith" else f"[:-len({text})]"
            if len(text) <= 24 and not isinstance(node.args[0], ast.Tuple):
                found[text] = [*TRIMMING[name], "strip", cut]
    return found


def inherited(site: Site) -> Iterator[Draft]:
    """What the class above does too: a method that replaces it without asking it."""
    node, source, klass = site.node, site.source, site.parent
    if not isinstance(klass, ast.ClassDef) or not klass.bases or node.args.args[:1] == [] or node.decorator_list:
        return
    if node.args.args[0].arg != "self" or any(getattr(n, "id", "") == "super" for n in ast.walk(node)):
        return
    docstring = isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
    body = node.body[1 if docstring else 0 :]
    if not body or not all(source.alone(one) for one in (body[0], body[-1])):
        return
    own = [one.arg for one in [*node.args.args[1:], *node.args.kwonlyargs]]
    stars = [f"*{node.args.vararg.arg}"] if node.args.vararg else []
    stars += [f"**{node.args.kwarg.arg}"] if node.args.kwarg else []
    sets = [[*own, *stars], stars, [], *[own[:count] for count in range(1, len(own))], *[[one] for one in own[1:]]]
    first, last, depth = source.whole(body[0])[0], source.whole(body[-1])[1], source.indent(body[0])
    ends = isinstance(body[-1], (ast.Return, ast.Raise))
    for given in {", ".join(one): 0 for one in sets}:
        call = f"super().{node.name}({given})"
        weight = 9.0 if node.name == "__init__" else 3.0
        yield site.splice("super-add", weight, (first, first, call + source.eol + depth))
        if not ends:
            yield site.splice("super-add", 0.9 * weight, (last, last, source.eol + depth + call))


def own_methods_called(site: Site) -> Iterator[Draft]:
    """A method of the class called as if it were a function."""
    klass, scope = site.scope.klass, site.scope
    if klass is None or scope.params[:1] not in (["self"], ["cls"]) or not isinstance(site.node.func, ast.Name):
        return
    name = site.node.func.id
    if any(isinstance(one, Function) and one.name == name for one in getattr(klass, "body", ())):
        at = site.source.span(site.node.func)[0]
        yield site.splice("attr-for-var", 8.0, (at, at, f"{scope.params[0]}."))
