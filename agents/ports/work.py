"""What agents need and who they are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from agents.ports.models import Models
from agents.ports.target import SuiteResult, Target
from agents.ports.tools import History, Knowledge, Policy, Tool
from knowledge_graph.recall import Recalled
from ledger.blobs import Blobs
from ledger.events import (
    AnyEvent,
    AttemptId,
    Finding,
    Fingerprint,
    GateSpec,
    MessageSent,
    PlanStep,
    Reading,
    Risk,
    Task,
)
from ledger.events.recorded import Recorded


@dataclass(slots=True)
class Workbench:
    """What an agent is handed for one attempt; it can touch nothing else."""

    attempt: AttemptId
    target: Target
    """The private worktree; agents write files under `target.project` and nowhere else."""
    readings: Mapping[str, Reading]
    """The gates of the tree the attempt starts from, by name."""
    recall: Callable[[Fingerprint], Recalled | None]
    seed: int
    seconds: float
    """How long the attempt may take."""
    record: Callable[[AnyEvent], None]
    """Append to the attempt's stream."""
    progress: Callable[[str], None]
    """Show one line of what is done now; lossy."""
    skip: frozenset[str] = frozenset()
    """Techniques that answered no before."""
    refused: frozenset[str] = frozenset()
    """Patch ids that must not be proposed again."""
    was_refused: Callable[[], bool] = lambda: False
    """Whether what the worktree holds now is one of these."""
    scratch: Path = Path("/nonexistent")
    """A private directory outside the tree."""
    thinking: Thinking | None = None
    """What thinking with a model needs; None for an attempt of the classical brain."""
    blobs: Blobs | None = None
    """Where large payloads are kept; None where there is no ledger beside."""
    ledger: Callable[[], Iterable[Recorded]] = tuple
    """Read what happened in the project, from its first event on."""
    received: MessageSent | None = None
    """What another agent handed over; its payload is this attempt's input."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """What other agents of the run left for this task, by name, e.g. `goal`, `facts`, `plan`, `step`, `rejected`."""
    suite: SuiteResult | None = None
    """What the tests gave on the tree the attempt starts from, and about how long they take; None when not at hand."""
    touched: Callable[[], Mapping[str, int]] = dict
    """How many of the last commits touched each file, by its path from the root of the repository."""


@dataclass(slots=True)
class Thinking:
    """What an attempt that thinks with a model is handed besides."""

    models: Models
    tools: Mapping[str, Tool]
    """Those the role may use."""
    policy: Policy
    history: History
    blobs: Blobs
    past: Sequence[AnyEvent]
    """The attempt's stream so far: not empty when it is resumed."""
    append: Callable[[Sequence[AnyEvent]], Awaitable[None]]
    """Append to the attempt's stream and wait until it is durable."""
    said: Callable[[str], None]
    """Show a piece of what the model is just saying; lossy."""
    goal: str = ""
    """What the user wants, in words; empty when only gates are asked for."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """What other agents of the run left for this task, by name, e.g. `facts`, `plan`, `rejected`."""
    steps: int = 60
    """Most calls to a model in this attempt."""
    knowledge: Knowledge | None = None
    """For the tools that ask what was learned."""
    gates: tuple[GateSpec, ...] = ()
    """What the run asks of its gates."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The worktree holds a change worth measuring."""

    technique: str
    title: str
    notes: str = ""
    fixes: tuple[Fingerprint, ...] = ()
    partial: bool = False
    """Whether the agent did not reach the end of its work: the best it has, for the referee to judge."""
    spent: str = ""
    """The budget that was spent, as `scope:what`; empty when none was."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Every technique answered no."""

    why: str
    refused: tuple[str, ...] = ()
    localised: tuple[Finding, ...] = ()
    more: bool = False
    """Whether techniques that take longer are left to ask, in an attempt of their own."""
    spent: str = ""
    """The budget that was spent, as `scope:what`, e.g. `run:cost`; empty when none was."""


@dataclass(frozen=True, slots=True)
class Found:
    """Findings without a change."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What matters for a goal, found by looking."""

    summary: str
    """One line for people."""
    facts: str
    """All of it, as the next agent reads it."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A goal cut into steps."""

    steps: tuple[PlanStep, ...]


@dataclass(frozen=True, slots=True)
class Opined:
    """What a model thinks of something no test can say."""

    satisfied: bool
    opinion: str
    model: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A person must answer before the attempt can go on; it holds nothing meanwhile and resumes from its stream."""

    tool: str
    arguments: str
    """JSON."""
    risk: Risk
    digest: str
    """Of tool, arguments and tree: what is approved is exactly this."""
    tree: str
    shown: str
    """The call in one line for people."""
    seconds: float
    """How long it may be waited for."""


Answer = Proposal | Nothing | Found
"""What a technique can say."""
Outcome = Answer | Waiting | Gathered | Planned | Opined
"""What an agent can say."""


class Technique(Protocol):
    """One classical method."""

    name: str

    async def try_on(self, task: Task, bench: Workbench) -> Answer:
        """Change the worktree and propose, or answer no with the worktree as it was."""
        ...


class Agent(Protocol):
    """A role at work."""

    name: str
    charge: str
    """One sentence for people: what this role does."""

    async def work(self, task: Task, bench: Workbench) -> Outcome:
        """Work on one task; raise an AgentError when the environment fails, never for a wrong answer."""
        ...
