"""What is said of a function that gives something else than before."""

from __future__ import annotations

import json

from director.referee.answers import known_pairs, literals, one_answer, vaguer

CALLS = [("shop", "shop.py", "slug", "", f"test_{n}", -1, ["Hello World", "Top Ten"]) for n in range(8)]


def gave(value: object) -> str:
    return json.dumps(["gave", [type(value).__name__, repr(value)]])


def raised(*kinds: str) -> str:
    return json.dumps(["raised", kinds])


def different(old: str, new: str) -> bool:
    return old != new


def test_answers_that_became_one_are_refused() -> None:
    old, now = {n: gave(f"slug-{n}") for n in range(8)}, {n: gave("") for n in range(8)}

    found = list(one_answer(range(8), CALLS, old, now, (), different))

    assert [(one.reason.code, one.weight) for one in found] == [("memorised", "rejects")]


def test_answers_that_a_mended_test_wants_so_are_for_a_person() -> None:
    old, now = {n: gave(f"slug-{n}") for n in range(8)}, {n: gave("") for n in range(8)}

    assert [one.weight for one in one_answer(range(8), CALLS, old, now, {"test_3"}, different)] == ["doubts"]


def test_a_question_that_is_answered_no_as_a_mended_test_wants_and_yes_elsewhere_says_nothing() -> None:
    old, now = {n: gave(f"slug-{n}") for n in range(8)}, {n: gave(False) for n in range(8)}
    old[7] = now[7] = gave(True)

    assert list(one_answer(range(8), CALLS, old, now, {"test_3"}, different)) == []
    assert list(one_answer(range(7), CALLS, old, now, {"test_3"}, different)) != []


def test_answers_that_a_failing_test_had_already_accepted_are_not_what_it_wants() -> None:
    calls = [(*call[:4], "test_all", *call[5:]) for call in CALLS]
    old, now = {n: gave(f"slug-{n}") for n in range(8)}, {n: gave("") for n in range(8)}

    assert [one.weight for one in one_answer(range(8), calls, old, now, {"test_all"}, different)] == ["rejects"]


def test_answers_that_became_one_where_no_test_is_and_most_stay_as_they_were_are_for_a_person() -> None:
    """A number of days that was negative for periods which end before they begin is nought now."""
    near = [(*CALLS[0][:5], 0, *CALLS[0][6:]) for _ in range(12)]
    old = {n: gave(f"slug-{n}") for n in range(20)}
    now = {n: gave("") if n >= 14 else old[n] for n in range(20)}

    assert [one.weight for one in one_answer(range(20), CALLS + near, old, now, (), different)] == ["doubts"]
    assert [one.weight for one in one_answer(range(10, 20), CALLS + near, old, now, (), different)] == ["rejects"]


def test_other_answers_that_are_told_apart_say_nothing() -> None:
    old, now = {n: gave(f"slug-{n}") for n in range(8)}, {n: gave(f"Slug {n}") for n in range(8)}

    assert list(one_answer(range(8), CALLS, old, now, (), different)) == []


def test_an_error_of_its_own_that_became_a_broader_one_is_refused() -> None:
    old = {n: raised("BadText", "ValueError", "Exception") for n in range(3)}
    now = {n: raised("ValueError", "Exception") for n in range(3)}

    assert [one.reason.rule for one in vaguer(range(3), CALLS, old, now, (), ())] == ["BadText"]
    assert list(vaguer(range(3), CALLS, old, now, (), {"BadText"})) == []
    assert list(vaguer(range(3), CALLS, old, now, {"test_0"}, ())) == []


def test_inputs_of_tests_that_stand_in_new_data_with_their_answers_are_refused() -> None:
    old = {0: gave("hello-world"), 1: gave("top-ten")}
    data = json.dumps({"Hello World": "hello-world", "Top Ten": "top-ten"})

    found = list(known_pairs(CALLS[:2], old, {"test_0", "test_1"}, [""], [data]))

    assert [(one.reason.code, one.weight) for one in found] == [("memorised", "rejects")]
    assert list(known_pairs(CALLS[:2], old, {"test_0", "test_1"}, [data], [data])) == []


def test_what_documents_is_no_literal() -> None:
    assert literals('def f():\n    """Hello World"""\n    return "a b"\n') == {"a b"}
