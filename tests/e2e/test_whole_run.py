"""The page through a whole real run: watched, read, cut and regained, rolled back and undone, to the last Ctrl-C."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, WebSocket, expect

from examples.unpack import unpack
from tests.e2e.alone import falls_alone
from tests.e2e.cable import Cable
from tests.e2e.command import ROOT, Kaizen
from tests.e2e.watching import AREAS, violations
from tests.support.repositories import digest, git

pytestmark = pytest.mark.slow

WHOLE = 900
"""Seconds a run of the example may take on a machine that is busy with other things."""
SOON = 60_000
"""Milliseconds in which the page shows what has happened already."""
NOTE_TURNS = """() => {
  window.turns = [];
  const look = () => document.querySelectorAll('button.gate').forEach(card => {
    const turn = ['.label', '.badge'].map(part => card.querySelector(part).textContent).join(' ');
    if (!window.turns.includes(turn)) window.turns.push(turn);
  });
  new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
  look();
}"""


SOME_GATE_TURNED = """() => window.turns.some(turn =>
  turn.endsWith(' not met') && window.turns.indexOf(turn.replace(' not met', ' met')) > window.turns.indexOf(turn))"""


class Running:
    """`kaizen run --stay` at work, and what it has said."""

    def __init__(self, process: subprocess.Popen[bytes], said: Path) -> None:
        self.process, self._said = process, said

    def said(self) -> str:
        """Return everything it wrote."""
        return self._said.read_text(encoding="utf-8")

    def address(self) -> str:
        """Wait for the address of the page."""
        until(lambda: "#t=" in self.said(), 120)
        found = re.search(r"http://\S+#t=\S+", self.said())
        assert found
        return found[0]


class Seen:
    """Everything a page received on its streams, and everything it complained of."""

    def __init__(self, page: Page) -> None:
        self.positions: list[int] = []
        self.streams = 0
        self.broken: list[str] = []
        self.cut = False
        page.on("websocket", self._stream)
        page.on("pageerror", lambda error: self.broken.append(str(error)))
        page.on("console", self._console)

    def _stream(self, stream: WebSocket) -> None:
        self.streams += 1
        stream.on("framereceived", self._frame)

    def _frame(self, text: str | bytes) -> None:
        frame: dict[str, Any] = json.loads(text)
        if frame["t"] == "batch":
            self.positions += [row["position"] for row in frame["ev"]]

    def _console(self, message: ConsoleMessage) -> None:
        unreachable = self.cut and ("net::ERR_" in message.text or message.text.startswith("WebSocket connection"))
        if message.type in ("error", "warning") and not unreachable:
            self.broken.append(message.text)


@contextmanager
def run_of(kaizen: Kaizen, repository: Path, said: Path) -> Iterator[Running]:
    with said.open("wb") as out:
        line = kaizen.line("run", repository, "--stay", "--port", "0")
        process = subprocess.Popen(
            line, cwd="/", env=kaizen.environment(), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        yield Running(process, said)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(60)


@pytest.fixture
def cable() -> Iterator[Cable]:
    """Return the cable that the browser of this test hangs on."""
    cable = Cable()
    yield cable
    cable.close()


def until(true: Callable[[], bool], seconds: float = WHOLE) -> None:
    """Wait for a condition outside the page."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.2)


def ledger(home: Path) -> list[dict[str, Any]]:
    """Return the project's events as the API tells them, asked past the cable and past the page."""
    door = json.loads((home / "daemon.json").read_text(encoding="utf-8"))
    address = f"http://127.0.0.1:{door['port']}/api/v1/projects/pantry/events?limit=1000"
    request = Request(address, headers={"Authorization": f"Bearer {door['token']}"})
    with build_opener(ProxyHandler({})).open(request, timeout=60) as answer:
        told: dict[str, Any] = json.load(answer)
    assert told["next"] is None
    events: list[dict[str, Any]] = told["events"]
    return events


