"""What can be asked of the director, and how the answer comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from ledger.errors import Unwritable
from ledger.events import REQUESTS, RequestHonoured, RequestId, RequestRefused, RollbackRequested
from tests import story
from tests.dashboard.serving import Clock, MemoryLedgers, Served, serving, tell
from tests.story_parts import commit

pytestmark = pytest.mark.slow


ASK = "/api/v1/projects/ranges/requests"


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    ledgers = MemoryLedgers("ranges", clock=Clock())
    opened = ledgers.open(ledgers.names()[0])
    tell(opened, [*story.opening(), *story.first_iteration(lambda text: "0" * 64)])
    async with serving(ledgers) as running:
        yield running


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"what": "stop"}, "StopRequested"),
        ({"what": "pause"}, "PauseRequested"),
        ({"what": "resume"}, "ResumeRequested"),
        ({"what": "checkpoint", "title": "before lunch"}, "CheckpointRequested"),
        ({"what": "rollback", "checkpoint": "c0", "head": commit(2)}, "RollbackRequested"),
    ],
)
async def test_a_wish_stands_in_the_requests_of_the_ledger(served: Served, body: dict[str, str], kind: str) -> None:
    answer = await served.post(ASK, body)

    recorded = served.project().store.read(after=answer.json()["position"] - 1, limit=1)[0]
    assert answer.status_code == 202
    assert (type(recorded.event).__name__, recorded.stream, recorded.actor) == (kind, REQUESTS, "user")
    assert recorded.event.request == answer.json()["request"]  # type: ignore[union-attr]


async def test_the_same_key_asks_once(served: Served) -> None:
    before = served.project().store.head().position
    answers = await asyncio.gather(
        *(served.post(ASK, {"what": "stop"}, **{"Idempotency-Key": "once"}) for _ in range(8))
    )
    reused = await served.post(ASK, {"what": "pause"}, **{"Idempotency-Key": "once"})
    other = await served.post(ASK, {"what": "stop"}, **{"Idempotency-Key": "twice"})

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.text for answer in answers}) == 1
    assert reused.status_code == 409 and reused.json()["error"]["code"] == "key_reused"
    assert other.json() != answers[0].json()
    assert served.project().store.head().position == before + 2


async def test_a_rollback_repeated_under_its_key_is_not_stale(served: Served) -> None:
    body, key = {"what": "rollback", "checkpoint": "c0", "head": commit(2)}, {"Idempotency-Key": "k"}
    first = await served.post(ASK, body, **key)
    head = tell(served.project(), story.rollback("q9", 0, 3, ("r1.i1.a2", "r1.i1.a1")))
    await served.app.state.parts.feeds.opened()[0].reach(head, 2)

    assert (await served.post(ASK, body, **key)).json() == first.json()
    assert (await served.post(ASK, body)).status_code == 409


async def test_a_rollback_with_a_stale_head_gets_a_new_preview(served: Served) -> None:
    answer = await served.post(ASK, {"what": "rollback", "checkpoint": "c0", "head": commit(1)})

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "stale_head"
    assert answer.json()["preview"]["head"] == commit(2)
    assert not served.project().store.read(kinds=[RollbackRequested.__name__])


async def test_a_rollback_to_nowhere_names_the_checkpoints(served: Served) -> None:
    answer = await served.post(ASK, {"what": "rollback", "checkpoint": "c9", "head": commit(2)})

    assert answer.status_code == 404 and answer.json()["known"] == ["c0", "c1", "c2"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "stop",
        {"what": "dance"},
        {"what": "rollback"},
        {"what": "rollback", "checkpoint": "c0"},
        {"what": "stop", "head": "x"},
        {"what": "stop", "title": "x"},
        {"what": "stop", "more": 1},
        {"what": "checkpoint", "title": "two\nlines"},
        {"what": "checkpoint", "title": "x" * 201},
    ],
)
async def test_a_wish_that_makes_no_sense_is_answered_in_one_line(served: Served, body: object) -> None:
    before = served.project().store.head()

    answer = await served.post(ASK, body)

    error = answer.json()["error"]
    assert answer.status_code == 422
    assert set(error) == {"code", "message", "request"} and "\n" not in error["message"] and error["request"]
    assert served.project().store.head() == before


async def test_the_answer_of_a_wish_can_be_waited_for(served: Served) -> None:
    store = served.project().store
    asked = (await served.post(ASK, {"what": "stop"})).json()["request"]
    refused = (await served.post(ASK, {"what": "pause"})).json()["request"]
    pending = (await served.get(f"{ASK}/{asked}")).json()

    waiting = asyncio.create_task(served.get(f"{ASK}/{asked}", wait=5))
    await asyncio.sleep(0.1)
    store.append("director", [RequestHonoured(request=RequestId(asked), note="stopped"),
                              RequestRefused(request=RequestId(refused), why="not now")]).result()  # fmt: skip
    honoured = (await waiting).json()

    assert pending["state"] == "pending" and pending["answered"] is None
    assert (honoured["state"], honoured["answer"], honoured["what"]) == ("honoured", "stopped", "stop")
    assert (await served.get(f"{ASK}/{refused}")).json()["state"] == "refused"
    assert (await served.get(f"{ASK}/none")).status_code == 404


async def test_a_run_is_asked_for_in_the_home(served: Served) -> None:
    home: Any = served.ledgers.home
    body = {"path": "/home/you/ranges", "options": {"iterations": "3"}}
    first = await served.post("/api/v1/runs", body, **{"Idempotency-Key": "r"})
    again = await served.post("/api/v1/runs", body, **{"Idempotency-Key": "r"})
    other = await served.post("/api/v1/runs", {"path": "/elsewhere"}, **{"Idempotency-Key": "r"})

    request = first.json()["request"]
    event = home.read()[0].event
    assert (first.status_code, again.json(), other.status_code) == (202, first.json(), 409)
    assert (event.request, event.path, event.options) == (request, "/home/you/ranges", {"iterations": "3"})
    assert home.head().position == 1
    home.append(REQUESTS, [RequestRefused(request=request, why="not a repository")]).result()
    assert (await served.get(f"/api/v1/runs/{request}", wait=1)).json()["answer"] == "not a repository"


async def test_a_run_needs_an_absolute_path(served: Served) -> None:
    assert (await served.post("/api/v1/runs", {"path": "relative"})).status_code == 422


async def test_a_ledger_that_cannot_be_written_is_503_and_says_why(served: Served) -> None:
    store: Any = served.project().store
    whole = store.append

    def full(*_: object, **__: object) -> Any:
        future = whole("director", [])
        refused: asyncio.Future[Any] | Any = type(future)()
        refused.set_exception(Unwritable("/home/x_ledger.db", "no space left on device"))
        return refused

    store.append = full
    answer = await served.post(ASK, {"what": "stop"})

    assert answer.status_code == 503 and "no space left" in answer.json()["error"]["message"]
