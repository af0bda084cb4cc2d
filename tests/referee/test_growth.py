"""Tests that want all they wanted before, and more."""

from __future__ import annotations

import pytest

from director.referee.growth import grew

TEST = 'def test_places():\n    assert places("books") == ["AT", "DE"]\n'
PAGE = "usage: shop [-h]\n\n-h  show this\n"


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        (TEST, TEST.replace('"AT", "DE"', '"AT", "DE", "ES"'), "test_places.py"),
        (TEST, "import os\n\n" + TEST + "\n\ndef test_more():\n    assert places('') == []\n", "test_places.py"),
        (PAGE, PAGE.replace("[-h]", "[-h] [--json]") + "--json  for programs\n", "help.txt"),
        ('{"AT": [1, 2]}', '{"AT": [1, 2, 3], "DE": []}', "known.json"),
    ],
    ids=["an item more", "a test more", "an option more", "a key more"],
)
def test_what_is_only_added_to_wants_all_it_wanted(before: str, after: str, path: str) -> None:
    assert grew(before, after, path)


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        (TEST, TEST.replace('"AT", "DE"', '"AT", "ES"'), "test_places.py"),
        (TEST, TEST.replace("def", "@skip\ndef"), "test_places.py"),
        (TEST.replace("==", "in"), TEST.replace("==", "in").replace('"DE"', '"DE", []'), "test_places.py"),
        (TEST, TEST + "    return\n", "test_places.py"),
        ("total 18.49", "total 18.50", "receipt.txt"),
        ('{"AT": 1}', '{"AT": 2}', "known.json"),
        ("all of it", "", "recorded.txt"),
    ],
    ids=["another item", "a mark", "more to be among", "a statement", "another number", "another value", "nothing"],
)
def test_what_says_anything_else_does_not(before: str, after: str, path: str) -> None:
    assert not grew(before, after, path)
