"""Writes a value as the source text that a test can compare with, or says that it cannot."""

from __future__ import annotations

import collections
import dataclasses
import enum
import math
import sys
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Set

from .expressions import SCALARS, Expr, call, literal, name, text

DEEPEST = 6
LARGEST = 24
"""Elements of one collection at most."""
LONGEST = 260
"""Characters of one expected value at most."""


class Unspellable(Exception):
    """The value has no plain text: it holds an address, is too large, or does not come back equal."""


class Spelled(NamedTuple):
    """An expected value."""

    text: str
    objects: Dict[str, Any]
    """What the text needs, by name."""
    floats: bool
    """Whether it is, or holds, floats that are better compared approximately."""


def spell(value: Any) -> Optional[Spelled]:
    """Return the text of a value; None when no plain text equals it."""
    objects: Dict[str, Any] = {}
    try:
        expr = _expr(value, objects, DEEPEST, set())
        shown = text(expr)
        if len(shown) > LONGEST or " at 0x" in shown:
            return None
        again = eval(compile(shown, "<expected>", "eval"), dict(objects))
        if type(again) is not type(value) or not _same(again, value):
            return None
    except Exception:
        return None
    return Spelled(shown, objects, _holds_floats(value))


def _same(again: Any, value: Any) -> bool:
    if isinstance(value, float) and value != value:
        return bool(again != again)
    return bool(again == value)


def _holds_floats(value: Any) -> bool:
    """Return whether it is a number, or a flat collection of numbers, with a float in it that is not exact."""
    if isinstance(value, float):
        return math.isfinite(value) and value != round(value, 3)
    if type(value) in (list, tuple) and all(type(part) in (int, float) for part in value):
        return any(_holds_floats(part) for part in value)
    if type(value) is dict and all(type(part) in (int, float) for part in value.values()):
        return any(_holds_floats(part) for part in value.values())
    return False


def _expr(value: Any, objects: Dict[str, Any], depth: int, above: Set[int]) -> Expr:
    if depth == 0 or id(value) in above:
        raise Unspellable
    kind = type(value)
    if kind in SCALARS:
        return literal(value)

    def inner(part: Any) -> Expr:
        return _expr(part, objects, depth - 1, above | {id(value)})

    if kind in (list, tuple, set, frozenset, dict, collections.deque, collections.OrderedDict, collections.Counter):
        return _collection(value, objects, inner)
    if isinstance(value, enum.Enum):
        return name(_needs(kind, objects) + "." + value.name)
    if isinstance(value, type) or callable(value):
        return name(_needs(value, objects))
    return _instance(value, objects, inner)


def _collection(value: Any, objects: Dict[str, Any], inner: Callable[[Any], Expr]) -> Expr:
    if len(value) > LARGEST:
        raise Unspellable
    kind = type(value)
    if isinstance(value, dict):
        flat = tuple(inner(part) for pair in value.items() for part in pair)
        plain = Expr("dict", None, flat)
        return plain if kind is dict else call(_needs(kind, objects), [plain] if flat else [])
    ordered: List[Any] = list(value)
    if kind in (set, frozenset):
        ordered = sorted(value, key=lambda part: (type(part).__name__, repr(part)))
    parts = tuple(inner(part) for part in ordered)
    if kind is frozenset:
        return call("frozenset", [Expr("set", None, parts)] if parts else [])
    if kind is collections.deque:
        return call(_needs(kind, objects), [Expr("list", None, parts)])
    return Expr(kind.__name__, None, parts)


def _instance(value: Any, objects: Dict[str, Any], inner: Callable[[Any], Expr]) -> Expr:
    """Return the constructor call that makes an equal instance."""
    kind = type(value)
    callee = _needs(kind, objects)
    if dataclasses.is_dataclass(value):
        return _dataclass(value, callee, inner)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return call(callee, [inner(part) for part in value])
    makers: Dict[str, Callable[[Any], Optional[List[Any]]]] = {
        "fractions.Fraction": lambda v: [v.numerator] if v.denominator == 1 else [v.numerator, v.denominator],
        "decimal.Decimal": lambda v: [str(v)],
        "datetime.date": lambda v: [v.year, v.month, v.day],
        "datetime.time": lambda v: _trimmed([v.hour, v.minute, v.second, v.microsecond]) if not v.tzinfo else None,
        "datetime.datetime": lambda v: (
            [v.year, v.month, v.day, v.hour, v.minute, *_trimmed([v.second, v.microsecond])] if not v.tzinfo else None
        ),
        "datetime.timedelta": lambda v: _trimmed([v.days, v.seconds, v.microseconds]),
        "uuid.UUID": lambda v: [str(v)],
        "pathlib.PurePosixPath": lambda v: [str(v)],
        "pathlib.PosixPath": lambda v: [str(v)],
        "builtins.range": lambda v: [v.start, v.stop] if v.step == 1 else [v.start, v.stop, v.step],
        "builtins.slice": lambda v: [v.start, v.stop, v.step],
        "builtins.bytearray": lambda v: [bytes(v)],
    }
    maker = makers.get(kind.__module__.replace("pathlib._local", "pathlib") + "." + kind.__qualname__)
    arguments = maker(value) if maker is not None else None
    if arguments is None:
        raise Unspellable
    return call(callee, [literal(argument) for argument in arguments])


def _dataclass(value: Any, callee: str, inner: Callable[[Any], Expr]) -> Expr:
    """Return the call with required fields by place and the others by name, defaults left out."""
    parts, keys, by_place = [], [], True
    for field in dataclasses.fields(value):
        if not field.init:
            continue
        held = getattr(value, field.name)
        made = field.default_factory
        default = made() if made is not dataclasses.MISSING else field.default
        if default is not dataclasses.MISSING and type(default) is type(held) and default == held:
            by_place = False
            continue
        parts.append(inner(held))
        keys.append("" if by_place and not getattr(field, "kw_only", False) else field.name)
    return call(callee, parts, keys)


def _trimmed(numbers: List[int]) -> List[int]:
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()
    return numbers


def _needs(value: Any, objects: Dict[str, Any]) -> str:
    """Note that a test must import this class or function; return its name."""
    own = getattr(value, "__qualname__", "")
    module = sys.modules.get(getattr(value, "__module__", ""))
    if not own.isidentifier() or module is None or getattr(module, own, None) is not value:
        raise Unspellable
    if objects.setdefault(own, value) is not value:
        raise Unspellable
    return str(own)
