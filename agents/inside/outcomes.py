"""What a call gave, as plain values that can be compared elsewhere; what was patched."""

from __future__ import annotations

import enum
import itertools
import sys
import types
from typing import Any, Dict, List, Tuple

DEPTH, MANY, LONG, FIELDS = 7, 200, 4000, 20
PLAIN = ("datetime", "decimal", "fractions", "collections", "builtins", "uuid", "zoneinfo", "re", "array")
"""Where kinds of values are from that show all they hold, and have no fields."""
EXACT = (int, str, bytes, bool, type(None), complex)


def encoded(value: Any, depth: int = 0, alive: bool = False) -> Any:
    """Return a value as lists and texts: type first, then what it holds, never by its own `__eq__` or `__repr__`.

    Iterators are read to their end; where one is `alive`, somebody else's to read, `ValueError` is raised.
    """
    kind = type(value)
    if kind in EXACT:
        return [kind.__name__, repr(value)[:LONG]]
    if kind is float:
        return ["float", float.__repr__(value)]
    if depth > DEPTH:
        return ["deep"]
    if isinstance(value, enum.Enum):
        return ["enum", kind.__name__, value.name]
    for base in (dict, list, tuple, set, frozenset, str, bytes, int, float):
        if isinstance(value, base):
            held = _held(value, base, depth, alive)
            return [base.__name__, held] if kind is base else ["kind", _names(kind), base.__name__, held]
    if isinstance(value, types.GeneratorType) or (hasattr(value, "__next__") and hasattr(value, "__iter__")):
        if alive:
            raise ValueError("an iterator that somebody else reads")
        return ["list", [encoded(each, depth + 1, alive) for each in itertools.islice(value, MANY)]]
    if isinstance(value, BaseException):
        return ["raised", _names(kind)]
    if isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType)):
        return ["opaque", getattr(value, "__name__", "")]
    fields = _fields(value)
    if not fields and kind.__module__.split(".")[0] in PLAIN:
        return ["object", _names(kind), {"": ["str", repr(value)[:LONG]]}]
    return ["object", _names(kind), {name: encoded(part, depth + 1, alive) for name, part in sorted(fields.items())}]


def _held(value: Any, base: Any, depth: int, alive: bool) -> Any:
    if base is dict:
        pairs = [
            [encoded(k, depth + 1, alive), encoded(v, depth + 1, alive)]
            for k, v in itertools.islice(dict.items(value), MANY)
        ]
        return sorted(pairs, key=repr)
    if base in (list, tuple):
        return [encoded(each, depth + 1, alive) for each in itertools.islice(base.__iter__(value), MANY)]
    if base in (set, frozenset):
        return sorted(
            (encoded(each, depth + 1, alive) for each in itertools.islice(base.__iter__(value), MANY)), key=repr
        )
    return base.__repr__(value)[:LONG]


def _names(kind: Any) -> List[str]:
    return [one.__name__ for one in kind.__mro__ if one is not object]


def _fields(value: Any) -> Dict[str, Any]:
    found: Dict[str, Any] = {}
    for kind in type(value).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in [slots] if isinstance(slots, str) else slots:
            try:
                found[name] = object.__getattribute__(value, name)
            except AttributeError:
                continue
    if hasattr(type(value), "__dict__") and "__dict__" in dir(type(value)):
        found.update(object.__getattribute__(value, "__dict__"))
    return found


BUILTIN: Tuple[Any, ...] = (int, float, str, bytes, tuple, list, dict, set, frozenset)


class _Unlike:
    """Equal to nothing but itself."""


def equals_everything(value: Any, depth: int = 0) -> bool:
    """Return whether a value, or a part of it, says it equals what it cannot know."""
    if depth > 3 or type(value) in EXACT or type(value) is float:
        return False
    if type(value) in (list, tuple, set, frozenset):
        return any(equals_everything(each, depth + 1) for each in itertools.islice(value, MANY))
    if type(value) is dict:
        return any(equals_everything(each, depth + 1) for each in itertools.islice(value.values(), MANY))
    parts = _fields(value).values() if not isinstance(value, BUILTIN) and hasattr(value, "__dict__") else ()
    if any(equals_everything(each, depth + 1) for each in itertools.islice(parts, FIELDS)):
        return True
    if getattr(type(value), "__eq__", object.__eq__) is object.__eq__:
        return False
    try:
        for base in BUILTIN:
            if isinstance(value, base):
                others = [other for other in _unlike(value, base) if not base.__eq__(value, other)]
                return any(bool(value == other) for other in others)
        others = [_Unlike(), 918273.5, "kaizen unlike", ["k"]]
        # All objects of one kind may be equal: it only marks something then.
        return all(bool(value == other) for other in others)
    except Exception:
        return False


