"""PURE: edits of a value as a whole: how it is looked up, cleaned, converted, copied, or made elsewhere in the file."""

from __future__ import annotations

import ast
import difflib
import re
from functools import partial
from typing import Any, Dict, Iterator, List, Optional, Set, Tuple

from ..source import ATOM, AWAIT, Frag, Function, Source, called, method, wrapped
from .scope import SIZED, Draft, Site
from .unread import parameters

Made = (ast.Call, ast.Attribute, ast.Subscript, ast.BinOp)
TEXT_METHODS = {
    "capitalize", "decode", "format", "group", "join", "lower", "lstrip", "replace", "rstrip", "strip", "sub", "title",
    "upper",
}  # fmt: skip
"""Methods that most likely return a text."""

CONVERSIONS = {
    "str": 3.0, "int": 3.0, "float": 2.0, "list": 2.5, "bool": 2.0, "len": 1.5, "repr": 1.5, "tuple": 1.5, "round": 1.5,
    "sum": 1.5, "sorted": 1.2, "set": 1.2, "iter": 1.2, "next": 1.2, "max": 1.0, "min": 1.0, "abs": 1.0, "any": 1.0,
    "all": 1.0, "type": 1.0, "ord": 0.8, "chr": 0.8,
}  # fmt: skip
"""Built-in functions of one argument, as often as one of them is forgotten."""
MANY = 150
"""Expressions of a class or module that are tried though they have nothing to do with the one in their place."""
CUTTING = frozenset(("split", "rsplit", "partition", "rpartition"))
READING = CUTTING | {"splitlines", "startswith", "endswith", "find", "rfind", "index", "count", "replace", "encode"}
"""Methods that look at what a text holds, and where."""
OF_ANYTHING = ("str", "repr", "type", "list", "iter", "next", "bool")


def access(site: Site) -> Iterator[Draft]:
    """`d[k]` as `d.get(k)` and the other way round, with and without a default."""
    node = site.node
    if isinstance(node, ast.Subscript):
        kinds = site.scope.types.get(getattr(node.value, "id", ""), set())
        if isinstance(node.slice, ast.Slice) or (kinds and not kinds & SIZED - {"list", "str", "tuple"}):
            return
        receiver, key = site.frag(node.value), site.frag(node.slice)
        yield site.put("get", 5.0, method(receiver, "get", key))
        for default in ("0", "[]", "''", "{}", "False", key.text):
            yield site.put("get", 3.0, method(receiver, "get", key, Frag(default)))
        return
    if not isinstance(node.func, ast.Attribute) or node.keywords or not node.args:
        return
    receiver, key = site.frag(node.func.value), site.frag(node.args[0])
    if node.func.attr == "get":
        yield site.put("get", 5.0, Frag(f"{wrapped(receiver, ATOM)}[{key.text}]"))
        for default in ("0", "1", "None", "[]", "''", "{}", key.text):
            yield site.put("get", 3.0, method(receiver, "get", key, Frag(default)))
    if node.func.attr == "pop" and len(node.args) == 1:
        yield site.put("get", 5.0, method(receiver, "pop", key, Frag("None")))
    if isinstance(node.func.value, ast.Name) and node.func.attr in ("append", "add") and len(node.args) == 1:
        yield site.put("get", 1.0, Frag(f"{receiver.text}.setdefault({key.text}, [])"))


def cleaned(site: Site) -> Iterator[Draft]:
    """A text trimmed or its case changed; a value converted; a copy made."""
    node, scope = site.node, site.scope
    kinds = scope.types.get(node.id, set()) if isinstance(node, ast.Name) else set()
    if isinstance(node, ast.Name) and kinds and not kinds & (SIZED | {"int", "float", "NoneType"}):
        for name in OF_ANYTHING:
            yield site.put("wrap", 1.5, called(name, site.frag()))
        return
    frag = site.frag()
    if isinstance(node, (ast.Name, ast.Attribute)):
        yield site.put("called", 3.5 if isinstance(node, ast.Attribute) else 1.5, called(frag.text))
    for function in site.source.cached("single", lambda: _single(site.source.tree)):
        if function != getattr(site.scope.root, "name", "") and not frag.text.startswith(function + "("):
            yield site.put("wrap", 1.2, called(function, frag))
    if not kinds or "str" in kinds:
        for name, weight in (
            ("lower", 4.0),
            ("strip", 4.0),
            ("upper", 4.0),
            ("rstrip", 2.0),
            ("lstrip", 2.0),
            ("split", 2.0),
        ):
            yield site.put("clean", weight if kinds or _gives_text(node) else weight / 2, method(frag, name))
    if isinstance(site.parent, ast.Call) and (not kinds or "dict" in kinds):
        for name in ("values", "keys", "items"):
            yield site.put("clean", 3.5 if kinds else 1.5, method(frag, name))
    if getattr(getattr(site.parent, "func", None), "attr", "") == "join":
        yield site.put("wrap", 4.0, called("map", Frag("str"), frag))
    rounded = getattr(getattr(site.parent, "func", None), "id", "") == "int"
    for name, weight in CONVERSIONS.items():
        yield site.put("wrap", 3.0 if rounded and name == "round" else weight, called(name, frag))
    yield site.put("wrap", 2.5, Frag(f"[{frag.text}]"))
    if not kinds or kinds & {"list", "dict", "set", "deque"}:
        yield site.put("copy", 3.0, method(frag, "copy"))


