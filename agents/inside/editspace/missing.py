"""PURE: statements that may be missing: guards, ways out, and simple statements built from what the function has."""

from __future__ import annotations

import ast
import re
from typing import Any, Dict, Iterator, List, Set, Tuple

from ..source import LOWEST, Function, wrapped
from .calls import trims
from .scope import NUMERIC, Draft, Site, says_truth
from .statements import Loop, in_loop, is_docstring, returned
from .unread import stored
from .values import compound_twins, twin_texts

FIRST = ("None", "0", "[]", "''", "False", "{}", "1", "True", "set()", "0.0")
"""What names and attributes begin with."""
Stated = Tuple[str, float, str]
"""Text, weight and kind of a statement."""
Place = (ast.Name, ast.Attribute)
METHODS = (("append", {"list", "deque"}, 3.5), ("add", {"set"}, 3.5), ("extend", {"list"}, 1.5))


def guarded(site: Site) -> Iterator[Draft]:
    """The statement only under a condition; a way out before it under a condition. Likeliest first."""
    node, source = site.node, site.source
    if is_docstring(site) or not source.alone(node) or isinstance(node, (*Function, ast.ClassDef)):
        return
    start, end = source.whole(node)
    depth = source.indent(node)
    step = "\t" if depth.startswith("\t") else "    "
    ways = _ways_out(site)
    head = isinstance(site.parent, Function) and site.place.at <= 2
    plain = not isinstance(node, (ast.If, *Loop, ast.Return))
    used = _words(source.text(node))
    order: List[Tuple[float, int, int]] = []
    atoms = site.scope.atoms()[:140]
    for place, atom in enumerate(atoms):
        shared = 1.5 if used & site.scope.words_of(atom.text) else 0.7
        missing = 1.4 if "None" in atom.text or atom.text.startswith("not ") else 1.0
        if plain or shared > 1:
            order.append((-1.2 * shared, place, -1))
        for number, (_, weight) in enumerate(ways):
            fit = weight * (1.0 if head or weight > 1.2 else 0.6)
            order.append((-fit * shared * missing, place, number))
    for text, weight in _overwritten(site):
        body = source.reindented(node, depth + step)
        yield site.splice("default-guard", weight, (start, end, f"if {text}:{source.eol}{depth}{step}{body}"))
    for weight, place, number in sorted(order):
        condition = wrapped(atoms[place], LOWEST)
        if number < 0:
            body = source.reindented(node, depth + step)
            text = f"if {condition}:{source.eol}{depth}{step}{body}"
            yield site.splice("guard-stmt", -weight, (start, end, text))
        else:
            text = f"if {condition}:{source.eol}{depth}{step}{ways[number][0]}{source.eol}{depth}"
            yield site.splice("guard-exit", -weight, (start, start, text))


def _overwritten(site: Site) -> List[Tuple[str, float]]:
    """Return when to store what a parameter or attribute is set to without being looked at: only when it is missing."""
    node = site.node
    if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.targets[0], Place):
        return []
    target = site.text(node.targets[0])
    if (isinstance(node.targets[0], ast.Name) and target not in site.scope.params) or target in site.text(node.value):
        return []
    weight = 6.0 if isinstance(node.targets[0], ast.Name) else 3.0
    return [(f"{target} is None", weight), (f"not {target}", 0.7 * weight)]


