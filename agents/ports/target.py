"""One tree of the user's project that can be run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from agents.ports.sandbox import Completed, Limits


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

    @property
    def ended(self) -> bool:
        """Whether the job reached its end by itself."""
        return bool(self.messages) and self.messages[-1]["kind"] == "done"

    def of(self, kind: str) -> list[Mapping[str, Any]]:
        """Return the messages of one kind, in the order they came."""
        return [message for message in self.messages if message["kind"] == kind]


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

    def at(self, root: Path, *, lent: Sequence[Path] = ()) -> Target:
        """Return the same project in another tree; `lent` is what its commands may write besides."""
        ...
