"""Which sandbox this daemon uses: decided once at start, never per command."""

from __future__ import annotations

from agents.ports import Sandbox, SandboxBroken
from agents.sandbox.bubblewrap import BubblewrapSandbox
from agents.sandbox.container import ContainerSandbox
from agents.sandbox.landlock import LandlockSandbox
from agents.sandbox.local import LocalSandbox

LAYERS = ("bubblewrap", "landlock", "container", "none")
"""What may be asked for by name, the strongest first."""


def choose(
    accept_none: bool,
    example: bool = False,
    *,
    layer: str = "",
    bwrap: str | None = None,
    landlock: int | None = None,
    image: str = "",
) -> Sandbox:
    """Return the probed sandbox; blocks for about a second.

    Bubblewrap, and Landlock, whose level is reduced, only where bubblewrap's probe fails. Without one that holds, only
    `accept_none` (the user's own word) or the bundled `example` get a sandbox of level none; everything else raises
    SandboxBroken with one line that says what to do. A `layer` asked for by name is the only one that is tried.
    `image` is the container's; `bwrap` is the program and `landlock` the version, when they are not the system's.
    """
    if layer == "none":
        return _none(
            accept_none, "the layer none isolates nothing; if that is what you want, add --i-accept-no-sandbox"
        )
    whys = []
    for name in (layer,) if layer else ("bubblewrap", "landlock"):
        sandbox = _named(name, bwrap, landlock, image)
        level = sandbox.level
        if level.sandboxed:
            return sandbox
        whys.append(f"{level.detail}; {level.remedy}")
    why = f"no sandbox: {'; and '.join(whys)}"
    if layer:
        raise SandboxBroken(why)
    return _none(accept_none or example, f"{why}; or accept the risk with --i-accept-no-sandbox")


def _none(accepted: bool, why: str) -> Sandbox:
    if not accepted:
        raise SandboxBroken(why)
    return LocalSandbox()


def _named(layer: str, bwrap: str | None, landlock: int | None, image: str) -> Sandbox:
    match layer:
        case "bubblewrap":
            return BubblewrapSandbox(bwrap)
        case "container":
            return ContainerSandbox(image)
        case "landlock":
            return LandlockSandbox(landlock)
        case _:
            raise SandboxBroken(f"there is no sandbox layer {layer!r}; known are {', '.join(LAYERS)}")
