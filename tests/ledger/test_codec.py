"""Events to JSON and back: whole, whatever they hold; unknown ones are named."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from ledger.codec import Fields, Unreadable, as_json, decode, encode, revision_of, run_of
from ledger.events import (
    ActionRecorded,
    AnyEvent,
    AttemptId,
    Finding,
    FindingsReported,
    MilestoneReached,
    ProjectOpened,
    RunId,
    TechniqueTried,
)
from ledger.events.recorded import Recorded

OPENED = ProjectOpened(project="p1", name="shop", repository="/shop")


def test_an_event_comes_back_as_it_was() -> None:
    event = FindingsReported(
        run=RunId("r1"), attempt=AttemptId("r1.i1.a1"), findings=(Finding(rule="E501", message="ü\0", line=3),)
    )

    encoded = encode(event)

    assert decode(encoded.kind, encoded.revision, encoded.body) == event == encoded.event


def test_every_kind_is_known_by_its_class_name() -> None:
    for kind in get_args(AnyEvent):
        with pytest.raises(Unreadable, match="missing required field"):
            decode(kind.__name__, 1, msgspec.json.encode({"kind": kind.__name__}))


@pytest.mark.parametrize(
    ("kind", "revision", "body", "why"),
    [
        ("PatchTeleported", 1, b'{"kind":"PatchTeleported"}', "upgrade Kaizen"),
        ("ProjectOpened", 2, b'{"kind":"ProjectOpened"}', "knows revisions 1 to 1"),
        ("ProjectOpened", 0, encode(OPENED).body, "knows revisions 1 to 1"),
        ("Patch\nTeleported", 1, b"{}", "upgrade Kaizen"),
        ("RunPaused", 1, encode(OPENED).body, "of kind ProjectOpened"),
        ("ProjectOpened", 1, b'{"kind":"ProjectOpened","project":1}', "Expected `str`"),
        ("ProjectOpened", 1, b"{", "truncated"),
        ("ProjectOpened", 1, b"\xff", "malformed"),
    ],
)
def test_what_cannot_be_read_is_named_in_one_line(kind: str, revision: int, body: bytes, why: str) -> None:
    with pytest.raises(Unreadable) as caught:
        decode(kind, revision, body)

    assert why in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_older_event_is_brought_up_step_by_step() -> None:
    def rename(fields: Fields) -> Fields:
        return {"name": fields.pop("title"), **fields}

    def place(fields: Fields) -> Fields:
        return fields | {"repository": f"/{fields['name']}"}

    upcasters = {("ProjectOpened", 1): rename, ("ProjectOpened", 2): place}

    oldest = decode("ProjectOpened", 1, b'{"kind":"ProjectOpened","project":"p1","title":"shop"}', upcasters)
    older = decode("ProjectOpened", 2, b'{"kind":"ProjectOpened","project":"p1","name":"shop"}', upcasters)

    assert oldest == older == OPENED
    assert encode(OPENED, upcasters).revision == 3
    assert revision_of("RunPaused", upcasters) == 1


def test_outside_an_event_is_one_flat_object() -> None:
    recorded = Recorded(7, "attempt-r2.i1.a1", 1, 5.0, "agent", 3, TechniqueTried(
        attempt=AttemptId("r2.i1.a1"), technique="ruff", answer="no"
    ), "ab")  # fmt: skip

    assert as_json(recorded) == {
        "position": 7,
        "at": 5.0,
        "kind": "TechniqueTried",
        "run": "r2",
        "stream": "attempt-r2.i1.a1",
        "actor": "agent",
        "attempt": "r2.i1.a1",
        "technique": "ruff",
        "answer": "no",
    }
    assert list(as_json(recorded))[:4] == ["position", "at", "kind", "run"]


@pytest.mark.parametrize(
    ("event", "run"),
    [
        (MilestoneReached(run=RunId("r3"), name="tests"), "r3"),
        (TechniqueTried(attempt=AttemptId("r4.i1.a2"), technique="x", answer="no"), "r4"),
        (ActionRecorded(agent="coder", action="edit"), ""),
    ],
)
def test_an_event_s_run_is_its_own_or_its_attempt_s(event: AnyEvent, run: str) -> None:
    assert run_of(event) == run
