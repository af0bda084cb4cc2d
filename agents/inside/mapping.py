"""Job `mapping`: runs each test alone, in a fork of the state its file was collected in, and tells what it needed.

Spec: `files` test files, `addopts`, `prefix` of the project in its tree, `shared` what became of each test in the
whole run, `flaky` tests, `test_cpu` and `test_wall` seconds for one test.
A map of one shared run lies: what is made once (a cache, a lazy object, a session's fixture) is seen with the first
test that needs it and with none of the others. So nothing here is shared: each file is collected in a fork that has
imported nothing of the project, and each of its tests runs in a fork of that.
"""

from __future__ import annotations

import gc
import importlib
import importlib.machinery
import importlib.metadata
import os
import random
import resource
import sys
import threading
from typing import Any, Callable, Dict, List, Optional

import _pytest.config

from .forks import in_fork
from .overrun import Clock
from .suite import no_chance
from .trail import Trail, Watcher
from .with_pytest import Plugin, session, tool

Told = Dict[str, Any]


def main(spec: Told, send: Callable[[Told], None]) -> None:
    """Send `began`, then for each file one message `mapped` with its record and those of its tests."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)
    project = os.path.realpath(os.getcwd())
    preload(project)
    no_chance(Outcomes(project))
    loaded = sorted({name.partition(".")[0] for name in sys.modules})
    send({"kind": "began", "tool": tool(), "loaded": loaded})
    for path in spec["files"]:
        seconds = float(spec["test_wall"]) * (2 + len([one for one in spec["shared"] if one.startswith(path + "::")]))
        told = in_fork(lambda: _mapped(path, spec, project), seconds)  # noqa: B023 - called before the next turn
        send({"kind": "mapped", "path": path, **(told if isinstance(told, dict) else {"broken": "it did not end"})})


def preload(project: str) -> None:
    """Import the installed plugins of pytest once; nothing of the project, so that each fork imports it anew."""
    own = [entry for entry in sys.path if _below(os.path.realpath(entry or os.curdir), project)]
    kept = sys.path[:]
    sys.path[:] = [entry for entry in sys.path if entry not in own]
    try:
        for name in [*_builtin_plugins(), *sorted(_plugins())]:
            try:
                importlib.import_module(name)
            except BaseException as error:  # pytest will say it better, or never load it
                sys.stderr.write("not preloaded: %s: %r\n" % (name, error))
    finally:
        sys.path[:] = kept
    importlib.invalidate_caches()


def _builtin_plugins() -> List[str]:
    return ["_pytest." + name for name in getattr(_pytest.config, "default_plugins", ())]


def _plugins() -> List[str]:
    found: Any = importlib.metadata.entry_points()
    group = found.select(group="pytest11") if hasattr(found, "select") else found.get("pytest11", [])
    names = [entry.value.partition(":")[0].strip() for entry in group]
    return [name for name in names if importlib.machinery.PathFinder.find_spec(name.partition(".")[0]) is not None]


def _below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + os.sep)


class Outcomes:
    """What the plugin reports, kept."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.became: Dict[str, str] = {}
        self.broke = False

    def collected(self, ids: List[str]) -> None:
        """The items tell."""

    def started(self, test: str) -> None:
        """The fork tells."""

    def say(self, kind: str, **more: Any) -> None:
        """Nobody listens here."""

    def broken(self, path: str, how: Told) -> None:
        """A module could not be collected."""
        self.broke = True

    def test(self, test: str, outcome: str, seconds: float, how: Told) -> None:
        """Keep the outcome."""
        self.became[test] = outcome


class Mapper(Plugin):
    """Runs the collected tests one fork each."""

    def __init__(self, spec: Told, outcomes: Outcomes, clock: Clock, watcher: Watcher, tree: str) -> None:
        super().__init__(outcomes, clock, None, None)
        self.tests: Dict[str, Any] = {}
        self.unit: Optional[Told] = None
        self.threads = 0
        self._spec, self._outcomes, self._watcher, self._tree = spec, outcomes, watcher, tree

    def pytest_runtestloop(self, session: Any) -> bool:
        """Run each test in a fork; where that gives another outcome than the whole run, all in one fork as well."""
        self._watcher.follow(None)
        gc.freeze()  # what is here is no garbage of a test's, and looking at it in each fork would copy it
        self.threads = threading.active_count() - 1
        wall = float(self._spec["test_wall"])
        for item in session.items:
            self.tests[item.nodeid] = in_fork(lambda: self._alone([item]), 2 * wall)  # noqa: B023
        shared = self._spec["shared"]
        same = all(
            self._became(item.nodeid) == shared.get(item.nodeid)
            for item in session.items
            if item.nodeid not in self._spec["flaky"]
        )
        if self.threads or not same:
            self.unit = in_fork(lambda: self._alone(session.items), wall * (2 + len(session.items)))
        return True

    def _became(self, test: str) -> str:
        told = self.tests.get(test)
        return str(told["became"].get(test, "")) if told else ""

    def _alone(self, items: List[Any]) -> Told:
        cpu = int(float(self._spec["test_cpu"]) * 2 * len(items)) + 2
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 5))
        trail = Trail()
        self._watcher.follow(trail)
        for number, item in enumerate(items):
            following = items[number + 1] if number + 1 < len(items) else None
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        self._watcher.follow(None)
        return {"became": self._outcomes.became, "trail": trail.told(self._tree)}


def _mapped(path: str, spec: Told, project: str) -> Told:
    """Collect one file, in this fork, and run its tests in forks of it."""
    random.seed(0)
    tree = project[: -len(spec["prefix"]) - 1] if spec["prefix"] else project
    outcomes, watcher, trail = Outcomes(project), Watcher(), Trail()
    clock = Clock(float(spec["test_cpu"]), float(spec["test_wall"]))
    mapper = Mapper(spec, outcomes, clock, watcher, tree)
    watcher.start()
    watcher.follow(trail)
    ear = session(dict(spec, paths=[path], select=None), mapper)
    watcher.follow(None)
    if not ear.began or outcomes.broke:
        return {"broken": "it could not be collected (pytest ended with %d)" % ear.code}
    tests = {
        test: {"became": told["became"].get(test, ""), "trail": told["trail"]} if told else None
        for test, told in mapper.tests.items()
    }
    # A test that skips with its module has become something here already.
    return {
        "trail": trail.told(tree), "tests": tests, "unit": mapper.unit, "threads": mapper.threads,
        "skipped": outcomes.became,
    }  # fmt: skip
