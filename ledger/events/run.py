"""PURE: the life of a project and its runs."""

from __future__ import annotations

from typing import Literal

import msgspec

from ledger.events.values import (
    Budget,
    Event,
    Fingerprint,
    GateResult,
    GateSpec,
    Left,
    Level,
    Reading,
    RequestId,
    RoleCard,
    RunEnd,
    RunId,
    Task,
)


class ProjectOpened(Event, frozen=True, kw_only=True):
    """A project got its ledger."""

    project: str
    name: str
    repository: str
    """Path of the user's repository."""
    prefix: str = ""
    """Project directory inside the repository, empty for its root."""


class DirectorStarted(Event, frozen=True, kw_only=True):
    """A director took up the project, after a first start or a crash."""

    version: str
    sandbox: str
    """Adapter and level, e.g. `bubblewrap (user namespaces, cgroup v2)` or `none (unsandboxed)`."""
    sandboxed: bool
    roles: tuple[RoleCard, ...] = ()
    resumed: bool = False
    """Whether an unfinished run goes on."""


class NoticeRaised(Event, frozen=True, kw_only=True):
    """Something a person should know that stops nothing."""

    code: str
    message: str
    level: Level = "warning"
    run: RunId = RunId("")
    subject: str = ""
    """What it is about, where something follows from it, e.g. the model that cannot be asked any more."""


class RunStarted(Event, frozen=True, kw_only=True):
    """A run began."""

    run: RunId
    at: float
    commit: str
    tree: str
    branch: str
    """The branch Kaizen works on, e.g. `kaizen/run-1`."""
    gates: tuple[GateSpec, ...]
    budget: Budget
    seed: int
    parallel: int
    """How many attempts may work at once."""
    deliver: bool = True
    settings: dict[str, str] = msgspec.field(default_factory=dict)
    """Settings in force, secrets redacted."""
    request: RequestId = RequestId("")
    goal: str = ""
    """What the user wants, in words; empty when only gates are asked for."""
    models: tuple[str, ...] = ()
    """Models that may be asked, the cheapest first; empty: none is connected."""
    asked: RequestId = RequestId("")
    """The one piece of work the run is for; empty for a run that is about the gates."""


class TargetPrepared(Event, frozen=True, kw_only=True):
    """The target's interpreter and dependencies are ready."""

    run: RunId
    python: str
    source: Literal["existing", "made", "base"]
    """`existing`: the repository's own .venv; `made`: built in the data home; `base`: the bare interpreter."""
    packages: int = 0
    missing: tuple[str, ...] = ()
    """Dependencies that are not available as wheels."""
    seconds: float = 0.0


class BaselineMeasured(Event, frozen=True, kw_only=True):
    """All gates were measured on the tree the run starts from."""

    run: RunId
    tree: str
    readings: tuple[Reading, ...]
    score: float
    pack: str = ""
    """Blob of a pack with everything the tree holds, without its history."""


class BranchMeasured(Event, frozen=True, kw_only=True):
    """All gates were measured on the branch as it stands, after it moved without a landing."""

    run: RunId
    tree: str
    readings: tuple[Reading, ...]
    score: float


class ErrorSeen(Event, frozen=True, kw_only=True):
    """A test failed in a way that can be recognised again."""

    run: RunId
    fingerprint: Fingerprint
    exception: str
    message: str
    test: str
    path: str = ""
    line: int = 0
    function: str = ""
    trace: str = ""
    """Normalised frames, innermost last."""


class IterationStarted(Event, frozen=True, kw_only=True):
    """An iteration chose its tasks."""

    run: RunId
    iteration: int
    tasks: tuple[Task, ...]
    why: str
    """Why these and not others, in one line."""


class IterationEnded(Event, frozen=True, kw_only=True):
    """Every task of the iteration came to its end."""

    run: RunId
    iteration: int
    landed: int
    rejected: int
    score: float


class BudgetExhausted(Event, frozen=True, kw_only=True):
    """What a call to a model may take at worst does not fit into a budget any more."""

    run: RunId
    scope: Literal["run", "iteration", "role", "task"]
    what: str
    """cost, tokens, calls or minutes."""
    limit: float
    subject: str = ""
    """Which iteration, role or task; empty for the run."""


class RunPaused(Event, frozen=True, kw_only=True):
    """No new work is begun until the run is resumed."""

    run: RunId


class RunResumed(Event, frozen=True, kw_only=True):
    """Work goes on after a pause."""

    run: RunId


class RunClosing(Event, frozen=True, kw_only=True):
    """The run's end is decided; what is still owed is the delivery."""

    run: RunId
    state: RunEnd
    why: str
    left: tuple[Left, ...] = ()


class BranchDelivered(Event, frozen=True, kw_only=True):
    """One new branch stands in the user's repository."""

    run: RunId
    ref: str
    commit: str


class DeliveryFailed(Event, frozen=True, kw_only=True):
    """The branch could not be added to the user's repository; it stays in the data home."""

    run: RunId
    why: str


class FlakyTestQuarantined(Event, frozen=True, kw_only=True):
    """A test failed and passed on one and the same tree: in this run it counts neither as passed nor as failed."""

    run: RunId
    test: str
    said: str = ""
    """What it said when it failed."""
    tree: str = ""
    """The tree on which it did both."""


class CostForecast(Event, frozen=True, kw_only=True):
    """What the run will still spend on models, told at the start of an iteration; 80 of 100 ends lie in between."""

    run: RunId
    spent: float
    """USD, so far."""
    low: float
    likely: float
    high: float


class RunCosted(Event, frozen=True, kw_only=True):
    """What the run spent on models, counted in the streams of its attempts when all of them had come to rest."""

    run: RunId
    calls: int
    tokens: int
    cost: float
    """USD, as far as prices are known; a call that was begun and never ended counts at its worst."""
    unknown: int = 0
    """Calls whose price is unknown."""


class RunEnded(Event, frozen=True, kw_only=True):
    """The run came to its end."""

    run: RunId
    at: float
    state: RunEnd
    why: str
    gates: tuple[GateResult, ...]
    landed: int
    rejected: int
    left: tuple[Left, ...]
    cost: float
    """USD."""
    seconds: float
    branch: str
    """The delivered branch, empty when nothing was delivered."""
    undelivered: str = ""
    """Why the branch could not be added to the user's repository; empty when it was, or was not to be."""
