"""PURE: edits that name something else: a variable, an attribute, a method, a function, an argument."""

from __future__ import annotations

import ast
import builtins
import difflib
from typing import Any, Dict, Iterator, List, Tuple

from ..source import LOWEST, Frag, Function, wrapped
from .scope import Draft, Site
from .unread import parameters

SIBLINGS = tuple(
    tuple(group.split())
    for group in (
        "any all",
        "min max sum",
        "sorted reversed list set tuple iter",
        "range enumerate",
        "int float round str bool",
        "str repr",
        "len sum",
        "isinstance issubclass",
        "append extend insert appendleft add",
        "pop popleft popitem",
        "lower upper casefold",
        "strip lstrip rstrip",
        "startswith endswith",
        "find rfind index rindex",
        "split rsplit splitlines",
        "partition rpartition",
        "ljust rjust center",
        "isdigit isalpha isalnum isnumeric isdecimal",
        "isupper islower istitle",
        "keys values items",
        "union intersection difference symmetric_difference",
        "floor ceil trunc round",
        "remove discard pop",
        "update setdefault",
        "match search fullmatch",
        "findall finditer",
        "sub subn",
        "capitalize title upper lower",
        "issubset issuperset",
        "encode decode",
        "append add remove",
        "islice takewhile dropwhile",
        "zip zip_longest",
        "getattr hasattr",
        "filter filterfalse map",
        "removeprefix removesuffix",
        "seconds total_seconds microseconds",
        "bisect_left bisect_right bisect",
        "insort_left insort_right",
        "read readline readlines",
        "sort reverse",
        "next iter",
        "get pop setdefault",
        "I M S X A",
        "IGNORECASE MULTILINE DOTALL VERBOSE ASCII",
        "hour minute second",
        "weeks days hours minutes seconds milliseconds microseconds",
        "year month day",
    )
)
"""Functions and methods that are taken for each other."""


def variable(site: Site) -> Iterator[Draft]:
    """Another name of the same function that had the same kind of value."""
    node, scope = site.node, site.scope
    if site.place.field == "func":
        yield from function(site)
        return
    names, meant = scope.names(node.lineno), _meant(site)
    for name in names:
        if name != node.id and name not in ("self", "cls"):
            near = difflib.SequenceMatcher(None, name, node.id).ratio()
            weight = 8.0 if name == meant else (5.0 + 3.0 * near) * scope.alike(node.id, name)
            yield site.put("var", weight, Frag(name))
    for name in scope.globals:
        if name not in names and name != node.id and node.id not in names:
            near = difflib.SequenceMatcher(None, name, node.id).ratio()
            yield site.put("var", 2.0 + 4.0 * near, Frag(name))
    receiver = scope.params[0] if scope.klass is not None and scope.params else ""
    if receiver in ("self", "cls"):
        for attribute in own_attributes(site):
            if attribute.lstrip("_") == node.id or attribute == node.id:
                yield site.put("attr-for-var", 6.0, Frag(f"{receiver}.{attribute}"))
    if receiver and node.id == receiver and not isinstance(site.parent, ast.Attribute):
        for attribute in own_attributes(site)[:12]:
            yield site.put("attr-for-var", 3.0, Frag(f"{receiver}.{attribute}"))
    for kind in sorted(scope.types.get(node.id, set())):
        if not isinstance(site.parent, ast.Attribute):
            for attribute in scope.clues.attributes.get(kind, [])[:12]:
                yield site.put("attr-add", 3.0, Frag(f"{node.id}.{attribute}"))


def exchanged(site: Site) -> Iterator[Draft]:
    """The two names of an expression, each put where the other is; another name in all places of one."""
    known = set(site.scope.names(site.node.lineno))
    found = [one for one in ast.walk(site.node) if isinstance(one, ast.Name) and one.id in known]
    found = [one for one in found if not site.scope.in_format(one)]
    names = list(dict.fromkeys(one.id for one in found))
    if len(names) == 2:
        spans = [(*site.source.span(one), names[one.id == names[0]]) for one in found]
        yield site.splice("name-swap", 4.0, *sorted(spans))
    for name in names:
        places = sorted(site.source.span(one) for one in found if one.id == name)
        for other in sorted(known - {name, "self", "cls"}) if len(places) > 1 and name not in ("self", "cls") else ():
            weight = 4.0 * site.scope.alike(name, other)
            yield site.splice("var", weight, *((start, end, other) for start, end in places))