def _ways_out(site: Site) -> List[Tuple[str, float]]:
    ways = {"continue": 1.5, "break": 1.0} if in_loop(site) else {}
    valued = False
    for node in site.source.nodes(site.scope.root):
        if isinstance(node, (ast.Return, ast.Raise)) and "\n" not in site.text(node):
            ways.setdefault(site.text(node), 1.0)
            valued = valued or (isinstance(node, ast.Return) and node.value is not None)
    ways.setdefault("return None" if valued else "return", 0.8 if valued else 1.0)
    for name in site.scope.params[:4]:
        if name not in ("self", "cls"):
            ways.setdefault(f"return {name}", 0.8)
    for name in site.scope.clues.exceptions:
        if name.isidentifier():
            ways.setdefault(f"raise {name}", 1.0)
    truth = not valued or any(
        isinstance(n, ast.Return) and says_truth(n.value) for n in site.source.nodes(site.scope.root)
    )
    for value in ("False", "True", "0", "[]", "''", "{}", "1", "-1", "()"):
        ways.setdefault(f"return {value}", 0.7 if truth or value not in ("False", "True") else 0.5)
    return list(ways.items())[:24]


def inserted(site: Site) -> Iterator[Draft]:
    """A statement added before this one, or after the last one of a block. Likeliest first."""
    node, source = site.node, site.source
    if is_docstring(site) or not source.alone(node):
        return
    start, end = source.whole(node)
    depth = source.indent(node)
    block = getattr(site.parent, site.place.field)
    last = site.place.at == len(block) - 1 and not isinstance(node, (ast.Return, ast.Raise, ast.Break, ast.Continue))
    near = _words(source.text(node))
    weighed: List[Stated] = []
    loop = _loop(site)
    unread = loop is not None and getattr(loop.target, "id", "") in site.scope.unread.names
    for text, weight, kind in [*_statements(site), *(_of_each(site, loop) if unread else [])]:
        words = site.scope.words_of(text) - {"self", "append"}
        weighed.append((text, weight * (0.8 + 0.6 * len(words & near) / max(1, len(words))), kind))
    if last and isinstance(site.parent, Function):
        weighed += [(text, 4.0, "return-add") for text in returned(site)]
    for text, weight, kind in sorted(weighed, key=lambda one: -one[1]):
        if kind != "return-add":
            yield site.splice(kind, weight, (start, start, text + source.eol + depth))
        if last:
            yield site.splice(kind, weight, (end, end, source.eol + depth + text))


def filled(site: Site) -> Iterator[Draft]:
    """A statement in the place of a `pass` that looks like a hole: beside others, or all that a loop does."""
    node, source = site.node, site.source
    block = getattr(site.parent, site.place.field)
    loop = _loop(site)
    alone = len(block) == 1
    if not source.alone(node) or (alone and (loop is None or isinstance(site.parent, ast.ExceptHandler))):
        return
    start, end = source.whole(node)
    weighed = [*_statements(site), *[(text, 4.0, "copied") for text in compound_twins(site)]]
    weighed += _of_each(site, loop) if loop is not None else []
    sure = 1.5 if not alone or (site.place.field == "body" and not isinstance(site.parent, ast.If)) else 1.0
    for text, weight, kind in sorted(weighed, key=lambda one: -one[1]):
        yield site.splice(kind, sure * weight, (start, end, text))


def _loop(site: Site) -> Any:
    """Return the loop over something in which the statement stands, or None."""
    found = site.source.enclosing(site.node, (ast.For, ast.AsyncFor, *Function))
    return None if isinstance(found, Function) else found


def _of_each(site: Site, loop: Any) -> List[Stated]:
    """Return what a loop may do with its element: fold it into a local, call it on one, collect it."""
    target = getattr(loop, "target", None)
    if not isinstance(target, ast.Name):
        return []
    each, kinds = target.id, site.scope.types
    found: List[Stated] = [(f"yield {each}", 1.0, "call-add")]
    for name in site.scope.names(site.node.lineno):
        if name in (each, "self", "cls"):
            continue
        found += [(f"{name} = {each}({name})", 4.0, "assign-add"), (f"{name} = {each}", 2.0, "assign-add")]
        found += [(f"{name} = {name}[{each}]", 4.0, "assign-add"), (f"{name} = {name}.{each}", 1.0, "assign-add")]
        found += [(f"{name} = {call}({name}, {each})", 2.0, "assign-add") for call in site.scope.functions[:6]]
        if not kinds.get(name) or kinds[name] & {*NUMERIC, "str"}:
            found += [(f"{name} += {each}", 4.0, "step-add"), (f"{name} += 1", 3.0, "step-add")]
        if kinds.get(name, set()) & {"list", "set"}:
            method = "add" if "set" in kinds[name] else "append"
            found.append((f"{name}.{method}({each})", 5.0, "call-add"))
        if "dict" in kinds.get(name, set()):
            found.append((f"{name}[{each}] = {name}.get({each}, 0) + 1", 2.5, "call-add"))
    return found


