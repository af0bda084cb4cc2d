"""What a call gave, as plain values that can be compared elsewhere; inputs near to given ones; what was patched."""

from __future__ import annotations

import copy
import enum
import itertools
import random
import re
import sys
import types
from typing import Any, Dict, Iterator, List, Tuple

from .faults import bend

DEPTH, MANY, LONG = 7, 200, 4000
PLAIN = ("datetime", "decimal", "fractions", "collections", "builtins", "uuid", "zoneinfo")
"""Where kinds of values are from that show all they hold, and have no fields."""
EXACT = (int, str, bytes, bool, type(None), complex)


def encoded(value: Any, depth: int = 0) -> Any:
    """Return a value as lists and texts: type first, then what it holds, never by its own `__eq__` or `__repr__`."""
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
            held = _held(value, base, depth)
            return [base.__name__, held] if kind is base else ["kind", _names(kind), base.__name__, held]
    if isinstance(value, types.GeneratorType) or (hasattr(value, "__next__") and hasattr(value, "__iter__")):
        return ["list", [encoded(each, depth + 1) for each in itertools.islice(value, MANY)]]
    if isinstance(value, BaseException):
        return ["raised", _names(kind)]
    if isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType)):
        return ["opaque", getattr(value, "__name__", "")]
    fields = _fields(value)
    if not fields and kind.__module__.split(".")[0] in PLAIN:
        return ["object", _names(kind), {"": ["str", repr(value)[:LONG]]}]
    return ["object", _names(kind), {name: encoded(part, depth + 1) for name, part in sorted(fields.items())}]


def _held(value: Any, base: Any, depth: int) -> Any:
    if base is dict:
        pairs = [[encoded(k, depth + 1), encoded(v, depth + 1)] for k, v in itertools.islice(dict.items(value), MANY)]
        return sorted(pairs, key=repr)
    if base in (list, tuple):
        return [encoded(each, depth + 1) for each in itertools.islice(base.__iter__(value), MANY)]
    if base in (set, frozenset):
        return sorted((encoded(each, depth + 1) for each in itertools.islice(base.__iter__(value), MANY)), key=repr)
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
    if getattr(type(value), "__eq__", object.__eq__) is object.__eq__:
        return False
    try:
        for base in BUILTIN:
            if isinstance(value, base):
                others = [other for other in _unlike(value, base) if not base.__eq__(value, other)]
                return any(bool(value == other) for other in others)
        others = [_Unlike(), 918273.5, "kaizen unlike", ["k"]]
        return all(bool(value == other) for other in others) or _equals_another(value)
    except Exception:
        return False


def _equals_another(value: Any) -> bool:
    """Return whether an object equals one of its kind of which every part is otherwise."""
    twin, otherwise = copy.copy(value), False
    for name, part in _fields(value).items():
        other = bend(part, "bend")
        if type(other) is type(part) and encoded(other) != encoded(part):
            object.__setattr__(twin, name, other)
            otherwise = True
    return otherwise and twin is not value and bool(value == twin)


def _unlike(value: Any, base: Any) -> List[Any]:
    """Return values of a builtin type that are near to a value of a subclass, and others far from it."""
    if base in (int, float):
        return [base.__add__(value, base(step)) for step in (1, -1, 10, -10, 100, 1000, -1000, 918273)]
    if base in (str, bytes):
        tail = "~" if base is str else b"~"
        return [base.__add__(value, tail), tail, base()]
    if base in (tuple, list):
        return [base([*base.__iter__(value), 918273]), base(), base(["kaizen"])]
    return [base(), {"kaizen": 1}] if base is dict else [base(), base(["kaizen"])]


# --- inputs near to a given one

ODD = ("?", "(")
"""Signs that make a text one that is refused, where any is."""
STEPPED = ("Decimal", "Fraction", "date", "datetime", "timedelta")
"""Kinds of the library that can be put a little further."""
STEPS = (1, -1, 2, -2, 4, 7, 10, -10, 100, 400)


