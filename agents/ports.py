"""What agents need and who they are: the ports of the hands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from knowledge_graph.recall import Recalled
from ledger.events import AnyEvent, AttemptId, Finding, Fingerprint, Reading, Task

# --- the sandbox


@dataclass(frozen=True, slots=True)
class Limits:
    """What one command may use; None means the sandbox's default."""

    wall: float = 600.0
    """Seconds on the clock: the backstop."""
    cpu: float | None = None
    """CPU seconds of the command and its children."""
    memory: int | None = None
    """Bytes, all processes together."""
    processes: int | None = None
    written: int | None = None
    """Bytes and growth of the writable places."""
    output: int = 8 * 1024 * 1024
    """Bytes kept of each of stdout and stderr; the rest is dropped and `truncated` set."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command of the target. Only what is named here exists for it, besides the system's /usr."""

    argv: Sequence[str]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)
    """The whole environment: nothing is inherited."""
    readable: Sequence[Path] = ()
    """Seen read-only at their own paths."""
    writable: Sequence[Path] = ()
    limits: Limits = Limits()
    stdin: bytes = b""
    channel: bool = False
    """Whether descriptor 3 of the command is a pipe whose bytes come back as `Completed.channel`."""


@dataclass(frozen=True, slots=True)
class Completed:
    """How a command ended."""

    outcome: Literal["exited", "wall", "cpu", "memory", "output", "killed"]
    """`exited`: by itself; else the limit that ended it; `killed`: by a signal nobody here sent."""
    exit: int
    """Exit status, or minus the signal."""
    stdout: bytes
    stderr: bytes
    channel: bytes = b""
    truncated: bool = False
    seconds: float = 0.0
    cpu_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class SandboxLevel:
    """What was probed, never what was hoped for."""

    adapter: str
    """bubblewrap, landlock, container, or none."""
    sandboxed: bool
    detail: str
    """One line: which namespaces and which limits hold."""
    remedy: str = ""
    """What to do when it is not enough."""
    rank: Literal["full", "reduced", "none"] = "full"
    """`reduced`: confined, but not enough to deliver into the user's repository unless the user accepts it."""


class Sandbox(Protocol):
    """Runs the target's commands, confined. Cancelling `run` kills every process of the command."""

    @property
    def level(self) -> SandboxLevel:
        """What the probe found at start."""
        ...

    async def run(self, command: Command) -> Completed:
        """Run to the end or to a limit; raise SandboxBroken when the sandbox itself fails."""
        ...


# --- the target: one tree of the user's project that can be run


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a traceback inside the project, paths relative to the project directory."""

    path: str
    line: int
    function: str


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """What became of one test."""

    __test__ = False

    id: str
    """As its runner names it, e.g. `tests/test_a.py::test_x[1]` or `tests.test_a.A.test_x`."""
    outcome: Literal["passed", "failed", "error", "skipped", "xfailed", "xpassed"]
    seconds: float = 0.0
    exception: str = ""
    """Type name of what failed the test."""
    message: str = ""
    """First line, at most 500 characters."""
    frames: tuple[Frame, ...] = ()
    """The project's own frames, innermost last."""
    text: str = ""
    """The failure as the runner prints it, at most 8 KiB."""


@dataclass(frozen=True, slots=True)
class FileCoverage:
    """Which lines and arcs of one file could run and did."""

    path: str
    lines: tuple[int, ...]
    executed: tuple[int, ...]
    branches: int = 0
    branches_taken: int = 0


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """What running the target's tests gave."""

    outcome: Literal["ran", "none", "broken", "timeout"]
    """`none`: no tests found; `broken`: the runner did not reach its end; `timeout`: a limit ended it."""
    runner: Literal["pytest", "unittest", ""]
    tests: tuple[TestOutcome, ...] = ()
    broken: tuple[TestOutcome, ...] = ()
    """Modules that could not be collected, as failed tests whose id is the file."""
    coverage: tuple[FileCoverage, ...] = ()
    lines_of: Mapping[str, Mapping[str, tuple[int, ...]]] = field(default_factory=dict)
    """Per test id, per file: the lines it ran; only with `contexts`."""
    detail: str = ""
    """One line, when the outcome is not `ran`."""
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    tool: str = ""
    """E.g. `pytest 9.2.0, coverage 7.17.3, Python 3.11.7`."""


