"""What is offered first when several edits turn the failing tests green."""

from __future__ import annotations

from agents.inside.editspace import Edit
from agents.inside.ranking import Ranked, ranked


def edit(kind: str, score: float) -> tuple[Edit, ...]:
    return (Edit(score, kind, line=1, region=0, splices=((0, 1, b"x"),)),)


def test_what_mends_others_too_is_offered_before_what_looks_likelier() -> None:
    likely = Ranked(edit("var", 0.9), (1, 2), beside=0, ticks=10, number=1, weakens=False, size=3)
    broad = Ranked(edit("not", 0.2), (1, 2), beside=28, ticks=10, number=9, weakens=False, size=4)

    assert ranked([likely, broad]) == [broad, likely]


def test_what_mends_more_of_its_own_tests_is_offered_before_what_mends_others() -> None:
    own = Ranked(edit("var", 0.2), (1, 2, 3), beside=0, ticks=10, number=1, weakens=False, size=3)
    others = Ranked(edit("var", 0.9), (1,), beside=9, ticks=10, number=2, weakens=False, size=3)

    assert ranked([others, own]) == [own, others]
