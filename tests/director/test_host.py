"""The host: a director that died is started again, and a command of a moment begins nothing of a run."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from agents.sandbox.local import LocalSandbox
from director.bootstrap import open_store
from director.cli.door import take_home
from director.host import BRIEF, REFUSALS, Host, host
from director.settings import load
from ledger.errors import Locked
from ledger.events import DIRECTOR, REQUESTS, RequestId, StopRequested
from ledger.lease import Lease
from ledger.masking import Masker
from tests.core.world import start
from tests.support.repositories import SHOP, make

pytestmark = pytest.mark.slow


def test_nobody_else_of_the_machine_looks_into_the_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)

    open_store(home / "home_ledger.db", time.time, Masker({})).close()
    open_store(home / "projects" / "p" / "p_ledger.db", time.time, Masker({})).close()

    assert [place.stat().st_mode & 0o777 for place in (home, home / "projects" / "p")] == [0o700, 0o700]


async def test_who_takes_the_home_waits_for_a_command_of_a_moment_and_for_nobody_else(tmp_path: Path) -> None:
    settings = load({"KAIZEN_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"})
    moment = Lease.take(settings.home / "lock", BRIEF)
    taking = asyncio.create_task(take_home(settings, LocalSandbox(), "kaizen up"))
    await asyncio.sleep(0.3)
    waited = not taking.done()
    moment.release()

    async with await taking:
        with pytest.raises(Locked, match="kaizen up"):
            await take_home(settings, LocalSandbox(), "kaizen run")

    assert waited


async def test_a_director_that_is_only_asked_begins_nothing_of_its_run(tmp_path: Path) -> None:
    """Else `kaizen pause` would pay models, and run code where there is no sandbox, before it pauses."""
    settings = load({"KAIZEN_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"})
    shop = make(tmp_path / "shop", SHOP)
    async with Host(settings, LocalSandbox(), time.time, version="0", purpose="a test", works=False) as house:
        project = await house.open(shop)
        project.inbox.put_nowait(start(deliver=False))
        await asyncio.sleep(0.2)
        before = [type(recorded.event).__name__ for recorded in project.store.stream(DIRECTOR)]

        stop = StopRequested(request=RequestId("q1"), by="Ada")
        await asyncio.wrap_future(project.store.append(REQUESTS, [stop], actor="user"))
        async with asyncio.timeout(20):
            while project.director.state.run is not None or not project.director.state.runs:
                await asyncio.sleep(0.01)

    assert before == ["RunStarted"]
    assert not (project.folder / "worktrees").exists()


async def test_a_project_that_cannot_be_opened_yet_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "REVIVE_EVERY", 0.01)
    settings = load({"KAIZEN_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"})
    async with Host(settings, LocalSandbox(), time.time, version="0", purpose="a test") as house:
        shop = make(tmp_path / "shop", SHOP)
        died = await house.open(shop)
        mirror = died.folder / "mirror.git"
        mirror.rename(died.folder / "away")
        mirror.write_text("no mirror")
        died.store.close()
        reviving = asyncio.create_task(house.revive())
        async with asyncio.timeout(20):
            while died.id in house.projects:
                await asyncio.sleep(0.01)
            with pytest.raises((OSError, *REFUSALS)):
                await house.open(shop)
            told = await house.open_all()
            mirror.unlink()
            (died.folder / "away").rename(mirror)
            while died.id not in house.projects:
                await asyncio.sleep(0.01)
            revived = await house.open(shop)
        reviving.cancel()

        assert list(told) == ["shop"]
        assert revived is not died and revived.director.ready.is_set()