def neighbours(values: Any, chance: random.Random, most: int) -> Iterator[Any]:
    """Yield copies of some arguments in each of which one part is near to what it was, of the same type.

    The arguments take turns: one with many parts must not crowd out the others.
    """
    places = list(_places(values))
    if not places:
        return
    groups = _by_argument(values)
    seen = set()
    texts = [number for number, place in enumerate(places) if type(place[2]) in (str, list)]
    odd = [(chance.choice(texts), sign) for sign in ODD] if texts and most else []
    for turn in range(most * 4 + len(odd)):
        twin = copy.deepcopy(values)
        chosen = odd[turn][0] if turn < len(odd) else chance.choice(groups[turn % len(groups)])
        holder, key, value = list(_places(twin))[chosen]
        near = _odd(value, odd[turn][1]) if turn < len(odd) else _near(value, chance)
        mark = (str(key), repr(near)[:200])
        if mark in seen or (type(near) is type(value) and near == value):
            continue
        seen.add(mark)
        try:
            if isinstance(holder, (list, dict)):
                holder[key] = near
            else:
                object.__setattr__(holder, key, near)
        except Exception:
            continue
        yield twin
        if len(seen) >= most + len(odd):
            return


def resized(values: Any) -> Iterator[Any]:
    """Yield copies of some arguments in each of which one list or tuple has another length, by what it holds."""
    for number, (_, _, value) in enumerate(_places(values)):
        if type(value) not in (list, tuple) or not 1 < len(value) <= MANY:
            continue
        for other in (value[1:], value[:-1], value + value[-1:], value[:1] + value, value + value[:2], value * 2):
            twin = copy.deepcopy(values)
            holder, key, _ = list(_places(twin))[number]
            if isinstance(holder, (list, dict)):
                holder[key] = copy.deepcopy(other)
                yield twin


def _by_argument(values: Any) -> List[List[int]]:
    """Return which of the places belong to one argument, for each that has some."""
    groups: List[List[int]] = []
    first = 0
    for key, value in values.items() if isinstance(values, dict) else ():
        count = len(list(_places({key: value})))
        if count:
            groups.append(list(range(first, first + count)))
        first += count
    return groups or [list(range(len(list(_places(values)))))]


def parts_of(name: str, value: Any) -> List[Tuple[str, Any]]:
    """Return an argument by its name; one that has parts is each of them."""
    fields = vars(value) if hasattr(value, "__dict__") and not isinstance(value, type) else {}
    return [(name + "." + str(field), part) for field, part in sorted(fields.items())] or [(name, value)]


def numbers_in(value: Any) -> List[float]:
    """Return the numbers a value holds, those in its texts too."""
    if type(value) in (int, float):
        return [float(value)]
    if type(value) is str:
        return [float(each) for each in re.findall(r"\d+(?:\.\d+)?", value[:400])]
    parts = list(value.values()) if type(value) is dict else value if type(value) in (list, tuple, set) else []
    return [each for part in list(parts)[:20] for each in numbers_in(part)]


def sizes_in(value: Any) -> List[float]:
    """Return how many items a value has, if it has any such."""
    return [float(len(value))] if type(value) in (list, tuple, dict, set) else []


def _odd(value: Any, sign: str) -> Any:
    """Return a text that most readers of texts refuse; in a list, its last one is such."""
    if type(value) is str:
        return value + sign
    return [*value[:-1], value[-1] + sign] if value and type(value[-1]) is str else value


def _places(holder: Any, depth: int = 0) -> Iterator[Tuple[Any, Any, Any]]:
    """Yield (holder, key, value) of every part that can be put otherwise."""
    if depth > 4:
        return
    if isinstance(holder, dict):
        items = list(holder.items())
    elif isinstance(holder, list):
        items = list(enumerate(holder))
    elif hasattr(holder, "__dict__") and not isinstance(holder, (type, types.ModuleType, types.FunctionType)):
        items = list(vars(holder).items())
    else:
        return
    for key, value in items[:30]:
        if _says_something(value):
            yield holder, key, value
        if isinstance(value, (dict, list)) or hasattr(value, "__dict__"):
            for place in _places(value, depth + 1):
                yield place


