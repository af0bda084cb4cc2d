"""Small faults put into one function, to see whether the kept calls would notice."""

from __future__ import annotations

import ast
import types
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple

from .exploring import KEPT, Tried, cost
from .subjects import Subject, unwrapped

MOST = 40
"""Mutants of one function at most, spread over its body."""
CANDIDATES = 60
EXTRA = 3
"""Calls that are added at most because they notice a mutant."""
SWAPS: Dict[Any, Any] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.And: ast.Or, ast.Or: ast.And, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


def killers(
    subject: Subject, tree: ast.Module, kept: Sequence[Tried], tried: Sequence[Tried],
    outcome_of: Callable[[Tried], Any],
) -> List[Tried]:  # fmt: skip
    """Return calls, beside those kept, that notice a fault which the kept ones miss.

    `outcome_of` runs a call again; the function is as it was when this returns.
    """
    function = unwrapped(subject.function)
    if function is None or not kept:
        return []
    original = function.__code__
    pool = sorted((each for each in tried if each.outcome.kind in KEPT), key=lambda each: (cost(each), each.length))
    found: List[Tried] = []
    try:
        for code in list(mutated_codes(subject, tree, original))[:MOST]:
            function.__code__ = code
            if any(_notices(each, outcome_of) for each in [*kept, *found]):
                continue
            for each in pool[:CANDIDATES]:
                if each not in kept and each not in found and _notices(each, outcome_of):
                    found.append(each)
                    break
            if len(found) == EXTRA:
                break
    finally:
        function.__code__ = original
    return found


def _notices(each: Tried, outcome_of: Callable[[Tried], Any]) -> bool:
    return not each.outcome.same(outcome_of(each))


def mutated_codes(subject: Subject, tree: ast.Module, original: types.CodeType) -> Iterator[types.CodeType]:
    """Yield the function's code with one fault each."""
    top = next((each for each in tree.body if any(inner is subject.node for inner in ast.walk(each))), None)
    if top is None:
        return
    places = list(_places(subject.node))
    step = max(1, len(places) // MOST)
    for node, apply in places[::step]:
        undo = apply(node)
        try:
            module = ast.Module(body=[top], type_ignores=[])
            code = _find(
                compile(module, original.co_filename, "exec", dont_inherit=True, flags=_flags(original)), original
            )
        except (SyntaxError, ValueError):
            code = None
        finally:
            undo()
        if code is None or code.co_freevars != original.co_freevars:
            continue
        if (code.co_code, code.co_consts) != (original.co_code, original.co_consts):
            yield code


def _flags(original: types.CodeType) -> int:
    """Keep `from __future__ import annotations` and its like."""
    import __future__

    known = [getattr(__future__, name).compiler_flag for name in __future__.all_feature_names]
    return sum(flag for flag in set(known) if original.co_flags & flag and flag > 0x1000)


def _find(code: types.CodeType, original: types.CodeType) -> Optional[types.CodeType]:
    if code.co_name == original.co_name and code.co_firstlineno == original.co_firstlineno:
        return code
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            found = _find(const, original)
            if found is not None:
                return found
    return None


Place = Tuple[Any, Callable[[Any], Callable[[], None]]]


def _places(node: Any) -> Iterator[Place]:
    """Yield what can be faulty, in the order of the text, each with how to make it so and undo it."""
    for statement in node.body:
        for each in ast.walk(statement):
            if isinstance(each, ast.Compare) and type(each.ops[0]) in SWAPS:
                yield each, _swap_compare
            elif isinstance(each, (ast.BinOp, ast.AugAssign, ast.BoolOp)) and type(each.op) in SWAPS:
                yield each, _swap_operator
            elif isinstance(each, ast.Constant) and type(each.value) is int:
                yield each, _one_more
            elif isinstance(each, ast.Constant) and type(each.value) is bool:
                yield each, _opposite
            elif isinstance(each, (ast.If, ast.While, ast.IfExp)) and not isinstance(each.test, ast.Constant):
                yield each, _negated


def _swap_compare(node: Any) -> Callable[[], None]:
    kept = node.ops[0]
    node.ops[0] = SWAPS[type(kept)]()
    return lambda: node.ops.__setitem__(0, kept)


def _swap_operator(node: Any) -> Callable[[], None]:
    return _set(node, "op", SWAPS[type(node.op)]())


def _one_more(node: Any) -> Callable[[], None]:
    return _set(node, "value", node.value + 1)


def _opposite(node: Any) -> Callable[[], None]:
    return _set(node, "value", not node.value)


def _negated(node: Any) -> Callable[[], None]:
    return _set(node, "test", ast.copy_location(ast.UnaryOp(ast.Not(), node.test), node.test))


def _set(node: Any, field: str, value: Any) -> Callable[[], None]:
    kept = getattr(node, field)
    setattr(node, field, value)
    return lambda: setattr(node, field, kept)
