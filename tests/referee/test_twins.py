"""Which tests are the same by their text, and which were touched."""

from __future__ import annotations

from director.referee.twins import same_but_for_values, touched

BEFORE = """import pytest

from shop import price

CASES = [1, 2]


def test_one():
    assert price(1) == 1


def test_two():
    assert price(2) == 2
"""


def test_a_test_that_was_rewritten_is_the_only_one_touched() -> None:
    after = BEFORE.replace("price(2) == 2", "price(2) > 0")

    assert touched(BEFORE, after) == {"test_two"}


def test_a_test_that_is_gone_or_new_is_touched() -> None:
    assert touched(BEFORE, BEFORE.replace("def test_two", "def test_three")) == {"test_two", "test_three"}


def test_what_tests_share_touches_all_of_them() -> None:
    assert touched(BEFORE, BEFORE.replace("CASES = [1, 2]", "CASES = []")) is None


def test_a_name_that_is_imported_from_elsewhere_touches_all_of_them() -> None:
    assert touched(BEFORE, BEFORE.replace("from shop import", "from fakes import")) is None
    assert touched(BEFORE, BEFORE.replace("import pytest\n", "import pytest\nfrom fakes import *\n")) is None


def test_another_import_touches_none() -> None:
    assert touched(BEFORE, "import json\n" + BEFORE) == frozenset()


def test_a_second_test_of_one_name_is_seen() -> None:
    assert touched(BEFORE, BEFORE + "\n\ndef test_one():\n    assert price(1) == 1\n") == {"test_one"}


def test_other_values_are_no_other_test() -> None:
    assert same_but_for_values(BEFORE, BEFORE.replace("price(2) == 2", "price(2) == 3"))
    assert not same_but_for_values(BEFORE, BEFORE.replace("price(2) == 2", "price(2) >= 3"))
    assert not same_but_for_values(BEFORE, BEFORE.replace("[1, 2]", "[1]"))
    assert not same_but_for_values(BEFORE, BEFORE.replace("price(2) == 2", "price(2)"))
