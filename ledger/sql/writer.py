"""The one thread that writes: takes what is queued, commits it together, then tells the callers."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from ledger.errors import LedgerError, Unwritable
from ledger.events.recorded import Recorded
from ledger.sql.failures import FAILURES, translate
from ledger.sql.pen import Append, Pen, SaveSnapshot

_TOGETHER = 256
"""At most so many appends share one commit."""
_IDLE = 2.0
"""Seconds without work after which the log is moved into the file."""

Written = tuple[Recorded, ...]


@dataclass(frozen=True, slots=True)
class _Job:
    wish: Append | SaveSnapshot
    done: Future[Written] = field(default_factory=Future)


class Writer:
    """Several appends share a transaction; each is admitted or refused on its own."""

    def __init__(self, engine: Engine, path: Path, clock: Callable[[], float], grown: Callable[[int], None]) -> None:
        self._engine, self._path, self._clock, self._grown = engine, path, clock, grown
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._gate = threading.Lock()  # guards _closed, so that no job is queued behind the end mark
        self._closed = False
        self._untidy = False
        self._pen = Pen(engine.connect(), path)
        self._thread = threading.Thread(target=self._work, name=f"ledger-writer-{path.name}", daemon=True)
        self._thread.start()

    def submit(self, wish: Append | SaveSnapshot) -> Future[Written]:
        """Queue a wish; its future resolves after the commit."""
        job = _Job(wish)
        with self._gate:
            if self._closed:
                job.done.set_exception(Unwritable(str(self._path), "the ledger is closed"))
            else:
                self._jobs.put(job)
        return job.done

    def close(self) -> None:
        """Write what is queued, then end; twice is once."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        more = True
        try:
            while more:
                batch, more = self._next_batch()
                self._write(batch)
        finally:
            self._leave()

    def _next_batch(self) -> tuple[list[_Job], bool]:
        """Wait for the first job, take those queued behind it, and say whether more may come."""
        batch: list[_Job] = []
        job = self._wait_for_job()
        while job is not None:
            if job.done.set_running_or_notify_cancel():
                batch.append(job)
            if len(batch) >= _TOGETHER or self._jobs.empty():
                return batch, True
            job = self._jobs.get()
        return batch, False

    def _wait_for_job(self) -> _Job | None:
        if self._untidy:
            try:
                return self._jobs.get(timeout=_IDLE)
            except queue.Empty:
                self._tidy()
        return self._jobs.get()

    def _tidy(self) -> None:
        self._untidy = False
        try:
            self._pen.tidy()
        except FAILURES:
            self._pen.roll_back()  # the events are safe in the log; it is moved after the next append

    def _write(self, batch: list[_Job]) -> None:
        """Commit the batch as one. When the storage refuses it, each job is tried alone: a small one may fit."""
        if not batch:
            return
        try:
            outcomes = self._transact(batch)
        except LedgerError as error:
            if len(batch) == 1:
                batch[0].done.set_exception(error)
            else:
                for job in batch:
                    self._write([job])
            return
        except BaseException as error:  # a bug ends the thread, but nobody waits for ever
            for job in batch:
                job.done.set_exception(error)
            raise
        self._untidy = True
        self._grown(self._pen.position)
        for job, outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, LedgerError):
                job.done.set_exception(outcome)
            else:
                job.done.set_result(outcome)

    def _transact(self, batch: list[_Job]) -> list[Written | LedgerError]:
        try:
            self._pen.begin()
            outcomes = [self._outcome(job.wish) for job in batch]
            self._pen.commit()
        except FAILURES as error:
            position = self._pen.position + 1
            self._pen.roll_back()
            raise translate(error, self._path, position) from error
        except BaseException:
            self._pen.roll_back()
            raise
        return outcomes

    def _outcome(self, wish: Append | SaveSnapshot) -> Written | LedgerError:
        try:
            if isinstance(wish, Append):
                return self._pen.append(wish, float(self._clock()))
            self._pen.save(wish)
        except LedgerError as refusal:
            return refusal
        return ()

    def _leave(self) -> None:
        with self._gate:
            self._closed = True
        while not self._jobs.empty():
            if job := self._jobs.get():
                job.done.set_exception(Unwritable(str(self._path), "the writer stopped"))
        self._pen.close()
        self._engine.dispose()
