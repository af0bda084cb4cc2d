"""What an agent that thinks with a model can do: tools, what they risk, who lets them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

from pydantic import BaseModel

from agents.ports.models import Models
from agents.ports.target import Target
from knowledge_graph.learned import LikeError
from knowledge_graph.recall import Recalled
from knowledge_graph.vectors import Near
from ledger.blobs import Blobs
from ledger.events import Fingerprint, Risk


class History(Protocol):
    """The past and the present of the worktree; commits after its base do not exist here."""

    def status(self) -> str:
        """Return the changed files, one per line."""
        ...

    def diff(self, path: str = "") -> str:
        """Return the unified diff of the worktree against its base."""
        ...

    def log(self, path: str = "", count: int = 20) -> str:
        """Return the newest commits up to the base, one per line."""
        ...

    def tree(self) -> str:
        """Write the worktree as a git tree and return its id."""
        ...

    def restore(self, tree: str) -> None:
        """Make the worktree hold the files of a tree."""
        ...


@runtime_checkable
class Line(Protocol):
    """A history whose attempt may keep commits of its own, in Kaizen's mirror."""

    def commit(self, message: str) -> str:
        """Keep the worktree as the next commit of the attempt's own line and return its id."""
        ...

    def push(self) -> str:
        """Add that line to the user's repository as one new reference and return its name."""
        ...


class Knowledge(Protocol):
    """What Kaizen learned about one project, and what it finds again by the likeness of words."""

    def errors_like(self, exception: str, message: str, k: int) -> Sequence[LikeError]:
        """Return at most `k` errors met before whose words are like these, the likest first."""
        ...

    def nearest(self, texts: Mapping[str, str], asked: str, k: int) -> Sequence[Near]:
        """Return the likest of these texts by id, the likest first; an id always stands for the same text."""
        ...


@dataclass(slots=True)
class ToolBench:
    """What a tool can touch; nothing else."""

    target: Target
    """The private worktree. Files under `target.project` may be written, and nothing else; all else is for reading."""
    history: History
    blobs: Blobs
    recall: Callable[[Fingerprint], Recalled | None]
    scratch: Path
    """A private directory outside the tree."""
    seed: int = 0
    models: Models | None = None
    """For tools that ask a model themselves."""
    knowledge: Knowledge | None = None
    """None where nothing is learned."""
    keep_out: tuple[str, ...] = ()
    """Globs of files that may not be written."""
    closed: Callable[[str], str] = lambda path: ""
    """Why this very call may not write a file, for files that show only while it runs; empty when it may."""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What came of a tool call; the text is what the model is told."""

    success: bool
    text: str
    summary: str = ""
    """One line for people."""
    changed: bool = False
    """Whether the worktree may differ from before."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """The same in numbers and names, as far as there are some, e.g. `{"passed": 41, "failed": 1}`."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What a call reads and writes, by name: `file:src/a.py`, `tree` (every file), `git`, `network`."""

    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()


class Tool(Protocol):
    """One thing an agent can do. Its docstring is what the model is told it is for."""

    name: str
    arguments: type[BaseModel]
    """Checked before anything else sees them; strict, no unknown field."""

    def risk(self, arguments: Any) -> Risk:
        """Return what this very call risks, computed from its arguments alone."""
        ...

    def resources(self, arguments: Any) -> Resources:
        """Return what this very call touches: calls that touch different things run side by side."""
        ...

    async def run(self, arguments: Any, bench: ToolBench) -> ToolResult:
        """Do it. A wrong call gives a result without success that says what would be right.

        Only a broken environment raises AgentError.
        """
        ...


# --- who lets them


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the user's approval policy; the first that fits decides."""

    verdict: Literal["allow", "ask", "deny"]
    tool: str = "*"
    """Glob over the tool's name."""
    path: str = "*"
    """Glob over the files the call writes or reads; a call without files fits only `*`."""
    risk: Risk | None = None
    """The call's risk must be this."""


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's answer to one call."""

    granted: bool
    arguments: str
    """JSON as it was approved: the person may have edited it."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be done without asking, and what was answered."""

    rules: tuple[Rule, ...] = ()
    answered: Mapping[str, Approval] = field(default_factory=dict)
    """By digest of tool, arguments and tree."""
    whole_run: frozenset[tuple[str, Risk]] = frozenset()
    """Tools with a risk that are allowed for the rest of the run."""
    waits: float = 86400.0
    """Seconds an approval may be waited for; then it counts as denied."""
