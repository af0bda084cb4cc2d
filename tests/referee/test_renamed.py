"""A value that stands in several places of a call is made another in all of them: the call is as valid as it was."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from agents.inside.renamed import renamed
from director.referee.examples import TOGETHER, Examples
from director.referee.heldout import HeldOut


class Shelf:
    """Keeps books and where they stand."""

    def __init__(self, books: list[Any]) -> None:
        self.books = books
        self.places = {book: place for place, book in enumerate(books)}


CALLS: list[tuple[dict[str, Any], bool]] = [
    ({"self": Shelf(["emma", ("the", "trial")]), "book": ("the", "trial")}, True),
    ({"address": "shop?size=12&colour=red", "name": "size"}, True),
    ({"rows": [{"name": "ann"}, {"name": "bob"}], "by": "name"}, True),
    ({"known": {4711, 4712}, "number": 4711}, True),
    ({"word": b"two", "words": [b"one", b"two"]}, True),
    ({"a": "one", "b": "two"}, False),
    ({"first": 1, "items": [1, 2, 1]}, False),
    ({"self": Shelf([(1, 2), (3, 4)]), "place": (1, 2)}, True),
    ({"sign": "=", "pair": "a=b"}, False),
    ({"kind": dict, "kinds": [dict, None]}, False),
]


def shape(value: Any) -> Any:
    """Return which leaves are equal to which, and nothing else of a value."""
    known: dict[str, int] = {}
    told = value.__dict__ if isinstance(value, Shelf) else value
    if isinstance(told, dict):
        return [shape([*told.keys(), *told.values()])]
    if isinstance(told, list | set):
        return [
            known.setdefault(repr(each), len(known)) if isinstance(each, str | bytes | int | tuple) else shape(each)
            for each in told
        ]
    return None


def test_what_stands_in_several_places_is_another_in_all_of_them_and_what_does_not_stays() -> None:
    wrong = {}
    for number, (given, expected) in enumerate(CALLS):
        found = list(renamed(given, Random(1), 6))
        kept = [
            (shape(list(each.values())), list(each)) == (shape(list(given.values())), list(given)) for each in found
        ]
        told = {repr([vars(part) if isinstance(part, Shelf) else part for part in each.values()]) for each in found}
        if bool(found) is not expected or not all(kept) or len(told) < (2 if expected else 0):
            wrong[number] = told

    assert wrong == {}


def test_a_key_is_found_still_where_it_was() -> None:
    (found,) = renamed({"address": "shop?size=12&resized=1", "name": "size"}, Random(1), 1)
    (shelf,) = renamed({"self": Shelf(["emma", "emil"]), "book": "emma"}, Random(1), 1)

    assert found["address"] == f"shop?{found['name']}=12&resized=1" and found["name"] != "size"
    assert shelf["self"].books == list(shelf["self"].places) == [shelf["book"], "emil"]


def test_a_mending_for_one_name_alone_shows_where_every_other_is_refused_as_before() -> None:
    """Refused inputs say nothing where they may be none; one that was only renamed is as good as the test's."""
    calls, before, now = [], {}, {}
    for number in range(9):
        near, varied = (-1, "") if number == 0 else (0, TOGETHER)
        calls.append(("shelf", "shelf.py", "place", "", "tests/test_shelf.py::test_place", near, [], {}, varied))
        before[number] = now[number] = json.dumps(["raised", ["KeyError", "Exception"]])
    now[0] = json.dumps(["gave", ["int", "0"]])
    mended = frozenset({"tests/test_shelf.py::test_place"})
    texts = (
        {"shelf.py": "def place(book): return found(book)"},
        {"shelf.py": "def place(book): return 0 if book else 1"},
    )

    def said(examples: Examples, then: dict[int, str]) -> list[str]:
        return [one.reason.code for one in HeldOut(examples, mended, frozenset(), *texts)._special(range(9), then)]

    assert said(Examples(tuple(calls), before), now) == ["special-cased"]
    assert said(Examples(tuple((*call[:8], "book") for call in calls), before), now) == []
    assert said(Examples(tuple(calls), before), {**now, 5: now[0]}) == []


def test_answers_that_are_alike_as_names_are_not_say_nothing() -> None:
    """What gave the name back, and gives its place now, had as many answers as there were names."""
    test = "tests/test_shelf.py::test_place"
    calls = [("shelf", "shelf.py", "place", "", test, 0 if number else -1, [], {}, TOGETHER) for number in range(9)]
    before = {number: json.dumps(["gave", ["str", repr("abcdefghi"[number])]]) for number in range(9)}
    now = dict.fromkeys(range(9), json.dumps(["gave", ["int", "0"]]))
    check = HeldOut(Examples(tuple(calls), before), frozenset(), frozenset({test}), {}, {})

    assert list(check._of_each_function(now)) == []
    assert list(check._answers(range(9), now)) != [], "as it would be said of other inputs"
