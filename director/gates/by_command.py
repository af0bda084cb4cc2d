"""What a command of the project's says of acceptance tests, in whatever language they are: it is run with and without.

Nothing is known of the language. Tests in a report are those it has with their files and not without. A command that
only ends well or badly says one thing of all it runs, so it must also notice when the files are spoilt.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from agents.ports import Produced
from director.gates.command import carried_out, read_value
from director.gates.defaults import DEFAULTS
from director.gates.gate import MeasuredTree
from director.gates.laid import laid_over
from director.gates.readers import Unreadable, junit_cases
from director.gates.tree import CleanTree
from ledger.events import Finding, GateSpec

KINDS = ("junit", "exit")
"""How a command may be read that runs tests; what names each test comes first."""
SPOILT = "}{ )( these lines are of no language ][ <\n"
"""What stands in a file in place of its tests, to see whether anybody reads it."""


class Said(NamedTuple):
    """What a command said of one tree."""

    cases: Mapping[str, str] | None
    """What became of each test by its name, or of the whole command by that of its gate; None without a report."""
    why: str = ""
    """What failed, in one line."""


class Shown(NamedTuple):
    """How far a step is by its acceptance tests."""

    share: float
    """Of its tests that pass."""
    why: str = ""
    """What is missing, in one line; empty when nothing is."""

    def finding(self, gate: str, path: str) -> Finding:
        """Return what is missing as a finding at the file of the tests."""
        return Finding(rule=gate, message=self.why, path=path, symbol=path)


def runners(specs: Iterable[GateSpec]) -> tuple[GateSpec, ...]:
    """Return the gates whose command may run acceptance tests: the project's own, those that name each test first."""
    own = [
        spec
        for spec in specs
        if spec.command and spec.name not in DEFAULTS and spec.better == "lower" and _kind(spec) in KINDS
    ]
    return tuple(sorted(own, key=lambda spec: KINDS.index(_kind(spec))))


async def said_of(tree: MeasuredTree, spec: GateSpec, files: Mapping[str, str], gone: Iterable[str] = ()) -> Said:
    """Run the command over a copy of a tree with these files, and without those that are to be gone."""
    with laid_over(tree.target, files, gone) as target:
        produced = await carried_out(CleanTree(target, trusted=tree.trusted), spec)
    read = await asyncio.to_thread(read_value, produced, spec)  # as where the gate is measured
    told = _line_about(files, produced)
    if _kind(spec) == "exit":
        why = told or (read.findings[0].message if read.findings else read.detail)
        return Said(None if read.value is None else {spec.name: "failed" if read.value else "passed"}, why)
    if read.value is None:
        return Said(None, told or read.detail)
    why = read.findings[0].message if read.findings else ""
    file = spec.options.get("file", "")
    text = (produced.files[file] if file else produced.completed.stdout).decode("utf-8", "replace")
    try:
        return Said(junit_cases(text.replace(f"{produced.place}/", "")), why)
    except Unreadable as wrong:
        return Said(None, str(wrong))


async def shares(
    tree: MeasuredTree, spec: GateSpec, steps: Sequence[tuple[str, Mapping[str, str]]]
) -> dict[str, Shown]:
    """Return how far each step is, by its name: its files are laid over the tree, and those of the others are gone."""
    every = {path for _, files in steps for path in files}
    named = _kind(spec) == "junit"
    before = await said_of(tree, spec, {}, every) if named else None
    found = {}
    for step, files in steps:
        after = await said_of(tree, spec, files, every - files.keys())
        if before is not None:
            found[step] = by_cases(before, after)
            continue
        found[step] = by_end(after)
        if found[step].share == 1:
            spoilt = await said_of(tree, spec, dict.fromkeys(files, SPOILT), every - files.keys())
            found[step] = noticed(spec, spoilt)
    return found


def by_cases(before: Said, after: Said) -> Shown:
    """Return how far a step is by the tests that its files bring, as long as they take no other test away."""
    if after.cases is None or before.cases is None:
        return Shown(0.0, (after if after.cases is None else before).why)
    brought = {name: became for name, became in after.cases.items() if name not in before.cases}
    if not brought:
        told = after.why if after.cases != before.cases else ""
        return Shown(0.0, told or "no test of these files was run")
    lost = [name for name, became in before.cases.items() if became == "passed" and after.cases.get(name) != became]
    if lost:
        return Shown(0.0, f"{lost[0]} passes only without these tests")
    good = sum(became == "passed" for became in brought.values())
    bad = next((f"{name} is {became}: {after.why}" for name, became in brought.items() if became != "passed"), "")
    return Shown(good / len(brought), bad)


def by_end(after: Said) -> Shown:
    """Return how far a step is by a command that succeeds or does not."""
    good = after.cases is not None and set(after.cases.values()) == {"passed"}
    return Shown(1.0) if good else Shown(0.0, after.why)


def noticed(spec: GateSpec, spoilt: Said) -> Shown:
    """Return that a step is done when its command fails over spoilt files, which it then reads."""
    if by_end(spoilt).share == 1:
        return Shown(0.0, f"{spec.name} succeeds whatever stands in these files: they are not run any more")
    return Shown(1.0)


def _line_about(files: Iterable[str], produced: Produced) -> str:
    """Return what a command said first of one of the files, in one line; empty when it names none."""
    names = {path.rpartition("/")[2] for path in files}
    said = b"\n".join((produced.completed.stderr, produced.completed.stdout)).decode("utf-8", "replace")
    lines = [line.strip() for line in said.replace(f"{produced.place}/", "").splitlines() if line.strip()]
    at = next((nth for nth, line in enumerate(lines) if any(name in line for name in names)), None)
    if at is None:
        return ""
    words = [word for word in lines[at].split() if word.isalpha()]
    return " ".join(lines[at if words else max(0, at - 1) : at + 1])[:300]  # only a place: what is there stands above


def _kind(spec: GateSpec) -> str:
    return spec.options.get("read", "exit")
