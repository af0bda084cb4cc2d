"""Who gets in: addresses, origins, tokens, sessions, tickets, permissions."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from dashboard.server.access.permissions import Permission
from dashboard.server.app import ENDPOINTS, mint_start_token
from tests.dashboard.serving import TOKEN, hear, say, serving

pytestmark = pytest.mark.slow


async def test_nobody_gets_past_a_route_that_asks_who_they_are() -> None:
    async with serving() as served:
        for endpoint in (each for each in ENDPOINTS if each.permission is not Permission.OPEN):
            path = endpoint.path.replace("{project}", "ranges").replace("{position}", "1")
            if endpoint.method == "WEBSOCKET":
                with pytest.raises(InvalidStatus) as refusal:
                    async with served.socket({"Origin": served.origin}):
                        pass
                assert refusal.value.response.status_code == 401
                continue

            headers = {"Origin": served.origin}
            answer = await served.http.request(endpoint.method, path, content=b"{not json", headers=headers)

            assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthenticated"), path


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "[::2]:{port}", ""]
)
async def test_a_foreign_host_is_refused(host: str) -> None:
    async with serving() as served:
        answer = await served.http.get("/health", headers={"Host": host.format(port=served.port)})

        assert answer.status_code in (400, 403)


@pytest.mark.parametrize(
    "host", ["127.0.0.1:{port}", "localhost:{port}", "[::1]:{port}", "kaizen.test:{port}", "B.test:9"]
)
async def test_the_own_hosts_and_the_named_ones_are_served(host: str) -> None:
    async with serving(names=("kaizen.test", "b.test:9")) as served:
        answer = await served.http.get("/health", headers={"Host": host.format(port=served.port)})

        assert answer.status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://localhost:{port}",
        "https://127.0.0.1:{port}",
        "http://127.0.0.1:{port}.evil.example",
        None,
    ],
)
async def test_an_unsafe_request_needs_the_exact_origin(origin: str | None) -> None:
    async with serving() as served:
        headers = await served.session()
        del headers["Origin"]
        if origin is not None:
            headers["Origin"] = origin.format(port=served.port)

        answer = await served.http.post("/api/v1/ws-ticket", headers=headers)

        assert answer.status_code == 403


async def test_a_bearer_needs_no_origin_but_may_not_bring_a_foreign_one() -> None:
    async with serving() as served:
        alone = await served.http.post("/api/v1/start-token", headers=served.bearer)
        foreign = await served.http.post(
            "/api/v1/start-token", headers={**served.bearer, "Origin": "https://evil.example"}
        )

        assert (alone.status_code, foreign.status_code) == (200, 403)


@pytest.mark.parametrize(
    ("site", "status"), [("same-origin", 200), ("none", 200), ("cross-site", 403), ("same-site", 403)]
)
async def test_requests_from_other_sites_are_refused(site: str, status: int) -> None:
    async with serving() as served:
        answer = await served.http.get("/health", headers={"Sec-Fetch-Site": site})

        assert answer.status_code == status


async def test_a_start_token_opens_one_session() -> None:
    async with serving() as served:
        body = {"token": mint_start_token(served.app)}
        first = await served.http.post("/api/v1/session", json=body, headers={"Origin": served.origin})
        served.http.cookies.clear()
        second = await served.http.post("/api/v1/session", json=body, headers={"Origin": served.origin})

        cookie = first.headers["set-cookie"].lower()
        assert "httponly" in cookie and "samesite=strict" in cookie and "path=/" in cookie
        assert (first.status_code, second.status_code) == (200, 401)
        assert "kaizen open" in second.json()["error"]["message"]


async def test_a_session_reads_and_asks_but_makes_no_start_tokens() -> None:
    async with serving() as served:
        headers = await served.session()

        reads = await served.http.get("/api/v1/projects", headers=headers)
        asks = await served.http.post("/api/v1/projects/ranges/requests", json={"what": "stop"}, headers=headers)
        owns = await served.http.post("/api/v1/start-token", headers=headers)

        assert (reads.status_code, asks.status_code, owns.status_code) == (200, 202, 403)


async def test_a_session_ends_with_its_time_and_cannot_be_made_up() -> None:
    async with serving() as served:
        headers = await served.session()
        forged = {**headers, "Cookie": headers["Cookie"][:-4] + "0000"}
        assert (await served.http.get("/api/v1/projects", headers=forged)).status_code == 401
        assert (await served.http.get("/api/v1/projects", headers=headers)).status_code == 200

        served.clock.now += 8 * 24 * 3600

        assert (await served.http.get("/api/v1/projects", headers=headers)).status_code == 401


async def test_a_cookie_alone_opens_nothing() -> None:
    """A browser shows it to every port of this machine: whoever serves one of them has it."""
    async with serving() as served:
        mine, other = await served.session(), await served.session()
        stolen = {"Origin": served.origin, "Cookie": mine["Cookie"]}
        mixed = {**stolen, "X-Kaizen-Page": other["X-Kaizen-Page"]}

        reads = [(await served.http.get("/api/v1/projects", headers=each)).status_code for each in (stolen, mixed)]
        asks = await served.http.post("/api/v1/ws-ticket", headers=stolen)
        async with served.socket(stolen) as socket:
            await say(socket, t="sub", ticket="made up", subs=[{"project": "ranges"}])
            heard = await hear(socket, "hello", "bye")

        assert (reads, asks.status_code, heard["code"]) == ([401, 401], 401, "auth")


async def test_a_session_outlives_a_restart_only_with_the_same_key() -> None:
    async with serving(session_key="kept") as served:
        page = await served.session()
        cookie, proof = page["Cookie"].split("=", 1)[1], {"X-Kaizen-Page": page["X-Kaizen-Page"]}

    async with serving(session_key="kept") as again, serving(session_key="other") as other:
        kept = {"Cookie": f"kaizen_session_{again.port}={cookie}", **proof}
        lost = {"Cookie": f"kaizen_session_{other.port}={cookie}", **proof}
        assert (await again.http.get("/api/v1/projects", headers=kept)).status_code == 200
        assert (await other.http.get("/api/v1/projects", headers=lost)).status_code == 401


async def test_wrong_tokens_close_the_exchange_for_a_minute_and_lock_nobody_out() -> None:
    async with serving() as served:
        headers = {"Origin": served.origin}
        for _ in range(20):
            wrong = await served.http.post("/api/v1/session", json={"token": "wrong"}, headers=headers)
            assert wrong.status_code == 401

        locked = await served.http.post("/api/v1/session", json={"token": "wrong"}, headers=headers)
        opened = await served.http.post(
            "/api/v1/session", json={"token": mint_start_token(served.app)}, headers=headers
        )

        assert locked.status_code == 429 and int(locked.headers["retry-after"]) <= 61
        assert opened.status_code == 200


@pytest.mark.parametrize("token", ["x", TOKEN[:-1], TOKEN + "x", "é"])
async def test_a_wrong_bearer_is_nobody(token: str) -> None:
    async with serving() as served:
        headers = [(b"Authorization", f"Bearer {token}".encode())]
        answer = await served.http.get("/api/v1/projects", headers=headers)

        assert answer.status_code == 401


async def test_a_server_without_a_token_has_no_bearer() -> None:
    async with serving(token="") as served:
        answer = await served.http.get("/api/v1/projects", headers={"Authorization": "Bearer"})

        assert answer.status_code == 401


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", None])
async def test_a_stream_from_a_foreign_page_is_refused_at_the_handshake(origin: str | None) -> None:
    async with serving() as served:
        headers = await served.session()
        headers.pop("Origin")
        if origin is not None:
            headers["Origin"] = origin

        with pytest.raises(InvalidStatus) as refusal:
            async with served.socket(headers):
                pass

        assert refusal.value.response.status_code == 403


async def test_a_stream_that_does_not_ask_for_our_subprotocol_is_refused() -> None:
    async with serving() as served:
        headers = await served.session()

        with pytest.raises(InvalidStatus) as refusal:
            async with connect(f"ws://127.0.0.1:{served.port}/api/v1/stream", additional_headers=headers):
                pass

        assert refusal.value.response.status_code == 400


async def test_a_ticket_opens_one_stream() -> None:
    async with serving() as served:
        headers = await served.session()
        ticket = await served.ticket(headers)
        async with served.socket(headers) as first, served.socket(headers) as second:
            await say(first, t="sub", ticket=ticket, subs=[{"project": "ranges"}])
            assert (await hear(first, "hello", "bye"))["t"] == "hello"

            await say(second, t="sub", ticket=ticket, subs=[{"project": "ranges"}])

            assert (await hear(second, "hello", "bye"))["code"] == "auth"
            await second.wait_closed()
            assert second.close_code == 4401


async def test_a_ticket_is_bound_to_its_session_and_its_time() -> None:
    async with serving() as served:
        mine, theirs = await served.session(), await served.session()
        ticket, late = await served.ticket(mine), await served.ticket(mine)
        async with served.socket(theirs) as thief, served.socket(mine) as slow:
            await say(thief, t="sub", ticket=ticket, subs=[])
            assert (await hear(thief, "bye"))["code"] == "auth"

            served.clock.now += 31
            await say(slow, t="sub", ticket=late, subs=[])

            assert (await hear(slow, "bye"))["code"] == "auth"


@pytest.mark.parametrize(
    "message",
    [
        "",
        "[]",
        "{",
        '{"t":"ack","project":"ranges","position":1}',
        '{"t":"sub"}',
        '{"t":"sub","subs":[{"project":"ranges","from":-1}]}',
        "[" * 20000,
    ],
)
async def test_what_is_no_subscription_ends_the_stream(message: str) -> None:
    async with serving() as served:
        headers = await served.session()
        async with served.socket(headers) as socket:
            await socket.send(message)

            bye = await hear(socket, "bye")

            assert bye["code"] == "protocol" and "\n" not in bye["why"]


async def test_a_stream_that_says_nothing_is_ended() -> None:
    async with serving(hello_deadline=0.1) as served:
        headers = await served.session()
        async with served.socket(headers) as socket:
            assert (await hear(socket, "bye"))["code"] == "protocol"


async def test_a_stream_ends_with_its_session() -> None:
    async with serving(heartbeat=0.1) as served, served.stream({"project": "ranges"}) as socket:
        await hear(socket, "hb")

        served.clock.now += 8 * 24 * 3600

        assert (await hear(socket, "bye"))["code"] == "auth"


async def test_too_many_streams_are_turned_away() -> None:
    async with serving(most_clients=1) as served, served.stream({"project": "ranges"}) as first:
        await hear(first, "hello")
        async with served.socket(await served.session()) as second:
            assert (await hear(second, "bye"))["code"] == "busy"


async def test_one_caller_opens_no_more_than_its_share_of_streams() -> None:
    async with serving(most_clients=8) as served:
        greedy, other = await served.session(), await served.session()
        async with served.socket(greedy), served.socket(greedy), served.socket(greedy) as third:
            assert (await hear(third, "bye"))["code"] == "busy"

            async with served.socket(other) as welcome:
                await say(welcome, t="sub", ticket=await served.ticket(other), subs=[{"project": "ranges"}])
                assert (await hear(welcome, "hello", "bye"))["t"] == "hello"


async def test_every_answer_carries_the_security_headers() -> None:
    async with serving() as served:
        for path in ("/", "/health", "/api/v1/projects", "/api/v1/nothing", "/assets/none.js"):
            answer = await served.http.get(path)

            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy and f"ws://127.0.0.1:{served.port}" in policy
            assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["cross-origin-opener-policy"] == "same-origin"
            assert "access-control-allow-origin" not in answer.headers
            assert answer.headers["x-request-id"]


async def test_docs_are_off_by_default() -> None:
    async with serving() as served:
        docs = await served.http.get("/docs", headers=served.bearer)
        described = await served.get("/api/v1/openapi.json")

        assert "swagger" not in docs.text.lower()
        assert "/api/v1/projects/{project}/requests" in described.json()["paths"]


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_large_body_is_refused(chunked: bool) -> None:
    async def parts() -> Any:
        for _ in range(270):
            yield b"x" * 1024

    async with serving() as served:
        content = parts() if chunked else b"x" * 270 * 1024
        headers = {**served.bearer, "Content-Type": "application/json"}
        try:
            answer = await served.http.post("/api/v1/runs", content=content, headers=headers)
        except httpx.WriteError:
            return
        assert answer.status_code == 413
        assert json.loads(answer.text)["error"]["code"] == "too_large"
