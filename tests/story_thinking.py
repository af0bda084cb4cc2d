"""A second run of the story: a goal in words, thought through with a model, with all that can happen on the way."""

from __future__ import annotations

import json

from ledger.events import (
    AcceptanceWritten,
    Allowance,
    AnyEvent,
    ApprovalDenied,
    ApprovalGranted,
    ApprovalId,
    ApproveRequested,
    AttemptCancelled,
    AttemptCosted,
    AttemptGaveUp,
    AttemptId,
    BaselineMeasured,
    Budget,
    BudgetExhausted,
    CallFailed,
    CallStarted,
    ConversationCondensed,
    CostForecast,
    DenyRequested,
    DirectorStarted,
    FactsGathered,
    FlakyTestQuarantined,
    GateSpec,
    IterationEnded,
    LaidFile,
    MessageSent,
    NudgeGiven,
    OpinionGiven,
    PatchMeasured,
    PatchProposed,
    PlanMade,
    PlanStep,
    RequestHonoured,
    RequestId,
    RunCosted,
    RunStarted,
    ToolAsked,
    ToolCard,
    ToolFinished,
    ToolsOffered,
    ToolVetoed,
)
from tests import story_asking
from tests.story_parts import (
    GATES,
    START,
    Blob,
    Told,
    agent,
    asked,
    commit,
    diff,
    director,
    landing,
)
from tests.story_thinking_parts import (
    CODER,
    EDIT,
    GOAL,
    LOST,
    PUSH,
    ROLES,
    RUN,
    SMALL,
    STRONG,
    SYSTEM,
    TASK,
    WAITER,
    call,
    finished,
    iteration,
    message,
    reached,
    scheduled,
    task,
    wish,
)


def beginning() -> list[Told]:
    """Return how a run with a goal and two models begins."""
    return director(
        DirectorStarted(version="0.2.0", sandbox="bubblewrap (user namespaces)", sandboxed=True, roles=ROLES),
        RunStarted(
            run=RUN,
            at=START + 1000,
            commit=commit(4),
            tree=commit(104),
            branch="kaizen/run-2",
            gates=(*GATES, GateSpec(name="goal", better="higher", target=1, tolerance=0, ratchet=True)),
            budget=Budget(
                iterations=10, minutes=60.0, cost=0.5, tokens=400_000, calls=120, per_task=Allowance(cost=0.25)
            ),
            seed=11,
            parallel=2,
            goal=GOAL,
            models=(SMALL, STRONG),
        ),
        ToolsOffered(tools=(ToolCard(name="read_file", description="Read a file.", parameters="", risk="read"),)),
        BaselineMeasured(run=RUN, tree=commit(104), readings=reached(), score=90.0),
    )


def planning(blob: Blob) -> list[Told]:
    """Return the facts, the plan and the first acceptance tests."""
    a1, a2, a3 = AttemptId("r2.i1.a1"), AttemptId("r2.i1.a2"), AttemptId("r2.i2.a1")
    facts = "parse_range splits at the dash; nothing knows of a step. Seven tests speak of it."
    return [
        *director(
            iteration(1, task("research", "researcher"), task("plan", "planner")),
            scheduled(a1, 1, "research", "researcher", SMALL),
        ),
        *agent(
            a1,
            *call(a1, "act-1", SMALL, blob, ("Find what matters for the goal.",), facts, tokens=(1800, 210), cost=0.0),
            MessageSent(
                attempt=a1,
                sender="researcher",
                recipient="planner",
                type="result",
                payload=blob(facts),
                correlation=RUN,
            ),
        ),
        *director(
            FactsGathered(run=RUN, attempt=a1, summary=facts, facts=blob(facts)),
            scheduled(a2, 1, "plan", "planner", STRONG),
        ),
        *agent(a2, *call(a2, "plan-1", STRONG, blob, (facts, GOAL), "Three steps.", tokens=(2600, 480), cost=0.0021)),
        *director(
            PlanMade(run=RUN, attempt=a2, steps=_steps()),
            IterationEnded(run=RUN, iteration=1, landed=0, rejected=0, score=90.0),
            iteration(2, task("acceptance", "tester", "parse")),
            scheduled(a3, 2, "acceptance:parse", "tester", SMALL),
        ),
        *agent(a3, *call(a3, "act-1", SMALL, blob, (TASK,), "Two tests.", tokens=(1500, 300), cost=None)),
        *director(
            AcceptanceWritten(
                run=RUN,
                attempt=a3,
                step="parse",
                files=(LaidFile(path="tests/test_step.py", blob=blob("def test_step(): ...")),),
                tests=("tests/test_step.py::test_step", "tests/test_step.py::test_no_step"),
                why="AssertionError: [1] == [1, 3, 5, 7, 9]",
            ),
            IterationEnded(run=RUN, iteration=2, landed=0, rejected=0, score=90.0),
        ),
    ]


