"""PURE: values made of what nothing reads: a slip often leaves behind what was meant."""

from __future__ import annotations

import ast
from typing import Iterator

from ..source import ARITH, LOWEST, Frag, binary, called, joined
from .scope import Draft, Site


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
