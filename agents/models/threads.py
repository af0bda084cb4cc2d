"""PURE: which earlier call a conversation goes on from, so that each message is named once and not at every step."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from agents.models.requests import answered, message_digest
from agents.ports import Message, ModelAnswer


class Threads:
    """The conversations of one attempt, by the digest of where each call ended: one entry per call."""

    def __init__(self) -> None:
        self._ends: dict[bytes, str] = {}

    def begins_with(self, messages: Sequence[Message]) -> tuple[str, int]:
        """Return the key of the call whose messages and answer these begin with, and how many messages those are."""
        key, count = "", 0
        for nth, end in enumerate(_chain(messages), start=1):
            if end in self._ends:
                key, count = self._ends[end], nth
        return key, count

    def learn(self, key: str, messages: Sequence[Message], answer: ModelAnswer) -> None:
        """Remember where a call ended."""
        *_, end = _chain([*messages, answered(answer)])
        self._ends[end] = key


def _chain(messages: Sequence[Message]) -> Iterator[bytes]:
    digest = b""
    for message in messages:
        digest = hashlib.sha256(digest + message_digest(message)).digest()
        yield digest
