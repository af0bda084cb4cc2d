"""Bugs that no small edit mends and a goal in words, thought out by a model whose answers stand in a record."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from examples.records.write import GOAL, MODEL, RECORD
from examples.unpack import unpack
from tests.e2e.alone import failing
from tests.e2e.command import ROOT, Done, Kaizen
from tests.e2e.watching import violations
from tests.support.repositories import git

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Trip:
    """A run of the example that asked nobody."""

    kaizen: Kaizen
    repository: Path
    done: Done


@pytest.fixture(scope="module")
def trip(kaizen: Kaizen, tmp_path_factory: pytest.TempPathFactory) -> Trip:
    place = tmp_path_factory.mktemp("ferry")
    home = kaizen.beside(place / "home")
    ferry = unpack(ROOT / "examples" / "ferry", place / "ferry")
    words = ("--model", MODEL, "--goal", GOAL, "--replay", RECORD, "--cost", "1")
    return Trip(home, ferry, home.run(ferry, *words, seconds=600, KAIZEN_ATTEMPT_SECONDS="10"))


def test_the_run_reaches_its_goal_and_its_gates(trip: Trip) -> None:
    ended = trip.done.ended

    assert trip.done.status == 0, trip.done.err
    assert ended["state"] == "completed"
    assert {gate["name"]: gate["met"] for gate in ended["gates"]} | {"goal": True, "tests": True} == {
        gate["name"]: True for gate in ended["gates"]
    }
    assert ended["landed"] == 3
    assert 0 < ended["cost"] < 1


def test_the_branch_holds_the_mended_code_and_what_the_goal_asked_for(trip: Trip, tmp_path: Path) -> None:
    branch = trip.done.ended["branch"]

    assert failing(trip.repository, branch, tmp_path) == set()
    changed = set(git(trip.repository, "diff", "--name-only", "main", branch).splitlines())
    assert {"src/ferry/fares.py", "src/ferry/berths.py", "tests/test_return_fare.py"} <= changed


def test_the_ledger_shows_the_whole_trip(trip: Trip) -> None:
    """Facts, plan, acceptance tests that fail, every call with what it cost, every tool, the landing."""
    kinds = [event["kind"] for event in trip.done.events]
    trip_of_the_goal = ["FactsGathered", "PlanMade", "AcceptanceWritten", "RunEnded"]

    assert [kind for kind in kinds if kind in trip_of_the_goal] == trip_of_the_goal
    rows = [
        json.loads(line) for line in trip.kaizen("log", "-p", "ferry", "--json", "--limit", "1000").out.splitlines()
    ]
    calls = [row for row in rows if row["kind"] == "CallFinished"]
    assert {row["kind"] for row in rows} >= {"CallStarted", "ToolAsked", "ToolFinished", "PatchLanded"}
    assert calls and all(call["cost"] > 0 and call["source"] == "record" for call in calls)


def test_the_page_shows_prompt_tools_diff_and_cost_of_each_step(trip: Trip, browser: Browser, static: Path) -> None:
    up = trip.kaizen("up", "--port", "0")
    address = re.search(r"http://\S+#t=\S+", up.out)
    assert address, up.err
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(address[0])
    page.get_by_role("navigation", name="Areas").get_by_role("link").filter(has_text="conversations").click()

    talks = page.get_by_role("list", name="Conversations").get_by_role("button")
    talks.filter(has_text="coder").first.click()

    steps = page.get_by_role("list", name="Steps")
    expect(steps.get_by_role("heading")).to_have_text(["1 act", "2 act", "3 act"], timeout=60_000)
    expect(steps).to_contain_text("edit_file")
    expect(steps.get_by_role("group", name="Changes of src/ferry/fares.py")).to_contain_text("def return_fare")
    expect(steps).to_contain_text("USD")
    steps.get_by_text(re.compile(r"^\d+ messages")).first.click()
    expect(steps).to_contain_text("You are the coder")
    assert violations(page) == []
    context.close()
    trip.kaizen("down")