def _statements(site: Site) -> List[Stated]:
    """Return the simple statements that could be missing here."""
    own = {
        site.text(n) for n in site.source.nodes(site.scope.root) if isinstance(n, (ast.Assign, ast.Expr, ast.AugAssign))
    }
    found = [
        *_initialisations(site),
        *_never_given(site),
        *_unbound(site),
        *_like_others(site),
        *_counted(site),
        *_kept(site),
    ]
    found += [(text, 5.0, "assign-add") for text in trims(site)]
    found += [(text, 3.0, "copied") for text in _neighbours(site) if text not in own]
    found += [(text, 3.0, "copied") for text in _said_by_twins(site) if text not in own]
    for name in site.scope.names(site.node.lineno):
        if name not in ("self", "cls"):
            found += _with_name(site, name)
    found += [(text, 3.0, "copied") for text in sorted(own) if "\n" not in text and not text.startswith(("'", '"'))]
    found += [(text, 1.8, "copied") for text in compound_twins(site)]
    if any(isinstance(n, ast.Yield) for n in site.source.nodes(site.scope.root)):
        found += [(f"yield {name}", 3.0, "call-add") for name in site.scope.names(site.node.lineno) if name != "self"]
    if in_loop(site):
        found += [("continue", 1.0, "jump-add"), ("break", 4.0 if isinstance(site.parent, ast.If) else 1.5, "jump-add")]
    return found


def _initialisations(site: Site) -> List[Stated]:
    """Return `self.x = x` for parameters that are stored nowhere."""
    scope = site.scope
    if scope.klass is None or scope.params[:1] != ["self"]:
        return []
    stored = {
        n.attr.lstrip("_")
        for n in site.source.nodes(scope.root)
        if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)
    }
    own = {n.attr for n in site.source.nodes(scope.klass) if isinstance(n, ast.Attribute)}
    found: List[Stated] = []
    if getattr(scope.root, "name", "") == "__init__":
        found += [(f"self.{text}", 4.0, "init-add") for text in _shared(site, scope.klass)]
    for param in scope.params[1:]:
        for name in (param, "_" + param, "__" + param):
            if param not in stored:
                found.append((f"self.{name} = {param}", 6.0 if name in own or name == param else 2.0, "init-add"))
    return found


def _never_given(site: Site) -> List[Stated]:
    """Return first values for attributes that the class reads or counts up, and gives no value."""
    klass: Any = site.scope.klass
    root: Any = site.scope.root
    if klass is None or site.scope.params[:1] != ["self"] or not any(_gives(node) for node in site.source.nodes(root)):
        return []
    names = site.source.cached(("never given", klass), lambda: _without_value(klass))
    weight = 6.0 if len(getattr(klass, "bases", ())) == 0 else 3.0  # what is above may give it
    weight *= 0.3 + 0.7 * sum(map(_gives, root.body)) / len(root.body)  # where an object is set up
    return [(f"self.{name} = {value}", weight, "init-add") for name in names[:4] for value in FIRST]


