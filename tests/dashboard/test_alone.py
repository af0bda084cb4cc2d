"""The page alone, started as a program on ledgers that exist already."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from dashboard.server.listening import bind, port_of
from dashboard.server.logs import configure_logs
from dashboard.server.settings import BadSetting, from_environment
from ledger.sql import SqliteStore
from tests.dashboard.serving import notices

ROOT = Path(__file__).parents[2]


def started(home: Path, **more: str) -> subprocess.Popen[str]:
    environment = {"PATH": os.environ["PATH"], "KAIZEN_HOME": str(home), "KAIZEN_PORT": "0", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "dashboard.server"],
        env={**environment, "KAIZEN_TOKEN": "mine", **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def page(home: Path, **more: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """Start the page and give its program, its address and its start token."""
    running = started(home, **more)
    try:
        assert running.stdout is not None
        line = running.stdout.readline()
        found = re.fullmatch(r"dashboard  (http://127\.0\.0\.1:\d+)/#t=(\S+)\n", line)
        assert found, line
        yield running, found[1], found[2]
    finally:
        running.terminate()
        running.communicate(timeout=15)


def ledger(home: Path) -> Path:
    file = home / "projects" / "p1" / "ranges_ledger.db"
    file.parent.mkdir(parents=True)
    store = SqliteStore.open(file)
    store.append("director", notices(3)).result()
    store.close()
    return file


@pytest.mark.slow
def test_the_page_alone_shows_and_asks(tmp_path: Path) -> None:
    """A wish made through it stands in the ledger's file after it ended, and it ends at once when it is told to."""
    file = ledger(tmp_path)
    with page(tmp_path) as (running, address, token):
        own = {"Origin": address}
        session = httpx.post(f"{address}/api/v1/session", json={"token": token}, headers=own)
        own |= {"Cookie": session.headers["set-cookie"].split(";")[0], "X-Kaizen-Page": session.json()["page"]}
        shown = httpx.get(f"{address}/api/v1/projects/ranges/snapshot", headers=own).json()
        asked = httpx.post(f"{address}/api/v1/projects/ranges/requests", json={"what": "stop"}, headers=own)
        asked_run = httpx.post(f"{address}/api/v1/runs", json={"path": "/x"}, headers={"Authorization": "Bearer mine"})
        health = httpx.get(f"{address}/health").json()
        running.terminate()
        _, logged = running.communicate(timeout=15)

    store = SqliteStore.open(file)
    assert shown["position"] == 3 and health == {"status": "ok", "ledgers": 2}
    assert (asked.status_code, asked_run.status_code) == (202, 202)
    assert [type(one.event).__name__ for one in store.read(after=3)] == ["StopRequested"]
    store.close()
    assert running.returncode == 0
    lines = [json.loads(line) for line in logged.splitlines()]
    assert {"at", "level", "logger", "event"} <= set(lines[0])
    assert any(line.get("route") == "/api/v1/runs" and line["status"] == 202 for line in lines)
    assert token not in logged and "mine" not in logged


@pytest.mark.slow
def test_a_ledger_that_was_cut_off_is_503_and_named(tmp_path: Path) -> None:
    file = ledger(tmp_path)
    file.write_bytes(file.read_bytes()[:1000])
    with page(tmp_path) as (_, address, _token):
        health = httpx.get(f"{address}/health", timeout=20)

    assert health.status_code == 503 and "ranges" in health.json()["ledgers"]


@pytest.mark.slow
def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    listening = bind("127.0.0.1", 0)
    running = started(tmp_path, KAIZEN_PORT=str(port_of(listening)))
    out, err = running.communicate(timeout=15)
    listening.close()

    assert (running.returncode, out) == (2, "")
    assert err.count("\n") == 1 and "choose another port" in err


@pytest.mark.parametrize("port", ["-1", "65536", "x", "٣", " 80"])
def test_a_port_that_is_none_is_one_line(port: str) -> None:
    with pytest.raises(BadSetting, match="KAIZEN_PORT"):
        from_environment({"KAIZEN_PORT": port})


def test_settings_do_not_show_their_secrets() -> None:
    assert "hidden" not in repr(from_environment({"KAIZEN_TOKEN": "hidden"}))


def test_logs_are_json_lines_with_levels_and_tracebacks() -> None:
    out, root = io.StringIO(), logging.getLogger()
    handlers, level = root.handlers, root.level
    try:
        configure_logs("info", out)
        logging.getLogger("dashboard").debug("unseen")
        try:
            raise KeyError("x")
        except KeyError:
            logging.getLogger("dashboard").exception("broke", extra={"project": "ranges"})
    finally:
        root.handlers, root.level = handlers, level

    (line,) = out.getvalue().splitlines()
    told = json.loads(line)
    assert (told["level"], told["event"], told["project"]) == ("error", "broke", "ranges")
    assert "KeyError" in told["exception"]
    with pytest.raises(ValueError, match="no log level"):
        configure_logs("loud", out)
