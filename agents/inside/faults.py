"""Faults to put into functions, each with a key that says which one it is, equal wherever the same code stands."""

from __future__ import annotations

import ast
import builtins
import copy
from functools import partial
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, cast

from . import prints

Function = (ast.FunctionDef, ast.AsyncFunctionDef)
BEND, ASKED = "_kaizen_bend", "_kaizen_asked"
KEPT, USUAL, INSTEAD = "_kaizen_kept", "_kaizen_usual", "instead"
SWAPS: Dict[Any, Any] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.And: ast.Or, ast.Or: ast.And, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
TURNED: Dict[Any, Any] = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
SAME = frozenset({"sorted", "reversed", "abs", "round", "int", "float", "str", "set", "list", "tuple", "len", "sum"})
"""Calls that may be left out: their first argument stays."""
DROPPED = frozenset({"strip", "lstrip", "rstrip", "lower", "upper", "title", "casefold", "sort", "reverse", "copy"})
TINY = 1.0001

Undo = Callable[[], None]


class Fault(NamedTuple):
    """One fault of one function: what is wrong, and how to make the tree so."""

    what: str
    """`swap`, `bound`, `half`, `constant`, `condition`, `statement`, `raise`, `instead`; or of the result `hollow`,
    `bend`, `near` or `none`."""
    line: int
    said: str
    apply: Callable[[], Undo]


def faults_of(node: Any) -> Iterator[Fault]:
    """Yield the faults of one function in the order of its text; the results come first."""
    if any(isinstance(each, (ast.Return, ast.Yield)) and each.value is not None for each in _own(node)):
        for how in ("bend", "near", "none"):
            said = {"bend": "other result", "near": "slightly other result", "none": "no result"}[how]
            yield Fault(how, node.lineno, said, lambda how=how: bent(node, how))  # type: ignore[misc]
    if not any(isinstance(each, (ast.Yield, ast.YieldFrom)) for each in _own(node)):
        yield Fault("hollow", node.lineno, "it does nothing", lambda: _hollow(node))
    for parent in ast.walk(node):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(parent, name, None)
            for place, statement in enumerate(block if isinstance(block, list) else []):
                for fault in _of_statement(block, place, statement):  # type: ignore[arg-type]
                    yield fault
    for statement in node.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue  # what documents does nothing
        for each in ast.walk(statement):
            for fault in _of_expression(each):
                yield fault
    for fault in _instead(node):
        yield fault


def _hollow(node: Any) -> Undo:
    body = node.body
    node.body = [ast.copy_location(ast.Return(ast.Constant(None)), body[0])]
    return lambda: setattr(node, "body", body)


def _instead(node: Any) -> Iterator[Fault]:
    """Yield faults that answer where the function refuses: one left out may end in a crash, which says nothing."""
    own = list(_own(node))
    if any(isinstance(each, (ast.Yield, ast.YieldFrom)) for each in own):
        return
    for each in [node, *own]:
        for name in ("body", "orelse", "finalbody"):
            found = getattr(each, name, None)
            block = found if isinstance(found, list) else []
            for place, one in enumerate(block):
                if isinstance(one, ast.Raise) and one.exc is not None:
                    said = "an answer instead of: " + _short(one)
                    yield Fault(INSTEAD, one.lineno, said, partial(answering, node, block, place))


def answering(node: Any, block: List[Any], place: int) -> Undo:
    """Let the function give what it gave last where it refused; before `arm_answers` it refuses as ever."""
    returns = [each for each in _own(node) if isinstance(each, ast.Return) and each.value is not None]
    refusal, values = block[place], [cast(ast.expr, each.value) for each in returns]
    answer = ast.parse("if {0}({1}):\n    return {0}({1})[0]".format(USUAL, not returns)).body[0]
    answer.orelse = [refusal]  # type: ignore[attr-defined]
    back = _put(block, place, _at(answer, refusal))
    for each, value in zip(returns, values):
        each.value = _at(ast.Call(ast.Name(KEPT, ast.Load()), [value], []), each)

    def undo() -> None:
        for each, value in zip(returns, values):
            each.value = value
        back()

    return undo


def _own(node: Any) -> Iterator[ast.AST]:
    pending = list(node.body)
    while pending:
        each = pending.pop()
        yield each
        if not isinstance(each, (*Function, ast.Lambda, ast.ClassDef)):
            pending += list(ast.iter_child_nodes(each))


def _of_statement(block: List[Any], place: int, statement: Any) -> Iterator[Fault]:
    line = getattr(statement, "lineno", 0)
    nothing = ast.copy_location(ast.Pass(), statement)
    said = _short(statement)
    if isinstance(statement, ast.Raise) and statement.exc is not None:
        yield Fault("raise", line, "left out: " + said, lambda: _put(block, place, nothing))
        other = ast.parse("raise LookupError('kaizen')").body[0]
        yield Fault("raise", line, "another exception: " + said, lambda: _put(block, place, _at(other, statement)))
    elif _can_be_left_out(statement):
        yield Fault("statement", line, "left out: " + said, lambda: _put(block, place, nothing))


