"""Short ways to say what happened, and a ledger in a list that is as small as the tests of this room need."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import Future

from ledger.errors import Missing
from ledger.events import (
    AnyEvent,
    AttemptId,
    BaselineMeasured,
    CheckpointId,
    ErrorSeen,
    FileChange,
    Finding,
    Fingerprint,
    PatchLanded,
    PatchMeasured,
    PatchProposed,
    PatchRejected,
    Reading,
    Reason,
    RequestId,
    RollbackDecided,
    RolledBack,
    RunId,
)
from ledger.events.recorded import Recorded
from ledger.store import Head

RUN = RunId("r1")


def recorded(events: Sequence[AnyEvent], after: int = 0) -> list[Recorded]:
    """Return the events as they would stand in a ledger, from the position after `after`."""
    return [
        Recorded(position, "director", position, float(position), "director", 0, event, "")
        for position, event in enumerate(events, start=after + 1)
    ]


def saw(fingerprint: str, exception: str = "KeyError", test: str = "tests/test_a.py::test_a") -> ErrorSeen:
    return ErrorSeen(
        run=RUN,
        fingerprint=Fingerprint(fingerprint),
        exception=exception,
        message="'a'",
        test=test,
        path="a.py",
        line=3,
    )


def proposed(
    attempt: str, patch: str, *fixes: str, technique: str = "templates", lines: int = 2, diff: str = ""
) -> PatchProposed:
    return PatchProposed(
        attempt=AttemptId(attempt), base="b", tree="t", technique=technique, title=f"mend {patch}",
        files=(FileChange(path="a.py", added=lines - 1, removed=1),), diff=diff or f"blob-{patch}", patch=patch,
        fixes=tuple(Fingerprint(each) for each in fixes),
    )  # fmt: skip


def suite_reading(*failing: str, value: float | None = 0.0, more: int = 0) -> Reading:
    findings = tuple(Finding(rule="KeyError", message="", fingerprint=Fingerprint(each)) for each in failing)
    return Reading(gate="tests", value=value, findings=findings, more=more)


def measured(attempt: str, *failing: str) -> PatchMeasured:
    return PatchMeasured(attempt=AttemptId(attempt), base="b", tree="t", readings=(suite_reading(*failing),), score=1.0)


def baseline(reading: Reading) -> BaselineMeasured:
    return BaselineMeasured(run=RUN, tree="t", readings=(reading,), score=1.0)


def landed(attempt: str) -> PatchLanded:
    return PatchLanded(attempt=AttemptId(attempt), checkpoint=CheckpointId(f"c-{attempt}"), commit="c", tree="t")


def rejected(attempt: str, code: str = "worse") -> PatchRejected:
    return PatchRejected(attempt=AttemptId(attempt), reasons=(Reason(code=code, message="coverage fell"),))


def rolled_back(request: str, *undone: str, redone: tuple[str, ...] = ()) -> tuple[RollbackDecided, RolledBack]:
    ids = tuple(AttemptId(each) for each in undone)
    back = tuple(AttemptId(each) for each in redone)
    checkpoint, name = CheckpointId("c-0"), RequestId(request)
    return (
        RollbackDecided(request=name, checkpoint=checkpoint, at=0.0, parent="p", tree="t", undone=ids, redone=back),
        RolledBack(request=name, checkpoint=checkpoint, created=CheckpointId("c-9"), commit="c", tree="t"),
    )


class ListedBlobs:
    """Blobs in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, content: bytes) -> str:
        name = hashlib.sha256(content).hexdigest()
        self.kept[name] = content
        return name

    def get(self, name: str) -> bytes:
        if name not in self.kept:
            raise Missing("blob", name)
        return self.kept[name]

    def __contains__(self, name: object) -> bool:
        return name in self.kept


class ListedStore:
    """A ledger that only reads: the events are given, and more can be added at the end."""

    def __init__(self, lineage: str = "first") -> None:
        self.events: list[Recorded] = []
        self.lineage = lineage
        self.pages = 0

    def add(self, events: Sequence[AnyEvent]) -> None:
        self.events += recorded(events, after=len(self.events))

    def append(
        self, stream: str, events: Sequence[AnyEvent], *, expected: int | None = None, actor: str = "director",
        cause: int = 0, key: str | None = None, token: int | None = None,
    ) -> Future[tuple[Recorded, ...]]:  # fmt: skip
        raise NotImplementedError("this ledger only reads")

    def read(
        self, *, after: int = 0, limit: int = 1000, stream: str | None = None, kinds: Sequence[str] = ()
    ) -> Sequence[Recorded]:
        self.pages += 1
        wanted = [each for each in self.events[after:] if not kinds or type(each.event).__name__ in kinds]
        return wanted[:limit]

    def stream(self, name: str, *, after: int = 0) -> Iterator[Recorded]:
        return iter(self.events[after:])

    def head(self) -> Head:
        return Head(len(self.events), "", self.lineage)

    def wait(self, after: int, timeout: float) -> bool:
        return len(self.events) > after
