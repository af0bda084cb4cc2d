"""The pieces the run with a goal is made of."""

from __future__ import annotations

import json

from ledger.events import (
    AnyEvent,
    ApprovalId,
    ApprovalRequested,
    AttemptId,
    AttemptScheduled,
    CallFinished,
    CallStarted,
    IterationStarted,
    Reading,
    Risk,
    RoleCard,
    RunId,
    Task,
    TaskId,
)
from tests.story_parts import START, Blob, commit, readings

RUN = RunId("r2")
GOAL = "A range may have a step: `1-9:2` means 1, 3, 5, 7, 9."
SMALL, STRONG = "ollama/qwen3", "groq/llama-3.3-70b-versatile"
CODER, WAITER, LOST = AttemptId("r2.i3.a1"), AttemptId("r2.i3.a2"), AttemptId("r2.i3.a3")
ROLES = (
    RoleCard(name="coder", charge="Writes and mends code.", brain="conversational", tools=("read_file", "edit_file")),
    RoleCard(name="researcher", charge="Gathers the facts a plan needs.", brain="conversational", outputs=("facts",)),
    RoleCard(
        name="planner",
        charge="Cuts a goal into steps, each with what shows that it is done.",
        brain="conversational",
        inputs=("facts",),
        outputs=("plan",),
        needs=("model",),
    ),
    RoleCard(name="tester", charge="Writes tests for functions no test reaches.", aliases=("validator",)),
    RoleCard(name="deployer", charge="Puts a release where it runs.", available=False, why_not="no `deploy` command"),
)
SYSTEM = "You are the coder of Kaizen. Change as little as the task needs."
TASK = "Task: parse_range understands a step.\nThe acceptance tests stand in tests/test_step.py."
EDIT = {
    "path": "ranges/parse.py",
    "old_text": "return [int(text)]",
    "new_text": "return [int(text.partition(':')[0])]",
}
PUSH = {"command": ["pip", "download", "hypothesis"], "network": True}


def message(role: str, text: str, *calls: tuple[str, str, object], answers: str = "") -> str:
    """Return a message as it is kept beside the ledger."""
    told = [{"id": key, "name": name, "arguments": json.dumps(given)} for key, name, given in calls]
    return json.dumps({"role": role, "text": text, "tool_calls": told, "answers": answers})


def iteration(number: int, *tasks: Task) -> IterationStarted:
    return IterationStarted(run=RUN, iteration=number, tasks=tasks, why="what the goal needs next")


def reached(share: float | None = None) -> tuple[Reading, ...]:
    """Return the gates' readings, with how far the step `parse` is."""
    goal = Reading(gate="goal", value=0.0 if share is None else share / 3, counts={"step parse": share or 0.0})
    return (*readings(0.0, 84.0, 0.0), goal)


def task(kind: str, role: str, step: str = "") -> Task:
    """Return a task of the goal."""
    return Task(
        id=TaskId(f"{kind}:{step}" if step else kind),
        kind=kind,  # type: ignore[arg-type]
        gate="goal",
        role=role,
        title={"research": "Facts for the goal", "plan": "A plan for the goal"}.get(kind, f"{kind} {step}"),
    )


def scheduled(attempt: AttemptId, iteration: int, task: str, role: str, model: str) -> AttemptScheduled:
    return AttemptScheduled(
        run=RUN,
        iteration=iteration,
        attempt=attempt,
        task=TaskId(task),
        role=role,
        base=commit(4),
        seed=11,
        brain="conversational",
        model=model,
    )


def call(
    attempt: AttemptId,
    key: str,
    model: str,
    blob: Blob,
    says: tuple[str, ...],
    answer: str,
    *calls: tuple[str, str, object],
    tokens: tuple[int, int],
    cached: int = 0,
    cost: float | None = 0.0,
    follows: str = "",
    source: str = "model",
) -> list[AnyEvent]:
    """Return a call that came back, with what it sent and what was answered."""
    first = "system" if len(says) > 1 else "user"
    messages = tuple(blob(message(first if n == 0 else "user", text)) for n, text in enumerate(says))
    return [
        CallStarted(
            attempt=attempt,
            key=key,
            model=model,
            purpose=key.partition("-")[0],
            request="ab" * 32,
            follows=follows,
            messages=messages,
            worst_tokens=tokens[0] + 4096,
            worst_cost=None if cost is None else 0.02,
        ),
        CallFinished(
            attempt=attempt,
            key=key,
            model=model,
            request="ab" * 32,
            answer=blob(message("assistant", answer, *calls)),
            tokens_in=tokens[0],
            tokens_cached=cached,
            tokens_out=tokens[1],
            cost=cost,
            seconds=2.5,
            tokens_per_second=tokens[1] / 2.0,
            finish="tool_calls" if calls else "stop",
            source=source,  # type: ignore[arg-type]
        ),
    ]


def finished(attempt: AttemptId, key: str, model: str, answer: str) -> CallFinished:
    return CallFinished(
        attempt=attempt, key=key, model=model, answer=answer, tokens_in=3600, tokens_out=140, seconds=4.0, finish="stop"
    )


def wish(
    attempt: AttemptId,
    approval: str,
    tool: str,
    given: object,
    shown: str,
    risk: Risk,
    blob: Blob,
    *,
    run: RunId = RUN,
) -> ApprovalRequested:
    return ApprovalRequested(
        run=run,
        attempt=attempt,
        approval=ApprovalId(approval),
        tool=tool,
        arguments=blob(json.dumps(given)),
        shown=shown,
        risk=risk,
        digest=f"digest-{approval}",
        tree=commit(160),
        expires=START + 90_000,
    )
