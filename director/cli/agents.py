"""Commands that read what Kaizen can do here: its agents and their tools."""

from __future__ import annotations

from typing import Any

from director.cli.door import answered
from director.cli.output import write, write_json
from director.cli.reading import JsonOption, ProjectOption
from director.cli.report import cut

WIDE = 100


def agents(project: ProjectOption = None, *, json: JsonOption = False) -> None:
    """List the agents: what each is there for, what it does now, and why one cannot work."""
    rows = answered(project, lambda d, place: d.get(f"{place}/agents"))["agents"]
    if json:
        write_json(rows)
        return
    for row in rows:
        names = ", ".join([row["name"], *row["aliases"]])
        write(f"{names:<24} {_state(row)}")
        write(f"  {cut(str(row['charge']), WIDE)}")
        for doing in row["doing"]:
            write(f"  {doing['attempt']}  {doing['state']}  {doing['task']}")


def _state(row: dict[str, Any]) -> str:
    """Return what a person wants to know first: whether it works now, could, may not, or cannot."""
    if not row["available"]:
        return f"unavailable: {row['why_not']}"
    if row["state"] != "working":
        return str(row["state"])
    return "at work" if row["doing"] else "ready"


def tools(project: ProjectOption = None, *, json: JsonOption = False) -> None:
    """List the tools agents may use, and what a call of each risks."""
    rows = answered(project, lambda d, place: d.get(f"{place}/tools"))["tools"]
    if json:
        write_json(rows)
        return
    for row in rows:
        risk = row["risk"] or "by its arguments"
        write(f"{row['name']:<20} {risk:<16} {cut(str(row['description']).splitlines()[0], WIDE)}")
    if not rows:
        write("none are known yet: start a director with `kaizen up`")
