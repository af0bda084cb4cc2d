"""Each command as a user tries it, with a daemon and without one."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.command import Done, Kaizen
from tests.support.repositories import FAST, SHOP, UNHURRIED, commit, git, make, references, write

pytestmark = pytest.mark.slow

READING = ("status", "gates", "log", "checkpoints")


@dataclass(frozen=True, slots=True)
class Finished:
    """A project whose first run is completed."""

    kaizen: Kaizen
    repository: Path
    run: Done

    def json(self, *arguments: object) -> Any:
        done = self.kaizen(*arguments, "-p", "shop", "--json")
        assert done.status == 0, done.err
        return json.loads(done.out)


@pytest.fixture(scope="module")
def finished(kaizen: Kaizen, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    place = tmp_path_factory.mktemp("commands")
    command = kaizen.beside(place / "home")
    shop = make(place / "shop", {**SHOP, "kaizen.toml": FAST})
    return Finished(command, shop, command.run(shop))


@pytest.fixture(scope="class")
def daemon(finished: Finished) -> Iterator[Kaizen]:
    up = finished.kaizen("up", "--port", 0)
    assert up.status == 0, up.err
    yield finished.kaizen
    finished.kaizen("down")


def test_what_is_read_is_the_same_with_a_daemon_and_without(finished: Finished) -> None:
    def readings() -> dict[str, Any]:
        rows = {name: finished.json(name) for name in ("status", "gates", "checkpoints")}
        rows["status"] = {k: v for k, v in rows["status"].items() if k not in ("position", "at", "sandbox", "roles")}
        return rows

    alone = readings()
    finished.kaizen("up", "--port", 0)
    through = readings()
    finished.kaizen("down")

    assert through == alone
    assert alone["status"]["run"]["state"] == "completed"
    assert [gate["met"] for gate in alone["gates"]] == [True, True]
    assert [row["id"] for row in alone["checkpoints"]] == ["c1", "c2", "c3"]
    assert all({"id", "position", "tree", "commit", "gates"} <= row.keys() for row in alone["checkpoints"])


@pytest.mark.parametrize("name", READING)
def test_a_reading_command_is_pleasant_to_look_at(finished: Finished, name: str) -> None:
    done = finished.kaizen(name, cwd=finished.repository)

    assert done.status == 0, done.err
    assert done.out.strip()
    assert not re.search(r"\bNone\b|\bTrue\b|\bFalse\b|\x1b", done.out), done.out
    assert all(line == line.rstrip() for line in done.out.splitlines())


@pytest.mark.parametrize("words", [("status",), ("verify",), ("approvals",)])
def test_a_command_that_starts_for_itself_says_what_a_forked_one_says(
    finished: Finished, words: tuple[str, ...]
) -> None:
    forked = finished.kaizen(*words, cwd=finished.repository)

    started = finished.kaizen.start(*words, cwd=finished.repository)
    out, err = started.communicate(timeout=60)

    assert (started.returncode, out, err) == (forked.status, forked.out, forked.err)


def test_the_log_shows_the_newest_and_can_be_searched(finished: Finished) -> None:
    last = finished.kaizen("log", "-p", "shop", "--json", "--limit", 1).events
    landed = finished.kaizen("log", "-p", "shop", "--json", "--kind", "PatchLanded").events
    found = finished.kaizen("log", "-p", "shop", "--json", "--grep", "ruff: 1 fix").events
    nonsense = finished.kaizen("log", "-p", "shop", "--kind", "Nonsense")

    assert last[0]["kind"] in ("RunEnded", "DirectorStarted")
    assert {event["kind"] for event in landed} == {"PatchLanded"}
    assert found and all("ruff: 1 fix" in json.dumps(event) for event in found)
    assert nonsense.status == 2 and "Nonsense" in nonsense.one_line


def test_who_only_watches_keeps_nobody_from_working(finished: Finished) -> None:
    watching = finished.kaizen.start("watch", "-p", "shop")
    assert watching.stdout is not None
    lines = [next(watching.stdout)]
    while not lines[-1].startswith("waits"):
        lines.append(next(watching.stdout))

    up = finished.kaizen("up", "--port", 0)
    finished.kaizen("down")
    watching.send_signal(signal.SIGINT)

    assert up.status == 0, up.err
    assert lines[0].startswith("run") and any(line.startswith("completed") for line in lines)
    assert watching.wait(60) == 130


def test_without_a_daemon_there_is_nothing_to_open_and_down_is_down(finished: Finished) -> None:
    opened, down = finished.kaizen("open"), finished.kaizen("down")

    assert opened.status == 2 and "kaizen up" in opened.one_line
    assert (down.status, down.out) == (0, "down: no daemon is running\n")


def test_a_killed_daemons_file_hinders_nobody(finished: Finished) -> None:
    up = finished.kaizen("up", "--port", 0)
    pid = int(re.search(r"process (\d+)", up.out)[1])  # type: ignore[index]
    os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)

    status, down, again = (
        finished.kaizen("status", "-p", "shop"),
        finished.kaizen("down"),
        finished.kaizen("up", "--port", 0),
    )
    finished.kaizen("down")

    assert status.status == 0, status.err
    assert down.out == "down: no daemon is running\n"
    assert again.status == 0 and again.out.startswith("up: process ")


def wait_until_gone(pid: int) -> None:
    until = time.monotonic() + 30
    while Path(f"/proc/{pid}").exists() and " Z " not in Path(f"/proc/{pid}/stat").read_text():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_project_and_a_checkpoint_nobody_knows_are_said_in_one_line(finished: Finished) -> None:
    project = finished.kaizen("status", "-p", "shap")
    checkpoint = finished.kaizen("rollback", "c99", "-p", "shop")
    stop = finished.kaizen("stop", "-p", "shop")

    assert project.status == checkpoint.status == stop.status == 2
    assert "no project is called shap" in project.one_line and "shop" in project.one_line
    assert "c99" in checkpoint.one_line
    assert "no run is in progress" in stop.one_line


def test_a_bad_option_is_one_line_and_nothing_happens(finished: Finished) -> None:
    wrong = (
        "run . --iterations 0", "run . --minutes -1", "run . --parallel 99", "run . --port 70000", "log --limit 0",
        "run . --colour", "rollback", "runn",
    )  # fmt: skip

    said = {line: finished.kaizen(*line.split(), cwd=finished.repository) for line in wrong}

    hints = {line: f"see `kaizen {line.split()[0]} --help`" for line in wrong} | {"runn": "see `kaizen --help`"}
    assert not [line for line, done in said.items() if done.status != 2 or done.out or hints[line] not in done.one_line]


def test_ctrl_c_while_a_command_still_begins_leaves_no_traceback(kaizen: Kaizen) -> None:
    begun = kaizen.start("projects")
    time.sleep(0.3)

    begun.send_signal(signal.SIGINT)
    _, err = begun.communicate(timeout=60)

    assert begun.returncode in (130, -signal.SIGINT) and "Traceback" not in err, err


TWICE = """
import asyncio, os, signal
from director.cli.here import listen

