"""Google's `:generateContent` and `:streamGenerateContent`."""

from __future__ import annotations

from typing import Any

from tests.models.wires.serving import Reply, events, written

USAGE = {
    "promptTokenCount": 950, "cachedContentTokenCount": 800, "candidatesTokenCount": 30, "thoughtsTokenCount": 10,
    "totalTokenCount": 990,
}  # fmt: skip


def called(name: str, arguments: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a part that calls a tool; Google gives it no id."""
    return {"functionCall": {"name": name, "args": arguments or {}}}


def piece(parts: list[dict[str, Any]] | None = None, finish: str = "", **more: Any) -> dict[str, Any]:
    """Return one piece of a stream, or a whole answer: both look the same."""
    candidate: dict[str, Any] = {"index": 0}
    if parts is not None:
        candidate["content"] = {"parts": parts, "role": "model"}
    if finish:
        candidate["finishReason"] = finish
    return {
        "candidates": [candidate | more], "usageMetadata": USAGE, "modelVersion": "gemini-2.5-pro", "responseId": "r1",
    }  # fmt: skip


def streamed(*values: dict[str, Any], cut: bool = False) -> Reply:
    """Return pieces as they are sent with `alt=sse`."""
    return Reply(events(values), kind="text/event-stream", cut=cut)


def whole(value: dict[str, Any]) -> Reply:
    """Return an answer in one piece."""
    return Reply((written(value),))


def error(status: int, name: str, message: str, details: list[dict[str, Any]] | None = None) -> Reply:
    """Return a refusal."""
    return Reply((written({"error": said(status, name, message) | ({"details": details} if details else {})}),), status)


def said(status: int, name: str, message: str) -> dict[str, Any]:
    """Return an error object."""
    return {"code": status, "message": message, "status": name}


def blocked(reason: str) -> dict[str, Any]:
    """Return what comes in place of an answer to a prompt that is not answered."""
    usage = {"promptTokenCount": 950, "totalTokenCount": 950}
    return {"promptFeedback": {"blockReason": reason}, "usageMetadata": usage, "modelVersion": "gemini-2.5-pro"}


def wait(seconds: str, quota: str) -> list[dict[str, Any]]:
    """Return the details of a 429: which limit, and how long it lasts."""
    return [
        {
            "@type": "type.googleapis.com/google.rpc.QuotaFailure",
            "violations": [
                {
                    "quotaMetric": "generativelanguage.googleapis.com/generate_content_free_tier_requests",
                    "quotaId": quota, "quotaDimensions": {"location": "global", "model": "gemini-2.5-pro"},
                    "quotaValue": "5",
                }
            ],
        },
        {
            "@type": "type.googleapis.com/google.rpc.Help",
            "links": [
                {
                    "description": "Learn more about Gemini API quotas",
                    "url": "https://ai.google.dev/gemini-api/docs/rate-limits",
                }
            ],
        },
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": seconds},
    ]  # fmt: skip
