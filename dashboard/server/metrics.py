"""What Prometheus reads: counted as it happens, and gauges read from the folds when they are asked for."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from dashboard.server.feed import Feed

_STATES = ("running", "paused", "closing", "completed", "stalled", "exhausted", "stopped", "failed")


class Metrics:
    """One server's metrics, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "kaizen_http_requests", "HTTP requests.", ("method", "route", "status"), registry=self.registry
        )
        self.duration = Histogram(
            "kaizen_http_request_seconds", "Time to answer an HTTP request.", ("route",), registry=self.registry
        )
        self.refused = Counter("kaizen_http_refused", "HTTP requests refused.", ("why",), registry=self.registry)
        self.clients = Gauge("kaizen_websocket_clients", "Streams open now.", registry=self.registry)
        self.gaps = Counter("kaizen_websocket_gaps", "Gap frames sent to slow clients.", registry=self.registry)

    def watch(self, feeds: Callable[[], Iterable[Feed]]) -> None:
        """Read the gauges of these feeds whenever metrics are asked for."""
        self.registry.register(_Folds(feeds))

    def text(self) -> bytes:
        """Return all metrics in the text format."""
        return generate_latest(self.registry)


class _Folds(Collector):
    def __init__(self, feeds: Callable[[], Iterable[Feed]]) -> None:
        self._feeds = feeds

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        head = GaugeMetricFamily("kaizen_ledger_position", "Head of the ledger.", labels=("project",))
        size = GaugeMetricFamily("kaizen_ledger_bytes", "Size of the ledger's file.", labels=("project",))
        state = GaugeMetricFamily("kaizen_run_state", "1 for the state of the run.", labels=("project", "state"))
        score = GaugeMetricFamily("kaizen_score", "Quality score, 0 to 100.", labels=("project",))
        gate = GaugeMetricFamily("kaizen_gate_value", "Value of a gate.", labels=("project", "gate"))
        met = GaugeMetricFamily("kaizen_gate_met", "Whether a gate is met.", labels=("project", "gate"))
        events = CounterMetricFamily("kaizen_ledger_events", "Events in the ledger.", labels=("project", "kind"))
        ended = CounterMetricFamily(
            "kaizen_attempts", "Attempts that ended, by outcome.", labels=("project", "outcome")
        )
        for feed in self._feeds():
            head.add_metric((feed.name,), feed.position)
            if (stored := stored_bytes(feed)) is not None:
                size.add_metric((feed.name,), stored)
            for kind, count in sorted(feed.kinds.items()):
                events.add_metric((feed.name, kind), count)
            for outcome, count in sorted(sum(map(Tally, feed.asked.ends.values()), Tally()).items()):
                ended.add_metric((feed.name, outcome), count)
            run = feed.board.run
            if run is None:
                continue
            for name in _STATES:
                state.add_metric((feed.name, name), float(run.state == name))
            if run.score is not None:
                score.add_metric((feed.name,), run.score)
            for one in run.gates:
                met.add_metric((feed.name, one.name), float(one.met))
                if one.value is not None:
                    gate.add_metric((feed.name, one.name), one.value)
        yield from (head, size, state, score, gate, met, events, ended)


def stored_bytes(feed: Feed) -> int | None:
    """Return the size of the ledger's file and its log; None for a ledger that is no file."""
    path = getattr(feed.ledger.store, "path", None)
    if not isinstance(path, Path):
        return None
    beside = path.with_name(path.name + "-wal")
    return sum(file.stat().st_size for file in (path, beside) if file.exists())
