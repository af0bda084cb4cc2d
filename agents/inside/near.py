"""Inputs near to given ones, and what inputs hold."""

from __future__ import annotations

import copy
import pathlib
import random
import re
import sys
import types
from typing import Any, Dict, Iterator, List, Sequence, Tuple

RECORD = 3
"""A tuple of so many is taken for one thing with parts."""
MANY, LONG = 200, 400
"""Items of a list that is made longer or shorter, and signs of a text that are looked at."""
SIZES = "#"
"""Stands behind the name of an argument where its size is told."""
ODD = ("?", "(")
"""Signs that make a text one that is refused, where any is."""
TOGETHER = "="
"""Stands for the name of what is varied where it is varied in all its places."""
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


def crossed(values: Dict[str, Any], others: Dict[str, Any], chance: random.Random) -> Dict[str, Any]:
    """Return some arguments with one as it is in another call or as another argument, spliced, or a smaller number."""
    name = chance.choice(sorted(values))
    value, other = values[name], others.get(name)
    alike = [each for key, each in values.items() if key != name and type(each) is type(value)]
    if type(value) is int and value > 1:
        alike.append(chance.randrange(1, value))
    if type(value) in (str, bytes, list, tuple) and type(other) is type(value):
        alike += [_spliced(value, other, chance), _spliced(other, value, chance)]
    return {**values, name: chance.choice([value if other is None else other, *alike])}


def _spliced(value: Any, other: Any, chance: random.Random) -> Any:
    """Return what begins as one value and goes on as another: where both have the same sign, or behind its end."""
    if not isinstance(value, str):
        return value + other[chance.randrange(len(other) + 1) :]
    signs = [place for place, sign in enumerate(other) if not sign.isalnum()] or [0]
    then = chance.choice(signs)
    there = [place for place, sign in enumerate(value) if sign == other[then : then + 1]]
    return value[: chance.choice([*there, len(value), len(value)])] + other[then:]


def grown(values: Any, chance: random.Random) -> Iterator[Any]:
    """Yield a copy of some arguments in which each tuple whose parts are of one kind has more, if any is there.

    All of them: of what is right for short ones alone nothing is left then that short ones would show.
    """
    twin, more = copy.deepcopy(values), chance.randrange(1, 4)
    alike = [place for place in _places(twin) if type(place[2]) is tuple and len(set(map(type, place[2]))) == 1]
    for holder, key, value in alike:
        longer = value + value[-1:] * more
        if isinstance(holder, (list, dict)):
            holder[key] = longer
        else:
            object.__setattr__(holder, key, longer)
    if alike:
        yield twin


def resized(values: Any) -> Iterator[Any]:
    """Yield copies of some arguments in which one list or text has more or fewer parts, or one number is another."""
    for number, (_, _, value) in enumerate(_places(values)):
        for other in _others(value):
            twin = copy.deepcopy(values)
            holder, key, _ = list(_places(twin))[number]
            if isinstance(holder, (list, dict)):
                holder[key] = copy.deepcopy(other)
            else:
                object.__setattr__(holder, key, copy.deepcopy(other))
            yield twin


def _others(value: Any) -> List[Any]:
    if type(value) is int:
        return [value + 1, value + 3, 2 * value + 1]
    if type(value) in (list, tuple) and 1 < len(value) <= MANY and not _is_record(value):
        return [value[1:], *_longer(value)]
    if type(value) is not str or len(value) > MANY:
        return []
    split = [(sign, value.split(sign)) for sign in _signs(value)]
    return [sign.join(parts) for sign, pieces in split for parts in _longer(pieces)]


def _longer(items: Any) -> List[Any]:
    return [items[:-1], items + items[-1:], items[:1] + items, items + items[:2], items * 2]


def _signs(text: str) -> List[str]:
    """Return what may stand between the parts of a text."""
    return sorted({sign for sign in text[:LONG] if not sign.isalnum()})[:4]


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
        return [float(each) for each in re.findall(r"\d+(?:\.\d+)?", value[:LONG])]
    parts = list(value.values()) if type(value) is dict else value if type(value) in (list, tuple, set) else []
    return [each for part in list(parts)[:20] for each in numbers_in(part)]


def figures_in(parts: Sequence[Tuple[str, Any]]) -> Dict[str, List[float]]:
    """Return by name the numbers in each argument or part of one, and under `SIZES` and a sign how many it has."""
    found = {name: numbers_in(part)[:20] for name, part in parts}
    for name, part in parts:
        found.update((name + SIZES + sign, [size]) for sign, size in sizes_in(part).items())
    return found


def sizes_in(value: Any) -> Dict[str, float]:
    """Return how many items a value has; of a text how many parts, for each sign that may stand between them."""
    if type(value) is str:
        return {sign: 1.0 + value[:LONG].count(sign) for sign in _signs(value)}
    return {"": float(len(value))} if type(value) in (list, tuple, dict, set) else {}


def texts_in(value: Any) -> List[str]:
    """Return the texts a value is or holds, an object in its parts, and a path as it is written."""
    if type(value) is str or isinstance(value, pathlib.PurePath):
        return [str(value)]
    own = vars(value) if hasattr(value, "__dict__") and not isinstance(value, type) else value
    parts = list(own.values()) if isinstance(own, dict) else own if type(own) in (list, tuple) else []
    return [str(part) for part in parts[:20] if type(part) is str or isinstance(part, pathlib.PurePath)]


def _odd(value: Any, sign: str) -> Any:
    """Return a text that most readers of texts refuse; in a list, its last one is such."""
    if type(value) is list:
        return [*value[:-1], value[-1] + sign] if value and type(value[-1]) is str else value
    return value + sign


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
        return type(value)(_near_list(list(value), chance, fixed=_is_record(value)))
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


def _is_record(value: Any) -> bool:
    """Return whether each place of a tuple has a meaning: with one more or fewer it is no input at all."""
    return type(value) is tuple and len(value) <= RECORD


def _near_list(items: List[Any], chance: random.Random, fixed: bool = False) -> List[Any]:
    if not items:
        return items
    place = chance.randrange(len(items))
    how = chance.randrange(2 if fixed else 0, 4)
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


def another(value: Any, chance: random.Random) -> Any:
    """Return a text in which every letter is another one, or another number."""
    if type(value) is bytes:
        return _respelt(value.decode("latin-1"), chance).encode("latin-1")
    return _respelt(value, chance) if type(value) is str else value + chance.choice((2, 7, 30, 100))


def _respelt(text: str, chance: random.Random) -> str:
    """Return a text in which every letter is another one, capitals where there were some: no word of it is left."""
    by = chance.randrange(1, 25)
    return "".join(
        chr((ord(sign) - first + by) % 26 + first) if sign.isascii() and sign.isalpha() else sign
        for sign in text
        for first in [ord("A") if sign.isupper() else ord("a")]
    )
