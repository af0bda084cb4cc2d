"""A bench to talk on: a folder with its past, a few tools, a model that says what it is told, the attempt's stream."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from agents.models.answers import Answers
from agents.models.calls import PaidCalls
from agents.ports import (
    BudgetSpent,
    Message,
    ModelAnswer,
    ModelCall,
    ModelCard,
    Models,
    Policy,
    Resources,
    Spend,
    Thinking,
    Tool,
    ToolBench,
    ToolResult,
    Workbench,
)
from ledger.blobs import MemoryBlobs
from ledger.events import AnyEvent, AttemptId, Risk, Task, TaskId
from ledger.masking import Masker
from tests.local_target import LocalTarget, write_tree

ATTEMPT = AttemptId("r1.i1.a1")
Model = Callable[[ModelCall], ModelAnswer | Exception]


class Killed(Exception):
    """The daemon was killed right after an append."""


class Folders:
    """The past of a folder, kept in memory: its trees are what was written, by digest."""

    def __init__(self, root: Path) -> None:
        self.root, self.trees = root, dict[str, dict[str, bytes]]()
        self.base = self.tree()

    def _files(self) -> dict[str, bytes]:
        return {
            p.relative_to(self.root).as_posix(): p.read_bytes() for p in sorted(self.root.rglob("*")) if p.is_file()
        }

    def tree(self) -> str:
        files = self._files()
        name = hashlib.sha1(repr(sorted(files.items())).encode()).hexdigest()
        self.trees[name] = files
        return name

    def restore(self, tree: str) -> None:
        shutil.rmtree(self.root)
        self.root.mkdir()
        write_tree(self.root, {path: content.decode() for path, content in self.trees[tree].items()})

    def status(self) -> str:
        before, now = self.trees[self.base], self._files()
        return "\n".join(f"M {path}" for path in sorted({*before, *now}) if before.get(path) != now.get(path))

    def diff(self, path: str = "") -> str:
        return self.status()

    def log(self, path: str = "", count: int = 20) -> str:
        return ""


class _Path(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    path: str


class _Lines(_Path):
    old: str
    new: str


class Read:
    """Read a file."""

    name = "read_file"
    arguments: type[BaseModel] = _Path

    def risk(self, arguments: Any) -> Risk:
        return "read"

    def resources(self, arguments: Any) -> Resources:
        return Resources(reads=frozenset({f"file:{arguments.path}"}))

    async def run(self, arguments: Any, bench: ToolBench) -> ToolResult:
        place = bench.target.project / arguments.path
        if not place.is_file():
            return ToolResult(success=False, text=f"there is no file {arguments.path}")
        return ToolResult(success=True, text=place.read_text())


@dataclass
class Edit:
    """Replace text in a file."""

    runs: list[str] = field(default_factory=list)
    name: str = "edit_file"
    arguments: type[BaseModel] = _Lines
    risks: Risk = "write"

    def risk(self, arguments: Any) -> Risk:
        return self.risks

    def resources(self, arguments: Any) -> Resources:
        return Resources(writes=frozenset({f"file:{arguments.path}"}))

    async def run(self, arguments: Any, bench: ToolBench) -> ToolResult:
        self.runs.append(arguments.new)
        place = bench.target.project / arguments.path
        text = place.read_text()
        if text.count(arguments.old) != 1:
            return ToolResult(success=False, text=f"{arguments.path} does not hold {arguments.old!r} once")
        place.write_text(text.replace(arguments.old, arguments.new))
        return ToolResult(success=True, text="done", summary=f"{arguments.path} changed", changed=True)


@dataclass
class Telling:
    """The port `Model` over a function; what it is asked is kept."""

    model: Model
    window: int | None = 128_000
    asked: list[ModelCall] = field(default_factory=list)

    def card(self, model: str) -> ModelCard:
        return ModelCard(model, "test", self.window, 0.0, 0.0)

    async def ask(self, call: ModelCall, on_token: Callable[[str], None]) -> ModelAnswer:
        said = self.model(call)
        self.asked.append(call)
        if isinstance(said, Exception):
            raise said
        return said


@dataclass
class Budget:
    """The port `Purse`: holds whatever is taken, but for the call that the script lets it refuse."""

    model: Model

    def reserve(self, key: str, worst: Spend) -> None:
        said = self.model(ModelCall(key.partition("#")[0], "", ()))
        if isinstance(said, BudgetSpent):
            raise said

    def settle(self, key: str, spent: Spend) -> None:
        assert spent.tokens >= 0


@dataclass
class Bench:
    """A workbench to think on, and everything that can be seen of it."""

    bench: Workbench
    calls: Telling
    edit: Edit
    history: Folders
    events: list[AnyEvent]

    @property
    def root(self) -> Path:
        return self.bench.target.project


FILES = {"shop.py": "def clamp(x, low, high):\n    return low\n", "AGENTS.md": "Use tabs.\n"}


def bench_to_talk(
    root: Path, model: Model, *, files: Mapping[str, str] = FILES, past: Sequence[AnyEvent] = (),
    blobs: MemoryBlobs | None = None, kill: int = -1, trees: Folders | None = None, policy: Policy | None = None,
    risk: Literal["write", "network"] = "write", tools: Mapping[str, Tool] | None = None, window: int | None = 128_000,
    target: Any = None, seconds: float = 60.0, **given: Any,
) -> Bench:  # fmt: skip
    """Return a bench over a fresh folder; `kill`: after so many appends the daemon is dead."""
    shutil.rmtree(root, ignore_errors=True)
    write_tree(root, files)
    events, appends = list(past), [0]

    async def append(new: Sequence[AnyEvent]) -> None:
        if appends[0] == kill:
            raise Killed
        events.extend(new)
        appends[0] += 1
        if appends[0] == kill:
            raise Killed

    kept = blobs or MemoryBlobs()
    telling, edit, history = Telling(model, window), Edit(risks=risk), Folders(root)
    ticks = count()

    async def sleep(seconds: float) -> None:
        """Nobody waits in a test."""

    calls = PaidCalls(
        telling, ("test/small",), attempt=ATTEMPT, purse=Budget(model), past=past, append=append, blobs=kept,
        said=lambda piece: None, clock=lambda: float(next(ticks)), sleep=sleep, answers=Answers(),
        allow_unknown_price=False, mask=Masker({}),
    )  # fmt: skip
    if trees is not None:
        history.trees |= trees.trees
    offered: dict[str, Tool] = {"edit_file": edit, "read_file": Read()}
    thinking = Thinking(
        models=Models(calls, ("test/small",)), tools=offered if tools is None else tools, policy=policy or Policy(),
        history=history, blobs=kept, past=past, append=append, said=lambda piece: None, **given,
    )  # fmt: skip
    bench = Workbench(
        attempt=ATTEMPT, target=target or LocalTarget(root), readings={}, recall=lambda _: None, seed=1,
        seconds=seconds, record=events.append, progress=lambda line: None, thinking=thinking,
    )  # fmt: skip
    return Bench(bench, telling, edit, history, events)


def task(**given: Any) -> Task:
    fields: dict[str, Any] = {
        "id": TaskId("t1"),
        "kind": "lint",
        "gate": "lint",
        "role": "coder",
        "title": "mend clamp",
    }
    return Task(**fields | given)


def script(*answers: ModelAnswer | Exception) -> Model:
    """Return a model that gives these answers in turn, by the number of its call."""

    def model(call: ModelCall) -> ModelAnswer | Exception:
        return answers[int(call.key.rpartition("-")[2]) - 1]

    return model


def said_in(call: ModelCall) -> str:
    return "\n".join(message.text for message in call.messages)


def last(call: ModelCall) -> Message:
    return call.messages[-1]
