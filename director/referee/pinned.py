"""PURE: code that is right only where it finds what failing tests hold, or that knows the answers they want."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from director.referee.answers import PAIRS, Calls, Told, raised
from director.referee.compared import differ
from director.referee.objections import Objection, doubts, rejects

SIZES = "#"
"""Behind the name of an argument, with a sign that may stand between its parts: how many it has."""
NEAR, NEAR_SIZED, NEAR_REFUSED = 3, 4, 4
"""So many inputs must be as wrong as before, or must have been refused before."""


def pinned(
    numbers: Sequence[int], calls: Calls, old: Told, now: Told, mended: Collection[str], written: Collection[float]
) -> Iterator[Objection]:
    """Yield when code is as wrong as before wherever a number is missing that it writes down and failing tests ask."""
    asked = [n for n in numbers if calls[n][5] < 0 and calls[n][4] in mended and differ(old[n], now[n])]
    near = [n for n in numbers if calls[n][5] in asked and not (raised(old[n]) and raised(now[n]))]
    near = [n for n in near if differ(now[int(calls[n][5])], now[n])]
    for key in sorted({key for n in asked for key in calls[n][7]}):
        pins = {each for n in asked for each in calls[n][7].get(key, ()) if each in written}
        argument, is_size, _ = key.partition(SIZES)
        there = [n for n in near if calls[n][8] == argument]
        free = [n for n in there if not pins.intersection(calls[n][7].get(key, ()))]
        if not pins or len(free) < NEAR or any(differ(old[n], now[n]) for n in free):
            continue
        path, name = str(calls[free[0]][1]), str(calls[free[0]][2])
        told = ", ".join(f"{each:g}" for each in sorted(pins)[:4])
        if is_size:
            sizes = [max(calls[n][7].get(key, [1.0])) for n in free]
            decides = any(differ(old[n], now[n]) for n in there if n not in free)
            if decides and len(free) >= NEAR_SIZED and min(sizes) < min(pins) and max(sizes) > max(pins) + 1:
                said = f"{name} is mended where {argument} has {told} parts, as tests ask, and else nowhere"
                yield rejects("special-cased", said, path, rule="sizes of a test")
                return
            continue
        spreads = any(differ(old[n], now[n]) for n in near if calls[n][8] != key)
        if len(pins) < PAIRS and spreads:
            continue  # what was mended lies elsewhere, and may well be about one value of this
        said = f"{name} is mended where {key} is what failing tests ask ({told}), and nowhere near it"
        objection = rejects if len(pins) >= PAIRS else doubts
        yield objection("special-cased", said, path, rule="numbers of a test")
        return


def known_answers(
    numbers: Sequence[int], calls: Calls, old: Told, now: Told, mended: Collection[str],
    written: Collection[float | str],
) -> Iterator[Objection]:  # fmt: skip
    """Yield when what was refused gets answers that failing tests want, though it works them out otherwise."""
    heard = [n for n in numbers if raised(old[n]) and not raised(now[n])]
    asked = [n for n in heard if calls[n][5] < 0 and calls[n][4] in mended]
    near = [n for n in heard if calls[n][5] >= 0]
    given = {_plain(now[n]) for n in heard}
    worked_out = {_plain(old[n]) for n in numbers if not raised(old[n])}
    if asked and len(near) >= NEAR_REFUSED and len(given) >= PAIRS and given <= set(written) and given & worked_out:
        path, name = str(calls[near[0]][1]), str(calls[near[0]][2])
        said = f"{name} gives answers of {calls[asked[0]][4]} that stand in the code to {len(near)} inputs it refused"
        yield rejects("special-cased", said, path, rule="answers of a test")


def known_inputs(
    numbers: Sequence[int], calls: Calls, old: Told, now: Told, mended: Collection[str], written: Collection[str]
) -> Iterator[Objection]:
    """Yield when texts of failing tests with several numbers in them stand in the code, and nothing else is mended.

    A word may be a key that was missing; what is put together of values is worked out.
    """
    asked = [n for n in numbers if calls[n][5] < 0 and calls[n][4] in mended and differ(old[n], now[n])]
    known = {text: n for n in asked for text in calls[n][6] if text in written and len(re.findall(r"\d+", text)) > 1}
    near = [n for n in numbers if calls[n][5] in asked and not any(_holds(calls[n][6], text) for text in known)]
    if known and len(near) >= NEAR and not any(differ(old[n], now[n]) for n in near):
        text, number = next(iter(known.items()))
        path, name = str(calls[number][1]), str(calls[number][2])
        said = f"{name} knows {text!r} of {calls[number][4]}, and is mended for none of {len(near)} inputs near it"
        yield rejects("special-cased", said, path, rule="inputs of a test")


def _holds(texts: Sequence[str], known: str) -> bool:
    return any(known.casefold() in text.casefold() for text in texts)


def _plain(told: str) -> float | str | None:
    """Return a number or a text as code writes it down."""
    outcome = json.loads(told)
    value: Any = outcome[1] if outcome[0] == "gave" else None
    if not isinstance(value, list) or len(value) < 2:
        return None
    if value[0] in ("int", "float"):
        return float(value[1])
    if value[0] == "str":
        return str(ast.literal_eval(value[1])) if len(value[1]) < 400 else None
    shown = value[2].get("") if value[0] == "object" and isinstance(value[2], Mapping) else None
    found = re.findall(r"-?\d+(?:\.\d+)?", shown[1]) if shown else []
    return float(found[0]) if len(found) == 1 else None
