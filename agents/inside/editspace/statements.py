"""PURE: edits of whole statements: deleted, moved, guarded, added, turned into a return."""

from __future__ import annotations

import ast
from typing import Any, Dict, Iterator, List

from ..source import Function, negated
from .scope import Draft, Site
from .unread import parameters

Loop = (ast.For, ast.While, ast.AsyncFor)


def deleted(site: Site) -> Iterator[Draft]:
    """The statement left out."""
    if isinstance(site.node, (*Function, ast.ClassDef, ast.Import, ast.ImportFrom)) or is_docstring(site):
        return
    start, end = site.source.whole(site.node)
    alone = len(getattr(site.parent, site.place.field)) == 1
    compound = isinstance(site.node, (ast.If, *Loop, ast.With, ast.Try))
    weight = 2.0 if compound else 5.0
    if alone or not site.source.alone(site.node):
        yield site.splice("delete", weight, (start, end, "pass"))
    else:
        yield site.splice("delete", weight, (site.source.line_start(start), site.source.line_end(end - 1), ""))


def moved(site: Site) -> Iterator[Draft]:
    """The statement and its neighbour swapped; into the block before it; out of its block."""
    node, source = site.node, site.source
    block: List[Any] = getattr(site.parent, site.place.field)
    index = site.place.at
    if is_docstring(site) or not source.alone(node):
        return
    start, end = source.whole(node)
    if index + 1 < len(block) and source.alone(block[index + 1]):
        after = source.whole(block[index + 1])
        other = source.data[after[0] : after[1]].decode("utf-8")
        yield site.splice("swap", 4.0, (start, end, other), (*after, source.text(node)))
    lines = (source.line_start(start), source.line_end(end - 1))
    for further in block[index + 2 : index + 4]:
        if source.alone(further):
            behind = source.line_end(source.whole(further)[1] - 1)
            whole = source.data[lines[0] : lines[1]].decode("utf-8")
            yield site.splice("swap", 2.5, (*lines, ""), (behind, behind, whole))
    for earlier in block[max(0, index - 3) : max(0, index - 1)]:
        if source.alone(earlier) and not is_docstring(Site(site.scope, earlier)):
            before = source.line_start(source.whole(earlier)[0])
            whole = source.data[lines[0] : lines[1]].decode("utf-8")
            yield site.splice("swap", 2.5, (before, before, whole), (*lines, ""))
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
    """An `if` unwrapped, its branches swapped, made `while`, `elif` or not, the rest put under `else`."""
    node, source = site.node, site.source
    start, end = source.whole(node)
    yield from _repeated(site, start)
    if isinstance(node, ast.While):
        return
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


def _repeated(site: Site, start: int) -> Iterator[Draft]:
    """Yield `while` for `if`, and the other way round."""
    node = site.node
    leaves = any(isinstance(one, (ast.Break, ast.Continue)) for one in ast.walk(node))
    if isinstance(node, ast.If) and not node.orelse and site.source.data[start : start + 2] == b"if":
        yield site.splice("repeat", 3.0, (start, start + 2, "while"))
    elif isinstance(node, ast.While) and not leaves:
        yield site.splice("repeat", 3.0, (start, start + 5, "if"))


def exits(site: Site) -> Iterator[Draft]:
    """Another way out: `break`, `continue`, `return`; a return where only an expression stands; `yield`."""
    node, source = site.node, site.source
    start, end = source.whole(node)
    word = {ast.Break: "break", ast.Continue: "continue", ast.Pass: "pass"}.get(type(node))
    looping = in_loop(site)
    if word:
        for other in ("break", "continue", "return", "pass", "raise"):
            if other != word and (looping or other not in ("break", "continue")):
                yield site.splice("jump", 5.0 if other in ("break", "continue") else 2.5, (start, end, other))
        if word == "pass" or looping:
            for text in returned(site):
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
            yield site.splice("yield-add", 3.0, (start, start, "yield "))
            yield from _stored(site, start, value)
    if isinstance(node, ast.Return):
        if node.value is not None:
            yield site.splice("return-drop", 2.0, (start, start + 7, ""))
            if looping or isinstance(site.function(), Function):
                yield site.splice("yield", 2.0, (start, start + 6, "yield"))
        nothing = node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None)
        for text in returned(site):
            yield site.splice("return", 5.0 if nothing else 2.5, (start, end, text))


def _stored(site: Site, start: int, value: Any) -> Iterator[Draft]:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        yield site.splice("store", 5.0, (start, start, site.text(value.func.value) + " = "))
    given = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)}
    for name in site.scope.locals[:12]:
        if isinstance(value, ast.Call) and name not in ("self", "cls"):
            yield site.splice("store", 5.0 if name in given else 2.0, (start, start, name + " = "))


def returned(site: Site) -> List[str]:
    """Return the `return` statements that could stand here."""
    texts = [f"return {name}" for name in site.scope.names(site.node.lineno)[:12]]
    texts += [f"return {value}" for value in ("None", "True", "False", "0", "1", "-1", "[]", "''", "{}")]
    for node in ast.walk(site.scope.root):
        if isinstance(node, ast.Return) and node.value is not None and "\n" not in site.text(node):
            texts.append(site.text(node))
    return list(dict.fromkeys(text for text in texts if text != site.text()))


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


def decorated(site: Site) -> Iterator[Draft]:
    """A decorator that was forgotten, or that is one too many."""
    node, source = site.node, site.source
    start, depth = source.span(node)[0], source.indent(node)
    first = next((one.arg for one in [*getattr(node.args, "posonlyargs", []), *node.args.args]), "")
    known = [source.text(one) for one in node.decorator_list]
    wanted: Dict[str, float] = {}
    if isinstance(site.parent, ast.ClassDef):
        plain = not (node.args.args[1:] or node.args.kwonlyargs or node.args.vararg or node.args.kwarg)
        wanted = {"classmethod": 6.0} if first == "cls" else {"staticmethod": 6.0} if first != "self" else {}
        if first == "self" and plain and not node.name.startswith("__"):
            wanted["property"] = 4.0
    elif "wraps" in site.scope.outside or "functools" in site.scope.outside:
        name = "wraps" if "wraps" in site.scope.outside else "functools.wraps"
        outer = site.source.enclosing(node, Function)
        wanted = {f"{name}({one})": 5.0 for one in parameters(outer) if one not in ("self", "cls")}
    for text, weight in wanted.items():
        if text not in known and source.alone(node):
            yield site.splice("decorate", weight, (start, start, f"@{text}{source.eol}{depth}"))
    for one in node.decorator_list:
        at = source.data.rfind(b"@", 0, source.span(one)[0])
        stop = source.line_end(source.span(one)[1] - 1)
        if getattr(one, "id", "") in ("property", "staticmethod", "classmethod"):
            yield site.splice("decorate", 4.0, (source.line_start(at), stop, ""))


def in_loop(site: Site) -> bool:
    """Return whether `break` and `continue` may stand here."""
    loop = site.source.enclosing(site.node, (*Loop, *Function))
    return isinstance(loop, Loop)


def is_docstring(site: Site) -> bool:
    """Return whether the statement is only a text."""
    return isinstance(site.node, ast.Expr) and isinstance(site.node.value, ast.Constant)
