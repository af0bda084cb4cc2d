"""PURE: what may be asked of the director. A command is a wish and may be refused; time and chance come in with it."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.events import (
    AnyEvent,
    ApproveRequested,
    AttemptId,
    Budget,
    CheckpointRequested,
    DenyRequested,
    GateSpec,
    PauseRequested,
    RequestId,
    ResumeRequested,
    RoleRequested,
    RollbackRequested,
    StopRequested,
    TaskRequested,
)

Request = (
    StopRequested
    | PauseRequested
    | ResumeRequested
    | CheckpointRequested
    | RollbackRequested
    | ApproveRequested
    | DenyRequested
    | TaskRequested
    | RoleRequested
)


@dataclass(frozen=True, slots=True)
class Start:
    """Begin a run."""

    at: float
    commit: str
    tree: str
    gates: tuple[GateSpec, ...]
    budget: Budget
    seed: int
    parallel: int = 2
    deliver: bool = True
    first_free: int = 1
    """Lowest run number whose branch does not exist in the user's repository yet."""
    settings: tuple[tuple[str, str], ...] = ()
    request: RequestId = RequestId("")
    goal: str = ""
    models: tuple[str, ...] = ()
    """The cheapest first; empty: none is connected."""
    asked: RequestId = RequestId("")
    """The one piece of work the run is for; empty for a run that is about the gates."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody outside asks for something."""

    at: float
    request: Request
    actor: str = ""
    """Who wrote the request into the ledger."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""

    at: float


@dataclass(frozen=True, slots=True)
class Report:
    """What the executor saw: facts about one effect, in order."""

    at: float
    facts: tuple[AnyEvent, ...]
    ledger: str = ""
    """`position@link` of the ledger's head, written into commits."""


@dataclass(frozen=True, slots=True)
class Broken:
    """An effect could not be carried out because its environment failed."""

    at: float
    effect: str
    """Key of the effect."""
    why: str
    attempt: AttemptId = AttemptId("")


Command = Start | Ask | Tick | Report | Broken
