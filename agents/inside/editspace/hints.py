"""PURE: what a failing assertion says of its cause: two values that differ by one, in case, in order, in length."""

from __future__ import annotations

import ast
import re
from typing import Any, Dict, FrozenSet, Iterable, Iterator, Optional, Tuple

HINTED = 0.7
"""How much likelier an edit is whose kind explains every failing assertion that says something."""

_KINDS: Dict[str, str] = {
    "truth": "cmp-op not-add not-drop bool-op bool-drop cond-add truth cmp-swap isinstance cond-synth const sibling "
    "filter-add except regroup pattern",
    "nothing": "return-add return jump store dedent default-guard called get pattern arg-add",
    "by one": "off-by-one const cmp-op slice slice-add step-add aug-op bin-drop bounded bin-op",
    "sign": "sign bin-swap name-swap bin-op arg-swap wrap const",
    "number": "bin-op bin-swap name-swap const regroup scaled aug-op aug-to-assign assign-to-aug binop-var bin-drop "
    "sibling var const-to-name dedent indent repeat arg-add",
    "case": "clean attr sibling method-drop text arg-add",
    "blank": "clean attr text const slice method-drop concat",
    "part": "slice slice-add off-by-one concat text const clean arg-drop index delete bin-drop call-add copied "
    "aug-to-assign assign-to-aug pattern arg-add repeat",
    "text": "text var attr arg-swap keyword element-swap bin-swap ifexp const const-to-name clean arg-add",
    "order": "sibling attr swap element-swap arg-swap bin-swap name-swap cmp-op arg-add wrap slice slice-add "
    "sign unpack-swap",
    "length": "off-by-one slice slice-add cmp-op const filter-add filter-drop guard-stmt guard-exit cond-add delete "
    "call-add jump index attr sibling step-add pattern arg-add repeat",
    "type": "wrap called method-drop unwrap attr sibling copy isinstance index slice attr-drop clean yield",
    "not raised": "cmp-op guard-exit not-add not-drop cond-add bool-op bool-drop except raise const cond-const "
    "call-add return-drop return-add isinstance",
}
KINDS: Dict[str, FrozenSet[str]] = {relation: frozenset(kinds.split()) for relation, kinds in _KINDS.items()}
"""Per relation of what came to what was expected: the kinds of edits that make one of the other."""

Pair = Tuple[Any, Any]
_SIGNS = (" == ", " != ", " is not ", " is ")
_ASSERTED = re.compile(r"^(?:\w+: )?assert (.+)$", re.MULTILINE)
_TOKEN = re.compile(r"-?\d+(?:\.\d+)?|'[^']*'|\"[^\"]*\"|\w+")


def hinted(messages: Iterable[str]) -> Dict[str, float]:
    """Return how much likelier each kind of edit is, by the messages of the failing tests."""
    said = [relation for relation in map(relation_of, messages) if relation]
    found: Dict[str, float] = {}
    for relation in said:
        for kind in KINDS[relation]:
            found[kind] = found.get(kind, 1.0) + HINTED / len(said)
    return found


def relation_of(message: str) -> str:
    """Return how the two values differ that a failing assertion shows, '' when it does not say."""
    if "DID NOT RAISE" in message or re.search(r"^\w+ not raised", message):
        return "not raised"
    if re.search(r"^(True is not false|False is not true)", message):
        return "truth"
    asserted = _ASSERTED.search(message)
    if asserted and not any(sign in asserted.group(1) for sign in _SIGNS):
        return "truth" if re.match(r"(not )?(True|False)\b", asserted.group(1)) else ""
    pair = shown(message)
    return "" if pair is None else _relation(*pair)


def shown(message: str) -> Optional[Pair]:
    """Return the two values that a failing assertion compares, or where they differ; None when it shows none."""
    pattern = re.search(r"^\s*Regex: (.+)\n\s*Input: (.+)$", message, re.MULTILINE)
    if pattern:
        one, other = _literal(pattern.group(1)), _literal(pattern.group(2))
        return (one[0], other[0]) if one is not None and other is not None else None
    asserted = _ASSERTED.search(message)
    return _pair(asserted.group(1) if asserted else re.sub(r"^[\w ]+ differ: ", "", message.partition("\n")[0]))


