"""Commands that read what Kaizen can do here: its agents and their tools."""

from __future__ import annotations

import json as jsonlib
import sys
from typing import Any

from director.cli.door import answered
from director.cli.reading import JsonOption, ProjectOption
from director.cli.report import cut

WIDE = 100


def agents(project: ProjectOption = None, *, json: JsonOption = False) -> None:
    """List the agents: what each is there for, what it does now, and why one cannot work."""
    rows = answered(project, lambda d, place: d.get(f"{place}/agents"))["agents"]
    if json:
        _write_json(rows)
        return
    for row in rows:
        names = ", ".join([row["name"], *row["aliases"]])
        state = row["state"] if row["available"] else f"unavailable: {row['why_not']}"
        _print(f"{names:<24} {state}")
        _print(f"  {cut(str(row['charge']), WIDE)}")
        for doing in row.get("doing", ()):
            _print(f"  {doing['attempt']}  {doing['state']}  {doing['task']}")


def tools(project: ProjectOption = None, *, json: JsonOption = False) -> None:
    """List the tools agents may use, and what a call of each risks."""
    rows = answered(project, lambda d, place: d.get(f"{place}/tools"))["tools"]
    if json:
        _write_json(rows)
        return
    for row in rows:
        risk = row["risk"] or "by its arguments"
        _print(f"{row['name']:<20} {risk:<16} {cut(str(row['description']).splitlines()[0], WIDE)}")
    if not rows:
        _print("none are known yet: they are told when a director starts, `kaizen up`")


def _write_json(found: list[dict[str, Any]]) -> None:
    _print(jsonlib.dumps(found, ensure_ascii=False, indent=2))


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
