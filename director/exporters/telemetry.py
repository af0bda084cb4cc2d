"""Any collector of OpenTelemetry, over OTLP by HTTP: one trace per attempt, one span per try of a call."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from director.exporters.feed import NotTaken
from director.exporters.spans import Span, identity
from director.exporters.texts import Texts

_SECONDS = 20
_NANO = 1_000_000_000


class Telemetry:
    """The port Receiver; the library is loaded with the first span."""

    name = "opentelemetry"

    def __init__(self, address: str, project: str, texts: Texts) -> None:
        """`address` is the collector's, without the path of traces."""
        self._address, self._project, self._texts = address.rstrip("/"), project, texts
        self._exporter: Any = None

    async def send(self, spans: Sequence[Span]) -> None:
        """Send in one request."""
        await asyncio.to_thread(self._export, spans)

    async def close(self) -> None:
        """Close the connection."""
        if self._exporter is not None:
            await asyncio.to_thread(self._exporter.shutdown)

    def _export(self, spans: Sequence[Span]) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import SpanExportResult

        if self._exporter is None:
            self._exporter = OTLPSpanExporter(endpoint=f"{self._address}/v1/traces", timeout=_SECONDS)
        done = self._exporter.export([self._span(span) for span in spans])
        if done is not SpanExportResult.SUCCESS:
            raise NotTaken(f"the collector at {self._address} does not take spans: check KAIZEN_OTLP")

    def _span(self, span: Span) -> Any:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import ReadableSpan
        from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

        place = SpanContext(
            int(identity(self._project, span.attempt), 16), int(span.id[:16], 16), False, TraceFlags(TraceFlags.SAMPLED)
        )
        return ReadableSpan(
            name=f"chat {span.model}",
            context=place,
            kind=SpanKind.CLIENT,
            resource=Resource({"service.name": "kaizen", "kaizen.project": self._project}),
            attributes=self._attributes(span),
            status=Status(StatusCode.ERROR, span.why) if span.fault else Status(StatusCode.OK),
            start_time=int(span.began * _NANO),
            end_time=int(span.ended * _NANO),
        )

    def _attributes(self, span: Span) -> dict[str, str | int | float]:
        """Named as the conventions for generative models have it, where they have a name."""
        told: dict[str, str | int | float | None] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": span.model.partition("/")[0],
            "gen_ai.request.model": span.model,
            "gen_ai.usage.input_tokens": span.tokens_in,
            "gen_ai.usage.output_tokens": span.tokens_out,
            "gen_ai.response.finish_reasons": span.finish or None,
            "error.type": span.fault or None,
            "kaizen.run": span.run,
            "kaizen.attempt": span.attempt,
            "kaizen.call": span.key,
            "kaizen.purpose": span.purpose,
            "kaizen.source": span.source or None,
            "kaizen.tokens_cached": span.tokens_cached,
            "kaizen.cost_usd": span.cost,
        }
        messages, answer = self._texts.messages(span.messages), self._texts.answer(span.answer)
        told["gen_ai.input.messages"] = None if messages is None else json.dumps(messages)
        told["gen_ai.output.messages"] = None if answer is None else json.dumps(answer)
        return {name: value for name, value in told.items() if value is not None}