def _can_be_left_out(statement: Any) -> bool:
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call)
    if isinstance(statement, ast.Assign):
        return isinstance(statement.targets[0], (ast.Attribute, ast.Subscript))
    return isinstance(statement, (ast.AugAssign, ast.Delete, ast.Continue, ast.Break))


def _of_expression(each: Any) -> Iterator[Fault]:
    line, said = getattr(each, "lineno", 0), _short(each)
    if isinstance(each, ast.Compare) and type(each.ops[0]) in SWAPS:
        yield Fault("swap", line, said, lambda: _put(each.ops, 0, SWAPS[type(each.ops[0])]()))
        if type(each.ops[0]) in TURNED:
            yield Fault("swap", line, "turned: " + said, lambda: _put(each.ops, 0, TURNED[type(each.ops[0])]()))
            bound = each.comparators[0]
            if not isinstance(bound, ast.Constant):  # a written bound is a constant that is put otherwise
                more = ast.BinOp(bound, ast.Add(), ast.Constant(1))
                yield Fault("bound", line, "one more: " + said, lambda: _put(each.comparators, 0, _at(more, bound)))
    elif isinstance(each, (ast.BinOp, ast.AugAssign, ast.BoolOp)) and type(each.op) in SWAPS:
        yield Fault("swap", line, said, lambda: _set(each, "op", SWAPS[type(each.op)]()))
        if isinstance(each, ast.BinOp):
            yield Fault("half", line, "only the left of " + said, lambda: _become(each, each.left))
            yield Fault("half", line, "only the right of " + said, lambda: _become(each, each.right))
        elif isinstance(each, ast.BoolOp):
            for place in range(len(each.values)):
                part = each.values[:place] + each.values[place + 1 :]
                rest = part[0] if len(part) == 1 else ast.BoolOp(each.op, part)
                left_out = "without %s: %s" % (_short(each.values[place]), said)
                yield Fault("half", line, left_out, lambda rest=rest: _become(each, rest))  # type: ignore[misc]
    elif isinstance(each, ast.Constant) and type(each.value) in (int, float, bool, str, bytes):
        yield Fault("constant", line, said, lambda: _set(each, "value", _other(each.value)))
        if each.value and type(each.value) is not bool:
            yield Fault("constant", line, "nothing for " + said, lambda: _set(each, "value", _nothing(each.value)))
    elif isinstance(each, (ast.If, ast.IfExp)) and not isinstance(each.test, ast.Constant):
        negated = ast.copy_location(ast.UnaryOp(ast.Not(), each.test), each.test)
        yield Fault("condition", line, _short(each.test), lambda: _set(each, "test", negated))
        for value in (True, False):
            always = ast.copy_location(ast.Constant(value), each.test)
            told = "%s: %s" % ("always" if value else "never", _short(each.test))
            yield Fault("condition", line, told, lambda always=always: _set(each, "test", always))  # type: ignore[misc]
    elif isinstance(each, ast.comprehension) and each.ifs:
        true = ast.copy_location(ast.Constant(True), each.ifs[0])
        yield Fault("condition", each.ifs[0].lineno, _short(each.ifs[0]), lambda: _put(each.ifs, 0, true))
    elif isinstance(each, ast.UnaryOp) and isinstance(each.op, (ast.Not, ast.USub)):
        yield Fault("half", line, "without its sign: " + said, lambda: _become(each, each.operand))
    elif isinstance(each, ast.Call):
        for fault in _of_call(each, line, said):
            yield fault


def _of_call(each: Any, line: int, said: str) -> Iterator[Fault]:
    if isinstance(each.func, ast.Name) and each.func.id in NAMES:
        yield Fault("swap", line, said, lambda: _set(each.func, "id", NAMES[said.split("(")[0]]))
    elif isinstance(each.func, ast.Name) and each.func.id in SAME and len(each.args) >= 1:
        yield Fault("half", line, "without its call: " + said, lambda: _become(each, each.args[0]))
    elif isinstance(each.func, ast.Attribute) and each.func.attr in DROPPED:
        plain = ast.Call(ast.Name("_kaizen_same", ast.Load()), [each.func.value], [])
        yield Fault("swap", line, said, lambda: _become(each, plain))
    for place, keyword in enumerate(each.keywords):
        if keyword.arg:
            rest = each.keywords[:place] + each.keywords[place + 1 :]
            told = "without %s: %s" % (keyword.arg, said)
            yield Fault("half", line, told, lambda rest=rest: _set(each, "keywords", rest))  # type: ignore[misc]


def _nothing(value: Any) -> Any:
    return type(value)()


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value * 1.5 + 1.0
    return value + (b"~" if isinstance(value, bytes) else "~")


# --- results that are not what they were


def bent(node: Any, how: str, asked: str = "") -> Undo:
    """Let the function give another result: always, or only when it is asked what `asked` is the print of."""
    body = list(node.body)
    new = [_Bend(how, bool(asked)).visit(copy.deepcopy(each)) for each in body]
    if asked:
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        names = ", ".join(arg.arg for arg in every)
        test = f"{ASKED}_hit = {ASKED}({asked!r}, ({names}{',' if names else ''}))"
        new.insert(0, _at(ast.parse(test).body[0], body[0]))
    node.body = [ast.fix_missing_locations(each) for each in new]
    return lambda: setattr(node, "body", body)


