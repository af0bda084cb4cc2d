"""A made-up but lawful run, told in chapters: the golden ledgers and the browser tests fold and follow it."""

from __future__ import annotations

from msgspec import structs

from ledger.events import (
    AnyEvent,
    AttemptCancelled,
    AttemptFailed,
    AttemptGaveUp,
    AttemptId,
    BaselineMeasured,
    BranchDelivered,
    BranchMeasured,
    Budget,
    CallFinished,
    CallStarted,
    CheckpointCreated,
    CheckpointId,
    DirectorStarted,
    ErrorSeen,
    Finding,
    FindingsReported,
    Fingerprint,
    GateResult,
    IterationEnded,
    IterationStarted,
    Left,
    MilestoneReached,
    NoticeRaised,
    PatchesDoubted,
    PatchMeasured,
    PatchProposed,
    PatchRebased,
    PatchRejected,
    PatchStacked,
    PauseRequested,
    ProjectOpened,
    Reason,
    RequestHonoured,
    RequestId,
    RequestRefused,
    ResumeRequested,
    RollbackDecided,
    RollbackRequested,
    RolledBack,
    RunClosing,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
    StopRequested,
    TargetPrepared,
    TechniqueTried,
    ToolFinished,
)
from tests import story_thinking
from tests.story_parts import (
    GATES,
    ROLES,
    RUN,
    START,
    Blob,
    Told,
    agent,
    asked,
    commit,
    diff,
    director,
    landing,
    measured,
    proposed,
    readings,
    scheduled,
    task,
)


def opening(project: str = "ranges-1a2b", repository: str = "/home/you/ranges") -> list[Told]:
    """Return how a project is opened, a run begins and its baseline is measured."""
    errors = (
        ("E-parse", "IndexError", "list index out of range", "test_one_number", "parse_range", 10),
        ("E-merge", "AssertionError", "assert [(1, 4)] == [(1, 3)]", "test_touching", "merge", 21),
        ("E-width", "ZeroDivisionError", "division by zero", "test_empty_width", "width", 33),
    )
    return director(
        ProjectOpened(project=project, name="ranges", repository=repository),
        DirectorStarted(version="0.1.0", sandbox="bubblewrap (user namespaces)", sandboxed=True, roles=ROLES),
        RunStarted(
            run=RUN,
            at=START,
            commit=commit(0),
            tree=commit(100),
            branch="kaizen/run-1",
            gates=GATES,
            budget=Budget(iterations=40, minutes=30.0),
            seed=7,
            parallel=2,
        ),
        TargetPrepared(run=RUN, python="/home/you/ranges/.venv/bin/python", source="existing", packages=12),
        BaselineMeasured(run=RUN, tree=commit(100), readings=readings(3.0, 61.0, 23.0), score=48.0),
        CheckpointCreated(
            run=RUN,
            checkpoint=CheckpointId("c0"),
            commit=commit(0),
            tree=commit(100),
            gates={"tests": 3.0, "coverage": 61.0, "lint": 23.0},
            score=48.0,
            title="Start of run 1",
        ),
        *(
            ErrorSeen(
                run=RUN,
                fingerprint=Fingerprint(fingerprint),
                exception=exception,
                message=message,
                test=f"tests/test_ranges.py::{test}",
                path="ranges/parse.py",
                line=line,
                function=function,
                trace=f"ranges/parse.py:{function}",
            )
            for fingerprint, exception, message, test, function, line in errors
        ),
        NoticeRaised(code="dirty", message="2 uncommitted files were left alone", run=RUN),
    )


