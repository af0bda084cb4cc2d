"""Which sandbox this daemon uses: decided once at start, never per command."""

from __future__ import annotations

from agents.ports import Sandbox, SandboxBroken
from agents.sandbox.bubblewrap import BubblewrapSandbox
from agents.sandbox.local import LocalSandbox

LAYERS = ("bubblewrap", "none")
"""What may be asked for by name, the strongest first."""


def choose(accept_none: bool, example: bool = False, *, layer: str = "", bwrap: str | None = None) -> Sandbox:
    """Return the probed sandbox; blocks for about a second.

    Without one that holds, only `accept_none` (the user's own word) or the bundled `example` get a sandbox of level
    none; everything else raises SandboxBroken with one line that says what to do. A `layer` asked for by name is the
    only one that is tried. `bwrap` is the program, when it is not where the system has it.
    """
    if layer == "none":
        return _none(
            accept_none, "the layer none isolates nothing; if that is what you want, add --i-accept-no-sandbox"
        )
    sandbox = _named(layer or "bubblewrap", bwrap)
    level = sandbox.level
    if level.sandboxed:
        return sandbox
    why = f"no sandbox: {level.detail}; {level.remedy}"
    if layer:
        raise SandboxBroken(why)
    return _none(accept_none or example, f"{why}; or accept the risk with --i-accept-no-sandbox")


def _none(accepted: bool, why: str) -> Sandbox:
    if not accepted:
        raise SandboxBroken(why)
    return LocalSandbox()


def _named(layer: str, bwrap: str | None) -> Sandbox:
    match layer:
        case "bubblewrap":
            return BubblewrapSandbox(bwrap)
        case _:
            raise SandboxBroken(f"there is no sandbox layer {layer!r}; known are {', '.join(LAYERS)}")