class _Bend(ast.NodeTransformer):
    def __init__(self, how: str, only: bool) -> None:
        self.how, self.only = how, only

    def _bent(self, value: Any) -> Any:
        call = ast.Call(ast.Name(BEND, ast.Load()), [value, ast.Constant(self.how)], [])
        if not self.only:
            return _at(call, value)
        hit = ast.Name(ASKED + "_hit", ast.Load())
        return _at(ast.Call(ast.Name(BEND, ast.Load()), [value, ast.Constant(self.how), hit], []), value)

    def visit_Return(self, node: Any) -> Any:
        if node.value is not None:
            node.value = self._bent(node.value)
        return node

    def visit_Yield(self, node: Any) -> Any:
        if node.value is not None:
            node.value = self._bent(node.value)
        return node

    def visit_FunctionDef(self, node: Any) -> Any:
        return node

    visit_AsyncFunctionDef = visit_Lambda = visit_ClassDef = visit_FunctionDef


def bend(value: Any, how: str, hit: bool = True) -> Any:
    """Return a value that is not the one given."""
    if not hit:
        return value
    if how == "none":
        return None if value is not None else 0
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int) and type(value) is int:
        return value + 1
    if isinstance(value, float) and type(value) is float:
        return value * TINY + 0.0001 if how == "near" else value + 1.0
    if isinstance(value, (str, bytes)):
        tail = "~" if isinstance(value, str) else b"~"
        return value.swapcase() if how == "near" and value.swapcase() != value else value + tail  # type: ignore[operator]
    if isinstance(value, (list, tuple, set, frozenset, dict)):
        return _bent_container(value, how)
    return _bent_object(value, how)


def _bent_container(value: Any, how: str) -> Any:
    try:
        if isinstance(value, dict):
            if how == "near" and value:
                last = list(value)[-1]
                return {**value, last: bend(value[last], how)}
            return {**value, "_kaizen": None} if not value else dict(list(value.items())[:-1])
        if isinstance(value, (set, frozenset)):
            return type(value)(list(value)[:-1]) if value else type(value)(["_kaizen"])
        items = list(value)
        if not items:
            return type(value)([None])
        items = [*items[:-1], bend(items[-1], how)] if how == "near" or hasattr(value, "_fields") else items[:-1]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    except Exception:
        return None


def _bent_object(value: Any, how: str) -> Any:
    try:
        fields = list(vars(value)) if hasattr(value, "__dict__") else list(getattr(value, "__slots__", ()))
        if isinstance(value, type) or callable(value) or not fields:
            return None
        twin = copy.copy(value)
        if twin is value:  # it says that it never changes, and everybody holds the same one
            twin = object.__new__(type(value))
            for name in fields:
                object.__setattr__(twin, name, getattr(value, name))
        field = fields[-1] if how == "near" else fields[0]
        object.__setattr__(twin, field, bend(getattr(value, field), "bend"))
        return twin
    except Exception:
        return None


class _Usual:
    """The last value that the one faulty function of this interpreter gave."""

    def __init__(self) -> None:
        self.armed = False
        self.values: List[Any] = []

    def keep(self, value: Any) -> Any:
        if not self.armed:
            self.values = [value]
        return value

    def answer(self, void: bool) -> List[Any]:
        if not self.armed:
            return []
        return [None] if void else self.values or [None]


_usual = _Usual()


def arm_answers() -> None:
    """From now on the faulty function answers where it refused."""
    _usual.armed = True


def install() -> None:
    """Put what faulty code calls where it is found from every module."""
    known = vars(builtins)
    known[BEND] = bend
    known[ASKED] = prints.is_asked
    known[KEPT], known[USUAL] = _usual.keep, _usual.answer
    known["_kaizen_same"] = lambda value: value


def _short(node: Any) -> str:
    try:
        return ast.unparse(node).splitlines()[0][:60]
    except Exception:
        return type(node).__name__


def _put(block: List[Any], place: int, new: Any) -> Undo:
    kept = block[place]
    block[place] = new
    return lambda: block.__setitem__(place, kept)


def _set(node: Any, field: str, value: Any) -> Undo:
    kept = getattr(node, field)
    setattr(node, field, value)
    return lambda: setattr(node, field, kept)


def _become(node: Any, other: Any) -> Undo:
    """Let a node be a copy of another one, of whatever kind."""
    kind, kept = type(node), dict(node.__dict__)
    if not hasattr(other, "lineno"):
        ast.copy_location(other, node)
        ast.fix_missing_locations(other)
    new = dict(other.__dict__)

    def be(how: Any, parts: Dict[str, Any]) -> None:
        node.__class__ = how
        node.__dict__.clear()
        node.__dict__.update(parts)

    be(type(other), new)
    return lambda: be(kind, kept)


def _at(node: Any, place: Any) -> Any:
    for each in ast.walk(node):
        ast.copy_location(each, place)
    return ast.fix_missing_locations(node)
