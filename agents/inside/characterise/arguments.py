"""Makes arguments for a function: from how it is called elsewhere, its hints, its defaults, its own literals."""

from __future__ import annotations

import ast
import collections.abc
import datetime
import decimal
import enum
import fractions
import inspect
import pathlib
import random
import re
import sys
import typing
from typing import Any, Dict, List, Optional, Sequence, Tuple

from .expressions import LONGEST, Expr, call, literal, name, parse, text
from .harvest import Harvest, Names, Sample
from .spelling import spell

DEEPEST = 3
NUMBERS = (0, 1, 2, 3, 10, -1, 100, 7)
FLOATS = (0.5, 1.0, 2.5, -1.5, 0.0, 100.0)
TEXTS = ("abc", "", "Hello World", "a", "one two three", "12", "x-y_z", "A1 b2", " padded ")
SEQUENCES: Tuple[Any, ...] = ([1, 2, 3], [], [3, 1, 2, 1], ["b", "a", "c"], [1], [[1, 2], [3]], ["abc", ""])
MAPPINGS: Tuple[Any, ...] = ({"a": 1, "b": 2}, {}, {"a": {"b": 1}}, {1: "x"})
CALLABLES = ("len", "str", "lambda value: value", "lambda value: value > 1", "lambda left, right: left + right", "abs")
READY: Dict[Any, Tuple[str, ...]] = {
    fractions.Fraction: ("Fraction(1, 2)", "Fraction(3)", "Fraction(0)", "Fraction(7, 3)", "Fraction(-1, 4)"),
    decimal.Decimal: ('Decimal("1.5")', 'Decimal("0")', 'Decimal("-2.25")', 'Decimal("100")'),
    datetime.date: ("date(2024, 2, 29)", "date(2024, 1, 1)", "date(2023, 12, 31)"),
    datetime.datetime: ("datetime(2024, 2, 29, 13, 45)", "datetime(2024, 1, 1, 0, 0)"),
    datetime.time: ("time(13, 45)", "time(0, 0)"),
    datetime.timedelta: ("timedelta(1)", "timedelta(0, 90)", "timedelta(-1)", "timedelta(40, 3723)"),
    pathlib.Path: ('Path("folder/file.txt")', 'Path("file.tar.gz")', 'Path(".")'),
    pathlib.PurePath: ('PurePath("folder/file.txt")', 'PurePath("a")'),
    bytes: ('b"abc"', 'b""', 'b"\\x00\\xff"'),
    bytearray: ('bytearray(b"abc")',),
    complex: ("1j", "(2+1j)"),
    range: ("range(3)", "range(0)"),
    type: ("int", "str"),
}
LISTS = (list, collections.abc.Sequence, collections.abc.MutableSequence, collections.abc.Iterable,
         collections.abc.Collection, collections.abc.Reversible, collections.abc.Container)  # fmt: skip
TAKEN: Dict[str, Tuple[Any, ...]] = {
    "len": (str, list), "sum": (list,), "sorted": (list,), "int": (int, str), "range": (int,), "str": (int, str),
    "float": (float, str), "abs": (int,), "isinstance": (str, int),
}  # fmt: skip
"""What built-in functions are usually given."""
MAPS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)
SETS = (set, collections.abc.Set, collections.abc.MutableSet)


