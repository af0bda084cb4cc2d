"""API keys and how often a caller may ask."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from dashboard.server.access.keys import SCOPES, holds_key, make, parse
from dashboard.server.access.permissions import Permission
from dashboard.server.access.rates import Rates
from dashboard.server.access.windows import Windows
from dashboard.server.app import ENDPOINTS
from dashboard.server.errors import Refused
from ledger.masking import Masker
from tests.dashboard.serving import Clock, MemoryLedgers, Served, hear, say, serving, tell
from tests.dashboard.thinking import APPROVAL, DIGEST, scheduled, staffed, steps, waiting

KEY = make("live", "abcd1234", "chance")


def test_a_key_is_taken_apart_and_a_typing_error_is_seen() -> None:
    parsed = parse(KEY)

    assert parsed is not None and parsed.id == "abcd1234" and len(parsed.secret) == 43
    for wrong in (KEY[:-1], KEY + "0", KEY.replace("abcd", "abce"), KEY[:20] + "x" + KEY[21:], KEY.upper(), ""):
        assert parse(wrong) is None


def test_a_key_is_masked_wherever_it_is_said() -> None:
    said = Masker({}).text(f'curl -H "Authorization: Bearer {KEY}" and {KEY}.')

    assert not holds_key(said) and KEY[20:40] not in said


def test_a_limit_counts_and_its_window_passes() -> None:
    clock = Clock()
    rates = Rates("2/minute", "5/minute", clock)
    for _ in range(2):
        rates.require("key:a", "10.0.0.1")

    with pytest.raises(Refused) as refused:
        rates.require("key:a", "10.0.0.1")
    rates.require("key:b", "10.0.0.1")
    rates.require("key:b", "10.0.0.1")
    with pytest.raises(Refused, match="per address"):
        rates.require("key:c", "10.0.0.1")
    rates.require("key:c", "10.0.0.2")
    clock.now += 60
    rates.require("key:a", "10.0.0.1")

    assert (refused.value.status, refused.value.retry) == (429, 60)


def test_counters_whose_window_is_over_are_forgotten() -> None:
    clock = Clock()
    windows = Windows(clock)
    for number in range(5000):
        windows.incr(str(number), 1)
        clock.now += 0.01

    assert len(windows._counts) < 4200


async def made(served: Served, *scopes: str, **body: Any) -> dict[str, Any]:
    answer = await served.post("/api/v1/keys", {"name": "ci", "scopes": list(scopes), **body})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def bearing(key: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {key['secret']}"}


@pytest.mark.slow
async def test_only_the_hash_of_a_key_is_kept_and_its_secret_is_shown_once() -> None:
    async with serving() as served:
        key, once = await made(served, "read"), {"Idempotency-Key": "k"}
        event: Any = served.ledgers.home.read(kinds=["KeyCreated"])[0].event
        first, again = [await served.post("/api/v1/keys", {"name": "x", "scopes": ["ask"]}, **once) for _ in range(2)]
        listed = await served.get("/api/v1/keys")

        assert event.hash == hashlib.sha256(key["secret"].split("_", 3)[3][:43].encode()).hexdigest()
        assert key["secret"].startswith(f"kz_live_{key['key']}_")
        assert all(part not in str(served.ledgers.home.read()) for part in (key["secret"], key["secret"][17:60]))
        assert (first.status_code, again.status_code) == (201, 200)
        assert again.json()["key"] == first.json()["key"] and again.json()["secret"] is None
        assert "secret" not in listed.json()["keys"][0] and len(listed.json()["keys"]) == 2


@pytest.mark.slow
async def test_a_key_may_what_its_scopes_say_and_nothing_else() -> None:
    async with serving() as served:
        reads, asks = await made(served, "read"), await made(served, "ask")
        body = {"what": "stop"}
        here = "/api/v1/projects/ranges"

        got = [
            (await served.http.get(f"{here}/events", headers=bearing(reads))).status_code,
            (await served.http.post(f"{here}/requests", json=body, headers=bearing(reads))).status_code,
            (await served.http.post(f"{here}/requests", json=body, headers=bearing(asks))).status_code,
            (await served.http.get("/api/v1/keys", headers=bearing(asks))).status_code,
            (await served.http.post("/approvals/x/approve", json={"digest": "d"}, headers=bearing(asks))).status_code,
        ]

        assert got == [200, 403, 202, 403, 403]
        event: Any = served.project().store.read(kinds=["StopRequested"])[0].event
        assert event.by == f"key:{asks['key']}"


@pytest.mark.slow
async def test_no_route_lets_in_a_key_that_lacks_just_its_scope() -> None:
    async with serving(per_caller="") as served:
        lacking = {}
        for scope in SCOPES:
            lacking[scope] = bearing(await made(served, *(each for each in SCOPES if each is not scope)))
        let_in = []
        for endpoint in (each for each in ENDPOINTS if each.permission in lacking and each.method != "WEBSOCKET"):
            path = endpoint.path.replace("{project}", "ranges").replace("{position}", "1")
            answer = await served.http.request(endpoint.method, path, headers=lacking[endpoint.permission])
            if answer.status_code != 403:
                let_in.append((endpoint.method, path, answer.status_code))
        with pytest.raises(InvalidStatus) as refused:
            async with served.socket(lacking[Permission.READ]):
                pass

    assert let_in == [] and refused.value.response.status_code == 403


@pytest.mark.slow
async def test_a_stream_ends_when_its_key_is_revoked() -> None:
    async with serving(heartbeat=0.1) as served:
        key = await made(served, "read")
        ticket = await served.ticket(bearing(key))
        async with served.socket(bearing(key)) as socket:
            await say(socket, t="sub", ticket=ticket, subs=[{"project": "ranges"}])
            await hear(socket, "hello")

            await served.http.delete(f"/api/v1/keys/{key['key']}", headers=served.bearer)

            assert (await hear(socket, "bye"))["code"] == "auth"


@pytest.mark.slow
async def test_a_key_ends_when_it_is_revoked_or_expires_and_outlives_a_restart() -> None:
    async with serving() as served:
        revoked, expiring = await made(served, "read", days=None), await made(served, "read", days=1)
        assert (await served.http.get("/api/v1/projects", headers=bearing(revoked))).status_code == 200
        answer = await served.http.delete(f"/api/v1/keys/{revoked['key']}", headers=served.bearer)
        assert answer.json()["state"] == "revoked" and answer.json()["used"] == served.clock.now

        refused = await served.http.get("/api/v1/projects", headers=bearing(revoked))
        async with serving(served.ledgers) as again:
            still = await again.http.get("/api/v1/projects", headers=bearing(expiring))
            never = await again.http.get("/api/v1/projects", headers=bearing(revoked))
            served.clock.now += 86_400
            late = await again.http.get("/api/v1/projects", headers=bearing(expiring))

    assert [r.status_code for r in (refused, still, never, late)] == [401, 200, 401, 401]
    assert "kaizen keys list" in refused.json()["error"]["message"]


@pytest.mark.slow
@pytest.mark.parametrize("text", ["kz_live_abcd1234_wrong", KEY, "kz_", KEY[:-1]])
async def test_a_wrong_key_is_nobody_even_beside_a_good_cookie(text: str) -> None:
    async with serving() as served:
        headers = await served.session()

        answer = await served.http.get("/api/v1/projects", headers={**headers, "Authorization": f"Bearer {text}"})

        assert answer.status_code == 401


@pytest.mark.slow
async def test_a_key_in_an_address_is_refused() -> None:
    async with serving() as served:
        key = await made(served, "read")

        for path in (f"/api/v1/projects?key={key['secret']}", f"/health?x={key['secret'].replace('_', '%5F')}"):
            answer = await served.http.get(path, headers=served.bearer)
            assert answer.status_code == 400 and "revoke" in answer.json()["error"]["message"]


@pytest.mark.slow
async def test_who_asked_for_the_work_may_not_approve_its_calls() -> None:
    ledgers = MemoryLedgers("ranges", clock=Clock())
    opened = ledgers.open(ledgers.names()[0])
    tell(opened, staffed())
    async with serving(ledgers) as served:
        asker, other = await made(served, "ask", "approve"), await made(served, "approve")
        task = await served.http.post("/execute?wait=0", json={"task": "push"}, headers=bearing(asker))
        story = [*scheduled(task=task.json()["task_id"]), *steps(opened.blobs)]
        head = tell(opened, [*story, *waiting(opened.blobs, served.clock.now + 60)])
        await served.app.state.parts.feeds.opened()[0].reach(head, 2)
        here, body = f"/approvals/{APPROVAL}/approve?wait=0", {"digest": DIGEST}

        own = await served.http.post(here, json=body, headers=bearing(asker))
        another = await served.http.post(here, json=body, headers=bearing(other))

    assert (own.status_code, own.json()["error"]["code"], another.status_code) == (403, "own_request", 202)


@pytest.mark.slow
async def test_a_key_makes_no_key_that_may_do_more() -> None:
    async with serving() as served:
        key = await made(served, "own", "read")

        more = await served.http.post("/api/v1/keys", json={"name": "x", "scopes": ["approve"]}, headers=bearing(key))
        less = await served.http.post("/api/v1/keys", json={"name": "x", "scopes": ["read"]}, headers=bearing(key))

    assert (more.status_code, less.status_code) == (403, 201)


@pytest.mark.slow
async def test_too_many_requests_are_refused_counted_and_pass() -> None:
    async with serving(per_caller="3/minute", per_address="7/minute") as served:
        one, other = await made(served, "read"), await made(served, "read")
        got = [await served.http.get("/api/v1/projects", headers=bearing(one)) for _ in range(4)]
        beside = await served.http.get("/api/v1/projects", headers=bearing(other))
        garbage = {"content": b"{not json", "headers": bearing(one)}
        unread = await served.http.post("/execute", **garbage)
        stranger = await served.http.post("/execute", content=b"{not json", headers={"Origin": served.origin})
        owner = [await served.get("/api/v1/projects") for _ in range(20)]
        nobody = [await served.http.get("/api/v1/projects") for _ in range(7)]
        known = await served.http.get("/api/v1/projects", headers=bearing(other))
        health = await served.http.get("/health")
        metrics = (await served.http.get("/metrics")).text
        served.clock.now += 60
        later = await served.http.get("/api/v1/projects", headers=bearing(one))

    assert [answer.status_code for answer in got] == [200, 200, 200, 429]
    assert 0 < int(got[3].headers["retry-after"]) <= 60
    assert known.status_code == 200, "strangers at the same address shut nobody out"
    assert {beside.status_code, health.status_code, later.status_code} == {200} == {r.status_code for r in owner}
    assert (unread.status_code, stranger.status_code) == (429, 401), "a body is read after who and how often"
    assert [answer.status_code for answer in nobody] == [401] * 6 + [429]
    assert 'kaizen_http_refused_total{why="too often"} 3.0' in metrics
    assert 'kaizen_http_requests_total{method="GET",route="/api/v1/projects",status="429"} 2.0' in metrics


@pytest.mark.slow
async def test_while_the_home_cannot_be_read_no_key_is_good() -> None:
    async with serving() as served:
        key = await made(served, "read")
        assert (await served.http.get("/api/v1/projects", headers=bearing(key))).status_code == 200
        closing: Any = served.ledgers.home
        closing.close()
        while served.app.state.parts.keyring.keys.rows:
            await asyncio.sleep(0.02)

        assert (await served.http.get("/api/v1/projects", headers=bearing(key))).status_code == 401
