"""PURE: what came of edits, as the result of a tool."""

from __future__ import annotations

import re

from agents.ports import ToolResult
from agents.tools.edits.applying import Applied, Changed
from agents.tools.edits.nearest import numbered
from agents.tools.edits.same_lines import same_ends
from agents.tools.edits.text_file import TextFile

_SHOWN = 40
"""Lines of one changed file that are shown."""


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


def told(applied: Applied) -> str:
    """Return what the model is told."""
    if applied.refused:
        reasons = "\n".join(f"- {why}" for why in applied.refused)
        notes = "".join(f"\n({note})" for note in applied.notes)
        return f"Nothing was changed, because:\n{reasons}{notes}"
    if not applied.changed:
        return "\n".join(("Nothing had to be changed: the files are so already.", *applied.notes))
    parts = [_told_file(each) for each in applied.changed]
    return "\n".join((*parts, *(f"Note: {note}" for note in applied.notes)))


def _told_file(changed: Changed) -> str:
    if changed.after is None:
        return f"{changed.path}: deleted"
    if changed.before is None:
        said = f"{changed.path}: new, {len(changed.after.lines)} lines"
        return f"{said}\nSYNTAX ERROR in it now: {changed.fault}" if changed.fault else said
    first, last, added, removed = _extent(changed.before, changed.after)
    shown = numbered(changed.after.lines, max(0, first - 2), min(len(changed.after.lines), last + 2, first + _SHOWN))
    wrong = f"\nSYNTAX ERROR in it now: {changed.fault}" if changed.fault else ""
    return f"{changed.path}: +{added} -{removed} lines. It has now:\n{shown}{wrong}"


def _extent(before: TextFile, after: TextFile) -> tuple[int, int, int, int]:
    """Return the first and last changed line (from 0) of the file as it is now, and lines added and removed."""
    old, new = before.lines, after.lines
    head, tail = same_ends(old, new)
    return head, len(new) - tail, len(new) - tail - head, len(old) - tail - head


def summary(applied: Applied) -> str:
    """Return one line for people."""
    if applied.refused:
        return re.sub(r"\s+", " ", applied.refused[0])[:160]
    return ", ".join(each.path for each in applied.changed)[:160] or "nothing to change"
