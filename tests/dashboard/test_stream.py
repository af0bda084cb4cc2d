"""The stream `kaizen.v1`: batches, resuming, gaps, heartbeats, signals, goodbyes."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from ledger.events import NoticeRaised
from ledger.memory import MemoryStore
from ledger.store import Head
from tests.dashboard.serving import Clock, MemoryLedgers, Opened, Served, hear, notices, say, serving

pytestmark = pytest.mark.slow


async def ack(socket: Any, position: int, project: str = "ranges") -> None:
    await say(socket, t="ack", project=project, position=position)


async def settled(served: Served, name: str = "ranges") -> int:
    """Wait until the server has folded everything that was appended."""
    head = served.project(name).store.head().position
    feed = await served.app.state.parts.feeds.ready(name)
    assert await feed.reach(head, 5)
    return head


async def test_events_arrive_in_order_as_flat_rows() -> None:
    async with serving() as served, served.stream({"project": "ranges", "from": 0}) as socket:
        hello = await hear(socket, "hello")
        served.project().store.append("director", notices(3)).result()

        batch = await hear(socket, "batch")

        place = {"lineage": "memory", "head": 0, "from": 0, "resumed": True}
        assert hello == {"t": "hello", "project": "ranges", "role": "operator", **place}
        assert (batch["first"], batch["last"], batch["head"]) == (1, 3, 3)
        assert [row["message"] for row in batch["ev"]] == ["notice 0", "notice 1", "notice 2"]
        assert batch["ev"][0]["kind"] == "NoticeRaised" and batch["ev"][0]["position"] == 1


async def test_cut_connections_leave_no_hole_and_no_double() -> None:
    """The client resumes from the last position it has, again and again, while events keep coming."""
    chance, seen, total = random.Random(7), [], 3000
    async with serving(pace=0.005) as served:
        store = served.project().store

        async def write() -> None:
            for start in range(0, total, 20):
                store.append("director", notices(20, start)).result()
                await asyncio.sleep(0.002)

        writing = asyncio.create_task(write())
        while len(seen) < total:
            async with served.stream({"project": "ranges", "from": len(seen), "lineage": "memory"}) as socket:
                assert (await hear(socket, "hello"))["resumed"]
                for _ in range(chance.randint(1, 8)):
                    if len(seen) == total:
                        break
                    batch = await hear(socket, "batch")
                    seen += [row["position"] for row in batch["ev"]]
                    await ack(socket, batch["last"])
                if chance.random() < 0.5:
                    socket.transport.abort()
        await writing

    assert seen == list(range(1, total + 1))


async def test_a_client_that_owes_four_acknowledgements_gets_no_more() -> None:
    async with serving(pace=0.01, ack_due=0.0) as served, served.stream({"project": "ranges", "from": 0}) as socket:
        got: list[dict[str, Any]] = []
        for number in range(4):
            served.project().store.append("director", notices(1, number)).result()
            got.append(await hear(socket, "batch"))
        served.project().store.append("director", notices(5, 4)).result()
        with pytest.raises(TimeoutError):
            await hear(socket, "batch", within=0.3)

        await ack(socket, 4)

        after = await hear(socket, "batch")
        assert [batch["last"] for batch in got] == [1, 2, 3, 4]
        assert (after["first"], after["last"]) == (5, 9)


async def test_small_batches_flow_while_an_acknowledgement_is_not_yet_due() -> None:
    """A client that acknowledges once a second sees twenty batches in between, not four."""
    async with serving(pace=0.01) as served, served.stream({"project": "ranges", "from": 0}) as socket:
        await hear(socket, "hello")
        for number in range(20):
            served.project().store.append("director", notices(1, number)).result()
            assert (await hear(socket, "batch"))["last"] == number + 1


async def test_a_ledger_that_was_closed_and_opened_again_is_followed_again() -> None:
    async with serving() as served, served.stream({"project": "ranges", "from": 0}) as socket:
        first = served.project()
        first.store.append("director", notices(2)).result()
        await ack(socket, (await hear(socket, "batch"))["last"])
        again = MemoryStore(served.clock)
        again.append("director", notices(3)).result()

        served.ledgers.projects[first.name] = Opened(first.name, again)
        first.store.close()  # type: ignore[attr-defined]

        batch = await hear(socket, "batch", within=10)
        assert (batch["first"], batch["last"]) == (3, 3)


async def test_a_slow_client_gets_a_gap_and_slows_nobody() -> None:
    """One client stops acknowledging; the writer and the other client do not notice, then it is told what it missed."""
    async with serving(pace=0.01) as served:
        store = served.project().store
        async with (
            served.stream({"project": "ranges", "from": 0}) as slow,
            served.stream({"project": "ranges", "from": 0}) as quick,
        ):
            await hear(slow, "hello")
            quick_last = slow_last = 0
            for start in range(0, 20_000, 500):
                store.append("director", notices(500, start)).result()
                while quick_last < start + 500:
                    batch = await hear(quick, "batch")
                    assert batch["first"] == quick_last + 1
                    quick_last = batch["last"]
                    await ack(quick, quick_last)
            with pytest.raises(TimeoutError):
                while True:
                    slow_last = (await hear(slow, "batch", "gap", within=0.5))["last"]

            await ack(slow, slow_last)
            gap = await hear(slow, "gap", "batch")
            store.append("director", notices(1)).result()
            batch = await hear(slow, "batch")

        assert quick_last == 20_000 and 0 < slow_last <= 8000
        assert gap == {"t": "gap", "project": "ranges", "from": slow_last + 1, "to": 20_000, "head": 20_000}
        assert (batch["first"], batch["last"]) == (20_001, 20_001)


async def test_a_client_far_behind_is_told_what_to_read_by_rest() -> None:
    ledgers = MemoryLedgers("ranges", clock=Clock())
    ledgers.open(ledgers.names()[0]).store.append("director", notices(9000)).result()
    async with serving(ledgers) as served:
        await settled(served)
        async with served.stream({"project": "ranges", "from": 10}) as socket:
            gap = await hear(socket, "gap", "batch")

    assert (gap["t"], gap["from"], gap["to"]) == ("gap", 11, 9000)


async def test_a_batch_is_bounded_in_events_and_in_bytes() -> None:
    ledgers = MemoryLedgers("ranges", "wide", clock=Clock())
    ledgers.open(ledgers.names()[0]).store.append("director", notices(5000)).result()
    wide = [NoticeRaised(code="n", message="x" * 20_000) for _ in range(40)]
    giant = [NoticeRaised(code="n", message="x" * 400_000)]
    ledgers.open(ledgers.names()[1]).store.append("director", [*wide, *giant]).result()
    async with serving(ledgers, pace=0.01) as served:
        await settled(served), await settled(served, "wide")
        last = {"ranges": 0, "wide": 0}
        async with served.stream({"project": "ranges", "from": 0}, {"project": "wide", "from": 0}) as socket:
            while last != {"ranges": 5000, "wide": 41}:
                batch = await hear(socket, "batch")
                assert batch["first"] == last[batch["project"]] + 1
                assert len(batch["ev"]) <= 2000
                assert len(json.dumps(batch)) < 300_000 or len(batch["ev"]) == 1
                last[batch["project"]] = batch["last"]
                await ack(socket, batch["last"], batch["project"])


async def test_batches_keep_their_pace() -> None:
    async with serving(pace=0.05) as served, served.stream({"project": "ranges", "from": 0}) as socket:
        store, loop = served.project().store, asyncio.get_running_loop()
        began, batches, last = loop.time(), 0, 0

        async def write() -> None:
            for number in range(250):
                store.append("director", notices(1, number)).result()
                await asyncio.sleep(0.002)

        writing = asyncio.create_task(write())
        while last < 250:
            batch = await hear(socket, "batch")
            batches, last = batches + 1, batch["last"]
            await ack(socket, last)
        await writing

        assert batches <= (loop.time() - began) * 20 + 2


async def test_heartbeats_carry_the_heads() -> None:
    ledgers = MemoryLedgers("ranges", "other", clock=Clock())
    async with (
        serving(ledgers, heartbeat=0.1) as served,
        served.stream({"project": "ranges"}, {"project": "other"}) as socket,
    ):
        served.project("other").store.append("director", notices(2)).result()
        await settled(served, "other")

        beats = [await hear(socket, "hb") for _ in range(2)]

        assert beats[-1] == {"t": "hb", "heads": {"ranges": 0, "other": 2}}


async def test_a_client_of_another_lineage_starts_anew() -> None:
    async with serving() as served:
        served.project().store.append("director", notices(5)).result()
        await settled(served)
        async with served.stream({"project": "ranges", "from": 2, "lineage": "an-older-one"}) as socket:
            hello = await hear(socket, "hello")
        async with served.stream({"project": "ranges", "from": 99, "lineage": "memory"}) as socket:
            ahead = await hear(socket, "hello")

    assert (hello["resumed"], hello["from"]) == (False, 5)
    assert (ahead["resumed"], ahead["from"]) == (False, 5)


async def test_a_restored_ledger_is_told_to_every_client_and_counted_anew() -> None:
    """The file was replaced by a backup under the running server: another lineage, a lower head."""

    class Restored(MemoryStore):
        def head(self) -> Head:
            head = super().head()
            return Head(head.position, head.link, "restored")

    async with serving() as served, served.stream({"project": "ranges", "from": 0}) as socket:
        served.project().store.append("director", notices(3)).result()
        await hear(socket, "batch")
        backup = Restored(served.clock)
        backup.append("director", notices(1)).result()

        served.project().store = backup

        hello = await hear(socket, "hello")
        while hello["resumed"]:
            hello = await hear(socket, "hello")
        await settled(served)
        assert (hello["lineage"], hello["resumed"]) == ("restored", False)
        assert 'kind="NoticeRaised",project="ranges"} 1.0' in (await served.http.get("/metrics")).text


async def test_an_unknown_project_is_refused_and_the_others_go_on() -> None:
    async with serving() as served, served.stream({"project": "gone"}, {"project": "ranges", "from": 0}) as socket:
        assert "known: ranges" in (await hear(socket, "refused"))["why"]
        assert (await hear(socket, "hello"))["project"] == "ranges"


async def test_projects_can_be_added_and_left_later() -> None:
    ledgers = MemoryLedgers("ranges", "other", clock=Clock())
    async with serving(ledgers, heartbeat=0.1) as served, served.stream({"project": "ranges"}) as socket:
        await hear(socket, "hello")

        await say(socket, t="sub", subs=[{"project": "other", "from": 0}])
        assert (await hear(socket, "hello"))["project"] == "other"
        await say(socket, t="unsub", projects=["ranges"])
        served.project("ranges").store.append("director", notices(1)).result()
        served.project("other").store.append("director", notices(1)).result()

        assert (await hear(socket, "batch"))["project"] == "other"
        assert set((await hear(socket, "hb"))["heads"]) == {"other"}


async def test_signals_pass_through_and_may_be_lost() -> None:
    async with serving() as served, served.stream({"project": "ranges"}) as socket:
        await hear(socket, "hello")
        for number in range(5000):
            served.project().signals.publish({"attempt": "r1.i1.a1", "tokens": number})
            if number == 0:
                await asyncio.sleep(0.1)

        first = await hear(socket, "signal")
        later = await hear(socket, "signal")

        assert first["signals"][0] == {"attempt": "r1.i1.a1", "tokens": 0}
        assert len(later["signals"]) <= 64 and later["signals"][-1]["tokens"] == 4999


async def test_the_end_of_the_server_is_said_to_every_stream() -> None:
    async with serving() as served:
        headers = await served.session()
        ticket = await served.ticket(headers)
        socket_end: dict[str, Any] = {}

        async def watch() -> None:
            async with served.socket(headers) as socket:
                await say(socket, t="sub", ticket=ticket, subs=[{"project": "ranges"}])
                socket_end.update(await hear(socket, "bye", within=10))
                with pytest.raises(ConnectionClosed):
                    await socket.recv()
                socket_end["close"] = socket.close_code

        watching = asyncio.create_task(watch())
        await asyncio.sleep(0.2)
    await watching

    assert (socket_end["code"], socket_end["close"]) == ("restart", 1012)
    assert socket_end["retry_ms"] > 0


async def test_a_message_too_large_ends_the_stream() -> None:
    async with serving() as served, served.stream({"project": "ranges"}) as socket:
        await hear(socket, "hello")

        await socket.send("x" * 70_000)

        with pytest.raises((ConnectionClosed, AssertionError)):
            while True:
                assert json.loads(await socket.recv())["t"] != "bye"
