"""The first look: what rejects a patch at the cost of what it touches, and what it leaves to the whole run."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from agents.ports import Limits, SuiteResult
from agents.sandbox.local import LocalSandbox
from agents.tools.target import SandboxedTarget
from agents.tools.warm import WarmTarget
from agents.workspace.mirror import SOURCE, Mirror
from director.gates.defaults import DEFAULTS
from director.gates.tests import Tests
from director.referee import Referee
from director.referee.first_look import FirstLook, Look, Runs
from director.referee.readings import Readings, key_of
from director.referee.selection import Trail
from ledger.blobs import FileBlobs
from ledger.events import Reading, RunId
from tests.support.repositories import make
from tests.target.plain import own_python, project

FILES = {
    "pkg/__init__.py": "",
    "pkg/sums.py": "def add(a, b):\n    return a + b\n\n\ndef twice(a):\n    return 2 * a\n",
    "tests/test_sums.py": "from pkg.sums import add, twice\n\n\ndef test_add():\n    assert add(1, 2) == 3\n\n\n"
    "def test_twice():\n    assert twice(2) == 4\n",
    "tests/test_else.py": "import pytest\n\n\n"
    "@pytest.mark.parametrize('n', range(6))\ndef test_n(n):\n    assert n < 6\n",
}
RUN = RunId("r1")
GREEN = Reading(gate="tests", value=0.0)


@dataclass
class Counted(SandboxedTarget):
    """A target that remembers which tests it was asked to run."""

    asked: list[tuple[str, ...] | None] = field(default_factory=list)

    def __init__(self, plain: SandboxedTarget) -> None:
        self.__dict__.update(plain.__dict__)
        self.asked = []

    async def suite(
        self, *, select: Sequence[str] | None = None, coverage: bool = False, contexts: bool = False,
        limits: Limits | None = None,
    ) -> SuiteResult:  # fmt: skip
        """Run them and remember."""
        self.asked.append(None if select is None else tuple(select))
        return await super().suite(select=select, coverage=coverage, contexts=contexts, limits=limits)


class Room:
    """A repository with its mirror, and a first look that has mapped its commit."""

    def __init__(self, folder: Path, files: Mapping[str, str]) -> None:
        self.folder = folder
        make(folder / "user", files)
        self.mirror = Mirror(folder / "mirror.git", folder / "user")
        self.base = self.mirror.take().tree
        self.readings = Readings(folder / "cache" / "readings.db")
        self.warm: WarmTarget | None = None
        self.first = FirstLook(self.mirror, self.readings, worth=0.0)

    async def learn(self) -> None:
        """Run the whole suite of the commit and map it."""
        target = self.target(self.base)
        assert self.first.whole(self.base, await target.suite()) == ()
        map_ = await self.first.learn(target, self.base)
        assert map_.void == ""

    def tree(self, changed: Mapping[str, str]) -> str:
        """Return the tree of the commit with some files changed."""
        place = self.folder / f"worktree-{len(list(self.folder.iterdir()))}"
        self.mirror.checkout(self.base, place)
        project(place, dict(changed))
        return self.mirror.snapshot(place, self.base)

    def target(self, tree: str) -> Counted:
        """Return a tree checked out."""
        place = self.folder / f"checkout-{len(list(self.folder.iterdir()))}"
        self.mirror.checkout(tree, place)
        return Counted(project(place, {}))

    async def look(self, target: Counted, tree: str) -> Look:
        """Take a first look at a tree."""

        async def fresh(wanted: Sequence[str]) -> SuiteResult:
            return await target.suite(select=wanted)

        async def quick(wanted: Sequence[str]) -> SuiteResult | None:
            return None if self.warm is None else await self.warm.suite(tree, wanted, Limits(wall=60))

        return await self.first.at(Runs(quick, fresh), self.base, tree, DEFAULTS["tests"], GREEN)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """Return a room that is mapped."""
    made = Room(tmp_path_factory.mktemp("room"), FILES)
    asyncio.run(made.learn())
    return made


@pytest.mark.slow
async def test_a_wrong_patch_is_rejected_by_the_tests_it_touches(room: Room) -> None:
    """The one test is run three times, twice of them alone; no other test is run at all."""
    tree = room.tree({"pkg/sums.py": FILES["pkg/sums.py"].replace("a + b", "a - b")})
    target = room.target(tree)

    look = await room.look(target, tree)

    assert [reason.code for reason in look.reasons] == ["ratchet"] and look.reasons[0].gate == "tests"
    assert (
        "0 failing -> 1 failing" in look.reasons[0].message
        and "tests/test_sums.py::test_add" in look.reasons[0].message
    )
    assert target.asked == [("tests/test_sums.py::test_add",)] * 3


@pytest.mark.slow
async def test_a_right_patch_is_left_to_the_whole_run(room: Room) -> None:
    """Green by choice is no verdict; the whole run finds the choice was right."""
    tree = room.tree({"pkg/sums.py": FILES["pkg/sums.py"].replace("2 * a", "a + a")})
    target = room.target(tree)

    look = await room.look(target, tree)

    assert look == Look() and target.asked == [("tests/test_sums.py::test_twice",)]
    assert room.first.whole(tree, await target.suite()) == ()


@pytest.mark.slow
async def test_a_test_that_is_gone_is_left_to_the_whole_judgement(room: Room) -> None:
    """It may have been renamed honestly; a module that cannot be collected any more is no honest change."""
    text = FILES["tests/test_sums.py"]
    renamed = room.tree({"tests/test_sums.py": text.replace("def test_add", "def test_sum")})
    torn = room.tree({"tests/test_sums.py": text.replace("import add", "import nothing")})

    assert (await room.look(room.target(renamed), renamed)).reasons == ()
    assert "tests/test_sums.py::test_add (ImportError" in (await room.look(room.target(torn), torn)).reasons[0].message


@pytest.mark.slow
async def test_a_patch_that_mends_more_than_it_breaks_is_left_to_the_whole_run(room: Room) -> None:
    """The gate as a whole would not be worse."""
    tree = room.tree({"pkg/sums.py": FILES["pkg/sums.py"].replace("a + b", "a - b")})
    room.first._maps[room.base] = replace(
        mapped := room.first._maps[room.base], outcomes={**mapped.outcomes, "tests/test_sums.py::test_add": "failed"}
    )

    look = await room.look(room.target(tree), tree)

    room.first._maps[room.base] = mapped
    assert look.reasons == ()


@pytest.mark.slow
async def test_a_map_is_found_again_by_another_daemon(room: Room) -> None:
    """It lies in the cache under the tree, the environment and the outcomes."""
    again = FirstLook(room.mirror, Readings(room.folder / "cache" / "readings.db"), worth=0.0)
    target = room.target(room.base)
    again.whole(room.base, await target.suite())

    target._sandbox = None  # type: ignore[assignment]
    map_ = await again.learn(target, room.base)

    assert map_.size == 8


@pytest.mark.slow
async def test_a_choice_that_missed_something_is_told_and_not_repeated(tmp_path: Path) -> None:
    """First whole files count as changed, then everything is run."""
    room = Room(tmp_path, FILES)
    await room.learn()
    map_ = room.first._maps[room.base]
    file = map_.files["tests/test_sums.py"]
    blind = replace(file, tests=dict.fromkeys(file.tests, Trail()))
    room.first._maps[room.base] = replace(map_, files={**map_.files, "tests/test_sums.py": blind})
    tree = room.tree({"pkg/sums.py": FILES["pkg/sums.py"].replace("a + b", "a - b")})
    target = room.target(tree)

    assert await room.look(target, tree) == Look()
    notices = room.first.whole(tree, await target.suite())

    assert [notice.code for notice in notices] == ["selection-missed"]
    assert "test_add" in notices[0].message and not room.first.is_mapped(room.base)
    assert (await room.first.learn(room.target(room.base), room.base)).coarse


@pytest.mark.slow
async def test_an_interpreter_that_waits_says_what_a_new_one_says(room: Room) -> None:
    """The tree moves to each candidate and back; what one of them left running is gone before the next."""
    leaves = "import subprocess, os\n\n\ndef test_n():\n    subprocess.Popen(['sleep', '60'], start_new_session=True)\n"
    wrong = room.tree({"pkg/sums.py": FILES["pkg/sums.py"].replace("a + b", "a - b")})
    new = room.tree({"tests/test_new.py": leaves, "pkg/more.py": ""})
    warm = room.warm = WarmTarget(room.mirror, room.target(room.base), room.folder / "warm")
    limits = Limits(wall=60)
    wanted = ("tests/test_sums.py", "tests/test_new.py")

    seen = [await warm.suite(tree, wanted, limits) for tree in (room.base, wrong, new, room.base)]

    outcomes = [[test.outcome for test in suite.tests] if suite else [] for suite in seen]
    assert outcomes == [["passed"] * 2, ["failed", "passed"], ["passed"] * 3, ["passed"] * 2]
    target = room.target(wrong)
    assert [reason.code for reason in (await room.look(target, wrong)).reasons] == ["ratchet"]
    assert target.asked == [("tests/test_sums.py::test_add",)] * 2, "only to prove what was seen"
    await warm.close()
    room.warm = None


@pytest.mark.slow
async def test_an_interpreter_that_was_killed_is_begun_anew(tmp_path: Path) -> None:
    """Whoever kills the one that waits gets no answer, and neither a verdict."""
    kills = "import os, signal\n\n\ndef test_kill():\n    os.kill(os.getppid(), signal.SIGKILL)\n"
    room = Room(tmp_path, {**FILES, "tests/test_kill.py": kills})
    warm = WarmTarget(room.mirror, room.target(room.base), tmp_path / "warm")

    killed = await warm.suite(room.base, ("tests/test_kill.py",), Limits(wall=60))
    after = await warm.suite(room.base, ("tests/test_sums.py",), Limits(wall=60))

    assert killed is None
    assert after is not None and [test.outcome for test in after.tests] == ["passed", "passed"]
    await warm.close()


@pytest.mark.slow
async def test_the_referee_maps_beside_its_measuring_and_then_looks_first(room: Room) -> None:
    """The first candidate is left to the whole run; a later one is rejected at the cost of what it touches."""
    referee = Referee(
        mirror=room.mirror, sandbox=LocalSandbox(), prefix="", gates=[Tests()], blobs=FileBlobs(room.folder / "blobs"),
        scratch=room.folder / "scratch", prepare=lambda _: own_python(), cache=room.folder / "other cache",
    )  # fmt: skip
    referee.first_look = FirstLook(room.mirror, Readings(room.folder / "other cache" / "readings.db"), worth=0.0)
    wrong = room.tree({"pkg/sums.py": FILES["pkg/sums.py"].replace("a + b", "a - b")})
    specs, commit = [DEFAULTS["tests"]], room.mirror.ref(SOURCE)

    before = (await referee.measure(RUN, commit, room.base, specs, ())).readings
    first = await referee.look(commit, room.base, wrong, specs, before)
    while not referee.first_look.is_mapped(room.base):
        await asyncio.sleep(0.05)
    then = await referee.look(commit, room.base, wrong, specs, before)
    await referee.close()

    assert first == () and [reason.code for reason in then] == ["ratchet"]
    assert not list((room.folder / "scratch").glob("tree-*"))


def test_a_reading_is_found_by_everything_it_was_made_from(tmp_path: Path) -> None:
    """Parts are kept apart: no two lists of parts give one key by being written together."""
    readings = Readings(tmp_path / "readings.db")
    readings.put(key_of("tree", "lint"), b"1")

    assert readings.get(key_of("tree", "lint")) == b"1"
    assert readings.get(key_of("treel", "int")) is None and key_of("a", "b") != key_of("ab")


def test_a_cache_that_is_no_cache_is_replaced(tmp_path: Path) -> None:
    """Nothing in it is needed."""
    (tmp_path / "readings.db").write_bytes(b"what is this" * 1000)

    readings = Readings(tmp_path / "readings.db")
    readings.put("a", b"b")

    assert Readings(tmp_path / "readings.db").get_all(["a", "c"]) == {"a": b"b"}
