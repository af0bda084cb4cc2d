"""PURE: what the board is made of. All of it is bounded: the board does not grow with the ledger."""

from __future__ import annotations

from typing import Literal

import msgspec

from ledger.events import (
    ApprovalId,
    AttemptId,
    Better,
    Budget,
    CheckpointId,
    FileChange,
    Fingerprint,
    Left,
    Level,
    Reason,
    RequestId,
    RoleCard,
    RunId,
    TaskId,
)
from ledger.projections.board_thinking_parts import (
    ApprovalCard,
    CostRow,
    Costs,
    Forecast,
    Part,
    PlanCard,
    RoleState,
    SpentBudget,
    Step,
)

ENDED_ATTEMPTS = 100
ITERATIONS = 100
CHECKPOINTS = 200
ERRORS = 50
NOTICES = 50
QUARANTINED = 20
REQUESTS_KEPT = 20
TRIED = 20
"""How many answers of techniques an attempt keeps, and how many attempts an error keeps."""

RunState = Literal["running", "paused", "closing", "completed", "stalled", "exhausted", "stopped", "failed"]
AttemptState = Literal[
    "working",
    "asked",
    "proposed",
    "measuring",
    "landing",
    "landed",
    "rejected",
    "gave_up",
    "reported",
    "failed",
    "cancelled",
]
ErrorState = Literal["open", "solved", "rejected", "undone"]
Asked = Literal["run", "stop", "pause", "resume", "checkpoint", "rollback", "approve", "deny", "task", "tool", "role"]
Values = dict[str, float | None]
"""Gate values by name; None when a gate could not be measured."""

WORKING: frozenset[str] = frozenset({"working", "asked", "proposed", "measuring", "landing"})
"""The states of an open attempt."""


class ProjectCard(Part, frozen=True, kw_only=True):
    """Which project this is."""

    project: str
    name: str
    repository: str
    prefix: str


class SandboxCard(Part, frozen=True, kw_only=True):
    """What commands of the target run in."""

    text: str
    sandboxed: bool


class TargetCard(Part, frozen=True, kw_only=True):
    """The interpreter the target runs with."""

    python: str
    source: str
    packages: int
    missing: tuple[str, ...]


class GateCard(Part, frozen=True, kw_only=True):
    """One gate: what is asked, what it was, what it is."""

    name: str
    better: Better
    target: float
    tolerance: float
    unit: str
    ratchet: bool
    before: float | None = None
    """Value of the run's baseline."""
    value: float | None = None
    met: bool = False
    measured: bool = False
    """Whether the run has read it at all; a value of None then means it cannot be measured."""
    detail: str = ""
    tool: str = ""
    findings: int = 0
    trend: tuple[float | None, ...] = ()
    """One value per checkpoint the board keeps, oldest first."""


class FlakyTest(Part, frozen=True, kw_only=True):
    """A test that counts neither as passed nor as failed in the run."""

    test: str
    said: str
    """What it said when it failed."""
    at: float


class Run(Part, frozen=True, kw_only=True):
    """The current run, or the last."""

    id: RunId
    state: RunState
    started_at: float
    commit: str
    branch: str
    budget: Budget
    parallel: int
    gates: tuple[GateCard, ...]
    why: str = ""
    ended_at: float | None = None
    deliver: bool = True
    delivered: str = ""
    """The reference added to the user's repository, empty when there is none yet."""
    delivery_failed: str = ""
    target: TargetCard | None = None
    iteration: int = 0
    score: float | None = None
    baseline_score: float | None = None
    landed: int = 0
    rejected: int = 0
    left: tuple[Left, ...] = ()
    cost: float = 0.0
    """USD."""
    seconds: float | None = None
    """How long it took, once it ended."""
    goal: str = ""
    """What the user wants, in words."""
    models: tuple[str, ...] = ()
    """Models that may be asked, the cheapest first."""
    costs: Costs = Costs()
    by_role: tuple[CostRow, ...] = ()
    by_model: tuple[CostRow, ...] = ()
    by_task: tuple[CostRow, ...] = ()
    spent: tuple[SpentBudget, ...] = ()
    """Budgets that do not hold another call."""
    forecast: Forecast | None = None
    quarantined: tuple[FlakyTest, ...] = ()
    """The last tests that passed and failed on one and the same tree."""
    facts: str = ""
    """What the researcher found, in short."""
    plan: tuple[PlanCard, ...] = ()


class Measured(Part, frozen=True, kw_only=True):
    """What one gate measured on a patched tree."""

    gate: str
    value: float | None
    detail: str
    findings: int


class Tried(Part, frozen=True, kw_only=True):
    """What one technique answered."""

    technique: str
    answer: str
    why: str
    seconds: float


