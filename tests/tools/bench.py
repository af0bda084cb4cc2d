"""A small project with everything a tool may touch: the real target, the real history, nothing pretended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from agents.ports import History, Tool, ToolBench, ToolResult
from agents.tools.arguments import read_arguments
from agents.tools.policy import KEEP_OUT
from agents.workspace.history import WorktreeHistory
from agents.workspace.mirror import Mirror
from agents.workspace.worktree import Worktree
from tests.knowledge.said import ListedBlobs
from tests.support.repositories import make
from tests.target.plain import project


def bench_without_past(folder: Path, files: Mapping[str, str], prefix: str = "") -> ToolBench:
    """Return a bench whose tools must not ask for the history: quick to make."""
    target = project(folder / "tree", dict(files), prefix)
    target.project.mkdir(parents=True, exist_ok=True)
    scratch = folder / "scratch"
    scratch.mkdir()
    return ToolBench(
        target=target, history=cast(History, None), blobs=ListedBlobs(), recall=lambda _: None, scratch=scratch,
        keep_out=KEEP_OUT,
    )  # fmt: skip


@contextmanager
def bench_with_past(folder: Path, files: Mapping[str, str], prefix: str = "", **given: Any) -> Iterator[ToolBench]:
    """Commit the files in a repository and yield a bench over a worktree of it; `given` is for its history."""
    user = make(folder / "user", files, "the first one", "trunk")
    mirror = Mirror(folder / "home/mirror.git", user)
    with Worktree(mirror, folder / "home/attempt", mirror.take().commit) as worktree:
        yield ToolBench(
            target=project(worktree.root, {}, prefix), history=WorktreeHistory(worktree, prefix, **given),
            blobs=ListedBlobs(), recall=lambda _: None, scratch=worktree.scratch, keep_out=KEEP_OUT,
        )  # fmt: skip


async def call(tool: Tool, bench: ToolBench, arguments: str = "{}") -> ToolResult:
    """Call a tool with arguments as a model writes them."""
    return await tool.run(read_arguments(tool, arguments), bench)
