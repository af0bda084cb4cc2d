"""PURE: the parts of the board that speak of agents that think with a model: costs, plan, approvals, roles."""

from __future__ import annotations

from typing import Literal

import msgspec

from ledger.events import ApprovalId, AttemptId, Risk, RunId

PLAN_STEPS = 30
APPROVALS = 40
ANSWERED = 20
"""How many answered approvals are kept, among `APPROVALS` in all."""
COST_ROWS = 16
"""How many roles, models or tasks costs are told apart by; what is older is told together."""
BUDGETS_SPENT = 20
ROLES_KEPT = 30
TEXT = 240
"""How many characters the board keeps of what an agent wrote."""
NOTES = 2000
"""The same of why an attempt ended and of the notes beside its patch."""

ApprovalState = Literal["open", "granted", "denied", "expired", "withdrawn"]
StepState = Literal["planned", "written", "implemented", "agreed", "doubted"]
RoleState = Literal["working", "paused", "stopped"]
Doing = Literal["", "asks", "answered", "faulted", "uses", "used", "missed", "refused", "nudged", "condensed"]
"""What an attempt that thinks with a model came to last; `missed`: a tool call without success."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the board; every field is always written."""


class Costs(Part, frozen=True, kw_only=True):
    """What calls to models took."""

    calls: int = 0
    """That came back."""
    replayed: int = 0
    """Of these, answered from the ledger's own answers or a record."""
    failed: int = 0
    """Tries that failed."""
    tokens_in: int = 0
    tokens_cached: int = 0
    """Of `tokens_in`, those the provider had in its cache."""
    tokens_out: int = 0
    tokens_lost: int = 0
    """Of failed tries, as far as they may have to be paid."""
    cost: float = 0.0
    """USD, of calls whose price is known."""
    unpriced: int = 0
    """Calls whose price is unknown."""
    seconds: float = 0.0


class CostRow(Part, frozen=True, kw_only=True):
    """The costs of one role, model or task."""

    of: str
    """Its name or id; empty for all those that have no row of their own any more."""
    title: str
    costs: Costs


class SpentBudget(Part, frozen=True, kw_only=True):
    """A budget that does not hold another call."""

    at: float
    scope: str
    subject: str
    """Which iteration, role or task; empty for the run."""
    what: str
    limit: float


class Forecast(Part, frozen=True, kw_only=True):
    """What the run will still spend, as it was told at the start of an iteration; 80 of 100 ends lie in between."""

    at: float
    spent: float
    """USD, when it was told."""
    low: float
    likely: float
    high: float


class PlanCard(Part, frozen=True, kw_only=True):
    """One step of the plan, and how far it is."""

    id: str
    title: str
    acceptance: str
    needs: tuple[str, ...]
    opinion: bool
    """Whether no test can say it."""
    state: StepState = "planned"
    tests: int = 0
    """How many acceptance tests stand."""
    share: float | None = None
    """Of these, how many pass on the branch; None while nobody measured it."""
    why: str = ""
    """How they fail on the base."""
    written_by: AttemptId = AttemptId("")
    landed: tuple[AttemptId, ...] = ()
    """Attempts whose patch for the step landed and was not rolled back."""
    said: str = ""
    """The reviewer's opinion, which is no reading."""
    said_by: str = ""
    """The model that has it."""


class Step(Part, frozen=True, kw_only=True):
    """What an attempt that thinks with a model came to last."""

    number: int = 0
    """Calls to a model begun so far."""
    key: str = ""
    """Of the last of them: the same key again is the same call."""
    doing: Doing = ""
    name: str = ""
    """Of the model, the tool, the fault or the pattern."""
    at: float = 0.0
    until: float | None = None
    """When a failed call is tried again."""


class ApprovalCard(Part, frozen=True, kw_only=True):
    """A call that waits for a person, or was answered."""

    id: ApprovalId
    position: int
    at: float
    run: RunId
    attempt: AttemptId
    role: str
    task: str
    tool: str
    arguments: str
    """Blob of the arguments, JSON."""
    shown: str
    risk: Risk
    digest: str
    tree: str
    expires: float
    state: ApprovalState = "open"
    by: str = ""
    why: str = ""
    whole_run: bool = False
    edited: bool = False
    """Whether the call that was allowed is another than the one asked for."""
    answered_at: float | None = None


def clip(text: str, most: int = TEXT) -> str:
    """Return the text, at most as long as the board keeps it."""
    return text if len(text) <= most else text[: most - 1] + "…"
