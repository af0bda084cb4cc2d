"""The words of a call, read from its blobs, as far as the user lets them leave."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ledger.blobs import Blobs
from ledger.errors import Damaged, Missing


@dataclass(frozen=True, slots=True)
class Texts:
    """Reads prompts and answers; known secrets were taken out when they were kept."""

    blobs: Blobs
    allowed: bool = False

    def messages(self, names: Sequence[str]) -> list[Any] | None:
        """Return messages; None when they may not leave."""
        return [self._read(name) for name in names] if self.allowed else None

    def answer(self, name: str) -> Any | None:
        """Return what the model said and asked for; None when it may not leave, or there is none."""
        if not self.allowed or not name:
            return None
        found = self._read(name)
        if isinstance(found, dict):
            return {"text": found.get("text", ""), "tool_calls": found.get("tool_calls", [])}
        return found

    def _read(self, name: str) -> Any:
        try:
            return json.loads(self.blobs.get(name))
        except (Missing, Damaged, ValueError):
            return "(not kept any more)"
