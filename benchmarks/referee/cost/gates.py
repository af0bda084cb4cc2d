"""The gates that only read the tree: what they cost on a whole project, and after one file has changed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents.ports import Completed, Limits
from agents.tools.target import SandboxedTarget
from benchmarks.referee.cost.ground import Ground, own_seconds
from benchmarks.referee.cost.made import any_edit
from director.gates import found_gates
from director.gates.by_file import FileReadings
from director.gates.defaults import DEFAULTS
from director.gates.tree import CleanTree
from director.referee.readings import Readings

STATIC = ("lint", "complexity", "duplication", "documentation", "security", "types")


@dataclass
class Metered(SandboxedTarget):
    """A target that adds up what its commands use."""

    used: list[float] = field(default_factory=list)

    def __init__(self, plain: SandboxedTarget, used: list[float]) -> None:
        self.__dict__.update(plain.__dict__)
        self.used = used

    def at(self, root: Path, *, lent: Sequence[Path] = ()) -> Metered:
        """Return the same project in another tree, on the same meter."""
        return Metered(super().at(root, lent=lent), self.used)

    async def run(
        self, argv: Sequence[str], *, limits: Limits | None = None, writable: bool = False, shown: Sequence[Path] = ()
    ) -> Completed:
        """Run it and note what it used."""
        done = await super().run(argv, limits=limits, writable=writable, shown=shown)
        self.used.append(done.cpu_seconds)
        return done


class Gates:
    """All of them, with what they remember of the base, and once more without any memory."""

    def __init__(self, ground: Ground) -> None:
        self._ground, self._numbers = ground, iter(range(1_000_000))
        self._kept = Readings(ground.folder / "readings.db")
        self._known = found_gates()
        self._base = ground.target

    async def base(self) -> dict[str, float]:
        """Return the processor seconds of each gate on the base, of which nothing was known."""
        return {gate: (await self._measured(gate, self._base, self._known, self._kept))[0] for gate in STATIC}

    async def edited(self, chance: random.Random) -> dict[str, Any]:
        """Return the processor seconds of each gate after an edit, and those that say something else than a new one."""
        edit: Mapping[str, str | None] = {}
        while not any(path.endswith(".py") for path in edit):
            edit = any_edit(self._ground.files, chance)
        place = self._ground.folder / f"edited-{next(self._numbers)}"
        self._ground.mirror.checkout(self._ground.tree(edit), place)
        target = self._base.at(place)
        found: dict[str, Any] = {"edit": sorted(edit), "cpu": {}, "different": []}
        new = found_gates()
        for gate in STATIC:
            found["cpu"][gate], quick = await self._measured(gate, target, self._known, self._kept)
            _, whole = await self._measured(gate, target, new, None)
            if quick != whole:
                found["different"].append([gate, str(quick)[:300], str(whole)[:300]])
        return found

    async def _measured(
        self, name: str, target: SandboxedTarget, gates: Mapping[str, Any], kept: FileReadings | None
    ) -> tuple[float, tuple[Any, ...]]:
        used: list[float] = []
        began = own_seconds()
        tree = CleanTree(Metered(target, used), trusted=self._base.project, kept=kept)
        reading = await gates[name].measure(tree, DEFAULTS[name])
        spent = own_seconds() - began + sum(used)
        return spent, (reading.value, reading.detail, reading.findings, reading.counts)