def _unlike(value: Any, base: Any) -> List[Any]:
    """Return values of a builtin type that are near to a value of a subclass, and others far from it."""
    if base in (int, float):
        return [base.__add__(value, base(step)) for step in (1, -1, 10, -10, 100, 1000, -1000, 918273)]
    if base in (str, bytes):
        tail = "~" if base is str else b"~"
        return [base.__add__(value, tail), tail, base()]
    if base in (tuple, list):
        return [base([*base.__iter__(value), 918273]), base(), base(["kaizen"]), base(["kaizen"] * base.__len__(value))]
    return [base(), {"kaizen": 1}] if base is dict else [base(), base(["kaizen"])]


# --- what of the interpreter was patched

WATCHED = (
    "builtins", "time", "os", "json", "math", "random", "operator", "datetime", "functools", "re", "decimal",
    "fractions", "collections", "itertools", "inspect", "traceback", "io", "pathlib", "subprocess", "threading",
    "statistics", "string", "copy", "importlib", "_frozen_importlib", "_frozen_importlib_external", "linecache",
    "contextlib", "warnings", "types", "unittest", "_pytest", "pytest", "pluggy",
)  # fmt: skip
SYSTEM = ("exit", "settrace", "setprofile", "excepthook", "displayhook", "_getframe", "exc_info", "stdout", "stderr")


def snapshot() -> Dict[str, Any]:
    """Return what the watched modules and their classes consist of now."""
    found: Dict[str, Any] = {"sys." + name: getattr(sys, name, None) for name in SYSTEM}
    for name, hooks in (("sys.meta_path", sys.meta_path), ("sys.path_hooks", sys.path_hooks)):
        found[name] = tuple(sorted(getattr(type(hook), "__name__", "") + _name_of(hook) for hook in hooks))
    for name, module in list(sys.modules.items()):
        own = getattr(module, "__name__", name)
        found["sys.modules." + name] = own if isinstance(own, str) else name
    for module_name, module in list(sys.modules.items()):
        if module_name.split(".")[0] not in WATCHED or not isinstance(module, types.ModuleType):
            continue
        for name, value in list(vars(module).items()):
            if name.startswith("__") and name != "__import__":
                continue
            if isinstance(value, type):
                found[module_name + "." + name] = value
                if value.__module__ == module_name:
                    for part, held in list(vars(value).items()):
                        if callable(held) or isinstance(held, (property, staticmethod, classmethod)):
                            found[module_name + "." + name + "." + part] = held
            elif callable(value):
                found[module_name + "." + name] = value
                if type(value) is types.FunctionType:
                    found[module_name + "." + name + ".__code__"] = value.__code__
    return found


def _name_of(hook: Any) -> str:
    return str(getattr(hook, "__name__", ""))


def _same(now: Any, then: Any) -> bool:
    return now is then or (type(now) in (str, tuple) and bool(now == then))


def patched(before: Dict[str, Any]) -> List[str]:
    """Return the names of what is another object now, or gone."""
    now = snapshot()
    gone = object()
    found = sorted(name for name, value in before.items() if not _same(now.get(name, gone), value))
    # A module under a name that is not its own stands where another was looked for.
    aliases = {name: own for name, own in now.items() if name.startswith("sys.modules.") and name not in before}
    python = frozenset(getattr(sys, "stdlib_module_names", ())) | {"decimal", "posixpath"}
    found += [name for name, own in aliases.items() if name[12:] != own and own.split(".")[0] not in python]
    tracer = sys.gettrace()
    return [*found, "sys.settrace"] if tracer is not None else found
