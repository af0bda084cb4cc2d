"""One tree of the user's project that can be run: its interpreter, its import path, its sandbox."""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import agents.inside
from agents.ports import Command, Completed, InsideRun, Limits, Produced, Sandbox, SuiteResult
from agents.tools.copies import Collected, copy_tree, lay, lend_packages
from agents.tools.copies import collect as collected
from agents.tools.suite_result import suite_result
from agents.tools.toolchain import Toolchain, programs_in, toolchains
from agents.workspace.addopts import kept_options
from agents.workspace.environment import Environment
from agents.workspace.layout import Layout, read_layout
from agents.workspace.worktree import remove

INSIDE = Path(agents.inside.__file__).parent
TRIES = 3
"""How often the suite is begun anew because pytest did not know an option."""


class SandboxedTarget:
    """The target behind the port; every command of it goes through the sandbox."""

    def __init__(
        self, sandbox: Sandbox, environment: Environment, root: Path, prefix: str = "", *,
        scratch: Path | None = None, shown: Sequence[Path] | None = None, lent: Sequence[Path] = (),
    ) -> None:  # fmt: skip
        """`scratch` is where copies for test runs are made, `shown` what commands may read besides: Kaizen's ruff.

        `lent` is what they may write besides.
        """
        self._sandbox = sandbox
        self.environment = environment
        self._root = root.resolve()
        self._prefix = prefix.strip("/")
        self._scratch = scratch
        self._shown = (own_ruff(),) if shown is None else tuple(shown)
        self._lent = tuple(lent)

    @property
    def root(self) -> Path:
        """Root of the tree."""
        return self._root

    @property
    def project(self) -> Path:
        """The project directory in it."""
        return self._root / self._prefix

    @property
    def sources(self) -> Sequence[str]:
        """Packages and modules that hold the project's code."""
        return self.layout().sources

    def at(self, root: Path, *, lent: Sequence[Path] = ()) -> SandboxedTarget:
        """Return the same project in another tree."""
        return SandboxedTarget(
            self._sandbox, self.environment, root, self._prefix, scratch=self._scratch, shown=self._shown, lent=lent
        )

    def layout(self) -> Layout:
        """Read the tree as it is now; agents change it."""
        return read_layout(self.project, self._root)

    @property
    def python(self) -> Path:
        """The interpreter of the environment."""
        return self.environment.python

    async def run(
        self, argv: Sequence[str], *, limits: Limits | None = None, writable: bool = False, shown: Sequence[Path] = ()
    ) -> Completed:
        """Run any command with this tree; it is read-only unless `writable`."""
        tools = self._tools(argv)
        env = self._command_env(self.project, tools)
        command = self._command(self._root, argv, env, limits or Limits(), writable)
        return await self._sandbox.run(replace(command, readable=[*command.readable, *tools.folders, *shown]))

    async def inside(
        self, job: str, spec: Mapping[str, Any], *, limits: Limits | None = None, copied: bool = False
    ) -> InsideRun:
        """Run `agents/inside/<job>.py` in the target's interpreter; the tree is read-only, a copy of it is not."""
        if copied:
            with self._copy() as copy:
                return await self._inside(copy, job, spec, limits or Limits(), self.layout(), writable=True)
        return await self._inside(self._root, job, spec, limits or Limits(), self.layout(), writable=False)

    async def alone(
        self, files: Sequence[str], shared: Mapping[str, str], flaky: Sequence[str] = (), *,
        limits: Limits | None = None,
    ) -> InsideRun:  # fmt: skip
        """Run each test of these files in a fork of its own, in a throw-away copy, and hear what it depended on.

        `shared` is what became of each test in the whole run; what becomes of the `flaky` ones says nothing.
        """
        layout, limits = self.layout(), limits or Limits()
        spec = {
            "files": list(files), "shared": dict(shared), "flaky": list(flaky), "prefix": self._prefix,
            "runner": layout.runner, "addopts": kept_options(layout.addopts)[0], **self.test_limits(limits),
        }  # fmt: skip
        with self._copy() as copy:
            return await self._inside(copy, "mapping", spec, limits, layout, writable=True)

    async def suite(
        self, *, select: Sequence[str] | None = None, coverage: bool = False, contexts: bool = False,
        limits: Limits | None = None,
    ) -> SuiteResult:  # fmt: skip
        """Run the tests in a throw-away copy of the tree, in one fresh process."""
        layout = self.layout()
        limits = limits or Limits()
        addopts, notes = kept_options(layout.addopts)
        for _ in range(TRIES):
            spec = {
                "runner": layout.runner, "select": None if select is None else list(select), "addopts": addopts,
                "files": layout.files, "tests": layout.tests, "coverage": coverage, "contexts": contexts,
                "paths": [".", *layout.told] if layout.told else [],
                **self.test_limits(limits),
            }  # fmt: skip
            with self._copy() as copy:
                run = await self._inside(copy, "suite", spec, limits, layout, writable=True)
            refused = next(iter(run.of("usage")), None)
            if refused is None or not addopts or refused.get("conftest"):
                break
            named = refused.get("unknown")
            unknown = [str(option) for option in named] if isinstance(named, list) else []
            left = [option for option in addopts if option not in unknown]
            dropped = [option for option in addopts if option in unknown] if left != addopts else addopts
            notes += [f"pytest option {option} left out: its plugin is not installed" for option in dropped]
            addopts = left if left != addopts else []
        return suite_result(run, notes, str(copy))

    async def produce(
        self, argv: Sequence[str], *, collect: Sequence[str] = (), laid: Mapping[str, Path] | None = None,
        limits: Limits | None = None,
    ) -> Produced:  # fmt: skip
        """Run a command in a copy, with the user's installation of its program shown read-only."""
        tools = self._tools(argv)
        with self._copy() as copy:
            project = copy / self._prefix
            lay(project, laid or {})
            lent = lend_packages(project, self.environment.own) if self.environment.own is not None else ()
            env = self._command_env(project, tools)
            command = self._command(copy, argv, env, limits or Limits(), writable=True)
            done = await self._sandbox.run(replace(command, readable=[*command.readable, *tools.folders, *lent]))
            left = collected(project, collect) if done.outcome == "exited" and collect else Collected({}, cut=False)
        return Produced(done, left.files, left.cut, str(project))

    # --- private

    def _tools(self, argv: Sequence[str]) -> Toolchain:
        """Return what the programs of a command need; a line for the shell may start any program it names."""
        own = self.environment.python.parent
        named = programs_in(argv)
        return toolchains([name for name in named if not (own / name).exists()], self.environment.search)

    def _command_env(self, project: Path, tools: Toolchain) -> dict[str, str]:
        first, last = self._import_path(project, self.layout())
        env = self._env(PYTHONPATH=os.pathsep.join([*first, *last]), **tools.variables)
        env["PATH"] = os.pathsep.join([str(self.environment.python.parent), *tools.path, env["PATH"]])
        return env

    async def _inside(
        self, root: Path, job: str, spec: Mapping[str, Any], limits: Limits, layout: Layout, *, writable: bool
    ) -> InsideRun:
        first, last = self._import_path(root / self._prefix, layout)
        env = self._env(KAIZEN_FIRST=os.pathsep.join(first), KAIZEN_LAST=os.pathsep.join(last))
        safe_path = ["-P"] if _version(self.environment.version) >= (3, 11) else []
        argv = [str(self.environment.python), *safe_path, "-B", "-s", str(INSIDE / "__main__.py"), job]
        command = self._command(root, argv, env, limits, writable)
        completed = await self._sandbox.run(replace(command, stdin=json.dumps(spec).encode(), channel=True))
        return InsideRun(completed, messages_in(completed.channel))

    def _command(
        self, root: Path, argv: Sequence[str], env: Mapping[str, str], limits: Limits, writable: bool
    ) -> Command:
        shown = [INSIDE, *self._shown, *self.environment.readable, *self.environment.paths]
        if self.environment.overlay is not None:
            shown.append(self.environment.overlay)
        return Command(
            argv=argv, cwd=root / self._prefix, env=env, limits=limits,
            readable=shown if writable else [*shown, root], writable=[*self._lent, *([root] if writable else [])],
        )  # fmt: skip

    def _env(self, **more: str) -> dict[str, str]:
        return {
            "PATH": f"{self.environment.python.parent}:/usr/local/bin:/usr/bin:/bin",
            "HOME": "/tmp", "TMPDIR": "/tmp", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC",
            "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONNOUSERSITE": "1",
            "HYPOTHESIS_STORAGE_DIRECTORY": "/tmp/hypothesis", **more,
        }  # fmt: skip

    def _import_path(self, project: Path, layout: Layout) -> tuple[list[str], list[str]]:
        first = [str(project / path) if path != "." else str(project) for path in layout.paths]
        first += [str(path) for path in self.environment.paths]
        return first, [str(self.environment.overlay)] if self.environment.overlay is not None else []

    def test_limits(self, limits: Limits) -> dict[str, float]:
        """Return what one test may take."""
        seconds = min(self.environment.test_seconds, limits.test or self.environment.test_seconds)
        return {"test_cpu": min(seconds, limits.wall / 10), "test_wall": min(4 * seconds, limits.wall / 3)}

    @contextmanager
    def _copy(self) -> Iterator[Path]:
        """Tests may write beside themselves; what they write must neither stay nor become part of a patch."""
        folder = Path(tempfile.mkdtemp(prefix="suite-", dir=self._scratch)).resolve()
        try:
            copy_tree(self._root, folder / "tree")
            yield folder / "tree"
        finally:
            remove(folder)


def own_ruff() -> Path:
    """Return Kaizen's own ruff, the one that lints every tree."""
    from ruff import find_ruff_bin  # type: ignore[import-untyped]

    return Path(find_ruff_bin())


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:2] if part.isdigit())


def messages_in(channel: bytes) -> tuple[Mapping[str, Any], ...]:
    """Read the answer line by line; the last line may be cut off.

    Whatever runs inside can write there: no number is larger than one that can be reckoned with.
    """
    messages: list[Mapping[str, Any]] = []
    for line in channel.splitlines():
        try:
            message = json.loads(line, parse_int=_whole, parse_float=_finite, parse_constant=_finite)
        except (ValueError, RecursionError):
            continue
        if isinstance(message, dict) and isinstance(message.get("kind"), str):
            messages.append(message)
    return tuple(messages)


def _whole(text: str) -> int:
    return int(text) if len(text) < _DIGITS else 0


def _finite(text: str) -> float:
    return float(text) if text[-1:].isdigit() and math.isfinite(float(text)) else 0.0


_DIGITS = 300
"""Digits of a whole number that can still be reckoned with as a part of seconds or per cent."""
