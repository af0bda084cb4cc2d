"""The first messages of a conversation: what matters for the task, to a budget of tokens, the same in every run."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agents.brains.conversation.looking import Failing, failing, is_tested
from agents.brains.conversation.steady import data, shortened
from agents.brains.conversation.turns import BYTES
from agents.ports import Frame, Message, TestOutcome, Workbench
from agents.tools.repository_map import repository_map
from ledger.events import GateSpec, Reading, Task

TOKENS = 5000
"""What the first message of the user may take."""
MAP_TOKENS = 1000
CONVENTIONS = ("AGENTS.md", "CONTRIBUTING.md")
_LARGEST = 65536
ASKED = "task"
"""The note that holds what a person asked for: no data, but the work itself."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the first message."""

    title: str
    text: str
    most: int
    """Characters it may have, however much room there is."""
    rank: int
    """Who gets room first: the lower."""


async def first_message(task: Task, bench: Workbench, tests: Failing | None, tokens: int) -> Message:
    """Return what the user says first: the task, and as much of what helps as there is room for."""
    sections = [*_about_task(task, bench), *_about_failures(task, bench, tests), *_from_others(bench)]
    sections += await asyncio.to_thread(lambda: list(_about_project(task, bench, tests)))
    return Message("user", fitted(sections, tokens * BYTES))


async def tests_of(task: Task, bench: Workbench, seconds: float) -> Failing | None:
    """Return how the task's tests fail before anything is changed; None when no tests say when it is done."""
    return await failing(task, bench, seconds / 2) if is_tested(task) else None


def fitted(sections: list[Section], room: int) -> str:
    """Return the sections in their order; when there is no room for all, the lower ranks are shortened first."""
    shown: dict[int, str] = {}
    for nth, each in sorted(enumerate(sections), key=lambda pair: (pair[1].rank, pair[0])):
        most = min(each.most, room)
        if not each.text or (most < 200 and len(each.text) > most):
            continue
        shown[nth] = shortened(each.text, most)
        room -= len(shown[nth]) + len(each.title) + 4
    return "\n\n".join(f"# {sections[nth].title}\n{text}" for nth, text in sorted(shown.items()))


def _about_task(task: Task, bench: Workbench) -> Iterator[Section]:
    lines = [task.title]
    spec = next((each for each in (bench.thinking.gates if bench.thinking else ()) if each.name == task.gate), None)
    reading = bench.readings.get(task.gate)
    if task.gate:
        lines.append(_gate_line(task.gate, spec, reading))
    if task.targets:
        lines += ["It is about:", data("targets", "\n".join(task.targets[:20]))]
        lines += [f"and {len(task.targets) - 20} more"] if len(task.targets) > 20 else []
    yield Section("Task", "\n".join(lines), 3000, 0)
    if bench.thinking is not None and bench.thinking.goal:
        yield Section("What the user wants in the end", bench.thinking.goal, 3000, 0)
    if asked := {**bench.notes, **(bench.thinking.notes if bench.thinking else {})}.get(ASKED, ""):
        yield Section("What is asked for, in the user's words", asked, 6000, 0)
    if reading is not None and (found := _findings(task, reading)):
        yield Section(f"What the gate {task.gate} finds there", data("findings", found), 2500, 2)


def _gate_line(gate: str, spec: GateSpec | None, reading: Reading | None) -> str:
    parts = [f"Gate: {gate}"]
    if reading is not None:
        value = "could not be measured" if reading.value is None else f"is {reading.value:g}"
        parts.append(f"{value}{f' ({reading.detail})' if reading.detail else ''}")
    if spec is not None:
        parts.append(
            f"wanted {'at least' if spec.better == 'higher' else 'at most'} {spec.target:g} {spec.unit}".strip()
        )
    return ", ".join(parts) + "."


def _findings(task: Task, reading: Reading) -> str:
    targets = set(task.targets)
    files = {target.split("::")[0] for target in targets}
    own = [
        each
        for each in reading.findings
        if not targets or each.symbol in targets or each.path in files or (each.fingerprint or "-") == task.fingerprint
    ]
    return "\n".join(f"{each.path}:{each.line} {each.rule} {each.message}"[:300] for each in own[:25])


def _about_failures(task: Task, bench: Workbench, tests: Failing | None) -> Iterator[Section]:
    if tests is not None and not tests.met:
        yield Section("How it fails", tests.looked.told, 5000, 1)
        if places := _places(tests.tests):
            yield Section("Where the cause may be", data("places", "\n".join(places)), 1000, 2)
    known = bench.recall(task.fingerprint) if task.fingerprint else None
    if known is None:
        return
    if known.solved:
        fix = data("diff", known.solved[0])
        yield Section("This landed for the same failure before; see whether it fits", fix, 2500, 3)
    reasons = list(dict.fromkeys(f"- {each.code}: {each.message}" for each in known.objections))
    if reasons:
        why = data("reasons", "\n".join(reasons[:8]))
        yield Section("Rejected for the same failure before; do not repeat it", why, 1500, 2)


def _places(tests: tuple[TestOutcome, ...]) -> list[str]:
    """Return the project's own functions in the traces, the innermost and the most frequent first."""
    count: dict[Frame, float] = {}
    for test in tests:
        for depth, frame in enumerate(reversed(test.frames)):
            count[frame] = count.get(frame, 0.0) + 1.0 / (1 + depth)
    ranked = sorted(count.items(), key=lambda pair: (-pair[1], pair[0].path, pair[0].line))
    return [f"- {frame.path}:{frame.line} in {frame.function}" for frame, _ in ranked[:8]]


def _from_others(bench: Workbench) -> Iterator[Section]:
    """What other agents of the run left, by name; what was rejected comes first."""
    goal = bench.thinking.goal if bench.thinking else ""
    notes = {**bench.notes, **(bench.thinking.notes if bench.thinking else {})}
    if bench.received is not None and bench.thinking is not None:
        handed = bench.thinking.blobs.get(bench.received.payload).decode("utf-8", "replace")
        notes = {name: text for name, text in notes.items() if text != handed}
        yield Section(f"Handed over by the {bench.received.sender}", data("handed-over", handed), 4000, 1)
    for name in sorted(notes, key=lambda each: (each != "rejected", each)):
        if notes[name].strip() and notes[name] != goal and name != ASKED:
            yield Section(f"From this run: {name}", data(name, notes[name]), 3000, 2)


def _about_project(task: Task, bench: Workbench, tests: Failing | None) -> Iterator[Section]:
    project = bench.target.project.resolve()
    for name in CONVENTIONS:
        if text := _read(project, name) or _read(bench.target.root.resolve(), name):
            yield Section(f"The project's own {name}", data(name, text), 2500, 4)
    mentioned = [*task.targets, *(frame.path for test in (tests.tests if tests else ()) for frame in test.frames)]
    if text := repository_map(project, mentioned, MAP_TOKENS):
        yield Section("The project: what matters most for this", data("map", text), MAP_TOKENS * 5, 5)


def _read(folder: Path, name: str) -> str:
    """Return a small text file of the tree; links that lead out of it are not followed."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or not path.is_file() or path.stat().st_size > _LARGEST:
        return ""
    return path.read_text("utf-8", errors="replace")