def function(site: Site) -> Iterator[Draft]:
    """A sibling of the function that is called."""
    node, scope = site.node, site.scope
    for group in SIBLINGS:
        if node.id in group:
            for name in group:
                if name != node.id:
                    yield site.put("sibling", 7.0, Frag(name))
    known = scope.functions + [n.name for n in scope.source.tree.body if isinstance(n, ast.ClassDef)]
    for name in known:
        if name != node.id and (node.id in known or not hasattr(builtins, node.id)):
            near = difflib.SequenceMatcher(None, name, node.id).ratio()
            yield site.put("sibling", 1.0 + 5.0 * near, Frag(name))


def attribute(site: Site) -> Iterator[Draft]:
    """Another attribute of the same object, or none."""
    node, scope = site.node, site.scope
    if isinstance(node.ctx, ast.Load) and site.place.field != "func":
        yield site.put("attr-drop", 3.0, site.frag(node.value))
    end = site.source.span(node)[1]
    where = (end - len(node.attr.encode("utf-8")), end)
    seen: Dict[str, float] = {}
    for group in SIBLINGS:
        if node.attr in group:
            for name in group:
                seen.setdefault(name, 7.0)
    if isinstance(node.value, ast.Name):
        if node.value.id in ("self", "cls"):
            for name in _own_methods(site) if site.place.field == "func" else own_attributes(site):
                near = difflib.SequenceMatcher(None, name, node.attr).ratio()
                seen.setdefault(name, 3.0 + 4.0 * near)
            if isinstance(node.ctx, ast.Load) and node.attr in scope.names(node.lineno):
                yield site.put("var-for-attr", 6.0, Frag(node.attr))
        for kind in sorted(scope.types.get(node.value.id, set())):
            for name in scope.clues.attributes.get(kind, []):
                near = difflib.SequenceMatcher(None, name, node.attr).ratio()
                seen.setdefault(name, 3.0 + 4.0 * near)
        if site.place.field != "func":
            for name in site.members(node.value.id):
                near = difflib.SequenceMatcher(None, name, node.attr).ratio()
                seen.setdefault(name, 2.0 + 3.0 * near)
    for _frag, other in scope.expressions():
        if isinstance(other, ast.Attribute) and site.text(other.value) == site.text(node.value):
            seen.setdefault(other.attr, 3.0)
    meant = _meant(site)
    for name, weight in seen.items():
        if name != node.attr:
            yield site.splice("attr", 7.0 if name.strip("_") == meant else weight, (*where, name))
    if isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Name) and site.place.field != "func":
        for name in scope.names(node.lineno):
            if name not in ("self", "cls", node.value.id) and scope.alike(name, node.value.id) == 1.0:
                yield site.put("var", 3.0, Frag(f"{name}.{node.attr}"))


def _meant(site: Site) -> str:
    """Return the name that a value is stored or handed on under: what has the same name is often what was meant."""
    parent = site.parent
    if isinstance(parent, ast.keyword):
        return parent.arg or ""
    if isinstance(parent, ast.Dict) and site.place.field == "values":
        return str(getattr(parent.keys[site.place.at], "value", ""))
    if isinstance(parent, ast.Assign):
        target = parent.targets[0]
        return str(getattr(target, "attr", getattr(target, "id", ""))).strip("_")
    return ""


def own_attributes(site: Site) -> List[str]:
    """Return the attributes that a class has, by its text and by what its objects had."""
    klass = site.scope.klass
    if klass is None:
        return []
    names: List[str] = list(site.source.cached(("attributes", klass), lambda: _attributes(klass)))
    names += site.scope.clues.attributes.get(klass.name, [])  # type: ignore[attr-defined]
    return list(dict.fromkeys(names))


def _attributes(klass: ast.AST) -> List[str]:
    found = [n for n in ast.walk(klass) if isinstance(n, ast.Attribute)]
    return list(dict.fromkeys(n.attr for n in found if getattr(n.value, "id", "") in ("self", "cls")))


def _own_methods(site: Site) -> List[str]:
    klass = site.scope.klass
    own = [n.name for n in ast.walk(klass) if isinstance(n, Function)] if klass is not None else []
    return [name for name in own if not name.startswith("__") or not name.endswith("__")]


