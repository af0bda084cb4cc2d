"""PURE: edits of whole statements: deleted, moved, guarded, added, turned into a return."""

from __future__ import annotations

import ast
import re
from typing import Any, Iterator, List, Tuple

from ..source import LOWEST, Frag, Function, negated, wrapped
from .conditions import guards
from .scope import NUMERIC, Draft, Site

Loop = (ast.For, ast.While, ast.AsyncFor)
Simple = (ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Raise, ast.Assert, ast.Delete)


def deleted(site: Site) -> Iterator[Draft]:
    """The statement left out."""
    if isinstance(site.node, (*Function, ast.ClassDef, ast.Import, ast.ImportFrom)) or _is_docstring(site):
        return
    start, end = site.source.whole(site.node)
    alone = len(getattr(site.parent, site.place.field)) == 1
    compound = isinstance(site.node, (ast.If, *Loop, ast.With, ast.Try))
    weight = 2.0 if compound else 4.0
    if alone or not site.source.alone(site.node):
        yield site.splice("delete", weight, (start, end, "pass"))
    else:
        yield site.splice("delete", weight, (site.source.line_start(start), site.source.line_end(end - 1), ""))


def moved(site: Site) -> Iterator[Draft]:
    """The statement and its neighbour swapped; into the block before it; out of its block."""
    node, source = site.node, site.source
    block: List[Any] = getattr(site.parent, site.place.field)
    index = site.place.at
    if _is_docstring(site) or not source.alone(node):
        return
    start, end = source.whole(node)
    if index + 1 < len(block) and source.alone(block[index + 1]):
        after = source.whole(block[index + 1])
        other = source.data[after[0] : after[1]].decode("utf-8")
        yield site.splice("swap", 4.0, (start, end, other), (*after, source.text(node)))
    lines = (source.line_start(start), source.line_end(end - 1))
    if index and isinstance(block[index - 1], (*Loop, ast.If, ast.With)):
        inner = (
            (block[index - 1].orelse or block[index - 1].body)
            if isinstance(block[index - 1], ast.If)
            else block[index - 1].body
        )
        if source.alone(inner[-1]):
            text = source.indent(inner[-1]) + source.reindented(node, source.indent(inner[-1])) + source.eol
            yield site.splice("indent", 5.0, (*lines, text))
    outer = source.places.get(site.parent)
    if (
        outer is not None
        and isinstance(site.parent, (*Loop, ast.If, ast.With))
        and index == len(block) - 1
        and len(block) > 1
    ):
        depth = source.indent(site.parent)
        whole_end = source.line_end(source.whole(site.parent)[1] - 1)
        text = depth + source.reindented(node, depth) + source.eol
        yield site.splice("dedent", 5.0, (*lines, ""), (whole_end, whole_end, text))


def branch(site: Site) -> Iterator[Draft]:
    """An `if` unwrapped, its branches swapped, `elif` made `if` and the other way round, the rest put under `else`."""
    node, source = site.node, site.source
    start, end = source.whole(node)
    is_elif = source.data[start : start + 4] == b"elif"
    depth = source.indent(node)
    if not is_elif and source.alone(node):
        for body in (node.body, node.orelse):
            if body and source.indent(body[0]) != depth:
                text = (source.eol + depth).join(source.reindented(one, depth) for one in body)
                yield site.splice("unwrap-if", 4.0, (start, end, text))
    if is_elif:
        yield site.splice("elif", 4.0, (start, start + 4, "if"))
    else:
        block = getattr(site.parent, site.place.field)
        if site.place.at and isinstance(block[site.place.at - 1], ast.If):
            yield site.splice("elif", 5.0, (start, start + 2, "elif"))
            gap = source.line_end(source.whole(block[site.place.at - 1])[1] - 1)
            if source.line_start(start) > gap and not source.data[gap:start].strip():
                yield site.splice("elif", 5.0, (gap, start + 2, depth + "elif"))
    if node.orelse and not (len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)):
        yield site.put("not-add", 5.0, negated(site.frag(node.test)), node.test)


def exits(site: Site) -> Iterator[Draft]:
    """Another way out: `break`, `continue`, `return`; a return where only an expression stands; `yield`."""
    node, source = site.node, site.source
    start, end = source.whole(node)
    word = {ast.Break: "break", ast.Continue: "continue", ast.Pass: "pass"}.get(type(node))
    in_loop = _in_loop(site)
    if word:
        for other in ("break", "continue", "return", "pass", "raise"):
            if other != word and (in_loop or other not in ("break", "continue")):
                yield site.splice("jump", 5.0 if other in ("break", "continue") else 2.5, (start, end, other))
        if word == "pass" or in_loop:
            for text in _returned(site):
                yield site.splice("jump", 1.5, (start, end, text))
    if isinstance(node, ast.Expr):
        value = node.value
        if isinstance(value, (ast.Yield, ast.YieldFrom)):
            old = "yield from" if isinstance(value, ast.YieldFrom) else "yield"
            if value.value is not None:
                yield site.splice(
                    "yield", 7.0, (start, start + len(old), "yield" if old == "yield from" else "yield from")
                )
        elif not isinstance(value, ast.Constant):
            yield site.splice("return-add", 6.0, (start, start, "return "))
            yield from _stored(site, start, value)
    if isinstance(node, ast.Return):
        if node.value is not None:
            yield site.splice("return-drop", 2.0, (start, start + 7, ""))
            if in_loop or isinstance(site.function(), Function):
                yield site.splice("yield", 2.0, (start, start + 6, "yield"))
        for text in _returned(site):
            yield site.splice("return", 2.5, (start, end, text))


