"""What was said and kept before a piece of work that was asked for: its agent reads it first."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.blobs import Blobs
from ledger.errors import Damaged, Missing
from ledger.events import (
    ContextDeleted,
    ContextSet,
    RequestId,
    SessionDeleted,
    TaskAnswered,
    TaskRequested,
)
from ledger.events.recorded import Recorded
from ledger.projections.asked_tasks import AskedTask, AskedTasks
from ledger.projections.kept import KeptValues
from ledger.store import Store

MOST_CONVERSATION = 8000
MOST_KEPT = 4000
"""Characters of each note; the newest exchanges and the first keys are those that stay."""
MOST_ANSWER = 2000
_KINDS = tuple(kind.__name__ for kind in (TaskRequested, TaskAnswered, ContextSet, ContextDeleted, SessionDeleted))


def spoken_before(store: Store, blobs: Blobs, request: RequestId, now: float) -> dict[str, str]:
    """Return the notes `conversation` and `kept` of a piece of work, as far as there are any. Blocks."""
    tasks, kept = AskedTasks(), KeptValues()
    for recorded in _told(store):
        tasks.evolve(recorded)
        kept.evolve(recorded)
    asked = tasks.tasks.get(request)
    if asked is None:
        return {}
    earlier = [tasks.tasks[one] for one in tasks.sessions.get(asked.session, []) if one != request]
    notes = {
        "conversation": _exchanges(store, blobs, [task for task in earlier if task.position < asked.position]),
        "kept": _values(store, kept, asked.session, now),
    }
    return {name: text for name, text in notes.items() if text}


def _told(store: Store) -> Iterator[Recorded]:
    position = 0
    while page := store.read(after=position, kinds=_KINDS):
        yield from page
        position = page[-1].position


def _exchanges(store: Store, blobs: Blobs, tasks: list[AskedTask]) -> str:
    told: list[str] = []
    left = MOST_CONVERSATION
    for task in reversed(tasks):
        exchange = f"asked: {_text_of(store, task)}\nanswered: {_answer_of(blobs, task)}"
        left -= len(exchange)
        if left < 0:
            told.append(f"[{len(tasks) - len(told)} earlier requests are left out]")
            break
        told.append(exchange)
    return "\n\n".join(reversed(told))


def _text_of(store: Store, task: AskedTask) -> str:
    (recorded,) = store.read(after=task.position - 1, limit=1)
    assert isinstance(recorded.event, TaskRequested)
    return _cut(recorded.event.text)


def _answer_of(blobs: Blobs, task: AskedTask) -> str:
    if task.state not in ("done", "failed"):
        return "[not answered yet]"
    try:
        said = blobs.get(task.text).decode("utf-8", "replace") if task.text else ""
    except (Missing, Damaged) as error:
        said = f"[{error}]"
    return _cut(said or task.why) or "[nothing]"


def _values(store: Store, kept: KeptValues, session: str, now: float) -> str:
    rows = [*kept.live("", now), *(kept.live(session, now) if session else ())]
    told: list[str] = []
    left = MOST_KEPT
    for nth, row in enumerate(rows):
        (recorded,) = store.read(after=row.position - 1, limit=1)
        assert isinstance(recorded.event, ContextSet)
        line = f"{row.key}: {_cut(recorded.event.value)}"
        left -= len(line)
        if left < 0:
            told.append(f"[{len(rows) - nth} more are left out]")
            break
        told.append(line)
    return "\n".join(told)


def _cut(text: str) -> str:
    text = text.strip()
    return text if len(text) <= MOST_ANSWER else f"{text[:MOST_ANSWER]} […]"
