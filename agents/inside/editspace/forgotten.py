"""PURE: values made of what nothing reads: a slip often leaves behind what was meant."""

from __future__ import annotations

import ast
import difflib
from typing import Iterator, List

from ..source import ARITH, LOWEST, Frag, binary, called, joined, wrapped
from .scope import Draft, Site


def _chosen(site: Site, unread: List[str]) -> Iterator[Draft]:
    """Choose by a parameter that nothing reads: between a call and its like, a value and nothing."""
    node, frag = site.node, site.frag()
    others = [Frag("None")]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        called_ = node.func.id
        near = [name for name in site.scope.functions if name != called_]
        near.sort(key=lambda name: -difflib.SequenceMatcher(None, name, called_).ratio())
        rest = site.text()[len(called_) :]
        others = [*[Frag(name + rest) for name in near[:3]], *others]
    for name in unread[:3]:
        if name == frag.text:
            continue
        for other in others:
            for first, second in ((frag, other), (other, frag)):
                text = f"{wrapped(first, LOWEST + 1)} if {name} else {wrapped(second, LOWEST)}"
                yield site.put("ifexp-add", 3.0, Frag(text, LOWEST))


def remembered(site: Site) -> Iterator[Draft]:
    """A value handed to what the module has and never calls, or joined with what the object has and never reads."""
    scope, frag = site.scope, site.frag()
    if isinstance(site.parent, ast.Expr):
        return
    own = [name for name in scope.params if name not in ("self", "cls")]
    for function in scope.unread.globals[:8]:
        yield site.put("wrap", 5.0, called(function, frag))
        for name in own:
            if name != frag.text:
                yield site.put("wrap", 3.0, called(function, frag, Frag(name)))
        if len(own) > 1:
            yield site.put("wrap", 4.0, called(function, *map(Frag, own)))
    yield from _chosen(site, [name for name in own if name in scope.unread.names])
    if scope.params[:1] != ["self"]:
        return
    for name in scope.unread.attributes[:8]:
        held = Frag(f"self.{name}")
        yield site.put("concat", 3.0, binary(held, "+", frag, ARITH))
        yield site.put("concat", 3.0, binary(frag, "+", held, ARITH))
        yield site.put("guard", 3.0, joined("or", frag, held))
        yield site.put("guard", 2.0, Frag(f"{held.text} if {held.text} is not None else {frag.text}", LOWEST))
        if isinstance(site.node, (ast.Name, ast.Constant)):
            yield site.put("attr-for-var", 4.0, held)
