"""An agent that is asked reads first what was asked, answered and kept before under the same name."""

from __future__ import annotations

from director.executors.spoken import MOST_CONVERSATION, spoken_before
from ledger.blobs import MemoryBlobs
from ledger.events import REQUESTS, ContextSet, Event, RequestId, RunId, SessionDeleted, TaskAnswered, TaskRequested
from ledger.memory import MemoryStore


def asked(request: str, text: str, session: str = "talk") -> TaskRequested:
    return TaskRequested(request=RequestId(request), role="coder", text=text, session=session)


def said(store: MemoryStore, blobs: MemoryBlobs, *events: Event | tuple[str, str]) -> None:
    for each in events:
        if isinstance(each, tuple):
            request, text = each
            blob = blobs.put(text.encode())
            each = TaskAnswered(request=RequestId(request), state="done", run=RunId("r1"), text=blob)
        store.append(REQUESTS, [each]).result()  # type: ignore[list-item]


def test_earlier_exchanges_and_kept_values_come_before_the_work(store: MemoryStore) -> None:
    blobs = MemoryBlobs()
    said(store, blobs, asked("1", "What is slow?"), ("1", "The loop."), asked("x", "Other.", "elsewhere"))
    said(store, blobs, ContextSet(key="style", value='"terse"'), ContextSet(key="old", value="1", expires=5.0))
    said(
        store, blobs, ContextSet(key="who", value='"Ann"', session="talk"), asked("2", "Mend it."), asked("3", "Later.")
    )

    notes = spoken_before(store, blobs, RequestId("2"), now=10.0)

    assert notes == {
        "conversation": "asked: What is slow?\nanswered: The loop.",
        "kept": 'style: "terse"\nwho: "Ann"',
    }


def test_a_long_conversation_keeps_its_newest_part(store: MemoryStore) -> None:
    blobs = MemoryBlobs()
    for number in range(20):
        said(store, blobs, asked(str(number), f"{number} " + "x" * 1000), (str(number), "y"))
    said(store, blobs, asked("last", "And now?"))

    note = spoken_before(store, blobs, RequestId("last"), now=0.0)["conversation"]

    assert len(note) < MOST_CONVERSATION + 100 and "asked: 19 x" in note and "asked: 3 x" not in note
    assert note.startswith("[") and "earlier requests are left out" in note


def test_nothing_is_handed_over_where_nothing_was_said_or_it_was_removed(store: MemoryStore) -> None:
    blobs = MemoryBlobs()
    said(store, blobs, asked("1", "What?"), ("1", "That."), SessionDeleted(session="talk"), asked("2", "Mend it."))

    assert spoken_before(store, blobs, RequestId("2"), now=0.0) == {}
    assert spoken_before(store, blobs, RequestId("none"), now=0.0) == {}
