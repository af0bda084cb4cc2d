"""What confines the target's commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol


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
    test: float | None = None
    """CPU seconds of one test, where a suite is run."""


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