def _steps() -> tuple[PlanStep, ...]:
    return (
        PlanStep(id="parse", title="parse_range understands a step", acceptance="1-9:2 gives 1, 3, 5, 7, 9"),
        PlanStep(
            id="refuse",
            title="A step of zero is refused",
            acceptance="ValueError that names the text",
            needs=("parse",),
        ),
        PlanStep(
            id="say",
            title="The README says how to write a step",
            acceptance="A reader who knows ranges finds it",
            needs=("parse", "refuse"),
            opinion=True,
        ),
    )


def coding(blob: Blob) -> list[Told]:
    """Return a conversation with faults, vetoes, a nudge, a condensation and an approval, up to the question."""
    return [
        *director(
            iteration(3, task("implement", "coder", "parse"), task("implement", "coder", "refuse")),
            CostForecast(run=RUN, spent=0.0021, low=0.004, likely=0.02, high=0.09),
            scheduled(CODER, 3, "implement:parse", "coder", STRONG),
        ),
        *agent(CODER, *_first_steps(blob), *_faults(blob), *_circle(blob)),
        *director(wish(CODER, "ap1", "run_command", PUSH, "run pip download hypothesis", "network", blob)),
    ]


def _first_steps(blob: Blob) -> list[AnyEvent]:
    looked = blob(json.dumps({"path": "ranges/parse.py"}))
    return [
        *call(
            CODER,
            "act-1",
            STRONG,
            blob,
            (SYSTEM, TASK),
            "I look at the parser first.",
            ("t1", "read_file", {"path": "ranges/parse.py"}),
            tokens=(3100, 60),
            cost=0.0019,
        ),
        ToolAsked(attempt=CODER, key="t1", tool="read_file", arguments=looked, risk="read"),
        ToolFinished(
            attempt=CODER,
            key="t1",
            tool="read_file",
            success=True,
            summary="38 lines of ranges/parse.py",
            result=blob("def parse_range(text):\n    return [int(text)]\n"),
            seconds=0.01,
        ),
        *call(
            CODER,
            "act-2",
            STRONG,
            blob,
            ("38 lines of ranges/parse.py",),
            "",
            ("t2", "edit_file", {"path": "ranges/parse.py"}),
            tokens=(3400, 90),
            cached=3100,
            cost=0.0009,
            follows="act-1",
        ),
        ToolAsked(attempt=CODER, key="t2", tool="edit_file", arguments=blob('{"path": "ranges/parse.py"}')),
        ToolVetoed(
            attempt=CODER, key="t2", tool="edit_file", stage="schema", why="`old_text` and `new_text` are missing"
        ),
    ]


def _faults(blob: Blob) -> list[AnyEvent]:
    edit = blob(json.dumps(EDIT))
    return [
        CallStarted(attempt=CODER, key="act-3", model=STRONG, purpose="act", follows="act-2", worst_tokens=9000),
        CallFailed(
            attempt=CODER,
            key="act-3",
            model=STRONG,
            nth=1,
            fault="rate_limited",
            why="429: slow down",
            retry_at=START + 1100,
        ),
        CallFailed(
            attempt=CODER,
            key="act-3",
            model=STRONG,
            nth=2,
            fault="cut",
            why="the stream ended without a reason",
            fallback=SMALL,
            tokens=700,
            cost=None,
        ),
        finished(CODER, "act-3", SMALL, blob(message("assistant", "Now with both.", ("t3", "edit_file", EDIT)))),
        ToolAsked(attempt=CODER, key="t3", tool="edit_file", arguments=edit, risk="write"),
        ToolFinished(
            attempt=CODER,
            key="t3",
            tool="edit_file",
            success=True,
            tree=commit(160),
            summary="ranges/parse.py: 1 line",
            result=blob(diff("range")),
            seconds=0.02,
        ),
    ]


def _circle(blob: Blob) -> list[AnyEvent]:
    return [
        NudgeGiven(
            attempt=CODER, pattern="same action", told="The same edit was made twice: look at the test instead."
        ),
        ConversationCondensed(attempt=CODER, before=21_000, after=8_200, how="summary"),
        *call(
            CODER,
            "act-4",
            STRONG,
            blob,
            ("What was done so far: one line of ranges/parse.py.",),
            "I need hypothesis for the tests.",
            ("t4", "run_command", PUSH),
            tokens=(8200, 120),
            cost=0.005,
        ),
        ToolAsked(
            attempt=CODER, key="t4", tool="run_command", arguments=blob(json.dumps(PUSH)), risk="network", waits=True
        ),
    ]


