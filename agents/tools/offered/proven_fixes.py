"""Patches that mended an error before."""

from __future__ import annotations

import asyncio

from pydantic import Field

from agents.ports import ToolBench, ToolResult
from agents.tools.project_files import plain
from agents.tools.strict import Looks, Strict, no
from ledger.errors import LedgerError
from ledger.events import Fingerprint

SHOWN = 5
"""Patches that are shown."""


class Arguments(Strict):
    """Of which error."""

    fingerprint: str = Field(
        min_length=1, max_length=200, description="As it stands in your task, or in what similar_errors told"
    )


class ProvenFixes(Looks):
    """Show the patches that landed for an error: by its fingerprint, and why others were rejected for it.

    A patch stands here only when the error was gone after it and it was not taken back.
    """

    name = "proven_fixes"
    arguments = Arguments

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """Ask the error graph."""
        try:
            known = await asyncio.to_thread(bench.recall, Fingerprint(arguments.fingerprint.strip()))
        except LedgerError as error:
            return no(f"a patch for it is known but cannot be read: {error}")
        if known is None:
            told = "an error of this fingerprint was never met: similar_errors finds errors by their words"
            return ToolResult(True, told, told, facts={"fixes": 0})
        lines = [f"seen {known.seen} times, {len(known.solved)} proven fixes, {len(known.failed)} patches that failed"]
        lines += [f"\n--- proven fix {number}\n{patch}" for number, patch in enumerate(known.solved[:SHOWN], 1)]
        objections = dict.fromkeys(f"{reason.code}: {reason.message}" for reason in known.objections)
        lines += [f"- a patch was rejected: {each}" for each in objections]
        facts = {"seen": known.seen, "fixes": len(known.solved), "failed": len(known.failed)}
        return ToolResult(True, plain("\n".join(lines)), lines[0], facts=facts)
