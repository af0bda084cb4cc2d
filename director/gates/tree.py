"""A clean tree under measurement: the suite runs once, whatever number of gates ask for it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from agents.ports import Limits, SuiteResult, Target
from director.gates.by_file import FileReadings, Forgotten


class CleanTree:
    """One tree that nobody else writes to. Each measurement takes a new one."""

    def __init__(
        self, target: Target, expected: Iterable[str] = (), *, trusted: Path | None = None,
        limits: Limits | None = None, contexts: bool = False, kept: FileReadings | None = None,
    ) -> None:  # fmt: skip
        """`trusted` is the project directory of the trusted checkpoint; without one the tree is trusted itself.

        `contexts` says that a gate asks which test runs which line.
        """
        self.kept = kept or Forgotten()
        self._target = target
        self._expected = frozenset(expected)
        self._trusted = trusted or target.project
        self._limits = limits
        self._contexts = contexts
        self._suite: asyncio.Task[SuiteResult] | None = None

    @property
    def target(self) -> Target:
        """The tree, its interpreter, its sandbox."""
        return self._target

    @property
    def expected(self) -> frozenset[str]:
        """Ids of the tests that passed on the trusted checkpoint."""
        return self._expected

    @property
    def trusted(self) -> Path:
        """Where the tools' configuration is read."""
        return self._trusted

    @property
    def trusted_target(self) -> Target:
        """The project as it lies in the trusted tree: as deep in it as in the measured one."""
        depth = len(self._target.project.relative_to(self._target.root).parts)
        return self._target.at(self._trusted.parents[depth - 1] if depth else self._trusted)

    async def suite(self) -> SuiteResult:
        """Run the whole suite with coverage, once; cancelling the first who asked cancels it."""
        if self._suite is None or self._suite.cancelled():
            self._suite = asyncio.ensure_future(self.run_suite())
        return await self._suite

    async def run_suite(self) -> SuiteResult:
        """Run the whole suite now."""
        return await self._target.suite(coverage=True, contexts=self._contexts, limits=self._limits)
