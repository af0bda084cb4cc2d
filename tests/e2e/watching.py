"""The real server over ledgers in memory, in a thread of its own, and a browser to watch it with."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from dashboard.server.app import create_app, mint_start_token
from dashboard.server.ledgers import ProjectName
from dashboard.server.listening import bind, port_of
from dashboard.server.runner import serve
from dashboard.server.settings import ServerSettings
from tests.dashboard.serving import Clock, MemoryLedgers, Opened
from tests.story_parts import Told

WEB = Path(__file__).parents[2] / "dashboard" / "web"
AREAS = (
    "now", "approvals", "goal", "events", "iterations", "patches", "conversations", "costs", "agents", "checkpoints",
    "errors", "notices",
)  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
FAST = {"heartbeat": 0.5}
"""A faster heart, so that the tests need not wait for a slow one."""


class TrueClock(Clock):
    """The system's clock."""

    def __call__(self) -> float:
        return time.time()


class Watched:
    """A running server; `stop` and `start` cut and restore every connection on the same port."""

    def __init__(self, *projects: str, static: Path) -> None:
        self.ledgers = MemoryLedgers(*projects, clock=TrueClock())
        self._static = static
        self._listening = bind("127.0.0.1", 0)
        self.port = port_of(self._listening)
        self.start(fresh=False)

    def start(self, *, fresh: bool = True) -> None:
        """Serve; the sessions of before stay valid."""
        if fresh:
            self._listening = bind("127.0.0.1", self.port)
        settings = ServerSettings(
            port=self.port, token="t", session_key="k" * 32, version="0.1.0", static=self._static, **FAST
        )
        self.app = create_app(self.ledgers, settings)
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(10)

    def stop(self) -> None:
        """End the server and every connection."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    @property
    def address(self) -> str:
        """An address that opens the page, once."""
        return f"http://127.0.0.1:{self.port}/#t={mint_start_token(self.app)}"

    def project(self, name: str = "ranges") -> Opened:
        """Return a project's ledger, blobs and signals."""
        return self.ledgers.projects[ProjectName(name)]

    def tell(self, story: Iterable[Told], project: str = "ranges") -> int:
        """Append a story and return the head."""
        store = self.project(project).store
        for told in story:
            store.append(told.stream, [told.event], actor=told.actor).result()
        return store.head().position

    def blob(self, text: str) -> str:
        """Keep a text beside the ledger."""
        return self.project().blobs.put(text.encode())

    def _serve(self, ready: threading.Event) -> None:
        asyncio.run(self._serving(ready))

    async def _serving(self, ready: threading.Event) -> None:
        self._loop, self._stop, up = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
        serving = asyncio.create_task(serve(self.app, self._listening, stop=self._stop, ready=up))
        await up.wait()
        ready.set()
        await serving


@contextmanager
def chromium() -> Iterator[Browser]:
    """Open the system's browser; none is downloaded."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, "the browser tests need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


def opened(page: Page, watched: Watched) -> Page:
    """Open the page and wait until it is live."""
    page.goto(watched.address)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    return page


def violations(page: Page) -> list[str]:
    """Return what axe finds, one line each."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: Any = page.evaluate(
        "rules => axe.run(document, {runOnly: rules}).then(result => result.violations)",
        RULES,
    )
    return [f"{one['id']}: {json.dumps([node['html'][:200] for node in one['nodes']][:3])}" for one in found]