def _without_value(klass: Any) -> List[str]:
    """Return the attributes of `self` that are read in a class and that nothing in it defines."""
    own = [n for n in ast.walk(klass) if isinstance(n, ast.Attribute) and getattr(n.value, "id", "") == "self"]
    added = {id(n.target) for n in ast.walk(klass) if isinstance(n, ast.AugAssign)}
    given = {n.attr for n in own if isinstance(n.ctx, ast.Store) and id(n) not in added}
    given |= {name for one in klass.body for name in stored(one)}
    given |= {getattr(one, "name", "") for one in klass.body}
    return list(dict.fromkeys(n.attr for n in own if n.attr not in given and not n.attr.startswith("__")))


def _gives(node: Any) -> bool:
    """Return whether a statement gives an attribute of `self` a value."""
    return isinstance(node, ast.Assign) and any(
        isinstance(one, ast.Attribute) and getattr(one.value, "id", "") == "self" for one in node.targets
    )


def _shared(site: Site, klass: Any) -> List[str]:
    """Return the assignments of a class whose value all its objects share and can change."""
    made = (ast.List, ast.Dict, ast.Set)
    return [site.text(one) for one in klass.body if isinstance(one, ast.Assign) and isinstance(one.value, made)]


def _unbound(site: Site) -> List[Stated]:
    """Return first values for names that a block may leave without one, and that are read after it."""
    if not isinstance(site.node, (ast.If, *Loop, ast.With, ast.Try)):
        return []
    early = set(site.scope.names(site.node.lineno - 1))
    inside = [n for n in ast.walk(site.node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    rest = getattr(site.parent, site.place.field)[site.place.at + 1 :]
    read = {n.id for one in rest for n in ast.walk(one) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    names = [name for name in dict.fromkeys(n.id for n in inside) if name in read and name not in early]
    return [(f"{name} = {value}", 5.0, "init-add") for name in names[:4] for value in FIRST]


def _like_others(site: Site) -> List[Stated]:
    """Return what a statement of the function says of one name, said of a name that nothing reads: `x.b = b`."""
    found: Dict[str, float] = {}
    for node in site.source.nodes(site.scope.root) if site.scope.unread.names else ():
        if isinstance(node, (ast.Assign, ast.Expr)) and "\n" not in site.text(node) and len(site.text(node)) <= 80:
            names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
            for name in sorted(names):
                for fresh in sorted(site.scope.unread.names):
                    text, times = re.subn(rf"(?<!\w){name}(?!\w)", fresh, site.text(node))
                    found.setdefault(text, 5.0 if times > 1 else 1.5)
    return [(text, weight, "copied") for text, weight in found.items()][:30]


def _kept(site: Site) -> List[Stated]:
    """Return what is put where the function looks and never puts anything, and what a local did, done to another."""
    scope, found = site.scope, []
    filled = {site.text(n.value) for n in site.source.nodes(scope.root) if isinstance(n, ast.Subscript) and _stores(n)}
    names = [name for name in scope.names(site.node.lineno) if name not in ("self", "cls")]
    for node in site.source.nodes(scope.root):
        if isinstance(node, ast.Subscript) and not _stores(node) and not isinstance(node.slice, ast.Slice):
            holder = site.text(node.value)
            if holder not in filled and isinstance(node.value, ast.Attribute):
                key = site.text(node.slice)
                found += [(f"{holder}[{key}] = {name}", 3.5, "call-add") for name in names if name != key]
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and "\n" not in site.text(node):
            own = node.targets[0].id
            if any(getattr(one, "id", "") == own for one in ast.walk(node.value)):
                for name in names:
                    if name != own and scope.alike(name, own) >= 0.6:
                        text = re.sub(rf"(?<![\w.]){own}(?!\w)", name, site.text(node))
                        found.append((text, 2.5, "copied"))
    return found[:60]


def _stores(node: Any) -> bool:
    return isinstance(node.ctx, ast.Store)


def _counted(site: Site) -> List[Stated]:
    """Return steps of the attributes that the function compares: a counter that is asked is counted somewhere."""
    compared = [side for node in site.source.nodes(site.scope.root) if isinstance(node, ast.Compare) for side in (
        node.left, *node.comparators)]  # fmt: skip
    texts = [site.text(side) for side in compared if isinstance(side, ast.Attribute)]
    return [(f"{text} {step} 1", 3.0, "step-add") for text in dict.fromkeys(texts) for step in ("+=", "-=")]


def _with_name(site: Site, name: str) -> List[Stated]:
    """Return statements that change one local, by the types it had."""
    scope = site.scope
    kinds = scope.types.get(name, set())
    others = [other for other in scope.names(site.node.lineno) if other not in (name, "self", "cls")]
    found: List[Stated] = []
    for method, holders, weight in METHODS:
        if kinds & holders:
            found += [(f"{name}.{method}({other})", weight, "call-add") for other in others]
    if kinds & {"list", "deque", "set"}:
        found.append((f"{name}.pop()", 1.5, "call-add"))
    if "list" in kinds:
        found += [(f"{name}.sort()", 2.0, "call-add"), (f"{name}.reverse()", 2.0, "call-add")]
    if "dict" in kinds:
        found += [(f"{name}[{one}] = {two}", 2.0, "call-add") for one in others[:6] for two in others[:6] if one != two]
    if kinds & NUMERIC:
        found += [
            (f"{name} += 1", 3.0, "step-add"),
            (f"{name} -= 1", 2.5, "step-add"),
            (f"{name} = 0", 2.0, "assign-add"),
        ]
    for other in others:
        if kinds and scope.alike(name, other) >= 0.5:
            found.append((f"{name} = {other}", 2.0, "assign-add"))
            if kinds & NUMERIC:
                found.append((f"{name} += {other}", 2.0, "step-add"))
    if "str" in kinds:
        found += [(f"{name} = {name}.{method}()", 2.0, "assign-add") for method in ("strip", "lower", "upper")]
        found.append((f"{name} = int({name})", 1.5, "assign-add"))
    whole: str = site.source.cached(("text", scope.root), lambda: site.text(scope.root))
    for part, end in (("1:", "0"), (":-1", "-1")):
        if f"{name}[{end}]" in whole:
            found.append((f"{name} = {name}[{part}]", 5.0, "assign-add"))
        elif kinds & {"str", "list", "tuple"}:
            found.append((f"{name} = {name}[{part}]", 1.5, "assign-add"))
    if "NoneType" in kinds:
        found += [(f"{name} = {name} or {default}", 2.0, "assign-add") for default in ("[]", "{}", "''", "0")]
    return found


def _neighbours(site: Site) -> List[str]:
    """Return simple statements of the other methods whose names exist here too."""
    holder = site.scope.klass or site.source.tree
    simple: List[Tuple[str, Set[str], Any]] = site.source.cached(("simple", holder), lambda: _simple(site, holder))
    known = {*site.scope.locals, *site.scope.outside}
    return [text for text, names, _ in simple if names <= known][:60]


def _said_by_twins(site: Site) -> List[str]:
    """Return simple statements of other functions, said with this one's parameters."""
    holder = site.scope.klass or site.source.tree
    simple = site.source.cached(("simple", holder), lambda: _simple(site, holder))
    others = [one for one in simple if one[2] is not None and one[2] is not site.scope.root][:80]
    said: List[str] = site.source.cached(
        ("said by twins", site.scope.root, holder),
        lambda: list(dict.fromkeys(twin for one in others for twin in twin_texts(site, *one)))[:40],
    )
    return said


def _simple(site: Site, holder: ast.AST) -> List[Tuple[str, Set[str], Any]]:
    found = {}
    for node in ast.walk(holder):
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.Delete)) or (
            isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)
        ):
            text = site.text(node)
            if "\n" not in text and len(text) <= 80 and "super()" not in text:
                names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
                found[text] = names, site.source.enclosing(node, Function)
    return [(text, names, owner) for text, (names, owner) in found.items()]


def _words(text: str) -> Set[str]:
    return set(re.findall(r"[A-Za-z_]\w*", text))
