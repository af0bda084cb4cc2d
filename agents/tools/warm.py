"""An interpreter that waits with pytest imported, over a tree that moves to each candidate by what differs.

The tree is read-only to what runs there, so nothing has to be copied or cleaned. What it says is a hint: see the job.
"""

from __future__ import annotations

import asyncio
import json
import os
import select
import time
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any, Literal

from agents.ports import AgentError, Completed, InsideRun, Limits, SuiteResult
from agents.tools.suite_result import suite_result
from agents.tools.target import SandboxedTarget, messages_in
from agents.workspace.addopts import kept_options
from agents.workspace.git import GitError
from agents.workspace.layout import Layout
from agents.workspace.mirror import Mirror
from agents.workspace.moving import move, restore, writes_alike

LIFE = 3600.0
"""Seconds after which it is begun anew."""
ORDERS = 200
"""Orders after which it is begun anew."""
BEGIN = 60.0
"""Seconds its first answer may take longer than the order itself."""
ANSWER = 64 * 1024 * 1024
"""Bytes of one answer."""


class WarmTarget:
    """Runs chosen tests of one candidate after the other; None is answered where it cannot."""

    def __init__(self, mirror: Mirror, target: SandboxedTarget, folder: Path) -> None:
        """`target` is any tree of the project; `folder` is made, and belongs to this object alone."""
        self._mirror, self._folder = mirror, folder
        self._numbers = count(1)
        self._orders = -1
        self._waiting: asyncio.Task[InsideRun] | None = None
        self._turn = asyncio.Lock()  # one order at a time, for there is one tree
        self._left = 0
        self._tree = ""
        self._layout: Layout | None = None
        for name in ("tree", "pipes"):
            (folder / name).mkdir(parents=True)
        self._target = target.at(folder / "tree", lent=[folder / "pipes"])

    async def suite(self, tree: str, select: Sequence[str], limits: Limits) -> SuiteResult | None:
        """Run the tests of a tree in a fork, or return None when that fails for whatever reason but the tests."""
        async with self._turn:
            if not await asyncio.to_thread(self._move, tree):
                return None
            if self._layout is None:
                self._layout = self._target.layout()
            if self._layout.runner != "pytest":
                return None
            if self._waiting is None or self._waiting.done() or not self._left:
                await self._begin()
            self._left -= 1
            try:
                suite = await self._order(select, limits, self._layout)
            except (OSError, AgentError, KeyError, TypeError, ValueError):  # an answer that is none is no answer
                suite = None
            if suite is None:
                await self.close()
            return suite

    async def close(self) -> None:
        """End it."""
        if self._waiting is not None:
            self._waiting.cancel()
            await asyncio.gather(self._waiting, return_exceptions=True)
            self._waiting = None
        if self._orders >= 0:
            os.close(self._orders)
            self._orders = -1

    def _move(self, tree: str) -> bool:
        """Have the tree in our folder; return whether that could be."""
        folder, index = self._folder / "tree", self._folder / "index"
        held = self._tree
        if held and not writes_alike(self._mirror, held, tree):
            return False
        self._tree = ""
        try:
            move(self._mirror, tree, folder, index, held)
        except GitError:
            restore(self._mirror, tree, folder, index)  # something wrote there
        self._tree = tree
        return True

    async def _begin(self) -> None:
        await self.close()
        pipe = self._folder / "pipes" / f"orders-{next(self._numbers)}"
        os.mkfifo(pipe, 0o600)
        # Held open for both ends: then neither opening nor reading ends before an order is there.
        self._orders = os.open(pipe, os.O_RDWR | os.O_CLOEXEC)
        waiting = self._target.inside("zygote", {"orders": str(pipe)}, limits=Limits(wall=LIFE))
        self._waiting = asyncio.create_task(waiting, name="zygote")
        self._left = ORDERS

    async def _order(self, select: Sequence[str], limits: Limits, layout: Layout) -> SuiteResult | None:
        # What runs there can write into this folder too: a name that is taken, or is no pipe, ends the matter.
        pipe = self._folder / "pipes" / f"answer-{next(self._numbers)}"
        os.mkfifo(pipe, 0o600)
        answer = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            order = {
                "runner": "pytest", "select": list(select), "addopts": kept_options(layout.addopts)[0], "files": [],
                "tests": [], "answer": str(pipe), "wall": limits.wall, "cpu": limits.cpu or 0,
                **self._target.test_limits(limits),
            }  # fmt: skip
            paper = pipe.with_suffix(".json")
            with paper.open("x", encoding="utf-8") as file:
                json.dump(order, file)
            os.write(self._orders, f"{paper}\n".encode())  # short: it never fills the pipe
            content = await asyncio.to_thread(self._read, answer, limits.wall + BEGIN)
        finally:
            os.close(answer)
            for name in (pipe, pipe.with_suffix(".json")):
                name.unlink(missing_ok=True)
        messages = messages_in(content)
        if not messages or messages[-1]["kind"] != "ended":
            return None
        ended = messages[-1]
        said = [each for each in map(ended.get, ("exit", "seconds", "cpu")) if isinstance(each, int | float)]
        if len(said) != 3:
            return None
        status, seconds, cpu = said
        completed = Completed(_outcome(ended), int(status), b"", b"", seconds=seconds, cpu_seconds=cpu)
        return suite_result(InsideRun(completed, messages), [], str(self._target.root))

    def _read(self, answer: int, seconds: float) -> bytes:
        """Read until every writer is gone, the waiting interpreter has ended, or the time is up."""
        parts: list[bytes] = []
        size, end = 0, time.monotonic() + seconds
        poll = select.poll()
        poll.register(answer, select.POLLIN)
        while time.monotonic() < end and size < ANSWER:
            if not poll.poll(200):
                if self._waiting is None or self._waiting.done():
                    break
                continue
            part = os.read(answer, 1 << 16)
            if not part and parts:
                break
            if not part:
                time.sleep(0.002)  # its writer has not opened it yet
                continue
            parts.append(part)
            size += len(part)
        return b"".join(parts)


def _outcome(ended: Mapping[str, Any]) -> Literal["exited", "wall", "cpu", "killed"]:
    if ended.get("why") == "wall":
        return "wall"
    if ended.get("why") == "cpu":
        return "cpu"
    return "exited" if ended["exit"] >= 0 else "killed"
