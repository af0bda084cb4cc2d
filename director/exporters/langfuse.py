"""LangFuse, over its plain HTTP ingestion API: one trace per attempt, one generation per try of a call."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import structlog

from director.exporters.feed import NotTaken
from director.exporters.spans import Span, identity
from director.exporters.texts import Texts

_BATCH = 2_500_000
"""Bytes of one request; the receiver takes 3.5 MB."""
_SECONDS = 20.0

log = structlog.get_logger(__name__)


class LangFuse:
    """The port Receiver."""

    name = "langfuse"

    def __init__(self, address: str, public: str, secret: str, project: str, texts: Texts) -> None:
        """`public` and `secret` are the project's keys there."""
        self._address, self._project, self._texts = address.rstrip("/"), project, texts
        self._client = httpx.AsyncClient(auth=(public, secret), timeout=_SECONDS)

    async def send(self, spans: Sequence[Span]) -> None:
        """Send in as many requests as are needed; what is refused for its content is told in the log and left out."""
        for batch in _batches([entry for span in spans for entry in self._entries(span)]):
            await self._post(batch)

    async def close(self) -> None:
        """Close the connection."""
        await self._client.aclose()

    async def _post(self, batch: Sequence[str]) -> None:
        body = f'{{"batch":[{",".join(batch)}]}}'.encode()
        try:
            answer = await self._client.post(
                f"{self._address}/api/public/ingestion", content=body, headers={"content-type": "application/json"}
            )
        except httpx.HTTPError as error:
            raise NotTaken(f"LangFuse at {self._address} cannot be reached ({type(error).__name__})") from error
        if answer.status_code in (401, 403):
            raise NotTaken("LangFuse refuses the keys: check LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY")
        if not answer.is_success:
            raise NotTaken(f"LangFuse answers {answer.status_code}: check KAIZEN_LANGFUSE")
        refused = _refused(answer) if answer.status_code == 207 else []
        if refused:
            log.warning("export_refused", receiver=self.name, count=len(refused), first=str(refused[0])[:200])

    def _entries(self, span: Span) -> Iterator[str]:
        trace = identity(self._project, span.attempt)
        session = f"{self._project} {span.run}"
        about = {"id": trace, "name": span.attempt, "sessionId": session, "timestamp": _time(span.began)}
        yield _entry("trace-create", f"{span.id}-t", span.ended, about)
        usage = {"input": span.tokens_in, "input_cached_tokens": span.tokens_cached, "output": span.tokens_out}
        body = {
            "id": span.id, "traceId": trace, "name": f"{span.purpose} {span.key}", "model": span.model,
            "startTime": _time(span.began), "endTime": _time(span.ended), "input": self._texts.messages(span.messages),
            "output": self._texts.answer(span.answer), "usageDetails": usage,
            "costDetails": None if span.cost is None else {"total": span.cost},
            "level": "ERROR" if span.fault else "DEFAULT", "statusMessage": span.why or None,
            "metadata": {"follows": span.follows, "finish": span.finish, "source": span.source, "fault": span.fault},
        }  # fmt: skip
        yield _entry("generation-create", f"{span.id}-g", span.ended, {k: v for k, v in body.items() if v is not None})


def _refused(answer: httpx.Response) -> list[Any]:
    try:
        return list(dict(answer.json()).get("errors", []))
    except (ValueError, TypeError) as error:
        raise NotTaken(f"LangFuse answers what is no JSON object ({error}): check KAIZEN_LANGFUSE") from error


def _entry(kind: str, identity_: str, at: float, body: dict[str, Any]) -> str:
    return json.dumps({"id": identity_, "type": kind, "timestamp": _time(at), "body": body}, ensure_ascii=True)


def _batches(entries: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for entry in entries:
        if batch and size + len(entry) > _BATCH:
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += len(entry)
    if batch:
        yield batch


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
