"""Which sandbox this daemon uses: decided once at start, never per command."""

from __future__ import annotations

from agents.ports import Sandbox, SandboxBroken
from agents.sandbox.bubblewrap import BubblewrapSandbox
from agents.sandbox.local import LocalSandbox


def choose(accept_none: bool, example: bool = False, *, bwrap: str | None = None) -> Sandbox:
    """Return the probed sandbox; blocks for about a second.

    Without one that holds, only `accept_none` (the user's own word) or the bundled `example` get a sandbox of level
    none; everything else raises SandboxBroken with one line that says what to do. `bwrap` is the program, when it is
    not where the system has it.
    """
    sandbox = BubblewrapSandbox(bwrap)
    level = sandbox.level
    if level.sandboxed:
        return sandbox
    if accept_none or example:
        return LocalSandbox()
    raise SandboxBroken(f"no sandbox: {level.detail}; {level.remedy}; or accept the risk with --i-accept-no-sandbox")
