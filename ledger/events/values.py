"""PURE: ids, the names of the streams, and the values events are made of."""

from __future__ import annotations

from typing import Literal, NewType

import msgspec

ApprovalId = NewType("ApprovalId", str)
AttemptId = NewType("AttemptId", str)
CheckpointId = NewType("CheckpointId", str)
Fingerprint = NewType("Fingerprint", str)
RequestId = NewType("RequestId", str)
RunId = NewType("RunId", str)
TaskId = NewType("TaskId", str)

Better = Literal["higher", "lower"]
Level = Literal["info", "warning", "error"]
Risk = Literal["read", "write", "execute", "network", "deliver"]
"""What a tool call risks, rising: looks; changes the private worktree; runs the project's code in the sandbox; leaves
the sandbox; changes something outside."""
RunEnd = Literal["completed", "stalled", "exhausted", "stopped", "failed"]

DIRECTOR = "director"
"""Stream of everything the director decided."""
REQUESTS = "requests"
"""Stream of what was asked for from outside."""


def attempt_stream(attempt: AttemptId) -> str:
    """Return the name of the stream of one attempt."""
    return f"attempt-{attempt}"


class Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of an event; never an event by itself."""


class Finding(Value, frozen=True, kw_only=True):
    """One thing a gate or an agent found, at one place."""

    rule: str
    """Rule, exception type or class of finding, in the tool's own words."""
    message: str
    path: str = ""
    """Relative to the project directory."""
    line: int = 0
    """1-based; 0 when the finding has no line."""
    symbol: str = ""
    """Qualified name of the definition, or the test id."""
    fingerprint: Fingerprint = Fingerprint("")
    fixable: bool = False
    """Whether a safe automatic fix is known."""


class GateSpec(Value, frozen=True, kw_only=True):
    """What is asked of one gate in this run."""

    name: str
    better: Better
    target: float
    tolerance: float
    """How far an unmet gate may move away from its target without counting as worse."""
    ratchet: bool = False
    """Whether the gate may not move away from its target at all."""
    weight: float = 1.0
    unit: str = ""
    command: tuple[str, ...] = ()
    """What is run, where the gate measures by a command of the project's."""
    options: dict[str, str] = msgspec.field(default_factory=dict)
    """What else the project says of the gate, in the gate's own words."""


class Reading(Value, frozen=True, kw_only=True):
    """What a gate measured on one tree."""

    gate: str
    value: float | None
    """None when the gate could not be measured; `detail` then says why. Never a pass."""
    detail: str = ""
    """One line for a person, e.g. `41 of 44 tests pass`."""
    tool: str = ""
    """Name, version and rules of what measured."""
    findings: tuple[Finding, ...] = ()
    """At most 500, in a stable order."""
    more: int = 0
    """How many findings were left out."""
    counts: dict[str, float] = msgspec.field(default_factory=dict)
    """Parts of the value, e.g. passed, failed, lines, branches."""
    seconds: float = 0.0
    blob: str = ""
    """Full data beside the ledger (for tests: the ids that passed)."""
    basis: Literal["", "reached", "before", "noise"] = ""
    """Empty when all of it was measured on this tree; `reached`: only the tests that a change can reach ran; `before`:
    taken from the patch before, and measured with the last of those confirmed together; `noise`: there is no value
    because the machine is too noisy, which says nothing for or against the tree."""


class GateResult(Value, frozen=True, kw_only=True):
    """One row of a run's final table."""

    name: str
    target: float
    before: float | None
    after: float | None
    met: bool


class Reason(Value, frozen=True, kw_only=True):
    """Why a patch was rejected."""

    code: str
    message: str
    gate: str = ""
    path: str = ""
    line: int = 0
    rule: str = ""
    """Which rule or check of the referee objects, or the tool's own rule."""


class FileChange(Value, frozen=True, kw_only=True):
    """How much of one file a patch changes, in lines."""

    path: str
    added: int
    removed: int


class Left(Value, frozen=True, kw_only=True):
    """What was not done, why, and what would do it."""

    what: str
    why: str
    remedy: str


class Allowance(Value, frozen=True, kw_only=True):
    """What a part of a run may spend on models; None means no limit of its own."""

    cost: float | None = None
    """USD."""
    tokens: int | None = None
    calls: int | None = None
    minutes: float | None = None


class Budget(Value, frozen=True, kw_only=True):
    """What a run may spend; None means no limit."""

    iterations: int | None = None
    minutes: float | None = None
    cost: float | None = None
    """USD."""
    tokens: int | None = None
    calls: int | None = None
    """Calls to a model."""
    unknown_price: bool = False
    """Whether models whose price is unknown may be asked."""
    per_iteration: Allowance | None = None
    per_role: Allowance | None = None
    per_task: Allowance | None = None


class Task(Value, frozen=True, kw_only=True):
    """What should be better."""

    id: TaskId
    kind: Literal[
        "failing_test", "lint", "dead_code", "uncovered", "structure",
        "findings", "research", "plan", "acceptance", "implement", "opinion", "asked",
    ]  # fmt: skip
    """`findings`: of any other gate; `research` to `opinion`: of a goal in words; `asked`: by request."""
    gate: str
    role: str
    title: str
    targets: tuple[str, ...] = ()
    """Test ids, paths or `path::qualified.name`, by kind."""
    fingerprint: Fingerprint = Fingerprint("")
    digest: str = ""
    """Changes when the findings behind the task change; a technique is not asked twice about one digest."""
    promise: float = 0.0
    """How much the gate may gain, 0 to 1."""
    cost: float = 1.0
    """Expected seconds of work."""


class PlanStep(Value, frozen=True, kw_only=True):
    """One step of a plan."""

    id: str
    title: str
    acceptance: str
    """What shows that it is done, in words."""
    needs: tuple[str, ...] = ()
    """Ids of the steps that come before."""
    opinion: bool = False
    """Whether no test can say it, so that a reviewer's opinion must do."""


class LaidFile(Value, frozen=True, kw_only=True):
    """A file that is laid into a tree before it is measured."""

    path: str
    blob: str


class RoleCard(Value, frozen=True, kw_only=True):
    """What a role is, for people."""

    name: str
    charge: str
    brain: str = "classical"
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    """What must be there, e.g. `model`, `ruff`."""
    tools: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    available: bool = True
    why_not: str = ""


class ToolCard(Value, frozen=True, kw_only=True):
    """What a tool is, for people and for those who ask for it."""

    name: str
    description: str
    parameters: str
    """Blob of the JSON schema of its arguments."""
    risk: Risk | None = None
    """What a plain call of it risks; that of a call is computed from its arguments."""


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag=True, omit_defaults=True):
    """A fact, in the past tense. Subclasses are the vocabulary."""
