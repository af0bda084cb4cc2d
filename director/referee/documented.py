"""What the documentation of the base shows must be true of the candidate, also where that shows something else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from agents.ports import InsideRun
from director.referee.objections import Objection, doubts, rejects


class Documented(NamedTuple):
    """A docstring with examples."""

    module: str
    document: str
    passed: bool


Examples = Mapping[tuple[str, str], Documented]
"""By name, and by the examples themselves."""


def documented(run: InsideRun) -> dict[tuple[str, str], Documented]:
    """Return the examples that a run tried in the documentation of the tree it ran in."""
    return {
        (str(m["name"]), str(m["text"])): Documented(str(m["module"]), str(m["document"]), bool(m["passed"]))
        for m in run.of("documented")
    }


def untrue(known: Examples, run: InsideRun, mended: Collection[str]) -> Iterator[Objection]:
    """Yield examples of the base that are not true of the candidate's code; `mended` tests fail only on the base."""
    now = documented(run)
    tried = {(str(m["name"]), str(m["text"])): bool(m["passed"]) for m in run.of("as documented")}
    passing = {test.rpartition("::")[2] for test in mended}
    for key, one in known.items():
        name = key[0]
        if tried.get(key) is not False:
            continue
        if one.passed and key in now:
            yield rejects("documented", f"the example in the documentation of {name} is no longer true", rule=name)
        elif one.passed and any(other[0] == name for other in now):
            said = f"the example in the documentation of {name} is another one now, and the old one no longer true"
            yield doubts("behaviour", said, rule=name)
        elif not one.passed and name in passing and key not in now:
            said = f"the example of {name} that failed is still not true; the documentation shows another one now"
            yield rejects("fitted", said, rule=name)
