"""A failure has one fingerprint wherever it comes back, and two failures have two."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_graph.fingerprint import fingerprint, normalise_frames, normalise_message, trace

SAME_MESSAGES = [
    ["list index out of range"],
    ["'NoneType' object has no attribute 'foo'", "'str' object has no attribute \"bar\""],
    ["assert [1, 2, 3] == [1, 2]", "assert [] == {'a': None, 'b': [1, (2,)]}", "assert -1 == 2.5e-7",
     "assert 'x' == 'y"],
    ["Parser.read() missing 1 required positional argument: 'n'",
     "read() missing 1 required positional argument: 'k'"],
    ["outer.<locals>.f() takes 2 positional arguments but 3 were given",
     "f() takes 1 positional arguments but 2 were given"],
    ["float division by zero", "integer division or modulo by zero", "division by zero", "integer modulo by zero"],
    ["too many values to unpack (expected 2, got 3)", "too many values to unpack (expected 5)"],
    ["name 'colour' is not defined. Did you mean: 'color'?", "name 'x' is not defined"],
    ["cannot access local variable 'x' where it is not associated with a value",
     "local variable 'total' referenced before assignment"],
    ["cannot use 'list' as a dict key (unhashable type: 'list')", "unhashable type: 'dict'"],
    ["argument of type 'int' is not iterable", "argument of type 'int' is not a container or iterable"],
    ["maximum recursion depth exceeded", "maximum recursion depth exceeded in comparison"],
    ["can't set attribute", "can't set attribute 'x'", "property 'x' of 'Cart' object has no setter"],
    ["<shop.Cart object at 0x7f00aa11> is closed", "<shop.Cart object at 0x55d1> is closed"],
    ["no such file: /tmp/pytest-of-me/pytest-3/test_a0/in.txt", "no such file: ../other/in.txt",
     "no such file: C:\\Users\\me\\in.txt", "no such file: data/in.txt"],
    ["job 123e4567-e89b-12d3-a456-426614174000 failed", "job 9f86d081884c7d65 failed", "job 17 failed",
     "job tmpab12cd_9 failed"],
    ["late by 2024-01-02T03:04:05Z", "late by 1999-12-31 23:59:59"],
]  # fmt: skip
"""Each row is one failure in several clothes; all rows are different failures."""


def test_one_failure_in_several_clothes_has_one_message() -> None:
    told = [{normalise_message(message) for message in row} for row in SAME_MESSAGES]

    assert [row for row in told if len(row) != 1] == []


def test_different_failures_keep_different_messages() -> None:
    assert len({normalise_message(row[0]) for row in SAME_MESSAGES}) == len(SAME_MESSAGES)


def test_only_the_first_line_that_says_something_counts() -> None:
    assert normalise_message("\n  assert 3 == 4\n  + where 3 = f()") == normalise_message("assert 5 == 6")


def test_none_and_true_are_words_because_they_are_symptoms() -> None:
    assert normalise_message("assert None == 3") != normalise_message("assert 4 == 3")


FRAMES = [("shop/cart.py", "total"), ("shop/prices.py", "price_of")]


@pytest.mark.parametrize(
    "frames",
    [
        [("/tmp/wt/a1/src/shop/cart.py", "total"), ("/home/me/src/shop/prices.py", "price_of")],
        [("src\\shop\\cart.py", "Cart.total"), ("shop\\prices.py", "price_of")],
        [("tests/test_cart.py", "test_total"), *FRAMES],
        [("test_prices.py", "test_a"), ("tests/conftest.py", "made"), *FRAMES],
        [("shop/cart.py", "total"), ("shop/cart.py", "<listcomp>"), ("shop/prices.py", "price_of")],
        [*FRAMES, ("/usr/lib/python3.12/json/decoder.py", "decode")],
        [*FRAMES, ("/venv/lib/python3.11/site-packages/attr/_make.py", "__init__")],
        [("<frozen importlib._bootstrap>", "_call_with_frames_removed"), *FRAMES],
    ],
)
def test_folders_tests_and_foreign_frames_do_not_change_a_fingerprint(frames: list[tuple[str, str]]) -> None:
    assert fingerprint("KeyError", "'a'", frames) == fingerprint("KeyError", "'b'", FRAMES)


def test_another_function_exception_or_message_is_another_fingerprint() -> None:
    prints = {
        fingerprint("KeyError", "'a'", FRAMES),
        fingerprint("IndexError", "'a'", FRAMES),
        fingerprint("KeyError", "no such price", FRAMES),
        fingerprint("KeyError", "'a'", [*FRAMES, ("shop/prices.py", "look_up")]),
    }

    assert len(prints) == 4


def test_a_package_is_told_from_another_by_its_folder() -> None:
    assert normalise_frames([("a/shop/__init__.py", "f")]) != normalise_frames([("a/bank/__init__.py", "f")])


def test_a_failure_inside_a_test_keeps_the_test_as_its_place() -> None:
    one = fingerprint("AssertionError", "assert 1 == 2", [("tests/test_a.py", "test_one")])
    two = fingerprint("AssertionError", "assert 1 == 2", [("tests/test_a.py", "test_two")])

    assert one != two


def test_names_of_exceptions_lose_their_module_and_their_age() -> None:
    names = ["TimeoutError", "asyncio.TimeoutError", "concurrent.futures._base.TimeoutError", "socket.timeout"]

    assert len({fingerprint(name, "", []) for name in names}) == 1
    assert fingerprint("IOError", "", []) == fingerprint("builtins.OSError", "", [])


def test_an_endless_recursion_is_the_same_wherever_the_stack_ran_out() -> None:
    circle = [("a.py", "even"), ("a.py", "odd")] * 40

    first = fingerprint("RecursionError", "maximum recursion depth exceeded", [("a.py", "main"), *circle])
    second = fingerprint("RecursionError", "maximum recursion depth exceeded in comparison", circle[:-1])

    assert first == second


def test_the_trace_reads_from_outside_to_inside() -> None:
    assert trace(FRAMES) == "cart:total > prices:price_of"


WORDS = st.text(string.ascii_lowercase, min_size=3, max_size=9).filter(lambda word: not word.startswith("tmp"))
VALUES = st.one_of(
    st.integers(-(10**9), 10**9).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.text(max_size=12).map(lambda text: repr(text.replace("\n", " "))),
    st.uuids().map(str),
    st.integers(1, 2**48).map(hex),
    st.lists(st.integers(), max_size=4).map(repr),
    st.dictionaries(st.text(string.printable.strip(), max_size=4), st.integers(), max_size=3).map(repr),
)


@given(st.text(max_size=200))
def test_normalising_a_message_twice_changes_nothing(message: str) -> None:
    once = normalise_message(message)

    assert normalise_message(once) == once


@given(st.lists(WORDS, min_size=1, max_size=4), VALUES, VALUES)
def test_the_value_in_a_message_does_not_matter(words: list[str], one: str, other: str) -> None:
    shape = " ".join((*words, "{}", "found"))

    assert normalise_message(shape.format(one)) == normalise_message(shape.format(other))


@given(st.lists(WORDS, min_size=1, max_size=4), st.lists(WORDS, min_size=1, max_size=4))
def test_the_words_of_a_message_do_matter(one: list[str], other: list[str]) -> None:
    assert (normalise_message(" ".join(one)) == normalise_message(" ".join(other))) == (one == other)


FRAME = st.tuples(st.sampled_from(["a.py", "b/c.py", "b/d.py", "tests/test_a.py"]), WORDS)


@given(st.lists(FRAME, max_size=8), st.sampled_from(["/srv/x/", "/tmp/tmpab12cd_9/", "C:/work/", "./"]))
def test_where_a_project_lies_does_not_matter(frames: list[tuple[str, str]], folder: str) -> None:
    moved = [(folder + path, function) for path, function in frames]

    assert fingerprint("ValueError", "x", moved) == fingerprint("ValueError", "x", frames)
