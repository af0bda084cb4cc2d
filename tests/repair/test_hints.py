"""What a failing assertion shows says which edits are likely, before any is tried."""

from __future__ import annotations

import pytest

from agents.inside.editspace.hints import KINDS, corrected, hinted, leaves, relation_of, shown
from agents.inside.localise import Observed, spoken_of, told

RELATIONS = (
    ("assert 4 == 5\n +  where 4 = f(1)", "by one"),
    ("3 != 4", "by one"),
    ("3 != -3 : of the other side", "sign"),
    ("assert 12 == 30", "number"),
    ("assert None == 'x'", "nothing"),
    ("None is not True", "nothing"),
    ("False is not true", "truth"),
    ("assert False is True", "truth"),
    ("assert not True\n +  where True = f(1)", "truth"),
    ("'Ab' != 'ab'\n- Ab\n+ ab\n", "case"),
    ("assert ' a' == 'a'", "blank"),
    ("assert 'a == b' == 'a == '", "part"),
    ("Lists differ: [1, 2] != [2, 1]\n\nFirst differing element 0:", "order"),
    ("assert [1, 2] == [1]\n  Left contains one more item: 2", "length"),
    ("assert {'a': 1} == {'a': 2}", "by one"),
    ("assert ('a', 1) == ['a', 1]", "type"),
    ("assert date(2020, 1, 2) == date(2020, 1, 3)", "by one"),
    ("DID NOT RAISE <class 'ValueError'>", "not raised"),
    ("ValueError not raised by f", "not raised"),
    ("why\nassert 1 == 2", "by one"),
    ("assert <A object> == <B object>", ""),
    ("'x' not found in ['y']", ""),
    ("", ""),
)


def test_what_came_and_what_was_expected_differ_in_a_way() -> None:
    assert [row for row in RELATIONS if relation_of(row[0]) != row[1]] == []


@pytest.mark.parametrize(
    ("error", "message", "names"),
    [
        ("AttributeError", "'_Wrapper' object has no attribute 'cache_size'", {"cache_size"}),
        ("KeyError", "'width'", {"width"}),
        ("TypeError", "f() got an unexpected keyword argument 'depth'", {"depth"}),
        ("TypeError", "unsupported operand type(s) for +: 'int' and 'str'", set()),
        ("AssertionError", "'width' not found", set()),
    ],
)
def test_a_failure_names_what_is_missing(error: str, message: str, names: set[str]) -> None:
    """The line that should have given it a value is often far from where it was missed."""
    assert told({0: Observed("f", {}, error, message, ())}, [0]) == names


def test_lines_that_hold_a_name_are_more_suspicious_unless_it_is_everywhere() -> None:
    text = "def f(x):\n    x.cache_sizes = 1\n    x.cache_size = 2\n" + "y = 1\n" * 21

    assert spoken_of(text, {"cache_size", "y"}) == {3}


def test_every_assertion_counts_for_its_share() -> None:
    """A kind that explains each of them stands before one that explains half."""
    found = hinted(["assert 1 == 2", "assert None == 2", "nobody knows"])

    assert found["const"] == found["return-add"] > 1.0
    assert hinted(["assert 1 == 2"])["const"] > found["const"]
    assert hinted([""]) == {}


def test_the_kinds_are_kinds_of_edits() -> None:
    """A kind that no family makes would never be likelier."""
    from pathlib import Path

    import agents.inside.editspace as space

    text = "".join(path.read_text() for path in Path(space.__file__).parent.glob("*.py") if path.name != "hints.py")
    assert [kind for kinds in KINDS.values() for kind in kinds if f'"{kind}"' not in text] == []


@pytest.mark.parametrize(
    ("value", "message", "right"),
    [
        (3, "assert 10 == 14", 7),
        (60, "assert 120 == 7200", 3600),
        ("Pth out of range", "'Pth out of range' != 'Path out of range'", "Path out of range"),
        ("%s: ", "assert 'name: 4' == 'name = 4'", "%s = "),
        (", ", "assert ['a, b'] == ['a,b']", ","),
        ("no %s here", "Regex pattern did not match.\n  Regex: 'not 1 here'\n  Input: 'no 1 here'", "not %s here"),
    ],
)
def test_a_constant_is_guessed_from_what_was_expected(value: object, message: str, right: object) -> None:
    """Neither the code nor the tests need to hold the right constant itself."""
    pair = shown(message)
    assert pair is not None

    assert right in list(corrected(value, leaves(pair)))
