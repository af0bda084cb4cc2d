"""What is offered first when several edits turn the failing tests green."""

from __future__ import annotations

from typing import Any

import pytest

from agents.inside import regions
from agents.inside.editspace import Edit
from agents.inside.ranking import Ranked, ranked
from agents.inside.regions import Region
from agents.inside.source import Source


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


def test_what_leaves_a_name_behind_that_nothing_reads_is_offered_after_what_mends_its_value() -> None:
    around = Ranked(edit("var", 0.6), (1,), beside=0, ticks=10, number=1, weakens=False, size=6, idles=True)
    inside = Ranked(edit("wrap", 0.4), (1,), beside=0, ticks=10, number=2, weakens=False, size=6)

    assert ranked([around, inside]) == [inside, around]


@pytest.mark.parametrize(
    ("old", "new", "idles"),
    [
        ("return cls(self.a)", "return Version(self.a)", True),
        ("cls = self", "cls = self\n        cls = type(self)", True),
        ("cls = self", "cls = type(self)", False),
        ("cls = self", "cls = self\n        cls = type(cls)", False),
    ],
)
def test_a_patch_is_known_to_go_around_the_mistake_by_what_nothing_reads_after_it(
    old: str, new: str, idles: bool
) -> None:
    text = "class Version:\n    def copy(self):\n        '''One\nmore.'''\n"
    text += "        cls = self\n        return cls(self.a)\n"
    source = Source("a.py", text.encode())
    region = Region(source, regions.outermost(source)[0], "a.py")
    start = text.index(old)

    assert region.leaves_idle(((start, start + len(old), new.encode()),)) is idles


def test_code_that_counts_nothing_stands_on_its_own_lines() -> None:
    """What is traced of an edit is compared with the lines that tests ran before it."""
    text = "import math\n\n\nclass Sum:\n    def over(self, items):\n        for one in items:\n            yield one\n"
    module: dict[str, Any] = {}
    exec(compile(text, "sum.py", "exec"), module)
    source = Source("sum.py", text.encode())
    region = Region(source, regions.outermost(source)[0], "sum.py")
    over = module["Sum"].over
    assert region.attach({(5, "over"): [over]})
    start = text.index("yield one") + len("yield one")

    lines = []
    for splices in ((), ((start, start, b" + 1"),)):
        region.uncount(splices)
        lines.append({line for _, _, line in over.__code__.co_lines() if line})

    assert lines == [{5, 6, 7}, {5, 6, 7}] and list(module["Sum"]().over([1])) == [2]
