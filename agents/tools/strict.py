"""What the tools of this house share: strict arguments, what looking risks and touches, how a call is refused."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from agents.ports import Resources, ToolResult
from agents.tools.project_files import named
from ledger.events import Risk


class Strict(BaseModel):
    """Arguments of a tool: the right kinds, and no field that nobody knows."""

    model_config = ConfigDict(strict=True, extra="forbid")


RARE: dict[str, Any] = {"rare": True}
"""Of an argument that is seldom needed (`json_schema_extra=RARE`): it is taken, and not told of with every step."""


class Looks:
    """A tool that only looks: nothing of the project is run, and nothing of the worktree read unless it says what."""

    def risk(self, arguments: Any) -> Risk:
        """Looking risks the least."""
        return "read"

    def resources(self, arguments: Any) -> Resources:
        """Nothing of the worktree."""
        return Resources()


class LooksAt(Looks):
    """A tool that only looks, at the file or folder that its arguments name by `path`: at every file where empty."""

    def resources(self, arguments: Any) -> Resources:
        """The file or folder that it names; every file where it names none."""
        return Resources(reads=frozenset({named(arguments.path)}))


def no(told: str) -> ToolResult:
    """Answer a call that could not be carried out; nothing was changed, and the text says what would be right."""
    return ToolResult(False, told, told.partition("\n")[0][:200])
