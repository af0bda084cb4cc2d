"""Values kept under keys, and conversations over several requests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.dashboard.serving import Clock, MemoryLedgers, Served, serving, tell
from tests.dashboard.thinking import staffed

pytestmark = pytest.mark.slow


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    ledgers = MemoryLedgers("ranges", clock=Clock())
    tell(ledgers.open(ledgers.names()[0]), staffed())
    async with serving(ledgers) as running:
        yield running


async def delete(served: Served, path: str, **headers: str) -> int:
    return (await served.http.delete(path, headers={**served.bearer, **headers})).status_code


@pytest.mark.parametrize("value", [None, 0, "text", [1, {"a": None}], {"deep": {"er": [True]}}, 2**70, "ü\u2028"])
async def test_any_json_is_kept_as_it_is_and_outlives_a_restart(served: Served, value: object) -> None:
    assert (await served.post("/context/style", {"value": value})).status_code == 200

    async with serving(served.ledgers) as again:
        assert (await again.get("/context/style")).json()["value"] == value


async def test_a_value_expires_at_its_second(served: Served) -> None:
    await served.post("/context/style", {"value": 1, "ttl": 60})

    served.clock.now += 59.9
    assert (await served.get("/context/style")).json()["expires"] == pytest.approx(served.clock.now + 0.1)
    served.clock.now += 0.1
    assert (await served.get("/context/style")).status_code == 404
    assert (await served.get("/context")).json()["keys"] == []


async def test_a_removed_value_is_gone_and_a_missing_one_is_404(served: Served) -> None:
    await served.post("/context/style", {"value": 1})

    assert [await delete(served, "/context/style", **{"Idempotency-Key": "k"}) for _ in range(2)] == [200, 200]
    assert await delete(served, "/context/style") == 404
    missing = await served.get("/context/style")
    assert missing.status_code == 404 and "nothing" in missing.json()["error"]["message"]


async def test_a_value_repeated_under_its_key_is_kept_once(served: Served) -> None:
    key = {"Idempotency-Key": "k"}
    first = await served.post("/context/style", {"value": 1, "ttl": 60}, **key)
    served.clock.now += 5
    again = await served.post("/context/style", {"value": 1, "ttl": 60}, **key)
    other = await served.post("/context/style", {"value": 2, "ttl": 60}, **key)

    assert first.json()["position"] == again.json()["position"]
    assert other.status_code == 409
    assert len(served.project().store.read(kinds=["ContextSet"])) == 1


@pytest.mark.parametrize(("length", "status"), [(64 * 1024 - 2, 200), (64 * 1024 - 1, 413)])
async def test_a_value_has_at_most_64_kib(served: Served, length: int, status: int) -> None:
    assert (await served.post("/context/big", {"value": "x" * length})).status_code == status


@pytest.mark.parametrize(
    ("path", "body"),
    [("/context/a b", {"value": 1}), ("/context/a", {}), ("/context/a", {"value": 1, "ttl": 0}),
     ("/context/a", {"value": 1, "ttl": -1}), ("/context/a", {"value": 1, "more": 2})],
)  # fmt: skip
async def test_what_cannot_be_kept_is_refused_in_one_line(served: Served, path: str, body: object) -> None:
    assert (await served.post(path, body)).status_code == 422


async def test_nan_and_half_a_character_are_no_json(served: Served) -> None:
    headers = {**served.bearer, "Content-Type": "application/json"}
    for body in (b'{"value": NaN}', b'{"value": "\\ud800"}'):
        answer = await served.http.post("/context/a", content=body, headers=headers)
        assert answer.status_code == 422, answer.text


async def test_a_conversation_has_its_own_requests_and_values(served: Served) -> None:
    first = (await served.post("/execute?wait=0", {"task": "one"})).json()
    session = first["session"]
    await served.post("/execute?wait=0", {"task": "two", "session": session})
    await served.post(f"/context/style?session={session}", {"value": "terse"})

    talk = (await served.get(f"/session/{session}")).json()

    assert [task["task"] for task in talk["tasks"]] == ["one", "two"]
    assert [row["key"] for row in talk["context"]] == ["style"]
    assert (await served.get("/context/style")).status_code == 404, "it is the conversation's, not the project's"
    assert (await served.get("/sessions")).json()["sessions"][0]["tasks"] == 2


async def test_a_removed_conversation_is_gone_with_its_values_and_its_requests_are_not(served: Served) -> None:
    task = (await served.post("/execute?wait=0", {"task": "one", "session": "talk"})).json()
    await served.post("/context/style?session=talk", {"value": "terse"})

    assert await delete(served, "/session/talk") == 200
    assert (await served.get("/session/talk")).status_code == 404
    assert (await served.get("/context/style", session="talk")).status_code == 404
    assert (await served.get(f"/tasks/{task['task_id']}")).json()["task"] == "one"
    assert await delete(served, "/session/talk") == 404
