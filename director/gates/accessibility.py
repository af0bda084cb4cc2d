"""Gate `accessibility`: what axe finds on the pages of a web front end, run by a command of the project's."""

from __future__ import annotations

import msgspec

from director.gates.command import OwnCommand, without_command
from director.gates.defaults import DEFAULTS
from director.gates.gate import MeasuredTree
from ledger.events import GateSpec, Reading


class Accessibility:
    """Runs the project's own command and reads what axe says; without one there is no value, never a pass."""

    name = "accessibility"
    spec = DEFAULTS["accessibility"]

    async def measure(self, tree: MeasuredTree, spec: GateSpec) -> Reading:
        """Count violations, each page and each element by itself."""
        if not spec.command:
            return without_command(spec, 'name one that prints the JSON of axe, e.g. command = ["npm", "run", "axe"]')
        options = spec.options if "read" in spec.options else {**spec.options, "read": "axe"}
        return await OwnCommand().measure(tree, msgspec.structs.replace(spec, options=options))
