"""What agents hand to each other: addressed, checked, and kept in the attempt's stream; no queue stands beside it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ledger.events import AttemptId, MessageSent


class AgentMessage(BaseModel):
    """One message from agent to agent; what does not fit is refused when it is made."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    type: Literal["task", "status", "result", "error"]
    sender: str = Field(min_length=1, max_length=80)
    recipient: str = Field(min_length=1, max_length=80)
    payload: str = Field(pattern="^[0-9a-f]{64}$")
    """Blob: the recipient's input is exactly this."""
    priority: int = Field(default=5, ge=1, le=10)
    """10 is the most urgent."""
    correlation: str = Field(default="", max_length=200)
    """What belongs together."""

    def sent(self, attempt: AttemptId) -> MessageSent:
        """Return the fact that it was sent."""
        return MessageSent(attempt=attempt, **self.model_dump())