class Pools:
    """Candidate arguments, each with what its names stand for; one per module under test."""

    def __init__(self, harvest: Harvest, objects: Names, namespace: Names) -> None:
        self.harvest = harvest
        self.objects = objects
        """Grows: what the made expressions need, by name."""
        self.namespace = namespace
        self.by_parameter: Dict[str, List[Expr]] = {}

    def admit(self, sample: Sample) -> bool:
        """Take in what a sample needs; false when a name already stands for something else."""
        clash = any(self.objects.get(key, value) is not value for key, value in sample.objects.items())
        parts = [*sample.arguments, *([sample.receiver] if sample.receiver else [])]
        if clash or any(len(text(part)) > LONGEST for part in parts):
            return False
        self.objects.update(sample.objects)
        return True

    def learn(self, parameters: Sequence[str], sample: Sample) -> None:
        """Remember what was given for a parameter of this name."""
        for place, (key, expr) in enumerate(zip(sample.keys, sample.arguments)):
            parameter = key or (parameters[place] if place < len(parameters) else "")
            known = self.by_parameter.setdefault(parameter, [])
            if parameter and expr not in known:
                known.append(expr)

    def needs(self, value: Any, called: str = "") -> Optional[str]:
        """Return a name for a class or function, noting that it must be imported; None when it cannot be."""
        own = called or getattr(value, "__qualname__", "")
        if not own.isidentifier() or self.objects.get(own, value) is not value:
            return None
        module = sys.modules.get(getattr(value, "__module__", "") or "")
        if getattr(module, own, None) is not value:
            return None
        self.objects[own] = value
        return str(own)

    # --- by parameter

    def candidates(self, parameter: inspect.Parameter, hint: Any, body: Optional[ast.AST]) -> List[Expr]:
        """Return arguments for a parameter, the most telling first."""
        found = list(self.by_parameter.get(parameter.name, ())[:12])
        default = parameter.default
        if default is not inspect.Parameter.empty:
            written = spell(default)
            made = parse(written.text) if written and not written.objects else None
            found += [made] if made is not None else []
        if hint is not inspect.Parameter.empty and hint is not Any:
            found += self.by_hint(hint, DEEPEST)
        elif default not in (inspect.Parameter.empty, None) and type(default) in (
            int,
            float,
            str,
            bool,
            list,
            dict,
            tuple,
        ):
            found += self.by_hint(type(default), DEEPEST)
        elif body is not None:
            found += self.by_use(parameter.name, body)
        return _unique(found)

    def by_hint(self, hint: Any, depth: int) -> List[Expr]:
        """Return values of an annotated type."""
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if hint is None or hint is type(None):
            return [literal(None)]
        if isinstance(hint, (str, typing.ForwardRef)):
            return self._by_word(hint if isinstance(hint, str) else hint.__forward_arg__, depth)
        if origin is typing.Union or type(hint).__name__ == "UnionType":
            return _interleaved([self.by_hint(each, depth) for each in arguments])
        if origin is not None and getattr(typing, "Literal", None) is origin:
            return [literal(each) for each in arguments]
        if isinstance(hint, typing.TypeVar):
            bound = hint.__bound__ or (hint.__constraints__[0] if hint.__constraints__ else None)
            return self.by_hint(bound, depth) if bound is not None else self.anything()
        if hasattr(hint, "__supertype__"):
            return self.by_hint(hint.__supertype__, depth)
        if hasattr(hint, "__metadata__"):
            return self.by_hint(arguments[0], depth)
        if hint is Any or hint is object:
            return self.anything()
        return self._by_class(origin or hint, arguments, depth)

    def _by_class(self, kind: Any, arguments: Sequence[Any], depth: int) -> List[Expr]:
        if kind is bool:
            return [literal(True), literal(False)]
        if kind is int:
            return [literal(number) for number in NUMBERS]
        if kind is float:
            return [literal(number) for number in (*FLOATS, 3, 0)]
        if kind is str:
            return [literal(each) for each in TEXTS]
        if kind in READY:
            made = self.needs(kind) if kind not in (bytes, complex, range, type, bytearray) else "-"
            return [expr for expr in (parse(each) for each in READY[kind]) if expr is not None] if made else []
        if kind in (re.Pattern,):
            return [call("re.compile", [literal("a+")])] if self.objects.setdefault("re", re) is re else []
        if kind is collections.abc.Callable:
            return [expr for expr in map(parse, CALLABLES) if expr is not None]
        if kind in (collections.abc.Iterator, collections.abc.Generator):
            return [call("iter", [expr]) for expr in self._by_class(list, arguments[:1], depth)]
        if kind in (*LISTS, *MAPS, *SETS, tuple, frozenset):
            return self._by_collection(kind, arguments, depth)
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            owner = self.needs(kind)
            return [name(owner + "." + member.name) for member in list(kind)[:6]] if owner else []
        return self.instances(kind, depth) if isinstance(kind, type) and depth else []

    def _by_collection(self, kind: Any, arguments: Sequence[Any], depth: int) -> List[Expr]:
        if kind in MAPS:
            if len(arguments) != 2 or not depth:
                return [literal(each) for each in MAPPINGS]
            keys, values = (self.by_hint(each, depth - 1) for each in arguments)
            pairs = [part for pair in zip(keys[:2], (values * 2)[:2]) for part in pair]
            return [Expr("dict", None, tuple(pairs)), Expr("dict", None, tuple(pairs[:2])), Expr("dict")]
        fixed = kind is tuple and bool(arguments) and arguments[-1] is not ...
        if fixed and depth:
            inner = [self.by_hint(each, depth - 1) for each in arguments]
            shortest = min((len(each) for each in inner), default=0)
            return [Expr("tuple", None, tuple(each[place] for each in inner)) for place in range(min(shortest, 4))]
        shape = "tuple" if kind is tuple else "set" if kind in SETS or kind is frozenset else "list"
        if not arguments or not depth:
            plain = [each for each in SEQUENCES if shape != "set" or not any(isinstance(part, list) for part in each)]
            made = [literal(each)._replace(kind=shape) for each in plain]
        else:
            parts = self.by_hint(arguments[0], depth - 1)[:5]
            cuts = [parts[:2], [], parts[:1], parts[:3], parts[2:0:-1], [*parts[:2], *parts[:1]], parts[1:5]]
            made = [Expr(shape, None, tuple(_unique(cut) if shape == "set" else cut)) for cut in cuts]
        return [call("frozenset", [each]) for each in made] if kind is frozenset else _unique(made)

    def _by_word(self, word: str, depth: int) -> List[Expr]:
        """Read a hint that could not be resolved by the words in it."""
        known = {"int": int, "float": float, "str": str, "bool": bool, "bytes": bytes, "list": list, "dict": dict,
                 "Sequence": list, "Iterable": list, "Mapping": dict, "Callable": collections.abc.Callable,
                 "tuple": tuple, "set": set, "None": type(None)}  # fmt: skip
        found: List[Expr] = []
        for each in re.findall(r"\w+", word):
            kind = self.namespace.get(each, known.get(each))
            if isinstance(kind, type) or kind is collections.abc.Callable:
                found += self.by_hint(kind, depth - 1)
        return found

    def instances(self, kind: type, depth: int) -> List[Expr]:
        """Return constructor calls, those that people wrote first."""
        found: List[Expr] = []
        owner = self.needs(kind)
        if owner is not None:
            # What gives more says more, as long as one can read it.
            written = sorted(self.harvest.of(kind)[:24], key=lambda each: -len(each.arguments))
            for sample in written[:12]:
                if self.admit(sample):
                    found.append(call(owner, sample.arguments, sample.keys))
            found += self._constructed(kind, owner, depth)
        if not found and depth:
            subclasses: List[type] = kind.__subclasses__()
            for below in subclasses:
                found += self.instances(below, depth - 1)
        return _unique(found)[:16]

    def _constructed(self, kind: type, owner: str, depth: int) -> List[Expr]:
        if inspect.isabstract(kind):
            return []
        try:
            parameters = list(inspect.signature(kind).parameters.values())
        except (TypeError, ValueError):
            return []
        hints = hints_of(getattr(kind, "__init__", None)) or hints_of(kind)
        columns, keys = [], []
        for parameter in parameters:
            optional = parameter.default is not parameter.empty
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD) or optional:
                continue
            hint = hints.get(parameter.name, parameter.annotation)
            choices = list(self.by_parameter.get(parameter.name, ()))
            choices += self.by_hint(hint, depth - 1) if hint is not parameter.empty else []
            columns.append(_unique(choices) or self.anything())
            keys.append(parameter.name if parameter.kind is parameter.KEYWORD_ONLY else "")
        if not columns:
            return [call(owner, [])]
        rows = min(4, max(len(column) for column in columns))
        return [call(owner, [column[row % len(column)] for column in columns], keys) for row in range(rows)]

    # --- without hints

    def by_use(self, parameter: str, body: ast.AST) -> List[Expr]:
        """Guess a type from what the code does with a parameter."""
        kinds: List[Any] = []
        for node in ast.walk(body):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == parameter:
                kinds += [kind for kind in (str, list, dict, set, int) if hasattr(kind, node.attr)][:2]
            elif isinstance(node, ast.Compare) and _names(node.left, parameter):
                kinds += [type(each.value) for each in node.comparators if isinstance(each, ast.Constant)]
            elif isinstance(node, ast.BinOp) and (_names(node.left, parameter) or _names(node.right, parameter)):
                kinds += [str, int] if isinstance(node.op, ast.Mod) else [int, float]
            elif isinstance(node, (ast.For, ast.comprehension)) and _names(node.iter, parameter):
                kinds += [list, str]
            elif isinstance(node, ast.Call) and any(_names(each, parameter) for each in node.args):
                kinds += TAKEN.get(str(getattr(node.func, "id", "")), ())
            elif isinstance(node, ast.Call) and _names(node.func, parameter):
                kinds.append(collections.abc.Callable)
        ranked = sorted(dict.fromkeys(kinds), key=lambda kind: -kinds.count(kind))
        return [expr for kind in ranked[:3] for expr in self.by_hint(kind, DEEPEST)] + self.anything()

    def anything(self) -> List[Expr]:
        """Return values of every common type."""
        mixed = [[literal(each) for each in group] for group in (TEXTS, NUMBERS, SEQUENCES, MAPPINGS)]
        return _interleaved([*mixed, [literal(None), literal(True), literal(1.5)]])


