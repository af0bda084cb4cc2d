"""PURE: what happened in a conversation, with the words that were said; the ledger holds the same as events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from agents.ports import Message, ModelAnswer

FINISH = "finish"
"""The tool of the loop itself: the model says that it is done."""
CHECK = "check"
"""What the loop looks at by itself: whether the task is done."""
NO_TOOLS = "no_tools"
"""The fault of a model that takes no tools."""
Stage = Literal["run", "schema", "policy", "approval", "repeated"]
"""Where a tool call ended; all but `run` are vetoes."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The first messages, the same in every call."""

    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """The model answered; a key that begins with `condense` is a summary of the conversation."""

    key: str
    answer: ModelAnswer


@dataclass(frozen=True, slots=True)
class Faulted:
    """A call failed for good: nobody tries it again."""

    key: str
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class Observed:
    """A tool call ended, or was refused before it began."""

    key: str
    tool: str
    success: bool
    text: str
    summary: str = ""
    tree: str = ""
    """The worktree afterwards, where it may have changed."""
    stage: Stage = "run"
    counts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Nudged:
    """The model was told that it goes round in circles, or that little is left."""

    pattern: str
    told: str


@dataclass(frozen=True, slots=True)
class Condensed:
    """What is sent was made shorter; what exactly follows from the state."""

    before: int
    after: int
    how: Literal["cut", "summary"]


Fact = Opened | Answered | Faulted | Observed | Nudged | Condensed


def refused(key: str, tool: str, stage: Stage, why: str) -> Observed:
    """Return what the model is told of a call that was not carried out."""
    return Observed(key, tool, success=False, text=f"Refused ({stage}): {why}", summary=why, stage=stage)
