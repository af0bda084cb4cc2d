"""A start of the page goes on from what was folded before: nothing it reads then grows with the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from dashboard.server.feed import Feed
from dashboard.server.folds import PROJECTION, Folds, revision
from dashboard.server.ledgers import ProjectName
from knowledge_graph.view import as_table, neighbourhood, patterns
from ledger.codec import encode
from ledger.errors import Damaged, Unwritable
from ledger.events.recorded import Recorded
from ledger.memory import MemoryStore
from tests import story
from tests.dashboard.serving import Opened, notices
from tests.golden.write import long, recorded
from tests.story_parts import Told

OFTEN = 100


def folded(rows: Iterable[Recorded], folds: Folds) -> Folds:
    for one in rows:
        folds.evolve(one)
    return folds


def shown(folds: Folds) -> list[object]:
    """Return all that can be seen of the folds; of what is listed, also in which order."""
    graph, listed = folds.errors, [folds.history.checkpoints, folds.asked.attempts, folds.asked.tasks.tasks]
    around = [neighbourhood(graph, error, 2) for error in graph.errors]
    seen = [folds.board, folds.history, folds.asked, folds.kinds, graph.rows, as_table(graph), patterns(graph), around]
    return [*seen, *map(list, listed)]


@pytest.mark.parametrize(("told", "every"), [(story.whole(str), 57), (long(), 900)])
def test_folds_that_were_written_go_on_as_if_nothing_had_happened(told: list[Told], every: int) -> None:
    rows = [replace(one, event=encode(one.event).event) for one in recorded(told)]
    whole = folded(rows, Folds())

    for place in range(0, len(rows), every):
        again = folded(rows[place:], Folds.of(folded(rows[:place], Folds()).written()))

        assert shown(again) == shown(whole), place


class Watched(MemoryStore):
    """A store that notes how many events were read of it."""

    def __init__(self) -> None:
        super().__init__(lambda: 0.0)
        self.events_read = 0

    def read(
        self, *, after: int = 0, limit: int = 1000, stream: str | None = None, kinds: Sequence[str] = ()
    ) -> Sequence[Recorded]:
        found = super().read(after=after, limit=limit, stream=stream, kinds=kinds)
        self.events_read += len(found)
        return found


class Broken(Watched):
    """A store that cannot be read to its end."""

    def read(
        self, *, after: int = 0, limit: int = 1000, stream: str | None = None, kinds: Sequence[str] = ()
    ) -> Sequence[Recorded]:
        if after >= 2500:
            raise Damaged("ledger", after + 1, "the disk is gone")
        return super().read(after=after, limit=limit, stream=stream, kinds=kinds)


class Full(Watched):
    """A store on a disk that is full."""

    def save_snapshot(self, name: str, rev: str, position: int, body: bytes) -> None:
        raise Unwritable("ledger", "the disk is full")


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep snapshots so often that short ledgers have some."""
    monkeypatch.setattr("dashboard.server.feed.KEPT_EVERY", OFTEN)


async def started(store: MemoryStore) -> Feed:
    """Follow a ledger until it is folded, or cannot be, and what is to be kept is kept; then stop."""
    opened = Opened(ProjectName("ranges"), store)
    feed = Feed(opened, reopen=lambda: opened, pace=0.0)
    following = asyncio.create_task(feed.run())
    assert await feed.until(lambda: feed.caught_up or bool(feed.problem), 20)
    await asyncio.sleep(0.05)
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    return feed


async def test_a_second_start_reads_only_what_came_after_the_first() -> None:
    store = Watched()
    store.append("director", notices(OFTEN))
    before = await started(store)
    store.append("director", notices(3))
    store.events_read = 0

    after = await started(store)

    assert (before.position, after.position, store.events_read) == (OFTEN, OFTEN + 3, 3)
    assert after.kinds == {"NoticeRaised": OFTEN + 3}
    batch = await after.batch(0)
    assert batch is not None and batch.first == 1, "older events are still there for whoever asks"


async def test_a_start_that_does_not_reach_the_end_leaves_the_next_one_less_to_read() -> None:
    store = Broken()
    store.append("director", notices(30 * OFTEN))

    feed = await started(store)

    kept = store.load_snapshot(PROJECTION, revision())
    assert "the disk is gone" in feed.problem and not feed.caught_up
    assert kept is not None and kept.position == 20 * OFTEN


async def test_a_disk_that_is_full_keeps_the_page_from_nothing() -> None:
    store = Full()
    store.append("director", notices(OFTEN))

    feed = await started(store)

    assert feed.position == OFTEN and store.load_snapshot(PROJECTION, revision()) is None