@dataclass(frozen=True, slots=True)
class InsideRun:
    """What a job of `agents/inside` sent back, message by message."""

    completed: Completed
    messages: tuple[Mapping[str, Any], ...]
    """Each has a `kind`; the last one's is `done` when the job reached its end."""


@dataclass(frozen=True, slots=True)
class Produced:
    """How a command in a throw-away copy of the tree ended, and what it left there."""

    completed: Completed
    files: Mapping[str, bytes] = field(default_factory=dict)
    """What was asked for, by its path in the project directory: regular files alone, links are not followed."""
    cut: bool = False
    """Whether there was more than is kept."""
    place: str = ""
    """Where the project directory of the copy was: reports name files by it."""


class Target(Protocol):
    """One tree of the user's project with its interpreter, its paths and its sandbox."""

    @property
    def root(self) -> Path:
        """Root of the tree (the repository's)."""
        ...

    @property
    def project(self) -> Path:
        """The project directory in it."""
        ...

    @property
    def sources(self) -> Sequence[str]:
        """Directories and modules that hold the project's code, relative to `project`; tests are not among them."""
        ...

    @property
    def python(self) -> Path:
        """The interpreter the project's code runs on."""
        ...

    async def run(
        self, argv: Sequence[str], *, limits: Limits | None = None, writable: bool = False, shown: Sequence[Path] = ()
    ) -> Completed:
        """Run any command with this tree; it is read-only unless `writable`; `shown` can be read besides."""
        ...

    async def inside(
        self, job: str, spec: Mapping[str, Any], *, limits: Limits | None = None, copied: bool = False
    ) -> InsideRun:
        """Run `agents/inside/<job>.py` in the target's interpreter with a JSON spec; it may write only to a copy."""
        ...

    async def suite(
        self, *, select: Sequence[str] | None = None, coverage: bool = False, contexts: bool = False,
        limits: Limits | None = None,
    ) -> SuiteResult:  # fmt: skip
        """Run the tests, or only the ids in `select`; one call, one fresh process."""
        ...

    async def produce(
        self, argv: Sequence[str], *, collect: Sequence[str] = (), laid: Mapping[str, Path] | None = None,
        limits: Limits | None = None,
    ) -> Produced:  # fmt: skip
        """Run a command of the project's own in a copy it may write to, with its tools; return files by glob.

        `laid` are files that are put into the copy before, by path: what measures comes from where it is trusted.
        """
        ...

    def at(self, root: Path) -> Target:
        """Return the same project in another tree."""
        ...


# --- agents


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


@dataclass(frozen=True, slots=True)
class Proposal:
    """The worktree holds a change worth measuring."""

    technique: str
    title: str
    notes: str = ""
    fixes: tuple[Fingerprint, ...] = ()


@dataclass(frozen=True, slots=True)
class Nothing:
    """Every technique answered no."""

    why: str
    refused: tuple[str, ...] = ()
    localised: tuple[Finding, ...] = ()
    more: bool = False
    """Whether techniques that take longer are left to ask, in an attempt of their own."""


@dataclass(frozen=True, slots=True)
class Found:
    """Findings without a change."""

    findings: tuple[Finding, ...]


Outcome = Proposal | Nothing | Found


class Technique(Protocol):
    """One classical method."""

    name: str

    async def try_on(self, task: Task, bench: Workbench) -> Outcome:
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


# --- models


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One request to a model."""

    key: str
    """The same key means the same call; a finished one is not paid twice."""
    model: str
    messages: tuple[Mapping[str, Any], ...]
    tools: tuple[Mapping[str, Any], ...] = ()
    max_tokens: int = 4096


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """One answer of a model."""

    text: str
    tool_calls: tuple[Mapping[str, Any], ...] = ()
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
    """USD; None when the price is unknown, never 0 for unknown."""
    finish: str = "stop"


class Model(Protocol):
    """Any language model, one call at a time."""

    async def ask(self, call: ModelCall, on_token: Callable[[str], None]) -> ModelAnswer:
        """Return the whole answer; `on_token` sees it as it comes (a signal, not a fact)."""
        ...


# --- errors of this floor


class AgentError(Exception):
    """Root of this floor's errors: the environment failed, not the agent."""


class SandboxBroken(AgentError):
    """The sandbox could not run a command at all."""


class TargetBroken(AgentError):
    """The target's interpreter or its dependencies cannot be used."""


class GitFailed(AgentError):
    """A git command failed that should not."""
