"""What every store promises; each adapter's test class inherits it and gives the fixture `store`."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import aclosing, suppress
from typing import Any

import pytest

from ledger.codec import Unreadable
from ledger.errors import Conflict, Fenced, LedgerError
from ledger.events import (
    DIRECTOR,
    REQUESTS,
    ActionRecorded,
    AnyEvent,
    AttemptGaveUp,
    AttemptId,
    MilestoneReached,
    PatchMeasured,
    Reading,
    RequestId,
    RunId,
    StopRequested,
)
from ledger.events.recorded import Recorded
from ledger.subscription import follow


def action(name: str = "edited", **details: str) -> ActionRecorded:
    return ActionRecorded(agent="coder", action=name, details=details)


def milestone(name: str = "tests") -> MilestoneReached:
    return MilestoneReached(run=RunId("r1"), name=name)


async def collect(store: Any, count: int, after: int = 0, **chosen: Any) -> list[Recorded]:
    """The first `count` events a follower sees."""
    seen: list[Recorded] = []
    async with aclosing(follow(store, after, **chosen)) as batches:
        async for batch in batches:
            seen += batch
            if len(seen) >= count:
                break
    return seen


def in_threads(count: int, work: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class StoreContract:
    """Appending, reading, following."""

    def test_a_new_ledger_stands_at_zero(self, store: Any) -> None:
        assert store.head().position == 0
        assert list(store.read()) == []
        assert store.verify().intact

    def test_positions_and_versions_are_dense_from_one(self, store: Any) -> None:
        store.append(DIRECTOR, [action(), milestone()]).result()
        store.append(REQUESTS, [StopRequested(request=RequestId("q1"))]).result()
        store.append(DIRECTOR, [action()]).result()

        assert [(one.position, one.stream, one.version) for one in store.read()] == [
            (1, DIRECTOR, 1),
            (2, DIRECTOR, 2),
            (3, REQUESTS, 1),
            (4, DIRECTOR, 3),
        ]

    def test_what_is_read_is_what_the_append_returned(self, store: Any, clock: Any) -> None:
        clock.pass_(5)
        written = store.append(DIRECTOR, [action(why="ü"), milestone()], actor="user", cause=0).result()

        assert tuple(store.read()) == written
        assert written[0].at == clock.now
        assert written[0].actor == "user"
        assert store.head().link == written[-1].link

    def test_an_append_of_nothing_is_nothing(self, store: Any) -> None:
        assert store.append(DIRECTOR, [], expected=0, key="none").result() == ()
        assert store.head().position == 0

    def test_another_version_than_expected_is_a_conflict_and_writes_nothing(self, store: Any) -> None:
        store.append(DIRECTOR, [action()], expected=0).result()

        with pytest.raises(Conflict) as caught:
            store.append(DIRECTOR, [action(), action()], expected=0).result()

        assert (caught.value.expected, caught.value.actual) == (0, 1)
        assert store.head().position == 1

    def test_the_same_key_gives_what_was_appended_first(self, store: Any) -> None:
        first = store.append(DIRECTOR, [action("a"), action("b")], expected=0, key="once").result()
        store.append(DIRECTOR, [action("c")], expected=2).result()

        again = store.append(DIRECTOR, [action("other")], expected=0, key="once").result()

        assert again == first
        assert store.head().position == 3

    def test_a_stale_token_is_fenced_off(self, store: Any) -> None:
        store.append(DIRECTOR, [action()], token=7).result()
        store.append(DIRECTOR, [action()], token=8).result()

        with pytest.raises(Fenced) as caught:
            store.append(DIRECTOR, [action()], token=7).result()

        assert (caught.value.token, caught.value.current) == (7, 8)
        store.append(REQUESTS, [action()]).result()
        assert store.head().position == 3

    def test_of_racing_appends_at_one_version_exactly_one_wins(self, store: Any) -> None:
        won: list[int] = []

        def race(number: int) -> None:
            for version in range(10):
                with suppress(Conflict):
                    store.append(DIRECTOR, [action(str(number))], expected=version).result()
                    won.append(version)

        in_threads(8, race)

        assert sorted(won) == sorted(set(won))
        assert [one.version for one in store.stream(DIRECTOR)] == list(range(1, len(won) + 1))

    def test_sixteen_producers_lose_nothing_and_tear_nothing(self, store: Any) -> None:
        def produce(number: int) -> None:
            futures = [
                store.append(f"attempt-{number}", [action(f"{number}.{turn}.{part}") for part in range(3)])
                for turn in range(20)
            ]
            for future in futures:
                future.result()

        in_threads(16, produce)

        events = store.read(limit=2000)
        assert [one.position for one in events] == list(range(1, 16 * 20 * 3 + 1))
        names = [one.event.action.split(".") for one in events]
        for first in range(0, len(names), 3):
            together = names[first : first + 3]
            assert {(number, turn) for number, turn, _ in together} == {(together[0][0], together[0][1])}
            assert [part for _, _, part in together] == ["0", "1", "2"]
        assert store.verify().intact

    def test_a_refused_append_does_not_hurt_those_beside_it(self, store: Any) -> None:
        futures = [store.append(DIRECTOR, [action(str(n))], expected=n if n % 2 else None) for n in range(50)]
        wrong = [store.append(DIRECTOR, [action()], expected=999) for _ in range(10)]
        last = store.append(DIRECTOR, [action("last")])

        assert last.result()[0].version == len([f for f in futures if f.exception() is None]) + 1
        assert all(isinstance(future.exception(), Conflict) for future in wrong)

    def test_reading_chooses_by_position_stream_kind_and_limit(self, store: Any) -> None:
        for number in range(6):
            store.append(DIRECTOR if number % 2 else REQUESTS, [action(), milestone(str(number))]).result()

        def positions(**chosen: Any) -> list[int]:
            return [one.position for one in store.read(**chosen)]

        assert positions(after=10) == [11, 12]
        assert positions(limit=2) == [1, 2]
        assert positions(stream=REQUESTS, limit=3) == [1, 2, 5]
        assert positions(kinds=["MilestoneReached"], after=4) == [6, 8, 10, 12]
        assert positions(kinds=["MilestoneReached", "ActionRecorded"], stream=DIRECTOR, after=8) == [11, 12]
        assert positions(after=99) == []

    def test_a_stream_is_read_from_a_version_on(self, store: Any) -> None:
        store.append(DIRECTOR, [action(str(n)) for n in range(2500)]).result()
        store.append(REQUESTS, [action()]).result()

        assert [one.version for one in store.stream(DIRECTOR, after=3)] == list(range(4, 2501))
        assert list(store.stream("attempt-none")) == []

    def test_a_value_that_could_not_be_read_again_is_never_written(self, store: Any) -> None:
        with pytest.raises(Unreadable):
            store.append(DIRECTOR, [action(), ActionRecorded(agent=5, action="x")])  # type: ignore[arg-type]

        assert store.head().position == 0

    @pytest.mark.parametrize("odd", [{"actor": "\udce9"}, {"key": "\udce9"}, {"cause": -1}, {"token": 1 << 63}])
    def test_what_no_store_can_keep_is_refused_at_once(self, store: Any, odd: dict[str, Any]) -> None:
        with pytest.raises(ValueError):
            store.append(DIRECTOR, [action()], **odd)

        assert store.append(DIRECTOR, [action()]).result()[0].position == 1

    def test_text_outside_unicode_is_kept_with_escapes(self, store: Any) -> None:
        store.append(DIRECTOR, [action("read caf\udce9.txt")]).result()

        assert store.read()[0].event.action == "read caf\\udce9.txt"

    def test_an_unmeasurable_value_stays_one(self, store: Any) -> None:
        reading = Reading(gate="tests", value=float("nan"))
        measured = PatchMeasured(attempt=AttemptId("r1.i1.a1"), base="b", tree="t", readings=(reading,), score=0.0)

        written = store.append(DIRECTOR, [measured]).result()

        assert written[0].event.readings[0].value is None
        assert tuple(store.read()) == written

    def test_waiting_ends_with_the_next_append(self, store: Any) -> None:
        store.append(DIRECTOR, [action()]).result()
        later = threading.Timer(0.05, lambda: store.append(DIRECTOR, [action()]))
        later.start()

        assert store.wait(0, 0.0)
        assert not store.wait(1, 0.0)
        assert store.wait(1, 10.0)
        later.join()

    def test_a_snapshot_is_kept_for_its_revision_of_the_code(self, store: Any) -> None:
        store.append(DIRECTOR, [action(), action()]).result()

        store.save_snapshot("overview", "v1", 1, b"old")
        store.save_snapshot("overview", "v1", 2, b"new")
        store.save_snapshot("ahead", "v1", 9, b"of a future that never was")

        assert store.load_snapshot("overview", "v1") == (2, b"new")
        assert store.load_snapshot("overview", "v2") is None
        assert store.load_snapshot("ahead", "v1") is None
        assert store.load_snapshot("nothing", "v1") is None

    def test_a_closed_store_says_so(self, store: Any) -> None:
        store.append(DIRECTOR, [action()]).result()
        store.close()
        store.close()

        with pytest.raises(LedgerError, match="closed"):
            store.read()
        with pytest.raises(LedgerError, match="closed"):
            store.append(DIRECTOR, [action()]).result()
        with pytest.raises(LedgerError, match="closed"):
            store.wait(1, 5.0)

    async def test_a_follower_sees_each_event_once_and_in_order(self, store: Any) -> None:
        store.append(DIRECTOR, [action("before")]).result()
        watching = asyncio.create_task(collect(store, 301, batch=7))
        writing = [
            asyncio.create_task(asyncio.to_thread(_append_one_by_one, store, f"attempt-{number}", 100))
            for number in range(3)
        ]
        await asyncio.gather(*writing)

        seen = await asyncio.wait_for(watching, 20)

        assert [one.position for one in seen] == list(range(1, 302))

    async def test_a_follower_can_choose_kinds_and_a_stream(self, store: Any) -> None:
        watching = asyncio.create_task(collect(store, 3, after=1, kinds=["MilestoneReached"], stream=DIRECTOR, batch=2))
        for number in range(3):
            store.append(REQUESTS, [milestone("elsewhere"), action()]).result()
            await asyncio.sleep(0.01)
            store.append(DIRECTOR, [action(), milestone(str(number))]).result()

        seen = await asyncio.wait_for(watching, 20)

        assert [one.event.name for one in seen] == ["0", "1", "2"]

    async def test_many_followers_share_one_waiting_thread(self, store: Any) -> None:
        before = set(threading.enumerate())
        watching = [asyncio.create_task(collect(store, 2)) for _ in range(100)]
        await asyncio.sleep(0.1)
        bells = [thread for thread in threading.enumerate() if thread.name == "ledger-bell" and thread not in before]

        await asyncio.wrap_future(store.append(DIRECTOR, [action("a"), action("b")]))
        seen = await asyncio.wait_for(asyncio.gather(*watching), 20)

        assert len(bells) == 1
        assert all([one.position for one in events] == [1, 2] for events in seen)

    async def test_a_cancelled_follower_leaves_the_others_alone(self, store: Any) -> None:
        cancelled = asyncio.create_task(collect(store, 1))
        staying = asyncio.create_task(collect(store, 1))
        await asyncio.sleep(0.05)
        cancelled.cancel()
        await asyncio.gather(cancelled, return_exceptions=True)

        store.append(DIRECTOR, [action()]).result()

        assert cancelled.cancelled()
        assert len(await asyncio.wait_for(staying, 20)) == 1

    async def test_followers_end_when_the_store_is_closed(self, store: Any) -> None:
        watching = asyncio.create_task(collect(store, 1))
        await asyncio.sleep(0.05)
        store.close()

        with pytest.raises(LedgerError, match="closed"):
            await asyncio.wait_for(watching, 20)


def _append_one_by_one(store: Any, stream: str, count: int) -> None:
    for number in range(count):
        event: AnyEvent = AttemptGaveUp(attempt=AttemptId(stream), why=str(number))
        store.append(stream, [event], expected=number).result()
