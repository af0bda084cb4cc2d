"""The port for payloads too large for an event, and the files that keep them."""

from __future__ import annotations

from typing import Protocol


class Blobs(Protocol):
    """Payloads by content: the name is the SHA-256 of the bytes, so storing twice is storing once."""

    def put(self, content: bytes) -> str:
        """Store durably and return the name; must happen before the event that refers to it."""
        ...

    def get(self, name: str) -> bytes:
        """Return the content; raise Missing or Damaged."""
        ...

    def __contains__(self, name: object) -> bool:
        """Return whether the blob is there."""
        ...
