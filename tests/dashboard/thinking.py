"""An attempt that thinks with a model, as its ledger tells it: two calls, tools, a nudge, a call that waits."""

from __future__ import annotations

import json

from ledger.blobs import Blobs
from ledger.events import (
    ApprovalId,
    ApprovalRequested,
    AttemptId,
    AttemptScheduled,
    CallFailed,
    CallFinished,
    CallStarted,
    DirectorStarted,
    NudgeGiven,
    RoleCard,
    RunId,
    TaskId,
    ToolAsked,
    ToolFinished,
    ToolVetoed,
)
from tests.story_parts import Told, agent, director

ATTEMPT = AttemptId("r1.i1.a1")
RUN = RunId("r1")
DIGEST = "d1" * 32
APPROVAL = ApprovalId(f"{ATTEMPT}-{DIGEST[:8]}")
MODEL = "openai/gpt-5-mini"
ROLES = (
    RoleCard(name="coder", charge="Changes code.", brain="conversational", needs=("model",), tools=("read_file",)),
    RoleCard(name="tester", charge="Writes tests.", aliases=("validator",)),
    RoleCard(name="deployer", charge="Delivers.", available=False, why_not="no remote is set: git remote add origin"),
)


def kept(blobs: Blobs, value: object) -> str:
    """Keep a value as JSON and return its name."""
    return blobs.put(json.dumps(value).encode())


def staffed() -> list[Told]:
    """Return a director's start with its roles."""
    return director(DirectorStarted(version="1", sandbox="bubblewrap", sandboxed=True, roles=ROLES))


def scheduled(attempt: AttemptId = ATTEMPT, role: str = "coder", task: str = "t1") -> list[Told]:
    """Return the decision that begins an attempt."""
    return director(
        AttemptScheduled(run=RUN, iteration=1, attempt=attempt, task=TaskId(task), role=role, base="b", seed=1,
                         brain="conversational", model=MODEL)
    )  # fmt: skip


def steps(blobs: Blobs) -> list[Told]:
    """Return what passes between an attempt, its model and its tools."""
    prompt = [kept(blobs, {"role": "system", "text": "You mend code."}), kept(blobs, {"role": "user", "text": "Mend."})]
    wanted = {"id": "c1", "name": "read_file", "arguments": '{"path": "a.py"}'}
    first = kept(blobs, {"text": "I read it.", "tool_calls": [wanted]})
    offered = kept(blobs, [{"type": "function", "function": {"name": "read_file", "parameters": {}}}])
    return agent(
        ATTEMPT,
        CallStarted(attempt=ATTEMPT, key="act-1", model=MODEL, purpose="act", request="f" * 64,
                    messages=tuple(prompt), tools=offered, worst_tokens=9000, worst_cost=0.02),
        CallFailed(attempt=ATTEMPT, key="act-1", model=MODEL, nth=1, fault="rate_limited", why="429", retry_at=5.0),
        CallFinished(attempt=ATTEMPT, key="act-1", model=MODEL, answer=first, tokens_in=100, tokens_out=20,
                     tokens_cached=60, cost=0.001, seconds=2.0, finish="tool_calls"),
        ToolAsked(attempt=ATTEMPT, key="act-1.1", tool="read_file", risk="read",
                  arguments=blobs.put(b'{"path": "a.py"}')),
        ToolFinished(attempt=ATTEMPT, key="act-1.1", tool="read_file", success=True, summary="a.py, 3 lines",
                     result=blobs.put(b"x" * 20_000), seconds=0.1),
        NudgeGiven(attempt=ATTEMPT, pattern="same action", told="Try another way."),
        CallStarted(attempt=ATTEMPT, key="act-2", model=MODEL, purpose="act", follows="act-1",
                    messages=(kept(blobs, {"role": "tool", "text": "xxx", "answers": "c1"}),)),
        CallFinished(attempt=ATTEMPT, key="act-2", model="other", answer=blobs.put(b"not json"), tokens_in=150,
                     tokens_out=5, cost=None, seconds=1.0, finish="stop"),
        ToolAsked(attempt=ATTEMPT, key="act-2.1", tool="run_command", risk=None),
        ToolVetoed(attempt=ATTEMPT, key="act-2.1", tool="run_command", stage="schema", why="no field `x`"),
    )  # fmt: skip


def waiting(blobs: Blobs, expires: float, arguments: bytes = b'{"remote": "origin"}') -> list[Told]:
    """Return a call that waits for a person."""
    return director(
        ApprovalRequested(run=RUN, attempt=ATTEMPT, approval=APPROVAL, tool="git_push",
                          arguments=blobs.put(arguments), shown="git_push origin", risk="deliver",
                          digest=DIGEST, tree="t" * 40, expires=expires)
    )  # fmt: skip