def _says_something(value: Any) -> bool:
    """What is empty, nothing or one is an edge of its own: what is near to it says nothing about it."""
    if type(value) is bool:
        return True
    if type(value) in (int, float):
        return value not in (0, 1, -1)
    if type(value).__name__ in STEPPED:
        return True
    return type(value) in (str, bytes, tuple, list, dict, set) and bool(value)


def _near(value: Any, chance: random.Random) -> Any:
    if type(value) is bool:
        return not value
    if type(value) is int:
        return chance.choice([*(value + step for step in STEPS), value * 2, value * 3])
    if type(value) is float:
        return chance.choice([value + 1.0, value * 1.5, value * 2, value + 0.25, value - 1.0, value + 10.0])
    if type(value) is str:
        return _near_text(value, chance)
    if type(value) in (list, tuple):
        return type(value)(_near_list(list(value), chance))
    if type(value) is bytes:
        return bytes(each % 256 for each in _near_list(list(value), chance))
    if type(value).__name__ in STEPPED:
        return _stepped(value, chance)
    if type(value) is set:
        return set(_near_list(sorted(value, key=repr), chance))
    if type(value) is dict:
        twin = dict(value)
        key = chance.choice(sorted(twin, key=repr))
        twin[key] = _near(twin[key], chance)
        return twin
    return value


def _stepped(value: Any, chance: random.Random) -> Any:
    """Return a date, a length of time or a broken number a little further on."""
    if type(value).__module__ == "datetime":
        one_day = sys.modules["datetime"].timedelta(days=1)
        return value + chance.choice((1, -1, 2, 7, 30, -30, 365, -365)) * one_day
    if type(value).__module__ not in ("decimal", "fractions"):
        return value
    return chance.choice([value + 1, value - 1, value * 2, value * 3, value + 10, value / 2])


def _near_list(items: List[Any], chance: random.Random) -> List[Any]:
    if not items:
        return items
    place = chance.randrange(len(items))
    how = chance.randrange(4)
    if how == 0:
        return items[:place] + items[place + 1 :]
    if how == 1:
        return [*items, items[place]]
    if how == 2 and len(items) > 1:
        return items[1:] + items[:1]
    return [*items[:place], _near(items[place], chance), *items[place + 1 :]]


def _near_text(text: str, chance: random.Random) -> str:
    if len(text) > 3 and chance.random() < 0.15:
        return _respelt(text, chance)
    digits = [place for place, sign in enumerate(text) if sign.isdigit()]
    letters = [place for place, sign in enumerate(text) if sign.isalpha()]
    how = chance.randrange(10)
    if (how in (0, 1) or chance.random() < 0.4) and digits:
        place = chance.choice(digits)
        return text[:place] + str((int(text[place]) + chance.randrange(1, 9)) % 10) + text[place + 1 :]
    if how in (1, 2) and letters:
        place = chance.choice(letters)
        other = chance.choice("abcdeghiklmnoprstu")
        return text[:place] + (other.upper() if text[place].isupper() else other) + text[place + 1 :]
    if how == 3 and letters:
        return text + chance.choice("abcdeghiklmnoprstu")
    if how == 4 and len(text) > 1:
        place = chance.randrange(len(text))
        return text[:place] + text[place + 1 :]
    if how == 5 and " " in text:
        words = text.split(" ")
        return " ".join(words[1:] + words[:1])
    if how == 6 and letters:
        return text.swapcase()
    if how in (7, 8, 9):
        return (text.upper(), text + " ", " " + text)[how - 7]
    return text + (chance.choice("abcdeghiklmnoprstu") if letters or not text else text[-1])


def _respelt(text: str, chance: random.Random) -> str:
    """Return a text in which every letter is another one, capitals where there were some: no word of it is left."""
    by = chance.randrange(1, 25)
    return "".join(
        chr((ord(sign) - first + by) % 26 + first) if sign.isascii() and sign.isalpha() else sign
        for sign in text
        for first in [ord("A") if sign.isupper() else ord("a")]
    )


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
