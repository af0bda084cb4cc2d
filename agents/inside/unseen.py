"""Job `unseen`: tests run by pytest, without one of the signs by which code could tell that it is there.

Spec: `ids`, `collected` files, `addopts`, and the `sign` to hide: the `environment`, from which its variables are gone
before anything of the project is imported, the `modules`, among which a runner is not found while a test is called, or
the `clock`, which is years ahead before anything of the project is imported.
Sends `unseen` for each test, with whether it `passed`.
"""

from __future__ import annotations

import os
import sys
from typing import Any, Callable, Dict, Iterator

from . import later
from .cases import quiet
from .forks import in_fork

ENVIRONMENT, MODULES, CLOCK = "environment", "modules", "clock"
VARIABLES = "PYTEST_"
RUNNERS = ("pytest", "_pytest", "pluggy", "unittest")
SECONDS = 60.0


def main(spec: Dict[str, Any], send: Callable[[Dict[str, Any]], None]) -> None:
    """Send `unseen`."""
    quiet()
    sys.dont_write_bytecode = True
    import pytest

    from .with_pytest import session

    class Plugin:
        @pytest.hookimpl(tryfirst=True)
        def pytest_load_initial_conftests(self) -> None:
            if spec["sign"] == ENVIRONMENT:
                _hide_variables()
            elif spec["sign"] == CLOCK:
                later.begin()

        @pytest.hookimpl(tryfirst=True)
        def pytest_runtestloop(self, session: Any) -> Any:
            wanted = set(spec["ids"])
            for item in session.items:
                if item.nodeid in wanted:
                    passed = in_fork(lambda item=item: _passes(item), SECONDS)  # type: ignore[misc]
                    send({"kind": "unseen", "id": item.nodeid, "passed": bool(passed)})
            return True

        @pytest.hookimpl(hookwrapper=True, trylast=True)
        def pytest_pyfunc_call(self) -> Iterator[None]:
            hidden = _without_runners() if spec["sign"] == MODULES else {}
            yield
            sys.modules.update(hidden)

    session({"select": list(spec["collected"]), "addopts": spec["addopts"]}, Plugin())


def _passes(item: Any) -> bool:
    from _pytest.runner import runtestprotocol

    return all(report.passed for report in runtestprotocol(item, log=False, nextitem=None))


def _hide_variables() -> None:
    """Take the variables of the runner away, and let it set none for the running test."""
    from _pytest import runner

    for name in [name for name in os.environ if name.startswith(VARIABLES)]:
        del os.environ[name]
    if hasattr(runner, "_update_current_test_var"):
        runner._update_current_test_var = lambda item, when: None


def _without_runners() -> Dict[str, Any]:
    names = [name for name in sys.modules if name.split(".")[0] in RUNNERS]
    return {name: sys.modules.pop(name) for name in names}