class Attempt(Part, frozen=True, kw_only=True):
    """One try at a task, and its patch."""

    id: AttemptId
    run: RunId
    iteration: int
    task_id: TaskId
    task: str
    """Title of the task."""
    kind: str
    gate: str
    role: str
    tries: int
    at: float
    changed_at: float
    """When it came into the state it is in."""
    state: AttemptState = "working"
    ended_at: float | None = None
    title: str = ""
    technique: str = ""
    tried: tuple[Tried, ...] = ()
    files: tuple[FileChange, ...] = ()
    diff: str = ""
    """Blob of the unified diff."""
    notes: str = ""
    fixes: tuple[Fingerprint, ...] = ()
    reasons: tuple[Reason, ...] = ()
    why: str = ""
    retry_at: float | None = None
    findings: int = 0
    base: Values = msgspec.field(default_factory=dict)
    measured: tuple[Measured, ...] = ()
    score: float | None = None
    checkpoint: CheckpointId = CheckpointId("")
    undone: bool = False
    """Whether a rollback took its patch back."""
    plan_step: str = ""
    """The step of the plan it is for, where its task comes from a goal in words."""
    steps: dict[str, float] = msgspec.field(default_factory=dict)
    """By step of the plan: the share of its acceptance tests that pass on the patched tree."""
    brain: str = "classical"
    model: str = ""
    costs: Costs = Costs()
    step: Step = Step()
    nudges: int = 0
    """How often it was told that it goes round in circles."""
    approval: ApprovalId = ApprovalId("")
    """What it waits for a person to answer."""
    partial: bool = False
    """Whether it did not reach the end of its work."""
    spent: str = ""
    """The budget that ended it, as `scope:what`."""


class TaskCard(Part, frozen=True, kw_only=True):
    """One task an iteration chose."""

    id: TaskId
    title: str
    kind: str
    gate: str
    role: str
    fingerprint: Fingerprint
    step: str = ""
    """Of the plan, where the task comes from a goal in words."""


class Iteration(Part, frozen=True, kw_only=True):
    """One turn: what was chosen and why, and what came of it."""

    run: RunId
    number: int
    tasks: tuple[TaskCard, ...]
    why: str
    started_at: float
    before: Values
    state: Literal["working", "ended"] = "working"
    ended_at: float | None = None
    after: Values = msgspec.field(default_factory=dict)
    landed: int = 0
    rejected: int = 0
    score: float | None = None
    cost: float = 0.0
    """USD, of calls whose price is known."""
    tokens: int = 0
    calls: int = 0


class Checkpoint(Part, frozen=True, kw_only=True):
    """A state of the branch one can roll back to."""

    id: CheckpointId
    position: int
    at: float
    run: RunId
    commit: str
    tree: str
    title: str
    score: float | None = None
    gates: Values = msgspec.field(default_factory=dict)
    attempt: AttemptId = AttemptId("")
    """The attempt whose landing made it, empty otherwise."""
    back_to: CheckpointId = CheckpointId("")
    """The checkpoint a rollback went back to, empty otherwise."""
    current: bool = False
    undone: bool = False


class ErrorAttempt(Part, frozen=True, kw_only=True):
    """What was tried against an error."""

    attempt: AttemptId
    technique: str
    title: str
    state: str


class ErrorCard(Part, frozen=True, kw_only=True):
    """An error that can be recognised again, and where it stands."""

    fingerprint: Fingerprint
    exception: str
    message: str
    test: str
    path: str
    line: int
    function: str
    seen: int
    first_at: float
    last_at: float
    state: ErrorState = "open"
    attempts: tuple[ErrorAttempt, ...] = ()


class Notice(Part, frozen=True, kw_only=True):
    """Something a person should know that stops nothing."""

    position: int
    at: float
    code: str
    message: str
    level: Level
    run: RunId


class Request(Part, frozen=True, kw_only=True):
    """What was asked from outside, and the answer."""

    id: RequestId
    position: int
    at: float
    what: Asked
    by: str
    checkpoint: CheckpointId = CheckpointId("")
    about: str = ""
    """The approval, the role, or what is to become of a role."""
    state: Literal["asked", "honoured", "refused"] = "asked"
    answer: str = ""
    answered_at: float | None = None


class Rollback(Part, frozen=True, kw_only=True):
    """A rollback that is decided and not yet done."""

    request: RequestId
    checkpoint: CheckpointId
    undone: tuple[AttemptId, ...]
    redone: tuple[AttemptId, ...]


class Board(Part, frozen=True, kw_only=True):
    """A project at one position of its ledger, as people see it."""

    position: int = 0
    at: float = 0.0
    project: ProjectCard | None = None
    version: str = ""
    """Of the director that holds the project."""
    sandbox: SandboxCard | None = None
    roles: tuple[RoleCard, ...] = ()
    role_states: dict[str, RoleState] = msgspec.field(default_factory=dict)
    """By name, of those in `roles`."""
    run: Run | None = None
    attempts: tuple[Attempt, ...] = ()
    """The open ones and the last that ended, oldest first."""
    iterations: tuple[Iteration, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()
    head_checkpoint: CheckpointId = CheckpointId("")
    head_commit: str = ""
    errors: tuple[ErrorCard, ...] = ()
    """By when they were last seen, oldest first."""
    notices: tuple[Notice, ...] = ()
    requests: tuple[Request, ...] = ()
    rollback: Rollback | None = None
    approvals: tuple[ApprovalCard, ...] = ()
    """Those that wait and the last that were answered, oldest first."""
