"""The face over a ledger: it asks, waits for the director's answer, and shows folds of the events."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Missing
from ledger.events import (
    DIRECTOR,
    REQUESTS,
    AnyEvent,
    AttemptId,
    BaselineMeasured,
    Budget,
    CheckpointCreated,
    CheckpointId,
    CheckpointRequested,
    GateSpec,
    IterationStarted,
    MilestoneReached,
    PatchLanded,
    PatchMeasured,
    PatchRejected,
    Reading,
    Reason,
    RequestHonoured,
    RequestRefused,
    RollbackRequested,
    RunId,
    RunStarted,
)
from ledger.memory import MemoryStore
from ledger.project import ProjectLedger, Refused, Unanswered
from ledger.sql import SqliteStore

RUN = RunId("r1")


def checkpoint(name: str, commit: str, request: str = "") -> CheckpointCreated:
    return CheckpointCreated(
        run=RUN,
        checkpoint=CheckpointId(name),
        commit=commit,
        tree="t",
        gates={"tests": 1.0},
        score=50.0,
        title=name,
        request=request,  # type: ignore[arg-type]
    )


def measured(attempt: str, value: float) -> PatchMeasured:
    reading = Reading(gate="tests", value=value)
    return PatchMeasured(attempt=AttemptId(attempt), base="b", tree="t", readings=(reading,), score=0.0)


STORY: Sequence[AnyEvent] = (
    RunStarted(
        run=RUN,
        at=1.0,
        commit="c0",
        tree="t0",
        branch="kaizen/run-1",
        gates=(GateSpec(name="tests", better="higher", target=1.0, tolerance=0.0),),
        budget=Budget(),
        seed=1,
        parallel=2,
    ),
    BaselineMeasured(run=RUN, tree="t0", readings=(Reading(gate="tests", value=0.5),), score=50.0),
    checkpoint("k0", "c0"),
    IterationStarted(run=RUN, iteration=1, tasks=(), why="first"),
    measured("r1.i1.a1", 1.0),
    measured("r1.i1.a2", 0.75),
    PatchRejected(attempt=AttemptId("r1.i1.a1"), reasons=(Reason(code="honesty", message="a test was removed"),)),
    PatchLanded(attempt=AttemptId("r1.i1.a2"), checkpoint=CheckpointId("k1"), commit="c1", tree="t1"),
    checkpoint("k1", "c1"),
    MilestoneReached(run=RUN, name="tests"),
)


def answering(store: MemoryStore, answer: Callable[[AnyEvent], list[AnyEvent]]) -> threading.Thread:
    """A director that answers the next request."""

    def direct() -> None:
        after = store.head().position
        store.wait(after, 10)
        for one in store.read(after=after, stream=REQUESTS):
            store.append(DIRECTOR, answer(one.event)).result()

    thread = threading.Thread(target=direct)
    thread.start()
    return thread


@pytest.fixture
def ledger(store: MemoryStore) -> ProjectLedger:
    store.append(DIRECTOR, STORY).result()
    return ProjectLedger("shop", lambda _: store, patience=10.0, new_id=lambda: "q1")


def test_it_shows_where_the_project_stands(ledger: ProjectLedger) -> None:
    assert ledger.project_name == "shop"
    assert ledger.current_iteration == 1
    assert ledger.milestones == ["tests"]
    assert list(ledger.checkpoints) == ["k0", "k1"]
    assert ledger.checkpoints["k1"].commit == "c1"
    assert ledger.calculate_quality_score() == 75.0


def test_what_is_appended_later_is_shown_too(ledger: ProjectLedger, store: MemoryStore) -> None:
    assert ledger.current_iteration == 1

    store.append(DIRECTOR, [IterationStarted(run=RUN, iteration=2, tasks=(), why="next")]).result()

    assert ledger.current_iteration == 2


def test_an_action_is_written_down(ledger: ProjectLedger) -> None:
    position = ledger.record_action("reviewer", "read", {"file": "a.py", "lines": 3, "ok": True})

    last = ledger.get_project_history()[-1]
    assert last["position"] == position == len(STORY) + 1
    assert (last["kind"], last["agent"], last["action"], last["actor"]) == (
        "ActionRecorded",
        "reviewer",
        "read",
        "reviewer",
    )
    assert last["details"] == {"file": "a.py", "lines": "3", "ok": "true"}


def test_the_history_is_every_event_from_the_first(ledger: ProjectLedger) -> None:
    history = ledger.get_project_history()

    assert [event["position"] for event in history] == list(range(1, len(STORY) + 1))
    assert {event["run"] for event in history} == {"r1"}


def test_a_checkpoint_is_asked_for_and_named(ledger: ProjectLedger, store: MemoryStore) -> None:
    def answer(wish: AnyEvent) -> list[AnyEvent]:
        assert isinstance(wish, CheckpointRequested)
        return [checkpoint("k2", "c1", wish.request), RequestHonoured(request=wish.request, note="k2")]

    director = answering(store, answer)

    assert ledger.create_checkpoint("before the holidays") == "k2"
    director.join()


def test_a_rollback_is_asked_for_at_the_head_one_has_seen(ledger: ProjectLedger, store: MemoryStore) -> None:
    def answer(wish: AnyEvent) -> list[AnyEvent]:
        assert isinstance(wish, RollbackRequested)
        assert (wish.checkpoint, wish.head) == ("k0", "c1")
        return [checkpoint("k2", "c2", wish.request), RequestHonoured(request=wish.request, note="k2")]

    director = answering(store, answer)

    assert ledger.rollback_to_checkpoint("k0") == "k2"
    director.join()


def test_a_refusal_says_why(ledger: ProjectLedger, store: MemoryStore) -> None:
    director = answering(
        store,
        lambda wish: [RequestRefused(request=wish.request, why="the branch moved")],  # type: ignore[union-attr]
    )

    with pytest.raises(Refused, match="the branch moved"):
        ledger.rollback_to_checkpoint("k0")
    director.join()


def test_an_unknown_checkpoint_is_not_even_asked_for(ledger: ProjectLedger, store: MemoryStore) -> None:
    with pytest.raises(Missing, match="k9"):
        ledger.rollback_to_checkpoint("k9")

    assert store.head().position == len(STORY)


def test_without_a_director_the_request_stays_and_one_is_told(store: MemoryStore) -> None:
    ledger = ProjectLedger("shop", lambda _: store, patience=0.05)

    with pytest.raises(Unanswered, match="kaizen up"):
        ledger.create_checkpoint()

    assert store.head().position == 1


def test_its_file_is_named_by_the_project(tmp_path: Path) -> None:
    opened: list[SqliteStore] = []

    def open_store(path: Path) -> SqliteStore:
        opened.append(SqliteStore.open(path))
        return opened[0]

    ledger = ProjectLedger("shop", open_store, folder=tmp_path)
    ledger.record_action("coder", "edit", {})
    opened[0].close()

    assert ledger.db_path == tmp_path / "shop_ledger.db"
    assert ledger.db_path.exists()


@given(st.lists(st.tuples(st.sampled_from(STORY), st.booleans()), max_size=40))
def test_looking_in_between_changes_nothing_of_what_is_seen_at_the_end(turns: list[tuple[AnyEvent, bool]]) -> None:
    store = MemoryStore(lambda: 0.0)
    watching = ProjectLedger("shop", lambda _: store)
    for event, look in turns:
        store.append(DIRECTOR, [event]).result()
        if look:
            watching.calculate_quality_score()

    fresh = ProjectLedger("shop", lambda _: store)

    for shown in ("current_iteration", "milestones", "checkpoints"):
        assert getattr(watching, shown) == getattr(fresh, shown)
    assert watching.calculate_quality_score() == fresh.calculate_quality_score()
