"""PURE: what came of edits, as the result of a tool."""

from __future__ import annotations

from agents.ports import ToolResult
from agents.tools.edits.applying import Applied, summary, told


def result_of(applied: Applied) -> ToolResult:
    """Return the result; an edit that was made and broke the syntax is a success that says so."""
    broken = [each.path for each in applied.changed if each.fault]
    facts = {"changed": [each.path for each in applied.changed], "broken": broken}
    return ToolResult(
        success=not applied.refused,
        text=told(applied),
        summary=summary(applied) + (f" (syntax error in {', '.join(broken)})" if broken else ""),
        changed=bool(applied.changed),
        facts=facts,
    )
