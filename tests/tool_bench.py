"""A bench for tools over a folder: its target runs commands right here, its history is the folder's own files."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents.ports import Policy, Tool, ToolBench, ToolCall
from agents.tools.pipeline import Pipeline
from agents.tools.policy import KEEP_OUT
from ledger.blobs import MemoryBlobs
from ledger.events import AnyEvent, AttemptId
from tests.local_target import LocalTarget


@dataclass
class FolderHistory:
    """The worktree as it is: a tree is named by the hash of all its files, and kept to go back to."""

    root: Path
    kept: dict[str, dict[str, bytes]] = field(default_factory=dict)

    def status(self) -> str:
        return ""

    def diff(self, path: str = "") -> str:
        return ""

    def log(self, path: str = "", count: int = 20) -> str:
        return ""

    def tree(self) -> str:
        files = contents(self.root)
        name = hashlib.sha1(repr(sorted(files.items())).encode()).hexdigest()
        self.kept[name] = files
        return name

    def restore(self, tree: str) -> None:
        for path in self.root.rglob("*"):
            if path.is_file():
                path.unlink()
        for name, content in self.kept[tree].items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_bytes(content)


@dataclass
class Attempt:
    """An attempt's stream, its worktree and its pipelines: a new one is what a restart makes."""

    root: Path
    tools: Mapping[str, Tool]
    policy: Policy = field(default_factory=Policy)
    events: list[AnyEvent] = field(default_factory=list)
    blobs: MemoryBlobs = field(default_factory=MemoryBlobs)
    given: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.history = FolderHistory(self.root)

    async def append(self, events: Sequence[AnyEvent]) -> None:
        self.events += events

    def pipeline(self) -> Pipeline:
        """Return a pipeline that knows what happened so far."""
        return Pipeline(
            self.tools, bench_over(self.root, history=self.history, blobs=self.blobs), self.policy,
            attempt=AttemptId("r1.i1.a1"), append=self.append, past=list(self.events), **self.given,
        )  # fmt: skip

    def kinds(self) -> list[str]:
        """Return the names of what happened, in order."""
        return [type(event).__name__ for event in self.events]


def bench_over(root: Path, **given: Any) -> ToolBench:
    """Return a bench over a folder; `given` are fields of the bench."""
    fields: dict[str, Any] = {
        "target": LocalTarget(root), "history": FolderHistory(root), "blobs": MemoryBlobs(),
        "recall": lambda _: None, "scratch": root, "keep_out": KEEP_OUT,
    }  # fmt: skip
    return ToolBench(**fields | given)


def call(name: str, arguments: str = "{}", id_: str = "") -> ToolCall:
    """Return a call as a model makes it."""
    return ToolCall(id_ or f"call_{name}", name, arguments)


def contents(root: Path) -> dict[str, bytes]:
    """Return every file below a folder; what a link leads to is none of it."""
    found = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = f"{folder}/{name}"
            if stat.S_ISREG(os.lstat(path).st_mode):
                found[os.path.relpath(path, root)] = Path(path).read_bytes()
    return found