async def work():
    interrupted = asyncio.Event()
    listen(interrupted)
    os.kill(os.getpid(), signal.SIGINT)
    await interrupted.wait()
    print("ends in good order", flush=True)
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.sleep(60)

asyncio.run(work())
"""


def test_a_second_ctrl_c_ends_at_once(kaizen: Kaizen) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", TWICE], env=kaizen.environment(), capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (130, "ends in good order\n", "")


def test_verify_projects_and_doctor_answer(finished: Finished) -> None:
    verify, projects = finished.json("verify"), finished.kaizen("projects", "--json")
    doctor = finished.kaizen("doctor", "--json")

    assert verify["intact"] is True and verify["events"] > 10
    (project,) = json.loads(projects.out)
    assert (project["name"], project["repository"]) == ("shop", str(finished.repository))
    checks = {check["what"]: check["ok"] for check in json.loads(doctor.out)}
    assert checks["python"] and checks["git"] and checks["sandbox"] and checks["home"]


def test_a_ledger_that_cannot_be_read_hides_no_other_project(finished: Finished) -> None:
    broken = finished.kaizen.home / "projects" / "0123456789ab"
    write(broken, {"broken_ledger.db": "this is no ledger\n" * 100})
    try:
        projects, status = finished.kaizen("projects"), finished.kaizen("status", "-p", "shop")
        asked = finished.kaizen("status", "-p", "broken")
    finally:
        shutil.rmtree(broken)

    assert [line.split()[0] for line in projects.out.splitlines()] == ["broken", "shop"], projects.err
    assert (status.status, asked.status) == (0, 2)
    assert "broken_ledger.db" in asked.one_line


def test_pausing_begins_nothing_new_until_resumed(fresh: Kaizen, tmp_path: Path) -> None:
    shop = make(tmp_path / "shop", {**UNHURRIED, "kaizen.toml": FAST})
    running = fresh.start("run", shop, "--json", "--no-page")
    wait_for(running, "TargetPrepared")

    pause = fresh("pause", cwd=shop)
    wait_for(running, "RunPaused")
    status = json.loads(fresh("status", "--json", cwd=shop).out)
    resume = fresh("resume", cwd=shop)
    _, err = running.communicate(timeout=180)
    kinds = [event["kind"] for event in fresh("log", "--json", "--limit", 1000, cwd=shop).events]

    assert (pause.out, resume.out) == ("pause: done\n", "resume: done\n")
    assert status["run"]["state"] == "paused"
    assert "AttemptScheduled" not in kinds[kinds.index("RunPaused") : kinds.index("RunResumed")]
    assert running.returncode == 0, err


def wait_for(running: subprocess.Popen[str], kind: str) -> None:
    assert running.stdout is not None
    for line in running.stdout:
        if f'"kind": "{kind}"' in line:
            return
    raise AssertionError(f"it ended before {kind}: {running.communicate()[1]}")


@pytest.mark.soak
def test_a_terminated_daemon_leaves_its_run_to_the_next(fresh: Kaizen, tmp_path: Path) -> None:
    shop = make(tmp_path / "shop", {**UNHURRIED, "kaizen.toml": FAST})
    fresh("up", "--port", 0)
    running = fresh.start("run", shop, "--json")
    wait_for(running, "AttemptScheduled")

    down = fresh("down")
    running.communicate(timeout=60)
    up = fresh("up", "--port", 0)
    ended = wait_for_end(fresh)

    assert down.out == "down\n" and up.status == 0
    assert running.returncode in (1, 2)
    assert ended["state"] == "completed"
    assert "refs/heads/kaizen/run-1" in references(shop)
    assert len(fresh("log", "-p", "shop", "--json", "--kind", "RunStarted").events) == 1


def wait_for_end(kaizen: Kaizen) -> dict[str, Any]:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        ended = kaizen("log", "-p", "shop", "--json", "--kind", "RunEnded").events
        if ended:
            return ended[-1]
        time.sleep(0.5)
    raise AssertionError(kaizen("status", "-p", "shop").out)


def test_a_rollback_is_shown_done_undone_and_remembered(fresh: Kaizen, tmp_path: Path) -> None:
    shop = make(tmp_path / "shop", {**SHOP, "kaizen.toml": FAST})
    assert fresh.run(shop).status == 0
    before = git(shop, "rev-parse", "kaizen/run-1^{tree}")

    shown = fresh("rollback", "c1", cwd=shop)
    kept = git(shop, "rev-parse", "kaizen/run-1^{tree}")
    done = fresh("rollback", "c1", "--yes", cwd=shop)
    back = git(shop, "rev-parse", "kaizen/run-1^{tree}")
    undone = fresh("rollback", "c3", "--yes", cwd=shop)
    again = git(shop, "rev-parse", "kaizen/run-1^{tree}")

    assert "undoes" in shown.out and "nothing was changed; add --yes to do it" in shown.out
    assert "None" not in shown.out
    assert kept == before
    assert done.status == 0, done.err
    assert back == git(shop, "rev-parse", "main^{tree}")
    assert undone.status == 0 and again == before
    assert fresh("verify", cwd=shop).status == 0


@pytest.mark.soak
def test_what_was_rolled_back_is_not_tried_again_and_the_users_later_commit_stays(
    fresh: Kaizen, tmp_path: Path
) -> None:
    shop = make(tmp_path / "shop", {**SHOP, "kaizen.toml": FAST})
    assert fresh.run(shop).status == 0
    git(shop, "checkout", "--quiet", "kaizen/run-1")
    write(shop, {"mine.py": "x = 1\n"})
    mine = commit(shop, "Mine")
    git(shop, "checkout", "--quiet", "main")

    done = fresh("rollback", "c1", "--yes", cwd=shop)
    notices = fresh("log", "-p", "shop", "--json", "--kind", "NoticeRaised").events
    landed_before = fresh("log", "-p", "shop", "--json", "--kind", "PatchProposed").events
    second = fresh.run(shop)

    assert done.status == 0, done.err
    assert git(shop, "rev-parse", "kaizen/run-1") == mine
    assert [n for n in notices if n["code"] == "delivered-branch-moved"]
    assert "has commits of yours" in done.out
    refused = {event["patch"] for event in landed_before}
    landed = {event["attempt"] for event in second.of("PatchLanded")}
    assert not [p for p in second.of("PatchProposed") if p["patch"] in refused and p["attempt"] in landed]


class TestBesideADaemon:
    """One daemon, asked for several things."""

    def test_up_twice_is_up_once_and_open_prints_a_fresh_address(self, finished: Finished, daemon: Kaizen) -> None:
        again, first, second = daemon("up"), daemon("open"), daemon("open")

        assert again.status == 0
        assert again.out.startswith("up already: process ")
        address = r"http://127\.0\.0\.1:\d+/#t=\S+\n"
        assert re.fullmatch(address, first.out) and re.fullmatch(address, second.out)
        assert first.out != second.out

    def test_a_run_beside_a_daemon_goes_through_it_and_shows_the_same(self, finished: Finished, daemon: Kaizen) -> None:
        done = daemon.run(finished.repository)
        alien = daemon("run", finished.repository, "--port", 1)

        assert done.status == 0, done.err
        assert "does the work" in done.err
        assert done.events[0]["kind"] == "RunStarted"
        assert done.ended["gates"] == finished.run.ended["gates"]
        assert done.ended["branch"] in {r.removeprefix("refs/heads/") for r in references(finished.repository)}
        assert alien.status == 2 and "--port" in alien.one_line

    def test_a_key_reaches_the_daemon_until_it_is_revoked(self, daemon: Kaizen, finished: Finished) -> None:
        made = json.loads(daemon("keys", "create", "ci", "--scope", "read", "--scope", "ask", "--json").out)
        port = json.loads((daemon.home / "daemon.json").read_text())["port"]
        body = {"tool": "search_text", "arguments": {"pattern": "def "}}
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {made['secret']}"}
        ) as http:
            agents = http.get("/agents").json()["agents"]
            used = http.post("/tool/execute", json=body, timeout=60).json()
            daemon("keys", "revoke", made["key"])
            after = http.get("/agents").status_code

        rows = json.loads(daemon("keys", "list", "--json").out)
        assert {"coder", "tester"} <= {row["name"] for row in agents}
        assert used["success"] and ".py:" in used["text"]
        assert after == 401 and [row["state"] for row in rows if row["key"] == made["key"]] == ["revoked"]
        assert made["secret"][17:60] not in (daemon.home / "home_ledger.db").read_bytes().decode("latin-1")


def test_a_blob_is_shredded_and_the_chain_stays_whole(finished: Finished) -> None:
    blob = finished.run.of("PatchProposed")[0]["diff"]

    shredded = finished.kaizen("shred", blob, "-p", "shop")
    again = finished.kaizen("shred", blob, "-p", "shop")
    verified = finished.kaizen("verify", "-p", "shop")
    told = finished.kaizen("log", "-p", "shop", "--grep", blob[:20], "--kind", "NoticeRaised")

    assert (shredded.status, verified.status) == (0, 0)
    assert "shredded by the user" in told.out
    assert again.status == 2 and "no blob" in again.one_line
