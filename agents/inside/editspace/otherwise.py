"""PURE: what an `if` does otherwise: the branch that may have been forgotten, built from the one that is there."""

from __future__ import annotations

import ast
from typing import Any, Dict, Iterator

from .missing import FIRST
from .scope import Draft, Site
from .statements import in_loop, returned


def branched(site: Site) -> Iterator[Draft]:
    """An `else` for an `if` that has none."""
    node, source = site.node, site.source
    if node.orelse or not source.alone(node.body[-1]) or source.indent(node.body[-1]) == source.indent(node):
        return
    depth, inner = source.indent(node), source.indent(node.body[-1])
    end = source.whole(node)[1]
    for text, weight in _otherwise(site, node.body[-1]).items():
        yield site.splice("else-add", weight, (end, end, f"{source.eol}{depth}else:{source.eol}{inner}{text}"))


def _otherwise(site: Site, last: Any) -> Dict[str, float]:
    """Return what could be done where the condition does not hold, by what is done where it does."""
    names = [name for name in site.scope.names(site.node.lineno) if name not in ("self", "cls")][:12]
    found: Dict[str, float] = {}
    if isinstance(last, ast.Assign) and len(last.targets) == 1:
        target = site.text(last.targets[0])
        found.update({f"{target} = {name}": 3.0 for name in names if name != target})
        found.update({f"{target} = {value}": 3.0 for value in FIRST})
    elif isinstance(last, ast.AugAssign):
        other = {ast.Add: "-=", ast.Sub: "+="}.get(type(last.op), "+=")
        found[f"{site.text(last.target)} {other} {site.text(last.value)}"] = 3.5
        found.update({f"{site.text(last.target)} += {name}": 2.0 for name in [*names, "1"]})
        found[f"{site.text(last.target)} = 0"] = 2.5
    elif isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) and len(last.value.args) == 1:
        head = site.text(last.value.func)
        found.update({f"{head}({name})": 3.0 for name in names})
    elif isinstance(last, (ast.Return, ast.Raise)):
        found.update(dict.fromkeys(returned(site), 2.0))
    if in_loop(site):
        found.update({"break": 2.5, "continue": 1.5})
    own = site.text(last)
    return {text: weight for text, weight in found.items() if text != own}
