"""Inputs in which a value that stands in several places is another one in all of them: as valid as they were.

An object keeps what its parts have to do with each other, a key is found still, a word stands still in the text that
is searched for it.
"""

from __future__ import annotations

import copy
import random
import re
from collections import Counter
from functools import partial
from typing import Any, Callable, Dict, Iterator, Tuple

from . import near

DEPTH, MANY = 6, 400
LEAVES = (str, bytes, int)
PLACES = 2
SMALL = 9
"""Numbers up to this stand in several places by chance: they count and point, too."""


def renamed(given: Dict[str, Any], chance: random.Random, most: int) -> Iterator[Dict[str, Any]]:
    """Yield copies of the arguments of a call, the values that stand in several places taking turns."""
    there = Counter(leaf for value in given.values() for leaf in _leaves(value))
    words = Counter(word for value in there if isinstance(value, str) for word in re.findall(r"\w{2,}", value))
    often = [value for value, times in there.items() if _is_a_name(value) and max(times, words[value]) >= PLACES]
    for turn in range(most if often else 0):
        old = often[turn % len(often)]
        new = _longer_or_other(old, chance) if type(old) is tuple else near.another(old, chance)
        if new not in there and new not in words:
            twin = copy.deepcopy(given)
            yield {name: _changed(value, partial(_with, old=old, new=new)) for name, value in twin.items()}


def _is_a_name(value: Any) -> bool:
    if type(value) in (str, bytes):
        return len(value) > 1 and near.another(value, random.Random(0)) != value
    return (type(value) is int and abs(value) > SMALL) or (type(value) is tuple and _can_be_other(value))


def _can_be_other(key: Tuple[Any, ...]) -> bool:
    return bool(key) and all(type(part) in LEAVES for part in key)


def _longer_or_other(key: Tuple[Any, ...], chance: random.Random) -> Tuple[Any, ...]:
    """Return a tuple that is one thing, with one part otherwise or one more."""
    place = chance.randrange(len(key) + 1)
    if place == len(key):
        return (*key, key[-1])
    return (*key[:place], near.another(key[place], chance), *key[place + 1 :])


def _leaves(value: Any, depth: int = 0) -> Iterator[Any]:
    if type(value) in LEAVES or (type(value) is tuple and _can_be_other(value)):
        yield value
    elif depth < DEPTH:
        for part in _parts(value)[:MANY]:
            for leaf in _leaves(part, depth + 1):
                yield leaf


def _parts(value: Any) -> Any:
    if isinstance(value, dict):
        return [part for pair in list(value.items()) for part in pair]
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    return list(vars(value).values()) if hasattr(value, "__dict__") and not isinstance(value, type) else []


def _with(leaf: Any, old: Any, new: Any) -> Any:
    """Return what a leaf is when one value is another; in a text that is a word of its own."""
    if type(leaf) is type(old) and leaf == old:
        return new
    if type(leaf) is str and type(old) is str and re.fullmatch(r"\w+", old):
        return re.sub(r"\b%s\b" % re.escape(old), lambda found: str(new), leaf)
    return leaf


def _changed(value: Any, change: Callable[[Any], Any], depth: int = 0) -> Any:
    """Return a value with its leaves changed; its own objects and lists are changed where they stand."""
    other = change(value) if type(value) in (*LEAVES, tuple) else value
    if other is not value or depth >= DEPTH:
        return other
    if type(value) in (tuple, set, frozenset):
        return type(value)(_changed(part, change, depth + 1) for part in value)
    if isinstance(value, list):
        value[:] = [_changed(part, change, depth + 1) for part in value]
    elif isinstance(value, dict):
        pairs = [(_changed(key, change, depth + 1), _changed(part, change, depth + 1)) for key, part in value.items()]
        value.clear()
        value.update(pairs)
    elif hasattr(value, "__dict__") and not isinstance(value, type):
        for name, part in list(vars(value).items()):
            object.__setattr__(value, name, _changed(part, change, depth + 1))
    return value
