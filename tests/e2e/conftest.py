"""What the trips share: a home whose environment is made once, the page built once, and a browser to watch it with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from dashboard.build import STATIC, ensure
from tests import story
from tests.e2e.command import Kaizen
from tests.e2e.watching import Watched, chromium


@pytest.fixture(scope="session")
def kaizen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kaizen]:
    """The command in a home that many tests use, one after the other; what is downloaded all workers share."""
    place = tmp_path_factory.getbasetemp()
    downloads = (place.parent if "PYTEST_XDIST_WORKER" in os.environ else place) / "downloads"
    downloads.mkdir(exist_ok=True)
    command = Kaizen(downloads).beside(tmp_path_factory.mktemp("kaizen") / "home")
    yield command
    command("down")


@pytest.fixture
def fresh(kaizen: Kaizen, tmp_path: Path) -> Iterator[Kaizen]:
    """The command in a home of its own, where only the target's environment stands already."""
    command = kaizen.beside(tmp_path / "home")
    yield command
    command("down")


@pytest.fixture(scope="session")
def static() -> Path:
    """Return the folder of the built page."""
    ensure()
    return STATIC


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return the browser of a module: it keeps an event loop running, under which no asynchronous test could."""
    with chromium() as opened:
        yield opened


@pytest.fixture
def watched(static: Path) -> Iterator[Watched]:
    """Return a server with one project in which nothing has happened yet."""
    watched = Watched("ranges", static=static)
    yield watched
    watched.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return a fresh page; an error nobody caught in it fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    opened = context.new_page()
    broken: list[str] = []
    opened.on("pageerror", lambda error: broken.append(str(error)))
    yield opened
    context.close()
    assert broken == []


@pytest.fixture
def browser_projects(static: Path) -> Iterator[Watched]:
    """Return a server with two projects, a run in the first."""
    watched = Watched("ranges", "second", static=static)
    watched.tell(story.opening())
    yield watched
    watched.stop()