def area(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Areas").get_by_role("link").filter(has_text=name).click()


def test_a_whole_run_is_watched_cut_regained_rolled_back_and_undone(
    browser: Browser, static: Path, fresh: Kaizen, cable: Cable, tmp_path: Path
) -> None:
    """What one does with the page from the first minute to the last, with nothing that is not real."""
    pantry = unpack(ROOT / "examples" / "pantry", tmp_path / "pantry")
    before = digest(pantry)
    with run_of(fresh, pantry, tmp_path / "said") as running:
        context = browser.new_context(
            viewport={"width": 1440, "height": 900},
            reduced_motion="reduce",
            proxy={"server": cable.proxy, "bypass": "<-loopback>"},
        )
        page = context.new_page()
        seen = Seen(page)

        page.goto(running.address())
        the_gates_turn_while_somebody_is_at_work(page)
        landed, shown = the_first_landed_patch(page)
        the_cable_is_pulled_and_put_back(page, cable, seen, fresh.home)
        the_run_completes(page)
        every_event_is_there_once(page, seen, fresh.home)
        assert shown == changed_lines(pantry, commit_of(landed, fresh.home))
        each_commit_is_no_worse_than_its_parent(pantry, fresh.home, tmp_path)
        a_rollback_is_done_and_undone(page, cable, pantry, fresh.home)
        nobody_is_shut_out(page)

        assert seen.broken == []
        assert digest(pantry) == before
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(60) == 0, running.said()


def the_gates_turn_while_somebody_is_at_work(page: Page) -> None:
    expect(page.get_by_text("Live", exact=True)).to_be_visible(timeout=SOON)
    page.evaluate(NOTE_TURNS)
    work = page.get_by_role("region", name="At work")
    expect(work.locator(".work > li").first).to_be_visible(timeout=WHOLE * 1000)
    expect(work.get_by_role("list", name=re.compile("^step: ")).first).to_be_visible(timeout=SOON)
    expect(page.get_by_role("banner")).to_contain_text("running")

    page.wait_for_function(SOME_GATE_TURNED, timeout=WHOLE * 1000)


def the_first_landed_patch(page: Page) -> tuple[str, list[str]]:
    """Open its diff; return the attempt and the lines that are shown as removed or added."""
    area(page, "patches")
    landed = page.get_by_role("list", name="Patches").get_by_role("button").filter(has_text="landed")
    expect(landed.last).to_be_visible(timeout=SOON)
    landed.last.click()
    expect(page.get_by_role("group", name=re.compile("^Changes of ")).first).to_be_visible(timeout=SOON)
    attempt = re.search(r"open=([^&]+)", page.url)
    assert attempt
    signs = {"-": ".diff-code-delete", "+": ".diff-code-insert"}
    return attempt[1], sorted(
        f"{sign}{line}" for sign, kind in signs.items() for line in page.locator(kind).all_text_contents()
    )


def commit_of(attempt: str, home: Path) -> str:
    (commit,) = [e["commit"] for e in ledger(home) if e["kind"] == "PatchLanded" and e["attempt"] == attempt]
    return str(commit)


def changed_lines(repository: Path, commit: str) -> list[str]:
    """Return the removed and added lines of a commit, as git shows them."""
    text = git(repository, "show", "--format=", "--unified=0", commit)
    return sorted(line for line in text.splitlines() if re.match(r"-(?!-- )|\+(?!\+\+ )", line))


def the_cable_is_pulled_and_put_back(page: Page, cable: Cable, seen: Seen, home: Path) -> None:
    area(page, "now")
    head = len(ledger(home))
    seen.cut = True
    cable.pull()
    truth = page.get_by_role("banner").locator(".truth")
    expect(truth).to_have_attribute("data-state", "stale", timeout=SOON)
    expect(truth).to_contain_text("Stale, reconnecting")
    expect(page.get_by_text("Live", exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Pause")).to_be_disabled()

    until(lambda: len(ledger(home)) >= head + 3)
    assert truth.get_attribute("data-state") == "stale"
    cable.put_back()

    expect(page.get_by_text("Live", exact=True)).to_be_visible(timeout=SOON)
    seen.cut = False
    assert seen.streams >= 2


def the_run_completes(page: Page) -> None:
    expect(page.get_by_role("banner")).to_contain_text(re.compile("completed|stalled|exhausted"), timeout=WHOLE * 1000)
    expect(page.get_by_role("banner")).to_contain_text("completed")
    gates = page.get_by_role("region", name="Gates").get_by_role("button")
    expect(gates).to_have_count(3)
    expect(gates.filter(has_text=re.compile("not met|cannot be measured"))).to_have_count(0)
    expect(page.get_by_label("The run")).to_contain_text("git merge kaizen/run-1", timeout=SOON)


def each_commit_is_no_worse_than_its_parent(pantry: Path, home: Path, place: Path) -> None:
    (ended,) = [event for event in ledger(home) if event["kind"] == "RunEnded"]
    commits = git(pantry, "rev-list", "--reverse", f"main..{ended['branch']}").splitlines()
    assert len(commits) == ended["landed"] >= 5
    assert falls_alone(pantry, "main", commits, place) == []


def every_event_is_there_once(page: Page, seen: Seen, home: Path) -> None:
    """The list from top to bottom, and what the streams brought, against the ledger itself."""
    area(page, "events")
    events = ledger(home)
    grid = page.get_by_role("grid", name="Events")
    expect(grid).to_have_attribute("aria-rowcount", str(len(events)), timeout=SOON)

    shown = rows_of(grid)

    assert shown == [(e["position"], re.sub("([a-z])([A-Z])", r"\1 \2", e["kind"]).lower()) for e in events]
    assert seen.positions == list(range(seen.positions[0], len(events) + 1))


def rows_of(grid: Locator) -> list[tuple[int, str]]:
    """Read a list that draws only what is in sight, page by page, each row as often as it is drawn anew."""
    found: dict[int, tuple[int, str]] = {}
    count = int(grid.get_attribute("aria-rowcount") or 0)
    for first in range(0, count, 10):
        grid.evaluate("(grid, top) => { grid.scrollTop = top }", first * 30)
        row = grid.locator(f"#row-{first}")
        expect(row.locator(".cell-kind")).to_be_visible(timeout=SOON)
        cells = "rows => rows.map(r => [Number(r.ariaRowIndex), [...r.children].map(c => c.textContent)])"
        for index, texts in grid.locator(".row").evaluate_all(cells):
            if len(texts) >= 3:  # a row whose page is still under way is read when its own turn comes
                found[index] = (int(texts[0]), texts[2])
    return [found[index] for index in sorted(found)]


def a_rollback_is_done_and_undone(page: Page, cable: Cable, pantry: Path, home: Path) -> None:
    tip = git(pantry, "rev-parse", "kaizen/run-1^{tree}")
    landings = [e for e in ledger(home) if e["kind"] == "PatchLanded"]
    wanted, newest = landings[0], landings[-1]
    assert wanted["tree"] != tip == newest["tree"]
    area(page, "checkpoints")
    name = page.get_by_text(wanted["checkpoint"], exact=True)
    page.get_by_role("list", name="Checkpoints").get_by_role("button").filter(has=name).click()
    page.get_by_role("button", name="Roll back to here…").click()

    dialog = previewed(page, wanted["checkpoint"], git(pantry, "diff", "--name-only", "kaizen/run-1", wanted["commit"]))
    expect(dialog.get_by_role("row", name="tests")).to_have_attribute("data-moved", "true")
    done_when_its_event_is_back(dialog, cable, wanted["checkpoint"], home)
    assert git(pantry, "rev-parse", "kaizen/run-1^{tree}") == wanted["tree"]
    expect(page.get_by_role("button", name="tests not met")).to_be_visible(timeout=SOON)

    dialog.get_by_role("button", name=f"Undo this: back to {newest['checkpoint']}…").click()
    dialog = previewed(page, newest["checkpoint"], git(pantry, "diff", "--name-only", "kaizen/run-1", newest["commit"]))
    expect(dialog).to_contain_text("Will be brought back")
    done_when_its_event_is_back(dialog, cable, newest["checkpoint"], home)
    assert git(pantry, "rev-parse", "kaizen/run-1^{tree}") == tip
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="tests met")).to_be_visible(timeout=SOON)


def previewed(page: Page, checkpoint: str, files: str) -> Locator:
    """Wait for the preview and hold its files against git's."""
    dialog = page.get_by_role("dialog", name=f"Roll back to {checkpoint}")
    expect(dialog.get_by_role("heading", name="Gates you would be back at")).to_be_visible(timeout=SOON)
    assert sorted(dialog.locator(".files code").all_text_contents()) == sorted(files.splitlines())
    return dialog


def done_when_its_event_is_back(dialog: Locator, cable: Cable, checkpoint: str, home: Path) -> None:
    """Confirm, and keep the answer's event from the page for as long as it takes to see that it waits for it."""
    done = len([e for e in ledger(home) if e["kind"] == "RolledBack"])
    cable.hold()
    dialog.get_by_role("button", name=f"Roll back to {checkpoint}").click()
    until(lambda: len([e for e in ledger(home) if e["kind"] == "RolledBack"]) == done + 1, 60)
    expect(dialog).to_contain_text("asked, waiting")
    assert dialog.get_by_text("done", exact=True).count() == 0
    cable.release()
    expect(dialog.get_by_text("done", exact=True)).to_be_visible(timeout=SOON)


def nobody_is_shut_out(page: Page) -> None:
    found: dict[str, list[str]] = {}
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        for name in AREAS:
            area(page, name)
            expect(page.get_by_role("link", name=re.compile(name))).to_have_attribute("aria-current", "page")
            found[f"{theme} {name}"] = violations(page)
    assert {where: what for where, what in found.items() if what} == {}
