"""The desk behind `kaizen mcp`: carries out another program's calls over the repository's commit of that moment."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents.ports import Sandbox, Tool, ToolBench, ToolCall, ToolResult, Waiting
from agents.tools.found import find_tools
from agents.tools.mcp_serving import serve
from agents.tools.pipeline import Pipeline
from agents.tools.policy import KEEP_OUT
from agents.tools.target import SandboxedTarget
from agents.workspace.environment import Environment
from agents.workspace.history import WorktreeHistory
from agents.workspace.mirror import Mirror
from agents.workspace.worktree import Worktree
from director import __version__
from director.bootstrap import known_projects, masker_of, open_store, project_id
from director.cli.mcp_tools import BeginRun, TellGates, TellStatus
from director.crew import policy_of
from director.settings import Settings
from knowledge_graph.embedding import embed_words
from knowledge_graph.learned import Learned
from knowledge_graph.projector import Projector
from knowledge_graph.recall import recall
from knowledge_graph.vectors import ListedVectors
from ledger.blobs import FileBlobs, MemoryBlobs
from ledger.events import AnyEvent, AttemptId
from ledger.masking import Masker

USELESS = frozenset({"explain", "git_diff", "git_status"})
"""Tools that look at nobody's change here, or ask a model."""
INSTRUCTIONS = (
    "Kaizen keeps improving a repository until its quality gates pass. Its tools look at the last commit of the "
    "repository; what is not committed they do not see. kaizen_run works in a place of its own and adds one branch."
)


@dataclass(slots=True)
class Desk:
    """Carries out the calls of one other program, each over the repository's commit of that moment."""

    settings: Settings
    sandbox: Sandbox
    repository: Path
    prefix: str
    folder: Path
    _running: BeginRun | None = None
    _blobs: MemoryBlobs = field(default_factory=MemoryBlobs)
    _count: int = 0

    async def serve(self) -> None:
        """Serve until the other side ends."""
        project = self.repository / self.prefix
        run = BeginRun(project, self.folder / "run.txt")
        tools: dict[str, Tool] = {name: tool for name, tool in find_tools().items() if _reads(tool)}
        own: tuple[Any, ...] = (run, TellStatus(project), TellGates(project))
        tools |= {tool.name: tool for tool in own}
        masker = masker_of(self.settings)
        one_at_a_time = asyncio.Lock()

        async def use(name: str, arguments: str) -> ToolResult:
            async with one_at_a_time:
                return await self._used(tools, name, arguments, masker)

        try:
            await serve("kaizen", __version__, INSTRUCTIONS, tools.values(), use)
        finally:
            await run.stop()

    async def _used(self, tools: Mapping[str, Tool], name: str, arguments: str, masker: Masker) -> ToolResult:
        self._count += 1
        mirror = Mirror(self.folder / "mirror.git", self.repository)
        commit = (await asyncio.to_thread(mirror.take)).commit
        with Worktree(mirror, self.folder / "worktree", commit) as worktree:
            pipeline = Pipeline(
                tools, await asyncio.to_thread(self._bench, worktree), policy_of(self.settings),
                attempt=AttemptId(f"mcp.{self._count}"), append=_unrecorded,
            )  # fmt: skip
            carried = await pipeline.carry_out([ToolCall("asked", name, arguments)])
        if isinstance(carried, Waiting):
            why = f"{carried.shown} needs a person's answer first: allow it in the approvals of your kaizen.toml"
            return ToolResult(False, masker.text(why))
        (one,) = carried
        return ToolResult(one.result.success, masker.text(one.result.text), facts=one.result.facts)

    def _bench(self, worktree: Worktree) -> ToolBench:
        python = Environment(python=Path(sys.executable), version=sys.version.split()[0], source="base")
        projector, blobs = self._learned()
        return ToolBench(
            target=SandboxedTarget(self.sandbox, python, worktree.root, self.prefix, scratch=self.folder),
            history=WorktreeHistory(worktree, self.prefix, closed="nothing is pushed from here"),
            blobs=self._blobs, scratch=worktree.scratch, keep_out=KEEP_OUT,
            recall=lambda fingerprint: recall(projector.graph, fingerprint, blobs),
            knowledge=Learned(projector, lambda: ListedVectors(embed_words)),
        )  # fmt: skip

    def _learned(self) -> tuple[Projector, FileBlobs]:
        """Read what the project's ledger holds now, if there is one."""
        identity = project_id(self.repository, self.prefix)
        projector = Projector()
        known = next((each for each in known_projects(self.settings.home) if each.id == identity), None)
        if known is None:
            return projector, FileBlobs(self.folder / "blobs")
        store = open_store(known.ledger, time.time, Masker({}))
        try:
            projector.catch_up(store)
        finally:
            store.close()
        return projector, FileBlobs(known.folder / "blobs")


async def _unrecorded(events: Sequence[AnyEvent]) -> None:
    """Looks of another program are no part of the project's history; its runs record themselves."""


def _reads(tool: Tool) -> bool:
    risk: Callable[[object], str] = tool.risk
    return tool.name not in USELESS and risk(tool.arguments.model_construct()) == "read"