def arguments(site: Site) -> Iterator[Draft]:
    """Arguments dropped, swapped, added or forwarded; the call unwrapped or wrapped."""
    node, _scope = site.node, site.scope
    items: List[Any] = sorted([*node.args, *node.keywords], key=lambda one: site.source.span(_spot(one)))
    spans = [_argument_span(site, one) for one in items]
    for index, item in enumerate(items):
        first = spans[index][0] if index == 0 else spans[index - 1][1]
        stop = spans[index][1] if index or len(items) == 1 else spans[1][0]
        weight = 5.0 if isinstance(item, ast.keyword) or len(items) > 1 else 3.0
        yield site.splice("arg-drop", weight, (first, stop, ""))
    pairs = [(a, b) for a in range(len(node.args)) for b in range(a + 1, min(len(node.args), a + 4))]
    for at, other in sorted(pairs, key=lambda pair: pair[1] - pair[0]):
        first, second = node.args[at], node.args[other]
        if (
            not isinstance(first, ast.Starred)
            and not isinstance(second, ast.Starred)
            and site.text(first) != site.text(second)
        ):
            a, b = site.source.span(first), site.source.span(second)
            weight = 7.0 if other == at + 1 else 4.0
            yield site.splice("arg-swap", weight, (*a, site.text(second)), (*b, site.text(first)))
    yield from _renamed(site)
    yield from _added(site, items, spans)
    if isinstance(site.parent, ast.Expr):
        return
    if len(node.args) >= 1 and not isinstance(node.args[0], ast.Starred):
        yield site.put("unwrap", 5.0 if len(items) == 1 else 2.0, site.frag(node.args[0]))
    if isinstance(node.func, ast.Attribute):
        yield site.put("method-drop", 5.0 if not items else 3.0, site.frag(node.func.value))


def _renamed(site: Site) -> Iterator[Draft]:
    """Another name for a keyword; two keywords that change names."""
    keywords = [one for one in site.node.keywords if one.arg is not None]
    starts = [_argument_span(site, one)[0] for one in keywords]
    given = {one.arg for one in keywords}
    accepted = site.scope.clues.keywords.get(getattr(site.node.func, "attr", getattr(site.node.func, "id", "")), [])
    for one, start in zip(keywords, starts):
        siblings = [name for group in SIBLINGS if one.arg in group for name in group]
        for name in dict.fromkeys([*siblings, *accepted]):
            if name not in given:
                yield site.splice("keyword", 6.0 if name in siblings else 4.0, (start, start + len(one.arg), name))
    for at in range(len(keywords) - 1):
        places = [(starts[n], starts[n] + len(keywords[n].arg), keywords[2 * at + 1 - n].arg) for n in (at, at + 1)]
        yield site.splice("keyword", 5.0, *places)


def _spot(item: Any) -> Any:
    return item.value if isinstance(item, ast.keyword) else item


def _argument_span(site: Site, item: Any) -> Tuple[int, int]:
    start, end = site.source.span(_spot(item))
    if isinstance(item, ast.keyword):
        mark = b"**" if item.arg is None else item.arg.encode("utf-8")
        start = site.source.data.rfind(mark, 0, start)
    return start, end


