"""Work by request: an agent is asked over HTTP, and its answer is an event."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from ledger.events import (
    RequestHonoured,
    RequestId,
    RequestRefused,
    RoleChanged,
    RoleRequested,
    RunId,
    TaskAnswered,
    TaskRequested,
)
from tests.dashboard.serving import Clock, MemoryLedgers, Served, serving, tell
from tests.dashboard.thinking import ATTEMPT, scheduled, staffed, steps, waiting

pytestmark = pytest.mark.slow


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    ledgers = MemoryLedgers("ranges", clock=Clock())
    tell(ledgers.open(ledgers.names()[0]), staffed())
    async with serving(ledgers) as running:
        yield running


def answered(served: Served, request: str, text: str = "It is done.", state: Any = "done", why: str = "") -> None:
    blob = served.project().blobs.put(text.encode())
    event = TaskAnswered(request=RequestId(request), state=state, run=RunId("r1"), attempt=ATTEMPT, text=blob, why=why)
    served.project().store.append("director", [event]).result()


async def test_work_is_queued_then_runs_then_is_done(served: Served) -> None:
    asked = await served.post("/execute?wait=0", {"task": "Say hello", "metadata": {"ticket": "7"}, "apply": "none"})
    task = asked.json()
    request = task["task_id"]
    event = served.project().store.read(kinds=["TaskRequested"])[0].event
    assert asked.status_code == 202 and asked.headers["location"].endswith(f"/tasks/{request}")
    assert isinstance(event, TaskRequested)
    assert (event.role, event.text, event.apply, event.metadata, event.by) == (
        "coder", "Say hello", "none", {"ticket": "7"}, "command",
    )  # fmt: skip
    assert task["state"] == "queued"

    tell(served.project(), [*scheduled()])
    waiting_for = asyncio.create_task(served.get(f"/tasks/{request}", wait=5))
    await asyncio.sleep(0.05)
    answered(served, request)
    done = (await waiting_for).json()

    assert (done["state"], done["result"], done["run"], done["task"]) == ("done", "It is done.", "r1", "Say hello")
    assert done["ended_at"] is not None and done["attempts"] == [ATTEMPT]


async def test_an_answer_that_comes_in_time_is_the_answer_of_the_request(served: Served) -> None:
    asking = asyncio.create_task(served.post("/agents/coder/execute", {"task": "Say hello", "task_id": "mine"}))
    while not served.project().store.read(kinds=["TaskRequested"]):
        await asyncio.sleep(0.01)
    assert (await served.http.get("/health")).status_code == 200, "a slow agent blocks nobody"
    answered(served, "mine")

    answer = await asking

    assert (answer.status_code, answer.json()["state"], answer.json()["task_id"]) == (200, "done", "mine")


@pytest.mark.parametrize("other", [{"task": "Delete the secret folder"}, {"metadata": {"ticket": "8"}}])
async def test_a_name_of_other_work_is_taken_also_when_it_speaks_of_secrets(
    served: Served, other: dict[str, object]
) -> None:
    body = {"task": "Rename the secret folder", "task_id": "mine", "metadata": {"ticket": "7"}}
    first = await served.post("/execute?wait=0", body)

    taken = await served.post("/execute?wait=0", {**body, **other})

    assert first.status_code == 202
    assert taken.json()["error"]["code"] == "task_id_taken"


async def test_the_same_work_asked_twice_is_one_piece_of_work(served: Served) -> None:
    key, body = {"Idempotency-Key": "k"}, {"task": "Say hello"}
    first, second = [await served.post("/execute?wait=0", body, **key) for _ in range(2)]
    other = await served.post("/execute?wait=0", {"task": "Say goodbye"}, **key)
    named, again = [await served.post("/execute?wait=0", {"task": "x", "task_id": "mine"}) for _ in range(2)]
    taken = await served.post("/execute?wait=0", {"task": "y", "task_id": "mine"})

    assert first.json()["task_id"] == second.json()["task_id"]
    assert named.json()["task_id"] == again.json()["task_id"] == "mine"
    assert [other.json()["error"]["code"], taken.json()["error"]["code"]] == ["key_reused", "task_id_taken"]
    assert len(served.project().store.read(kinds=["TaskRequested"])) == 2


async def test_the_session_a_task_began_can_be_gone_on_with(served: Served) -> None:
    first = (await served.post("/execute?wait=0", {"task": "x", "task_id": "n" * 64})).json()

    second = await served.post("/execute?wait=0", {"task": "y", "session": first["session"]})

    assert second.status_code == 202 and second.json()["session"] == first["session"]


async def test_what_the_director_refuses_failed_with_its_reason(served: Served) -> None:
    request = (await served.post("/execute?wait=0", {"task": "x"})).json()["task_id"]
    refusal = RequestRefused(request=RequestId(request), why="no model is connected: set KAIZEN_MODEL")
    served.project().store.append("director", [refusal]).result()

    told = (await served.get(f"/tasks/{request}", wait=2)).json()

    assert (told["state"], told["error"]) == ("failed", "no model is connected: set KAIZEN_MODEL")


async def test_an_unknown_agent_is_told_which_there_are_and_one_that_cannot_work_says_why(served: Served) -> None:
    unknown = await served.post("/agents/cook/execute", {"task": "x"})
    unable = await served.post("/agents/deployer/execute", {"task": "x"})

    assert unknown.status_code == 404 and unknown.json()["known"] == ["coder", "tester", "deployer"]
    assert unable.status_code == 409 and "no remote is set" in unable.json()["error"]["message"]
    assert not served.project().store.read(kinds=["TaskRequested"])


@pytest.mark.parametrize(
    "body",
    [{}, {"task": ""}, {"task": " \n"}, {"task": "x", "apply": "now"}, {"task": "x", "task_id": "a/b"},
     {"task": "x", "metadata": {"a": 1}}, {"task": "x", "more": 1}, {"task": "a\x00b"}, [], "task"],
)  # fmt: skip
async def test_work_that_makes_no_sense_is_answered_in_one_line(served: Served, body: object) -> None:
    answer = await served.post("/execute", body)

    assert answer.status_code == 422 and "\n" not in answer.json()["error"]["message"]


async def test_agents_are_listed_with_what_they_are_and_why_one_cannot_work(served: Served) -> None:
    rows = {row["name"]: row for row in (await served.get("/agents")).json()["agents"]}

    assert (rows["coder"]["state"], rows["coder"]["available"], rows["coder"]["needs"]) == ("working", True, ["model"])
    assert (rows["deployer"]["state"], rows["deployer"]["why_not"][:16]) == ("unavailable", "no remote is set")
    assert rows["tester"]["aliases"] == ["validator"]


async def test_the_status_of_an_agent_says_what_it_does_and_did(served: Served) -> None:
    request = (await served.post("/agents/validator/execute?wait=0", {"task": "x"})).json()["task_id"]

    status = (await served.get("/agents/validator/status")).json()

    assert (status["name"], status["queued"], status["tasks"][0]["task_id"]) == ("tester", 1, request)
    assert (await served.get("/agents/cook/status")).status_code == 404


async def test_an_agent_is_paused_by_a_request_that_the_director_answers(served: Served) -> None:
    store = served.project().store
    asking = asyncio.create_task(served.http.post("/agents/coder/pause", headers=served.bearer))
    while not (found := store.read(kinds=["RoleRequested"])):
        await asyncio.sleep(0.01)
    event = found[0].event
    assert isinstance(event, RoleRequested) and (event.role, event.what) == ("coder", "pause")
    store.append("director", [RoleChanged(role="coder", state="paused"), RequestHonoured(request=event.request)])

    answer = await asking

    assert (answer.status_code, answer.json()["state"]) == (200, "honoured")
    assert (await served.get("/agents/coder/status")).json()["state"] == "paused"
    assert (await served.http.post("/agents/coder/dance", headers=served.bearer)).status_code == 422


async def test_a_task_names_the_calls_that_wait_for_a_person(served: Served) -> None:
    request = (await served.post("/execute?wait=0", {"task": "x"})).json()["task_id"]
    opened = served.project()
    answered_by = TaskAnswered(request=RequestId(request), state="done", run=RunId("r1"), attempt=ATTEMPT)
    tell(opened, [*scheduled(), *steps(opened.blobs), *waiting(opened.blobs, served.clock.now + 60)])
    head = opened.store.append("director", [answered_by]).result()[0].position
    await served.app.state.parts.feeds.opened()[0].reach(head, 2)

    assert len((await served.get(f"/tasks/{request}")).json()["approvals"]) == 1


async def test_everything_is_there_after_a_restart(served: Served) -> None:
    request = (await served.post("/execute?wait=0", {"task": "x", "session": "talk"})).json()["task_id"]
    answered(served, request)
    async with serving(served.ledgers) as again:
        found = (await again.get(f"/tasks/{request}")).json()
        talk = (await again.get("/session/talk")).json()

    assert (found["state"], found["result"]) == ("done", "It is done.")
    assert [task["result"] for task in talk["tasks"]] == ["It is done."]


async def test_with_several_projects_the_request_says_which() -> None:
    async with serving(MemoryLedgers("ranges", "shop", clock=Clock())) as served:
        vague = await served.get("/agents")
        asked = await served.get("/agents", project="shop")
        in_path = await served.get("/api/v1/projects/shop/agents")
        unknown = await served.get("/agents", project="none")

    assert vague.status_code == 422 and "ranges, shop" in vague.json()["error"]["message"]
    assert asked.json() == in_path.json() and asked.json()["project"] == "shop"
    assert unknown.status_code == 404