def first_iteration(blob: Blob) -> list[Told]:
    """Return two attempts side by side: a repair lands, lint is rebased and lands, and a test is rejected."""
    return [
        *director(
            IterationStarted(
                run=RUN,
                iteration=1,
                tasks=(
                    task(1, "failing_test", "tests", "debugger", "IndexError in parse_range", "E-parse"),
                    task(2, "lint", "lint", "coder", "23 findings in 9 files"),
                    task(3, "uncovered", "coverage", "tester", "merge has no test"),
                ),
                why="a failing test first; lint is cheap; coverage promises most per second",
            ),
            scheduled("r1.i1.a1", 1, 1, "debugger", 0),
            scheduled("r1.i1.a2", 1, 2, "coder", 0),
        ),
        *agent(
            "r1.i1.a2",
            TechniqueTried(attempt=AttemptId("r1.i1.a2"), technique="ruff", answer="patch", seconds=0.5),
        ),
        *director(_lint_patch("r1.i1.a2", blob)),
        *agent(
            "r1.i1.a1",
            TechniqueTried(
                attempt=AttemptId("r1.i1.a1"), technique="recall", answer="no", why="never seen", seconds=0.01),
            TechniqueTried(
                attempt=AttemptId("r1.i1.a1"),
                technique="repair",
                answer="patch",
                seconds=4.5,
                counts={"candidates": 310.0, "plausible": 1.0},
            ),
        ),
        *director(
            _range_patch("r1.i1.a1", blob),
            measured("r1.i1.a1", 0, (2.0, 61.0, 23.0), 52.0),
        ),
        *landing("r1.i1.a1", 1, "Return the number itself", {"tests": 2.0, "coverage": 61.0, "lint": 23.0}, 52.0),
        *director(
            *_put_together("r1.i1.a2"),
            PatchRebased(attempt=AttemptId("r1.i1.a2"), base=commit(1), tree=commit(102)),
            _measured_with("r1.i1.a1", measured("r1.i1.a2", 0, (2.0, 61.5, 2.0), 70.0)),
        ),
        *landing("r1.i1.a2", 2, "Remove unused imports", {"tests": 2.0, "coverage": 61.5, "lint": 2.0}, 70.0),
        *director(scheduled("r1.i1.a3", 1, 3, "tester", 2)),
        *director(
            _test_patch("r1.i1.a3", blob),
            measured("r1.i1.a3", 2, (3.0, 64.0, 3.0), 66.0),
            PatchRejected(
                attempt=AttemptId("r1.i1.a3"),
                reasons=(
                    Reason(code="worse", message="tests moved from 2 to 3", gate="tests"),
                    Reason(code="worse", message="lint moved from 2 to 3", gate="lint", path="tests/test_merge.py"),
                ),
            ),
            IterationEnded(run=RUN, iteration=1, landed=2, rejected=1, score=70.0),
        ),
    ]  # fmt: skip


def _put_together(attempt: str) -> list[AnyEvent]:
    """Return a patch put on one before it, doubted there, and left to be measured alone."""
    return [
        PatchStacked(attempt=AttemptId(attempt), base=commit(1), on=commit(101), tree=commit(102), score=70.0),
        PatchStacked(
            attempt=AttemptId(attempt), base=commit(1), on=commit(101), tree=commit(101), alone="it adds a test"
        ),
        PatchesDoubted(
            attempts=(AttemptId(attempt),),
            base=commit(1),
            tree=commit(102),
            reasons=(Reason(code="expected", message="a test that passes on the base does not pass"),),
        ),
    ]


def _measured_with(below: str, fact: PatchMeasured) -> PatchMeasured:
    """Return a measurement that confirms two patches."""
    return structs.replace(fact, together=(AttemptId(below), fact.attempt))


def _range_patch(attempt: str, blob: Blob) -> PatchProposed:
    title = "Return the number itself for a single number"
    return _with_blob(proposed(attempt, "repair", title, diff("range"), "ranges/parse.py", 0, "E-parse"), blob)


def _lint_patch(attempt: str, blob: Blob) -> PatchProposed:
    return _with_blob(proposed(attempt, "ruff", "Remove unused imports", diff("lint"), "ranges/merge.py", 0), blob)


def _test_patch(attempt: str, blob: Blob) -> PatchProposed:
    path = "tests/test_merge_characterised.py"
    return _with_blob(proposed(attempt, "testgen", "Characterise merge", diff("test"), path, 2), blob)


def _with_blob(patch: PatchProposed, blob: Blob) -> PatchProposed:
    return PatchProposed(
        attempt=patch.attempt,
        base=patch.base,
        tree=patch.tree,
        technique=patch.technique,
        title=patch.title,
        files=patch.files,
        diff=blob(patch.diff),
        patch=patch.patch,
        fixes=patch.fixes,
        notes=patch.notes,
    )


