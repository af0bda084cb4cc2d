"""Gate `bundle`: what a browser has to load of a web front end."""

from __future__ import annotations

import gzip

from agents.tools.copies import collect
from director.gates.command import carried_out, read_value
from director.gates.defaults import DEFAULTS
from director.gates.gate import MeasuredTree
from ledger.events import Finding, GateSpec, Reading

FILES = ("dist/**/*.js", "dist/**/*.css", "dist/**/*.html", "build/**/*.js", "build/**/*.css", "build/**/*.html")
NAMED = 20
"""Files that are named, largest first."""


class Bundle:
    """Adds up the built files as they travel: compressed, so that what compresses well counts for little."""

    name = "bundle"
    spec = DEFAULTS["bundle"]

    async def measure(self, tree: MeasuredTree, spec: GateSpec) -> Reading:
        """Build in a throw-away copy, or take the files as they are committed; no file is no value."""
        patterns = tuple(spec.options.get("files", "").splitlines()) or FILES
        tool = " ".join(spec.command)[:150] or "the committed files"
        seconds = 0.0
        if spec.command:
            produced = await carried_out(tree, spec, collect=patterns)
            seconds = produced.completed.seconds
            built = read_value(produced, spec)
            if built.value != 0:
                return Reading(gate=spec.name, value=None, detail=f"nothing is built: {built.detail}", tool=tool)
            files, cut = produced.files, produced.cut
        else:
            files, cut = collect(tree.target.project, patterns)
        if not files or cut:
            why = "there is more than can be measured" if cut else "no built file is there"
            remedy = "say which with `files`" if cut or spec.command else "name what builds them with `command`"
            return Reading(gate=spec.name, value=None, detail=f"{why} ({', '.join(patterns)}): {remedy}", tool=tool)
        sizes = {path: len(gzip.compress(content, 9, mtime=0)) for path, content in files.items()}
        ordered = sorted(sizes.items(), key=lambda item: (-item[1], item[0]))
        whole = sum(sizes.values()) / 1000
        raw = sum(map(len, files.values())) / 1000
        return Reading(
            gate=spec.name,
            value=round(whole, 3),
            detail=f"{whole:.1f} kB in {len(files)} files ({raw:.1f} kB uncompressed)",
            tool=tool,
            findings=tuple(
                Finding(rule="size", message=f"{size / 1000:.1f} kB", path=path) for path, size in ordered[:NAMED]
            ),
            counts={"files": float(len(files)), "raw": round(raw, 3)},
            seconds=seconds,
        )
