"""The pieces the story is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ledger.events import (
    DIRECTOR,
    REQUESTS,
    AnyEvent,
    AttemptId,
    AttemptScheduled,
    CheckpointCreated,
    CheckpointId,
    FileChange,
    Finding,
    Fingerprint,
    GateSpec,
    LandDecided,
    PatchLanded,
    PatchMeasured,
    PatchProposed,
    Reading,
    RoleCard,
    RunId,
    Task,
    TaskId,
    attempt_stream,
)

RUN = RunId("r1")
START = 1_790_000_000.0
Blob = Callable[[str], str]
"""Keeps a text beside the ledger and returns its name."""

GATES = (
    GateSpec(name="tests", better="lower", target=0.0, tolerance=0.0, ratchet=True, weight=3.0, unit=" failing"),
    GateSpec(name="coverage", better="higher", target=80.0, tolerance=0.5, unit=" %"),
    GateSpec(name="lint", better="lower", target=0.0, tolerance=0.0, unit=" findings"),
)
ROLES = (
    RoleCard(name="coder", charge="Mends lint findings and removes code nothing uses."),
    RoleCard(name="tester", charge="Writes tests for functions no test reaches."),
    RoleCard(name="debugger", charge="Finds the cause of failing tests and repairs it."),
    RoleCard(
        name="architect", charge="Looks for import cycles and hot spots.", available=False, why_not="nothing to do"
    ),
)


@dataclass(frozen=True, slots=True)
class Told:
    """One event of the story, and where it stands."""

    stream: str
    actor: str
    event: AnyEvent


def director(*events: AnyEvent) -> list[Told]:
    """Return events of the director."""
    return [Told(DIRECTOR, "director", event) for event in events]


def agent(attempt: str, *events: AnyEvent) -> list[Told]:
    """Return events of an attempt's own stream."""
    return [Told(attempt_stream(AttemptId(attempt)), "agent", event) for event in events]


def asked(*events: AnyEvent) -> list[Told]:
    """Return requests of the user."""
    return [Told(REQUESTS, "user", event) for event in events]


def commit(number: int) -> str:
    """Return a made-up commit id."""
    return f"{number:02x}" * 20


def readings(tests: float | None, coverage: float, lint: float) -> tuple[Reading, ...]:
    """Return the three gates' readings."""
    passed = 0 if tests is None else 44 - int(tests)
    failed = tuple(
        Finding(rule="AssertionError", message="assert 3 == 4", path="tests/test_ranges.py", line=12 + n)
        for n in range(0 if tests is None else 44 - passed)
    )
    return (
        Reading(
            gate="tests",
            value=tests,
            detail="the suite did not end in 60 s" if tests is None else f"{passed} of 44 tests pass",
            tool="pytest 9.2.0",
            findings=failed,
            counts={"passed": float(passed), "failed": float(44 - passed)},
            seconds=3.25,
        ),
        Reading(
            gate="coverage", value=coverage, detail=f"{coverage:g} % of lines and branches", tool="coverage 7.17.3"
        ),
        Reading(gate="lint", value=lint, detail=f"{lint:g} findings", tool="ruff 0.17.5 (E,F,I)", more=int(lint)),
    )


def task(number: int, kind: str, gate: str, role: str, title: str, fingerprint: str = "") -> Task:
    """Return a task of the first run."""
    return Task(
        id=TaskId(f"t{number}"),
        kind=kind,  # type: ignore[arg-type]
        gate=gate,
        role=role,
        title=title,
        fingerprint=Fingerprint(fingerprint),
        promise=0.2,
    )


def scheduled(attempt: str, iteration: int, of: int, role: str, base: int, tries: int = 1) -> AttemptScheduled:
    """Return the decision to try a task."""
    return AttemptScheduled(
        run=RUN,
        iteration=iteration,
        attempt=AttemptId(attempt),
        task=TaskId(f"t{of}"),
        role=role,
        base=commit(base),
        seed=7,
        tries=tries,
    )


def proposed(
    attempt: str, technique: str, title: str, diff: str, path: str, base: int, fixes: str = ""
) -> PatchProposed:
    """Return a patch."""
    lines = diff.splitlines()
    return PatchProposed(
        attempt=AttemptId(attempt),
        base=commit(base),
        tree=commit(base + 100),
        technique=technique,
        title=title,
        files=(
            FileChange(
                path=path,
                added=sum(line.startswith("+") and not line.startswith("+++") for line in lines),
                removed=sum(line.startswith("-") and not line.startswith("---") for line in lines),
            ),
        ),
        diff=diff,
        patch=f"patch-{attempt}",
        fixes=(Fingerprint(fixes),) if fixes else (),
        notes="parse_range('3') told the two apart" if fixes else "",
    )


def measured(attempt: str, base: int, values: tuple[float | None, float, float], score: float) -> PatchMeasured:
    """Return the measurement of a patched tree."""
    return PatchMeasured(
        attempt=AttemptId(attempt), base=commit(base), tree=commit(base + 100), readings=readings(*values), score=score
    )


def landing(attempt: str, number: int, title: str, values: dict[str, float | None], score: float) -> list[Told]:
    """Return the decision to land, the landing and its checkpoint."""
    point = CheckpointId(f"c{number}")
    tree = commit(number + 100)
    return director(
        LandDecided(
            attempt=AttemptId(attempt),
            checkpoint=point,
            at=START + number,
            parent=commit(number - 1),
            tree=tree,
            message=title,
        ),
        PatchLanded(
            attempt=AttemptId(attempt),
            checkpoint=point,
            commit=commit(number),
            tree=tree,
            pack="p",
            solved=(Fingerprint("E-width"),) if number == 2 else (),
        ),
        CheckpointCreated(
            run=RUN, checkpoint=point, commit=commit(number), tree=tree, gates=values, score=score, title=title
        ),
    )


def diff(name: str) -> str:
    """Return one of the story's diffs."""
    return (Path(__file__).parent / "golden" / f"{name}.diff").read_text(encoding="utf-8")