def allowing(blob: Blob) -> list[Told]:
    """Return how the call is allowed, edited, for the whole run, and the patch lands."""
    edited = blob(json.dumps({**PUSH, "command": ["pip", "download", "hypothesis==6.0"]}))
    digest = "digest-ap1"
    return [
        *asked(
            ApproveRequested(
                request=RequestId("q21"),
                approval=ApprovalId("ap1"),
                digest=digest,
                arguments=edited,
                whole_run=True,
                by="you",
            )
        ),
        *director(
            ApprovalGranted(
                attempt=CODER, approval=ApprovalId("ap1"), by="you", digest=digest, arguments=edited, whole_run=True
            ),
            RequestHonoured(request=RequestId("q21")),
        ),
        *agent(
            CODER,
            ToolAsked(attempt=CODER, key="t4", tool="run_command", arguments=edited, risk="network"),
            ToolFinished(attempt=CODER, key="t4", tool="run_command", success=False, summary="no route to a host"),
            *call(CODER, "act-5", STRONG, blob, ("no route to a host",), "Done.", tokens=(8300, 40), source="record"),
        ),
        *director(
            PatchProposed(
                attempt=CODER,
                base=commit(4),
                tree=commit(105),
                technique="conversation",
                title="Understand a step in a range",
                files=(),
                diff=blob(diff("range")),
                patch="patch-step",
                partial=True,
                spent="task:cost",
            ),
            PatchMeasured(attempt=CODER, base=commit(4), tree=commit(104), readings=reached(1.0), score=91.0),
        ),
        *landing(CODER, 5, "Understand a step", {"tests": 0.0, "coverage": 84.0, "lint": 0.0, "goal": 1 / 3}, 91.0),
    ]


def refusing(blob: Blob) -> list[Told]:
    """Return every other end of an approval, and a call that still waits."""
    ask = ["git", "push", "origin", "kaizen/run-2"]
    return [
        *director(scheduled(WAITER, 3, "implement:refuse", "coder", STRONG)),
        *director(wish(WAITER, "ap2", "delete_file", {"path": "README.md"}, "delete README.md", "write", blob)),
        *asked(DenyRequested(request=RequestId("q22"), approval=ApprovalId("ap2"), why="it is needed", by="you")),
        *director(
            ApprovalDenied(
                attempt=WAITER, approval=ApprovalId("ap2"), digest="digest-ap2", by="you", why="it is needed"
            ),
            RequestHonoured(request=RequestId("q22")),
            wish(WAITER, "ap3", "delete_file", {"path": "setup.cfg"}, "delete setup.cfg", "write", blob),
            ApprovalDenied(attempt=WAITER, approval=ApprovalId("ap3"), digest="digest-ap3"),
            scheduled(LOST, 3, "implement:refuse", "coder", SMALL),
            wish(LOST, "ap4", "git_push", {"command": ask}, "git push origin kaizen/run-2", "deliver", blob),
            AttemptCancelled(attempt=LOST, why="another attempt was faster"),
            OpinionGiven(run=RUN, attempt=LOST, step="say", satisfied=True, opinion="It reads well.", model=STRONG),
            OpinionGiven(run=RUN, attempt=LOST, step="say", satisfied=False, opinion="No example.", model=STRONG),
            BudgetExhausted(run=RUN, scope="task", subject="implement:refuse", what="cost", limit=0.25),
            wish(WAITER, "ap5", "git_push", {"command": ask}, "git push origin kaizen/run-2", "deliver", blob),
        ),
    ]


def giving_up() -> list[Told]:
    """Return how the attempt that waited ends when its budget is spent."""
    return director(
        AttemptGaveUp(attempt=WAITER, why="no call fits into the budget any more", spent="task:cost"),
        AttemptCosted(attempt=WAITER, calls=0, tokens=0, cost=0.0),
        FlakyTestQuarantined(run=RUN, test="tests/test_clock.py::test_now", said="AssertionError: too late", tree="t9"),
        RunCosted(run=RUN, calls=8, tokens=33_000, cost=0.0156, unknown=2),
    )


def until_asked(blob: Blob) -> list[Told]:
    """Return the run up to its first question to a person."""
    return [*beginning(), *planning(blob), *coding(blob)]


def whole(blob: Blob) -> list[Told]:
    """Return the whole run."""
    return [*until_asked(blob), *allowing(blob), *refusing(blob), *story_asking.by_request(blob, RUN), *giving_up()]