def _stored(site: Site, start: int, value: Any) -> Iterator[Draft]:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        yield site.splice("store", 5.0, (start, start, site.text(value.func.value) + " = "))
    for name in site.scope.locals[:8]:
        if isinstance(value, ast.Call) and name not in ("self", "cls"):
            yield site.splice("store", 2.0, (start, start, name + " = "))


def _returned(site: Site) -> List[str]:
    texts = [f"return {name}" for name in site.scope.names(site.node.lineno)[:12]]
    texts += [f"return {value}" for value in ("None", "True", "False", "0", "1", "-1", "[]", "''", "{}")]
    for node in ast.walk(site.scope.root):
        if isinstance(node, ast.Return) and node.value is not None and "\n" not in site.text(node):
            texts.append(site.text(node))
    return list(dict.fromkeys(text for text in texts if text != site.text()))


def guarded(site: Site) -> Iterator[Draft]:
    """The statement only under a condition; a way out before it under a condition."""
    node, source = site.node, site.source
    if _is_docstring(site) or not source.alone(node) or isinstance(node, (*Function, ast.ClassDef)):
        return
    start, end = source.whole(node)
    depth = source.indent(node)
    step = "\t" if depth.startswith("\t") else "    "
    used = set(re.findall(r"[A-Za-z_]\w*", source.text(node)))
    ways = _ways_out(site)
    body = source.reindented(node, depth + step)
    head = isinstance(site.parent, Function) and site.place.at <= 2
    for atom in guards(site):
        shared = 1.5 if used & set(re.findall(r"[A-Za-z_]\w*", atom.text)) else 0.7
        missing = 1.4 if "None" in atom.text or atom.text.startswith("not ") else 1.0
        if not isinstance(node, (ast.If, *Loop, ast.Return)) or shared > 1:
            text = f"if {wrapped(atom, LOWEST)}:{source.eol}{depth}{step}{body}"
            yield site.splice("guard-stmt", 1.2 * shared, (start, end, text))
        for way, weight in ways:
            fit = weight * (1.0 if head or weight > 1.2 else 0.6) * shared * missing
            text = f"if {wrapped(atom, LOWEST)}:{source.eol}{depth}{step}{way}{source.eol}{depth}"
            yield site.splice("guard-exit", fit, (start, start, text))


def _ways_out(site: Site) -> List[Tuple[str, float]]:
    ways = [("continue", 1.5), ("break", 1.0)] if _in_loop(site) else []
    ways += [("return", 1.0)] if not _returns_value(site) else [("return None", 0.8)]
    seen = set()
    for node in ast.walk(site.scope.root):
        if isinstance(node, (ast.Return, ast.Raise)) and "\n" not in site.text(node):
            ways.append((site.text(node), 1.0))
        if isinstance(node, ast.Return) and node.value is not None:
            seen.add(type(node.value))
    for name in site.scope.params[:4]:
        if name not in ("self", "cls"):
            ways.append((f"return {name}", 0.8))
    ways += [(f"return {value}", 0.7) for value in ("False", "True", "0", "[]", "''", "{}", "1", "-1", "()")]
    for name in site.scope.clues.exceptions:
        if name.isidentifier():
            ways.append((f"raise {name}", 1.0))
    return list(dict(reversed([(text, weight) for text, weight in ways])).items())[::-1][:22]


def inserted(site: Site) -> Iterator[Draft]:
    """A statement added before this one, or after the last one of a block."""
    node, source = site.node, site.source
    if _is_docstring(site) or not source.alone(node):
        return
    start, end = source.whole(node)
    depth = source.indent(node)
    block = getattr(site.parent, site.place.field)
    last = site.place.at == len(block) - 1 and not isinstance(node, (ast.Return, ast.Raise, ast.Break, ast.Continue))
    near = set(re.findall(r"[A-Za-z_]\w*", source.text(node)))
    for text, weight, kind in statements(site):
        names = [name for name in re.findall(r"[A-Za-z_]\w*", text) if name not in ("self", "append")]
        fit = weight * (0.8 + 0.6 * sum(name in near for name in names) / max(1, len(names)))
        yield site.splice(kind, fit, (start, start, text + source.eol + depth))
        if last:
            yield site.splice(kind, fit, (end, end, source.eol + depth + text))
    if last and isinstance(site.parent, Function):
        for text in _returned(site):
            yield site.splice("return-add", 4.0, (end, end, source.eol + depth + text))


