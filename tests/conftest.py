"""What every test may ask for: a store without a disk and a clock that stands still."""

from __future__ import annotations

import gc
import re
from functools import cache
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

pytest.register_assert_rewrite("tests.contracts")

from ledger.memory import MemoryStore  # noqa: E402

FIRST = (
    "e2e/test_kills.py", "e2e/test_whole_run.py", "e2e/test_twin.py", "e2e/test_conversation_survives.py",
    "e2e/test_goal_from_a_record.py", "e2e/test_kaizen_run.py", "e2e/test_bad_input.py", "e2e/test_commands.py",
)  # fmt: skip
"""Files of the longest tests, these first of all: at the end nobody waits for one of them alone."""

settings.register_profile("quick", settings(settings.default, max_examples=50, deadline=None))
settings.load_profile("quick")  # where a claim needs more examples, its test says how many; the clock proves nothing

gc.disable()  # collecting makes objects that all stay: looking through them for garbage takes as long as making them


MARKED = re.compile(r"^pytestmark = .*", re.MULTILINE)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even read files and folders all of whose tests are slow, or soak, when none of these is asked for."""
    wanted = str(config.option.markexpr).split(" and ")
    unwanted = [f"pytest.mark.{mark}" for mark in ("slow", "soak") if f"not {mark}" in wanted]
    paths = collection_path.rglob("*.py") if collection_path.is_dir() else (collection_path,)
    files = [path for path in paths if path.match("test_*.py")] if unwanted else []
    return True if files and all(any(mark in _marks(file) for mark in unwanted) for file in files) else None


@cache
def _marks(file: Path) -> str:
    """Return what a test file says all its tests are."""
    found = MARKED.search(file.read_text(encoding="utf-8"))
    return found.group() if found else ""


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(50_000)  # most of what a test makes is gone before anybody would look for it
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests, other slow ones, fast ones: what is short fills the end evenly."""
    places = {place: number for number, place in enumerate(FIRST)}
    items.sort(
        key=lambda item: (
            places.get("/".join(item.path.parts[-2:]), len(FIRST)),
            item.get_closest_marker("slow") is None,
        )
    )


class FixedClock:
    """Seconds since the epoch that pass only when a test says so."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += seconds


NUMBERS = count()


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the test's own, as pytest gives it; pytest looks through those of all tests before for a number."""
    name = re.sub(r"\W", "_", request.node.name)[:27]
    return tmp_path_factory.mktemp(f"{name}{next(NUMBERS)}", numbered=False)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def store(clock: FixedClock) -> MemoryStore:
    return MemoryStore(clock)
