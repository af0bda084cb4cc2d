"""Signals are lossy: who is slow loses the oldest, and the publisher never waits."""

from __future__ import annotations

import asyncio
import threading
from functools import partial

from ledger.signals import Signals


def test_each_listener_hears_each_signal_in_order() -> None:
    board = Signals()
    board.publish({"before": 0})
    with board.listen() as one, board.listen() as other:
        for number in range(3):
            board.publish({"token": number})

        assert one.take() == other.take() == [{"token": 0}, {"token": 1}, {"token": 2}]
        assert one.take() == []


def test_a_slow_listener_loses_the_oldest() -> None:
    board = Signals()
    with board.listen(room=2) as slow:
        for number in range(5):
            board.publish({"token": number})

        assert slow.take() == [{"token": 3}, {"token": 4}]
        assert slow.lost == 3


def test_a_closed_listener_hears_nothing_more() -> None:
    board = Signals()
    listener = board.listen()
    listener.close()
    listener.close()

    board.publish({"token": 1})

    assert listener.take() == []


def test_taking_waits_for_the_first_signal() -> None:
    board = Signals()
    with board.listen() as listener:
        publisher = threading.Timer(0.05, board.publish, [{"token": 1}])
        publisher.start()

        assert listener.take(timeout=10) == [{"token": 1}]
        publisher.join()
        assert listener.take(timeout=0.01) == []


async def test_an_event_loop_is_woken_from_another_thread() -> None:
    board, woken = Signals(), asyncio.Event()
    wake = partial(asyncio.get_running_loop().call_soon_threadsafe, woken.set)
    with board.listen(wake=wake) as listener:
        await asyncio.to_thread(board.publish, {"token": 1})
        await asyncio.wait_for(woken.wait(), 10)

        assert listener.take() == [{"token": 1}]


def test_a_listener_whose_loop_is_gone_does_not_hurt_the_publisher() -> None:
    board, loop = Signals(), asyncio.new_event_loop()
    listener = board.listen(wake=partial(loop.call_soon_threadsafe, print))
    loop.close()

    board.publish({"token": 1})
    board.publish({"token": 2})

    assert listener.take() == [{"token": 1}]


def test_many_publishers_tear_nothing() -> None:
    board = Signals()
    with board.listen(room=10_000) as listener:
        threads = [threading.Thread(target=lambda: [board.publish({"token": n}) for n in range(500)]) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(listener.take()) + listener.lost == 8 * 500
