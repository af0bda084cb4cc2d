"""Errors of this floor: the environment failed, not the agent."""


class AgentError(Exception):
    """Root of this floor's errors: the environment failed, not the agent."""


class SandboxBroken(AgentError):
    """The sandbox could not run a command at all."""


class TargetBroken(AgentError):
    """The target's interpreter or its dependencies cannot be used."""


class GitFailed(AgentError):
    """A git command failed that should not."""