def hints_of(function: Any) -> Dict[str, Any]:
    """Return resolved hints; the written ones when they cannot be resolved."""
    try:
        return typing.get_type_hints(function)
    except Exception:
        return dict(getattr(function, "__annotations__", {}) or {})


def own_literals(node: ast.AST, namespace: Names) -> List[Expr]:
    """Return the literals of a function, those of the tables it uses, and the numbers just beside them."""
    found: List[Expr] = []
    for each in ast.walk(node):
        value = getattr(each, "value", None) if isinstance(each, ast.Constant) else None
        if isinstance(each, ast.Name) and isinstance(namespace.get(each.id), (dict, tuple, list, set, frozenset)):
            table = namespace[each.id]
            rows = sorted(table, key=repr) if isinstance(table, (set, frozenset)) else list(table)
            found += [literal(row) for row in rows[:12] if isinstance(row, (str, int, float))]
        if (isinstance(value, (str, bytes)) and len(value) <= 30) or isinstance(value, (int, float)):
            found.append(literal(value))
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                found += [literal(value + 1), literal(value - 1)]
    return _unique(found)


def _names(node: ast.AST, parameter: str) -> bool:
    return isinstance(node, ast.Name) and node.id == parameter


def _unique(found: Sequence[Expr]) -> List[Expr]:
    """Drop doubles; 1 and True are not the same."""
    return list({text(each): each for each in found}.values())


def _interleaved(groups: Sequence[Sequence[Expr]]) -> List[Expr]:
    longest = max((len(group) for group in groups), default=0)
    return [group[place] for place in range(longest) for group in groups if place < len(group)]


def chosen(pool: Sequence[Expr], chance: random.Random) -> Expr:
    """Pick one, the first ones more often."""
    return pool[min(int(chance.expovariate(3.0 / max(1, len(pool)))), len(pool) - 1)]