def corrected(value: Any, pairs: Iterable[Pair]) -> Iterator[Any]:
    """Yield what a number or a text should be so that one value of a pair becomes the other."""
    for pair in pairs:
        for came, wanted in (pair, pair[::-1]):
            if isinstance(value, str) and isinstance(came, str) and isinstance(wanted, str):
                yield from _rewritten(value, came, wanted)
            elif came != wanted and all(_is_number(one) for one in (value, came, wanted)):
                yield value + wanted - came
                if came and (value * wanted) % came == 0:
                    yield value * wanted // came


def _rewritten(text: str, came: str, wanted: str) -> Iterator[str]:
    """Yield the text with the change that makes one text the other, at a place with the same neighbours."""
    start = _shared(came, wanted)
    end = _shared(came[start:][::-1], wanted[start:][::-1])
    old, new = came[start : len(came) - end], wanted[start : len(wanted) - end]
    before, after = came[:start], came[len(came) - end :]
    for near in (3, 1, 0):
        left, right = before[len(before) - min(near, start) :], after[:near]
        where = left + old + right
        if where and text.count(where) == 1:
            yield text.replace(where, left + new + right)
            return


def _shared(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their start."""
    apart = (at for at, (a, b) in enumerate(zip(one, other)) if a != b)
    return next(apart, min(len(one), len(other)))


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) < 1e12


def leaves(pair: Pair) -> Iterator[Pair]:
    """Yield the numbers and texts in which two values differ."""
    one, other = pair
    if type(one) is not type(other):
        return
    if isinstance(one, dict):
        for key in [key for key in one if key in other]:
            yield from leaves((one[key], other[key]))
    elif isinstance(one, (list, tuple)) and len(one) == len(other):
        for both in zip(one, other):
            yield from leaves(both)
    elif type(one) in (int, float, str) and one != other:
        yield pair


def _pair(line: str) -> Optional[Pair]:
    """Return the two values of a comparison, as texts where they are no literals."""
    for sign in _SIGNS:
        at = line.find(sign)
        while at >= 0:
            left, right = _literal(line[:at]), _literal(line[at + len(sign) :].partition(" : ")[0])
            if left is not None and right is not None:
                return left[0], right[0]
            at = line.find(sign, at + 1)
    left_text, sign, right_text = line.partition(" == ") if " == " in line else line.partition(" != ")
    one, other = _TOKEN.findall(left_text), _TOKEN.findall(right_text)
    apart = [(a, b) for a, b in zip(one, other) if a != b]
    if not sign or len(one) != len(other) or len(apart) != 1:
        return None
    first, second = _literal(apart[0][0]), _literal(apart[0][1])
    return (first[0], second[0]) if first is not None and second is not None else None


def _literal(text: str) -> Optional[Tuple[Any]]:
    try:
        return (ast.literal_eval(text.strip()),)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _relation(one: Any, other: Any) -> str:
    if one is None or other is None:
        return "nothing" if one is not other else ""
    if isinstance(one, bool) and isinstance(other, bool):
        return "truth"
    number = isinstance(one, (int, float)) and isinstance(other, (int, float))
    if number:
        return _of_numbers(one, other)
    if type(one) is not type(other):
        return "type"
    if isinstance(one, (str, bytes)):
        return _of_texts(str(one), str(other))
    return _of_many(one, other)


def _of_numbers(one: Any, other: Any) -> str:
    if one == -other:
        return "sign"
    return "by one" if abs(one - other) == 1 else "number"


def _of_texts(one: str, other: str) -> str:
    if one.lower() == other.lower():
        return "case"
    if one.split() == other.split() or one.strip() == other.strip():
        return "blank"
    return "part" if one in other or other in one else "text"


def _of_many(one: Any, other: Any) -> str:
    if isinstance(one, dict):
        if one.keys() != other.keys():
            return "length" if len(one) != len(other) else "text"
        return _of_each([(one[key], other[key]) for key in one])
    if isinstance(one, (set, frozenset)):
        return "length"
    if not isinstance(one, (list, tuple)):
        return ""
    if len(one) != len(other):
        return "length"
    if sorted(map(repr, one)) == sorted(map(repr, other)):
        return "order"
    return _of_each(list(zip(one, other)))


def _of_each(pairs: Iterable[Pair]) -> str:
    """Return what all the elements that differ have in common; of numbers the least that is said."""
    found = {_relation(one, other) for one, other in pairs if one != other}
    if found and found <= {"by one", "sign", "number"}:
        return found.pop() if len(found) == 1 else "number"
    return found.pop() if len(found) == 1 else ""
