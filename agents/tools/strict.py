"""What the tools of this house share: arguments that are checked to the letter, and how a call is answered with no."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from agents.ports import ToolResult


class Strict(BaseModel):
    """Arguments of a tool: the right kinds, and no field that nobody knows."""

    model_config = ConfigDict(strict=True, extra="forbid")


RARE: dict[str, Any] = {"rare": True}
"""Of an argument that is seldom needed (`json_schema_extra=RARE`): it is taken, and not told of with every step."""


def no(told: str) -> ToolResult:
    """Answer a call that could not be carried out; nothing was changed, and the text says what would be right."""
    return ToolResult(False, told, told.partition("\n")[0][:200])