def second_iteration() -> list[Told]:
    """Return every other way an attempt can end, and a model call."""
    a1, a2, a3, a4 = (AttemptId(f"r1.i2.a{n}") for n in (1, 2, 3, 4))
    return [
        *director(
            IterationStarted(
                run=RUN,
                iteration=2,
                tasks=(
                    task(4, "failing_test", "tests", "debugger", "AssertionError in merge", "E-merge"),
                    task(5, "failing_test", "tests", "debugger", "ZeroDivisionError in width", "E-width"),
                    task(6, "structure", "", "architect", "Import cycles"),
                ),
                why="two failing tests are left",
            ),
            scheduled("r1.i2.a1", 2, 4, "debugger", 2),
            scheduled("r1.i2.a2", 2, 5, "debugger", 2),
        ),
        *agent(
            a1,
            CallStarted(attempt=a1, key="k1", model="local/small", worst_cost=0.02),
            CallFinished(attempt=a1, key="k1", tokens_in=900, tokens_out=120, cost=0.0125, seconds=2.0, finish="stop"),
            CallStarted(attempt=a1, key="k2", model="local/small"),
            CallFinished(attempt=a1, key="k2", seconds=1.0),
            ToolFinished(attempt=a1, key="k2", tool="edit", success=True, tree=commit(150)),
            TechniqueTried(attempt=a1, technique="repair", answer="no", why="310 candidates, none passes", seconds=9.5),
        ),
        *director(
            AttemptGaveUp(attempt=a1, why="every technique answered no", refused=("repair",)),
            AttemptFailed(attempt=a2, why="the interpreter crashed", retry_at=START + 300),
            scheduled("r1.i2.a3", 2, 5, "debugger", 2, tries=2),
            scheduled("r1.i2.a4", 2, 6, "architect", 2),
            FindingsReported(
                run=RUN, attempt=a4, findings=(Finding(rule="cycle", message="ranges.parse <-> ranges.merge"),)
            ),
            AttemptCancelled(attempt=a3, why="the run was asked to stop"),
            IterationEnded(run=RUN, iteration=2, landed=0, rejected=0, score=70.0),
        ),
    ]


def rollback(
    request: str, target: int, created: int, undone: tuple[str, ...], redone: tuple[str, ...] = ()
) -> list[Told]:
    """Return a rollback, asked for, decided and done."""
    asked_for, point = RequestId(request), CheckpointId(f"c{target}")
    return [
        *asked(RollbackRequested(request=asked_for, checkpoint=point, head=commit(created - 1), by="you")),
        *director(
            RollbackDecided(
                request=asked_for,
                checkpoint=point,
                at=START + 500,
                parent=commit(created - 1),
                tree=commit(target + 100),
                undone=tuple(AttemptId(attempt) for attempt in undone),
                redone=tuple(AttemptId(attempt) for attempt in redone),
            ),
            RolledBack(
                request=asked_for,
                checkpoint=point,
                created=CheckpointId(f"c{created}"),
                commit=commit(created),
                tree=commit(target + 100),
            ),
            RequestHonoured(request=asked_for, note=f"the branch is back at c{target}"),
        ),
    ]


def pausing() -> list[Told]:
    """Return a pause that is honoured, and a stop that is refused."""
    return [
        *asked(PauseRequested(request=RequestId("q1"), by="you")),
        *director(RunPaused(run=RUN), RequestHonoured(request=RequestId("q1"))),
        *asked(ResumeRequested(request=RequestId("q2"), by="you")),
        *director(RunResumed(run=RUN), RequestHonoured(request=RequestId("q2"))),
        *asked(StopRequested(request=RequestId("q3"), by="you")),
        *director(RequestRefused(request=RequestId("q3"), why="the run is at a landing: ask again")),
    ]


def ending() -> list[Told]:
    """Return how the run ends, stalled, with what is left."""
    left = (Left(what="1 failing test", why="no repair passes the suite", remedy="connect a model with KAIZEN_MODEL"),)
    rows = (
        GateResult(name="tests", target=0.0, before=3.0, after=2.0, met=False),
        GateResult(name="coverage", target=80.0, before=61.0, after=61.5, met=False),
        GateResult(name="lint", target=0.0, before=23.0, after=2.0, met=False),
    )
    return director(
        BranchMeasured(run=RUN, tree=commit(102), readings=readings(2.0, 61.5, 0.0), score=71.0),
        MilestoneReached(run=RUN, name="lint"),
        RunClosing(run=RUN, state="stalled", why="nothing more can be done without a model", left=left),
        BranchDelivered(run=RUN, ref="refs/heads/kaizen/run-1", commit=commit(4)),
        RunEnded(
            run=RUN,
            at=START + 600,
            state="stalled",
            why="nothing more can be done without a model",
            gates=rows,
            landed=2,
            rejected=1,
            left=left,
            cost=0.0125,
            seconds=133.0,
            branch="kaizen/run-1",
        ),
    )


def first_run(blob: Blob) -> list[Told]:
    """Return the first run, which thinks without a model, to its end."""
    return [
        *opening(),
        *first_iteration(blob),
        *second_iteration(),
        *pausing(),
        *rollback("q4", 0, 3, ("r1.i1.a1", "r1.i1.a2")),
        *rollback("q5", 2, 4, (), ("r1.i1.a1", "r1.i1.a2")),
        *ending(),
    ]


def whole(blob: Blob) -> list[Told]:
    """Return the whole story."""
    return [
        *first_run(blob),
        *story_thinking.whole(blob),
        *rollback("q26", 4, 6, ("r2.i3.a1",)),
        *rollback("q27", 5, 7, (), ("r2.i3.a1",)),
    ]
