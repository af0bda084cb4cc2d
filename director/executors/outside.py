"""What of the settings says how agents reach outside: the servers they may use, and whether anything is delivered."""

from __future__ import annotations

from agents.ports import SandboxLevel
from agents.tools.mcp import Server
from director.settings import Settings, UserFile


def servers_of(settings: Settings) -> list[Server]:
    """Return the servers the user named, each with the variables it may see."""
    known = settings.variables
    return [
        Server(
            name=each.name, command=each.command, url=each.url, risk=each.risk, seconds=each.seconds,
            environment={name: known[name] for name in each.environment if name in known},
        )
        for each in settings.tables.mcp
    ]  # fmt: skip


def why_not_delivered(level: SandboxLevel, user: UserFile) -> str:
    """Return why nothing may be added to the user's repository, empty when it may."""
    if not user.deliver:
        return "nothing is delivered: `deliver` is off in your settings"
    if level.rank == "reduced" and user.sandbox_min_level != level.adapter:
        return f"nothing is delivered from a reduced sandbox ({level.adapter}): sandbox.min_level says so"
    return ""
