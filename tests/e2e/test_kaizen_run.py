"""`kaizen run` as a user meets it: what it says, how it ends, and what it leaves alone."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.command import Done, Kaizen
from tests.support.repositories import FAST, SHOP, UNHURRIED, commit, digest, git, make, references, write

pytestmark = pytest.mark.slow

FIELDS = {"state", "gates", "landed", "rejected", "left", "cost", "seconds", "branch", "why", "run", "kind", "at"}
HOPELESS = {
    "shop.py": "def total(prices):\n    return sum(prices)\n",
    "tests/test_shop.py": "from shop import total\n\n\ndef test_magic():\n    assert total([1]) == 'nobody knows'\n",
    "kaizen.toml": FAST,
}


def values(ended: dict[str, object]) -> dict[str, tuple[object, object, object]]:
    rows = ended["gates"]
    assert isinstance(rows, list)
    return {row["name"]: (row["before"], row["after"], row["met"]) for row in rows}


@dataclass(frozen=True, slots=True)
class Trip:
    """One run of a small project whose user is in the middle of something."""

    repository: Path
    done: Done
    files: dict[str, str]
    refs: dict[str, str]


@pytest.fixture(scope="module")
def trip(kaizen: Kaizen, tmp_path_factory: pytest.TempPathFactory) -> Trip:
    shop = make(tmp_path_factory.mktemp("user") / "shop")
    hook = shop / ".git" / "hooks" / "reference-transaction"
    hook.write_text("#!/bin/sh\ntouch hook-ran\n")
    hook.chmod(0o755)
    write(shop, {"shop.py": "broken in the middle of a thought(", "new.py": "1\n", "staged.py": "2\n"})
    git(shop, "-c", "core.hooksPath=/dev/null", "add", "staged.py")
    files, refs = digest(shop), references(shop)
    return Trip(shop, kaizen.run(shop), files, refs)


def test_a_small_project_is_completed(trip: Trip) -> None:
    assert trip.done.status == 0, trip.done.err
    assert values(trip.done.ended)["tests"] == (1.0, 0.0, True)
    assert values(trip.done.ended)["lint"] == (1.0, 0.0, True)


def test_nothing_of_the_users_moves_and_one_branch_is_added(trip: Trip) -> None:
    assert digest(trip.repository) == trip.files
    after = references(trip.repository)
    assert after.keys() - trip.refs.keys() == {"refs/heads/kaizen/run-1"}
    assert {name: after[name] for name in trip.refs} == trip.refs
    assert git(trip.repository, "fsck", "--strict") == ""


def test_a_dirty_tree_is_left_alone_and_that_is_said(trip: Trip) -> None:
    (notice,) = [n for n in trip.done.of("NoticeRaised") if n["code"] == "dirty-tree"]

    assert "3 uncommitted paths are left alone" in notice["message"]


def test_json_is_one_object_per_line_and_nothing_else(trip: Trip) -> None:
    events = trip.done.events

    positions = [event["position"] for event in events]
    assert positions == list(range(positions[0], positions[0] + len(positions)))
    assert all({"position", "at", "kind", "run"} <= event.keys() for event in events)
    assert events[0]["kind"] == "RunStarted"
    assert trip.done.ended.keys() >= FIELDS
    assert all(gate.keys() == {"name", "target", "before", "after", "met"} for gate in trip.done.ended["gates"])
    assert trip.done.ended["branch"] == "kaizen/run-1"


def test_lines_for_people_end_with_what_to_type_next_also_in_a_shallow_clone(kaizen: Kaizen, tmp_path: Path) -> None:
    whole = make(tmp_path / "whole")
    write(whole, {"more.py": "x = 1\n"})
    commit(whole, "More")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{whole}", str(shallow))
    files = digest(shallow)

    done = kaizen("run", shallow, "--port", 0)

    assert done.status == 0, done.err
    lines = done.out.splitlines()
    assert lines[0].startswith("dashboard    http://127.0.0.1:")
    assert lines[-1] == "branch       kaizen/run-1 is ready: git merge kaizen/run-1"
    assert any(line.startswith("baseline") and "tests 1 of 2 tests pass ✗" in line for line in lines)
    assert any("the clone is shallow" in line for line in lines)
    assert "\x1b" not in done.out and "None" not in done.out
    assert done.err == ""
    assert digest(shallow) == files
    assert git(shallow, "log", "--format=%s", "kaizen/run-1").splitlines()[-1] == "More"
    git(shallow, "fsck")


def test_a_dry_run_says_what_would_be_tried_changes_nothing_and_proposes_a_kaizen_toml(
    kaizen: Kaizen, tmp_path: Path
) -> None:
    shop = make(tmp_path / "dry")
    files, refs = digest(shop), references(shop)

    said = kaizen("run", shop, "--dry-run")
    unmoved = (digest(shop), references(shop)) == (files, refs)
    toml = "\n".join(line.strip() for line in said.out.splitlines() if line.startswith(" " * 15))
    write(shop, {"kaizen.toml": toml, "requirements.txt": "nothing-of-this-name==1.0\n"})
    commit(shop, "Take the proposal, and need what cannot be had")
    told = kaizen("run", shop, "--dry-run", "--json", "--offline")

    assert said.status == told.status == 0, said.err + told.err
    assert unmoved
    assert "would try    debugger: AssertionError in tests/test_shop.py:5" in said.out
    assert "[gates.tests]" in toml
    (found,) = told.events
    assert "proposal" not in {notice["code"] for notice in found["notices"]}
    assert "no wheel could be had of nothing-of-this-name==1.0" in {notice["message"] for notice in found["notices"]}
    assert {task["role"] for task in found["tasks"]} >= {"coder", "debugger"}
    assert {reading["gate"] for reading in found["readings"]} == {"tests", "coverage", "lint"}
    assert not [p for p in kaizen("log", "-p", "dry", "--json").events if p["kind"] == "RunStarted"]


def test_what_nobody_can_mend_stalls_and_says_what_is_left(kaizen: Kaizen, tmp_path: Path) -> None:
    shop = make(tmp_path / "hopeless", HOPELESS)

    done = kaizen.run(shop)

    assert done.status == 3
    assert done.ended["state"] == "stalled"
    (left,) = done.ended["left"]
    assert "test_magic" in left["what"]
    assert left["why"] and left["remedy"]
    assert references(shop).keys() == {"refs/heads/main"}


def test_a_budget_of_iterations_is_a_contract(kaizen: Kaizen, tmp_path: Path) -> None:
    files = {**SHOP, "shop.py": SHOP["shop.py"] + "\n\ndef unreached(x: int) -> int:\n    return x + 1\n"}
    shop = make(tmp_path / "budget", files | {"kaizen.toml": "[gates.coverage]\ntarget = 100\n"})

    done = kaizen.run(shop, "--iterations", 1)

    assert done.status == 4, done.err
    assert done.ended["state"] == "exhausted"
    assert "1 iterations" in done.ended["why"] or "1 iteration " in done.ended["why"]
    assert len(done.of("IterationStarted")) == 1


def test_a_budget_of_minutes_is_a_contract(kaizen: Kaizen, tmp_path: Path) -> None:
    shop = make(tmp_path / "minutes", {**UNHURRIED, "kaizen.toml": FAST})

    began = time.monotonic()
    done = kaizen.run(shop, "--minutes", 0.05)

    assert done.status == 4, done.err
    assert time.monotonic() - began < 60
    assert "minutes" in done.ended["why"]


def test_ctrl_c_ends_in_good_order_and_a_run_that_went_through_this_one_goes_on(kaizen: Kaizen, tmp_path: Path) -> None:
    shop = make(tmp_path / "interrupted", {**UNHURRIED, "kaizen.toml": FAST})
    other = make(tmp_path / "beside", {**SHOP, "kaizen.toml": FAST})
    running = kaizen.start("run", shop, "--json", "--no-page")
    wait_for(running, "BaselineMeasured")
    beside = kaizen.start("run", other, "--json", "--no-page")
    began = wait_for(beside, "RunStarted")

    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    told, said = beside.communicate(timeout=120)

    positions = [json.loads(line)["position"] for line in (began, *told.splitlines())]
    assert beside.returncode == 0 and "the run goes on here" in said, said
    assert positions == sorted(set(positions)) and '"state": "completed"' in told.splitlines()[-1]
    assert "refs/heads/kaizen/run-1" in references(other)

    assert running.returncode == 130, err
    assert '"kind": "RunEnded"' in out.splitlines()[-1]
    assert '"state": "stopped"' in out.splitlines()[-1]
    assert "Traceback" not in err


def test_a_run_that_is_stopped_from_another_terminal_ends_with_5(kaizen: Kaizen, tmp_path: Path) -> None:
    shop = make(tmp_path / "stopped", {**UNHURRIED, "kaizen.toml": FAST})
    running = kaizen.start("run", shop, "--json", "--no-page")
    wait_for(running, "BaselineMeasured")

    stop = kaizen("stop", cwd=shop)
    out, err = running.communicate(timeout=60)

    assert (stop.status, stop.out) == (0, "stop: done\n"), stop.err
    assert running.returncode == 5, err
    assert '"state": "stopped"' in out.splitlines()[-1]


def wait_for(running: subprocess.Popen[str], kind: str) -> str:
    assert running.stdout is not None
    for line in running.stdout:
        if f'"kind": "{kind}"' in line:
            return line
    raise AssertionError(f"it ended before {kind}: {running.communicate()[1]}")


def test_a_directory_at_a_detached_head_is_a_project_and_cannot_set_what_is_the_users_own(
    kaizen: Kaizen, tmp_path: Path
) -> None:
    greedy = "model = 'x'\nnetwork = true\nsandbox = 'none'\naccept_no_sandbox = true\nport = 1\n" + FAST
    inner = {f"packages/shop/{name}": text for name, text in {**SHOP, "kaizen.toml": greedy}.items()}
    repository = make(tmp_path / "mono", {**inner, "other.py": "import os\n"})
    first = git(repository, "rev-parse", "HEAD")
    write(repository, {"later.py": "x = 1\n"})
    commit(repository, "Later")
    git(repository, "checkout", "--quiet", first)
    files = digest(repository)

    done = kaizen.run(repository / "packages" / "shop")

    assert done.status == 0, done.err
    started, notices = done.of("RunStarted")[0], {n["code"]: n["message"] for n in done.of("NoticeRaised")}
    assert started["commit"] == first == git(repository, "merge-base", first, "kaizen/run-1")
    assert "detached-head" in notices
    ignored = notices["repository-setting-ignored"]
    assert all(name in ignored for name in ("model", "network", "sandbox", "accept_no_sandbox", "port"))
    assert started["settings"]["accept_no_sandbox"] == "False"
    changed = git(repository, "diff", "--name-only", first, "kaizen/run-1").splitlines()
    assert changed and all(name.startswith("packages/shop/") for name in changed)
    assert digest(repository) == files


def test_targets_of_a_kaizen_toml_hold_and_without_delivery_nothing_at_all_is_added(
    kaizen: Kaizen, tmp_path: Path
) -> None:
    shop = make(tmp_path / "kept", {**SHOP, "kaizen.toml": "[gates.lint]\ntarget = 1\n"})
    objects, refs = git(shop, "count-objects", "-v"), references(shop)

    done = kaizen.run(shop, "--no-deliver")

    assert done.status == 0, done.err
    assert values(done.ended)["lint"] == (1.0, 1.0, True)
    assert done.ended["branch"] == ""
    assert references(shop) == refs
    assert git(shop, "count-objects", "-v") == objects