def _added(site: Site, items: List[Any], spans: List[Tuple[int, int]]) -> Iterator[Draft]:
    node, scope = site.node, site.scope
    close = site.source.span(node)[1] - 1
    at = spans[-1][1] if spans else close
    comma = ", " if spans else ""
    given = {k.arg for k in node.keywords} | {a.id for a in node.args if isinstance(a, ast.Name)}
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    accepted = scope.clues.keywords.get(name, [])
    last_is_keyword = bool(items) and isinstance(items[-1], ast.keyword)
    for own in scope.names(node.lineno):
        if own in ("self", "cls") or own in given:
            continue
        used = own in scope.params
        if own in accepted:
            yield site.splice("forward", 6.0 if used else 4.0, (at, at, f"{comma}{own}={own}"))
        elif used and accepted == []:
            yield site.splice("forward", 1.5, (at, at, f"{comma}{own}={own}"))
        if not last_is_keyword:
            yield site.splice("arg-add", 4.0 if used else 2.5, (at, at, comma + own))
        if node.args:
            first = site.source.span(node.args[0])[0]
            yield site.splice("arg-add", 2.0, (first, first, own + ", "))
    root = scope.root
    if isinstance(root, Function):
        for star, spec in (("*", root.args.vararg), ("**", root.args.kwarg)):
            if spec is not None and star + spec.arg not in [site.source.data[a:b].decode("utf-8") for a, b in spans]:
                yield site.splice("forward", 5.0, (at, at, comma + star + spec.arg))
    if not last_is_keyword:
        for text in ("0", "1", "-1", "None", "True", "False", "''"):
            yield site.splice("arg-add", 2.5 if not isinstance(node.func, ast.Name) else 1.5, (at, at, comma + text))
    for own in sorted(scope.unread.names):
        if own not in given and own not in accepted:
            yield site.splice("forward", 3.0, (at, at, f"{comma}{own}={own}"))
        if own == "cls" and not last_is_keyword:
            yield site.splice("arg-add", 4.0, (at, at, f"{comma}{own}"))
    if name in ("sorted", "sort", "max", "min"):
        for own in sorted(scope.unread.names | set(scope.functions)):
            if "key" not in given:
                yield site.splice("arg-add", 3.0, (at, at, f"{comma}key={own}"))
        for text in ("reverse=True", "key=len", "key=str", "key=str.lower", "default=None", "default=0"):
            if text.split("=")[0] not in given:
                yield site.splice("arg-add", 3.0, (at, at, comma + text))


def chosen(site: Site) -> Iterator[Draft]:
    """The branches of a conditional expression swapped, or only one of them."""
    node = site.node
    test, body, other = site.frag(node.test), site.frag(node.body), site.frag(node.orelse)
    swapped = Frag(f"{wrapped(other, LOWEST + 1)} if {wrapped(test, LOWEST + 1)} else {wrapped(body, LOWEST)}", LOWEST)
    yield site.put("ifexp", 6.0, swapped)
    yield site.put("ifexp", 4.0, body)
    yield site.put("ifexp", 4.0, other)


def ingredient(site: Site) -> Iterator[Draft]:
    """Another expression of the same function, and parts of this one."""
    if isinstance(site.parent, ast.Expr):
        return
    own = site.text()
    for frag, node in site.scope.expressions():
        if frag.text != own and not isinstance(node, (ast.Name, ast.Constant)):
            yield site.put("ingredient", 4.0 if type(node) is type(site.node) else 2.0, frag)
    for part in ast.walk(site.node):
        if part is not site.node and _value(part) and not site.scope.in_format(part):
            yield site.put("subexpr", 2.5, site.frag(part))
    if not isinstance(site.node, (ast.Name, ast.Constant)):
        for name in site.scope.names(site.node.lineno):
            if name not in ("self", "cls"):
                likely = isinstance(site.node, (ast.Attribute, ast.Subscript))
                yield site.put("name-for-expr", 3.5 if likely else 2.5, Frag(name))


def _value(node: ast.AST) -> bool:
    kinds = (ast.Call, ast.BinOp, ast.Name, ast.Subscript, ast.Attribute)
    return isinstance(node, kinds) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)


def unpacked(site: Site) -> Iterator[Draft]:
    """Two names that change places where a sequence is unpacked."""
    items = site.node.elts
    for index in range(min(len(items), 8) - 1):
        first, second = items[index], items[index + 1]
        yield site.splice(
            "unpack-swap",
            5.0,
            (*site.source.span(first), site.text(second)),
            (*site.source.span(second), site.text(first)),
        )


def target(site: Site) -> Iterator[Draft]:
    """Another place to store to."""
    node, scope = site.node, site.scope
    for frag, other in scope.expressions():
        if isinstance(other, (ast.Name, ast.Attribute, ast.Subscript)) and frag.text != site.text():
            if isinstance(other, ast.Subscript) and isinstance(other.slice, ast.Slice):
                continue
            yield site.put("target", 4.0 if type(other) is type(node) else 2.0, frag)
    if isinstance(node, ast.Name) and isinstance(site.parent, ast.Tuple):
        for name in scope.locals:
            if name != node.id:
                yield site.put("target", 3.0, Frag(name))


def callers(source_names: Dict[str, List[str]], tree: ast.AST) -> None:
    """Add the parameters of every function of a tree to the known ones, by name."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            source_names.setdefault(node.name, [p for p in parameters(node) if p not in ("self", "cls")])
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, Function) and inner.name == "__init__":
                    source_names[node.name] = [p for p in parameters(inner) if p != "self"]