def tidied(site: Site) -> Iterator[Draft]:
    """What a text is asked of, trimmed or in one case first: what it is cut at must often not stand at its ends."""
    call = site.source.places[site.parent].parent
    way = getattr(site.parent, "attr", "")
    if not isinstance(call, ast.Call) or call.func is not site.parent or way not in READING:
        return
    kinds = site.scope.types.get(site.node.id, set()) if isinstance(site.node, ast.Name) else set()
    if kinds and "str" not in kinds:
        return
    sure, frag = 1.0 if kinds else 0.7, site.frag()
    if way in CUTTING and call.args and len(site.text(call.args[0])) <= 24:
        for name in ("strip", "lstrip", "rstrip"):
            yield site.put("clean", 4.0 * sure, method(frag, name, site.frag(call.args[0])))
    for name, weight in (("strip", 4.0), ("lower", 4.0), ("upper", 2.0), ("lstrip", 2.0), ("rstrip", 2.0)):
        yield site.put("clean", weight * sure, method(frag, name))


def looped(site: Site) -> Iterator[Draft]:
    """What a loop goes through: with its places, its keys and values, in another order."""
    loop, frag = site.parent, site.frag()
    if site.place.field != "iter" or not isinstance(loop, (ast.For, ast.comprehension)):
        return
    pairs = isinstance(loop.target, ast.Tuple) and len(loop.target.elts) == 2
    yield site.put("wrap", 6.0 if pairs else 1.0, called("enumerate", frag))
    for name, weight in (("items", 6.0 if pairs else 2.0), ("values", 2.5), ("keys", 2.0)):
        yield site.put("clean", weight, method(frag, name))
    if not pairs:
        yield site.put("wrap", 2.5, called("range", frag))
        yield site.put("wrap", 2.5, called("range", called("len", frag)))
        yield site.put("wrap", 2.5, called("reversed", frag))
        yield site.put("copy", 3.0, called("list", frag))


def awaited(site: Site) -> Iterator[Draft]:
    """A call that is waited for."""
    if isinstance(site.function(), ast.AsyncFunctionDef) and not isinstance(site.parent, ast.Await):
        yield site.put("await-add", 6.0, Frag("await " + site.text(), AWAIT))


def _gives_text(node: Any) -> bool:
    """Return whether a call most likely returns a text."""
    return isinstance(node, ast.Call) and (
        getattr(node.func, "attr", "") in TEXT_METHODS
        or getattr(node.func, "id", "") in ("str", "repr", "format", "chr")
    )


def _single(tree: ast.Module) -> List[str]:
    """Return the functions of a module that can be called with one argument."""
    found = []
    for node in tree.body:
        if isinstance(node, Function) and len(node.args.args) - len(node.args.defaults) <= 1 <= len(node.args.args):
            found.append(node.name)
    return found[:20]


def borrowed(site: Site) -> Iterator[Draft]:
    """An expression of the same class or module, first those that hold this one: a call or a look-up was forgotten."""
    if isinstance(site.parent, ast.Expr):
        return
    scope = site.scope
    holder = scope.klass or site.source.tree
    known = {*site.scope.names(site.node.lineno), *site.scope.outside}
    own = site.text()
    holds = re.compile(rf"(?<![\w.]){re.escape(own)}(?!\w)")
    for place, (frag, names, _) in enumerate(
        site.source.cached(("expressions", holder), lambda: _expressions(site, holder))
    ):
        holding = holds.search(frag.text)
        if frag.text != own and names <= known and (holding or place < MANY):
            yield site.put("borrowed", 4.0 if holding else 1.0, frag)
    if isinstance(site.parent, (ast.Return, ast.Assign)):
        for frag in site.source.cached(("twins", scope.root, holder), lambda: _twins(site, holder)):
            yield site.put("borrowed", 3.0, frag)


def alike(site: Site) -> Iterator[Draft]:
    """The value that the same name is given elsewhere in the file, the most frequent first: functions begin alike."""
    if site.place.field != "value" or not isinstance(site.parent, ast.Assign) or len(site.parent.targets) != 1:
        return
    known = {*site.scope.names(site.node.lineno), *site.scope.outside}
    given = site.source.cached("given", lambda: _given(site)).get(site.text(site.parent.targets[0]), {})
    for text, (frag, names, times) in list(given.items())[:12]:
        if text != site.text() and names <= known:
            yield site.put("alike", 6.0 if times > 1 else 4.0, frag)