def statements(site: Site) -> List[Tuple[str, float, str]]:
    """Return the simple statements that could be missing, with weight and kind."""
    scope = site.scope
    found: List[Tuple[str, float, str]] = []
    names = scope.names(site.node.lineno)
    texts = {site.text(n) for n in ast.walk(scope.root) if isinstance(n, (ast.Assign, ast.Expr, ast.AugAssign))}
    if scope.klass is not None and scope.params[:1] == ["self"]:
        assigned = {
            n.attr for n in ast.walk(scope.root) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)
        }
        for param in scope.params[1:]:
            for name in (param, "_" + param, "__" + param):
                if name not in assigned and param not in assigned and "_" + param not in assigned:
                    found.append((f"self.{name} = {param}", 6.0 if name == param else 4.0, "init-add"))
        found += [(text, 3.0, "copied") for text in _neighbours(site) if text not in texts]
    for name in names:
        if name in ("self", "cls"):
            continue
        kinds = scope.types.get(name, set())
        for method, holders, weight in (
            ("append", {"list", "deque"}, 3.5),
            ("add", {"set"}, 3.5),
            ("extend", {"list"}, 1.5),
        ):
            if kinds & holders:
                found += [
                    (f"{name}.{method}({other})", weight, "call-add")
                    for other in names
                    if other not in (name, "self", "cls")
                ]
        if kinds & {"list", "deque", "set"}:
            found.append((f"{name}.pop()", 1.5, "call-add"))
        if "list" in kinds:
            found += [(f"{name}.sort()", 2.0, "call-add"), (f"{name}.reverse()", 2.0, "call-add")]
        if kinds & NUMERIC:
            found += [
                (f"{name} += 1", 3.0, "step-add"),
                (f"{name} -= 1", 2.5, "step-add"),
                (f"{name} = 0", 2.0, "assign-add"),
            ]
        for other in names:
            if other != name and other not in ("self", "cls") and kinds and scope.alike(name, other) >= 0.5:
                found.append((f"{name} = {other}", 2.0, "assign-add"))
                if kinds & NUMERIC:
                    found.append((f"{name} += {other}", 2.0, "step-add"))
        if "str" in kinds:
            found += [(f"{name} = {name}.{method}()", 2.0, "assign-add") for method in ("strip", "lower")]
        if "NoneType" in kinds:
            for default in ("[]", "{}", "''", "0"):
                found.append((f"{name} = {name} or {default}", 2.0, "assign-add"))
    for text in texts:
        if "\n" not in text and not text.startswith(("'", '"')):
            found.append((text, 3.0, "copied"))
    if _in_loop(site):
        found += [("continue", 1.0, "jump-add"), ("break", 1.5, "jump-add")]
    return found


def _neighbours(site: Site) -> List[str]:
    """Return simple statements of the other methods whose names exist here too."""
    known = (
        set(site.scope.locals) | set(dir(__import__("builtins"))) | set(site.scope.globals) | set(site.scope.functions)
    )
    found: List[str] = []
    for node in ast.walk(site.scope.klass or site.source.tree):
        if isinstance(node, (ast.Expr, ast.Assign, ast.AugAssign, ast.Delete)) and not isinstance(
            getattr(node, "value", None), ast.Constant
        ):
            names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
            text = site.text(node)
            if names <= known and "\n" not in text and len(text) <= 80 and "super()" not in text:
                found.append(text)
    return list(dict.fromkeys(found))[:60]


def unmutable(site: Site) -> Iterator[Draft]:
    """A default that is shared between calls made new for each call."""
    node, source = site.node, site.source
    spec = node.args
    late = spec.args[len(spec.args) - len(spec.defaults) :]
    pairs = [
        *zip(late, spec.defaults),
        *[(a, d) for a, d in zip(spec.kwonlyargs, spec.kw_defaults) if d is not None],
    ]
    first = next(
        (one for one in node.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))), None
    )
    for argument, default in pairs:
        if isinstance(default, (ast.List, ast.Dict, ast.Set, ast.Call)) and first is not None and source.alone(first):
            at = source.whole(first)[0]
            depth = source.indent(first)
            step = "\t" if depth.startswith("\t") else "    "
            made = f"{argument.arg} = {site.text(default)}"
            text = f"if {argument.arg} is None:{source.eol}{depth}{step}{made}{source.eol}{depth}"
            yield site.splice("mutable-default", 9.0, (*source.span(default), "None"), (at, at, text))


def _in_loop(site: Site) -> bool:
    loop = site.source.enclosing(site.node, (*Loop, *Function))
    return isinstance(loop, Loop)


def _returns_value(site: Site) -> bool:
    return any(isinstance(n, ast.Return) and n.value is not None for n in ast.walk(site.scope.root))


def _is_docstring(site: Site) -> bool:
    return isinstance(site.node, ast.Expr) and isinstance(site.node.value, ast.Constant)


__all__ = ["Frag", "Simple", "branch", "deleted", "exits", "guarded", "inserted", "moved", "unmutable"]