def _twins(site: Site, holder: ast.AST) -> List[Frag]:
    """Return what other functions say, said with this one's names."""
    every = site.source.cached(("expressions", holder), lambda: _expressions(site, holder))
    others = [one for one in every if one[2] is not None and one[2] is not site.scope.root]
    said = ((frag.binds, twin_texts(site, frag.text, names, owner)) for frag, names, owner in others)
    return list(dict.fromkeys(Frag(text, binds) for binds, texts in said for text in texts))[:120]


def compound_twins(site: Site) -> List[str]:
    """Return short compound statements of the file whose names exist here too: functions often come in pairs."""
    source, scope = site.source, site.scope
    short = source.cached("short compounds", lambda: _short_compounds(source))
    known = {*scope.locals, *scope.outside}
    here = source.cached(("twins", scope.root), lambda: [node for node, names in short if names <= known])
    depth = source.indent(site.node)
    return list(dict.fromkeys(source.reindented(node, depth) for node in here))[:40]


def _short_compounds(source: Source) -> List[Tuple[Any, Set[str]]]:
    """Return the compound statements of a file of a few lines, each with the names in it."""
    return [
        (node, {n.id for n in ast.walk(node) if isinstance(n, ast.Name)})
        for node in source.nodes(source.tree)
        if isinstance(node, (ast.If, ast.For, ast.While))
        and (node.end_lineno or 0) - node.lineno <= 3
        and source.alone(node)
    ]


def twin_texts(site: Site, text: str, names: Set[str], owner: Any) -> Iterator[str]:
    """Yield what another function says, said with this one's parameters, words, and what its module never reads."""
    scope, params = site.scope, parameters(owner)
    known = {*scope.locals, *scope.outside}
    words = _other_words(getattr(owner, "name", ""), getattr(scope.root, "name", ""))
    for own in dict.fromkeys((tuple(scope.params), *[(name,) for name in scope.params if len(params) == 1])):
        mapped = {old: new for old, new in zip(params, own) if old != new}
        said = _renamed(text, mapped)
        left = {mapped.get(name, name) for name in names}
        if said != text and left <= known:
            yield said
        if words is not None:
            worded = re.sub(words[0], words[1], said)
            if worded != said and {re.sub(words[0], words[1], name) for name in left} <= known:
                yield worded
        for fresh in scope.unread.globals[:6]:
            near: Set[str] = site.source.cached(("near", fresh), partial(_near, site.source.tree, fresh))
            for old in sorted(left & near):
                if left - {old} <= known:
                    yield re.sub(rf"(?<![\w.]){old}(?!\w)", fresh, said)


def _near(tree: ast.Module, name: str) -> Set[str]:
    """Return the names of a file that are much like one of them."""
    others = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - {name}
    return {other for other in others if difflib.SequenceMatcher(None, other, name).ratio() > 0.7}


def _other_words(name: str, own: str) -> Optional[Tuple[str, str]]:
    """Return the one word in which the names of two functions differ: of `to_lower` and `to_title` lower and title."""
    one, other = name.lower().strip("_").split("_"), own.lower().strip("_").split("_")
    apart = [(a, b) for a, b in zip(one, other) if a != b]
    return apart[0] if len(one) == len(other) and len(apart) == 1 and len(apart[0][0]) > 1 else None


def _renamed(text: str, names: Dict[str, str]) -> str:
    """Return an expression with other names for its variables; attributes and keywords keep theirs."""
    return re.sub(r"(?<![\w.])[A-Za-z_]\w*(?!\s*=[^=])", lambda word: names.get(word.group(), word.group()), text)


def _expressions(site: Site, holder: ast.AST) -> List[Tuple[Frag, Set[str], Any]]:
    found: Dict[str, Tuple[Frag, Set[str], Any]] = {}
    for node in ast.walk(holder):
        if isinstance(node, Made) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            text = "" if site.scope.in_format(node) else site.text(node)
            if text and len(text) <= 90 and "\n" not in text:
                names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
                found.setdefault(text, (site.frag(node), names, site.source.enclosing(node, Function)))
    return list(found.values())


def _given(site: Site) -> Dict[str, Dict[str, Tuple[Frag, Set[str], int]]]:
    """Return by target the short values that are assigned to it in the file, each with its names and how often."""
    found: Dict[str, Dict[str, Tuple[Frag, Set[str], int]]] = {}
    for node in ast.walk(site.source.tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            text = site.text(node.value)
            if len(text) <= 50 and "\n" not in text:
                names = {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
                values = found.setdefault(site.text(node.targets[0]), {})
                values[text] = (site.frag(node.value), names, values[text][2] + 1 if text in values else 1)
    return {target: dict(sorted(values.items(), key=lambda item: -item[1][2])) for target, values in found.items()}
