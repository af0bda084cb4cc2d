"""Commands that only read: status, gates, log, checkpoints, projects."""

from __future__ import annotations

import asyncio
import json as jsonlib
import os
import time
from collections import deque
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
import typer

from director.bootstrap import Known, known_projects, repository_of
from director.bootstrap import gates as known_gates
from director.cli.door import NO_PROJECT, Door, answered
from director.cli.errors import one_line_errors
from director.cli.output import write, write_json, write_table
from director.cli.report import cut
from director.core.goals import GATE
from director.gates.defaults import UNASKED
from director.settings import load
from ledger.errors import LedgerError
from ledger.events import AnyEvent
from ledger.events.recorded import Recorded

ProjectOption = Annotated[
    str | None, typer.Option("--project", "-p", help="Name of the project; by default the one of this directory.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")]
PAGE = 500
PACE = 0.5
"""Seconds between two looks for new events."""


def status(project: ProjectOption = None, *, json: JsonOption = False) -> None:
    """Show where a project stands: its run, its gates, who works on what."""
    board = answered(project, _board)
    if json:
        write_json(board)
        return
    run = board["run"]
    if run is None:
        write(f"{board['project']['name']}: no run yet; `kaizen run PATH` starts one")
        return
    where = f"run {run['id']} {run['state']}, iteration {run['iteration']}, score {run['score']:.0f}"
    write(f"{board['project']['name']}: {where}")
    _print_gates(run["gates"])
    _print_quarantined(run)
    for attempt in board["attempts"]:
        if attempt["ended_at"] is None:
            write(f"  {attempt['id']:<12} {attempt['role']:<10} {attempt['state']:<10} {attempt['task']}")
    if costs := _costs(run):
        write(costs)
    if run["why"]:
        write(f"  {run['why']}")


def gates(
    project: ProjectOption = None,
    *,
    json: JsonOption = False,
    every: Annotated[bool, typer.Option("--all", help="With --json: include gates that are off.")] = False,
) -> None:
    """Show every gate with its state, value, target and findings; those that are off, and what would switch them on."""
    board = answered(project, _board)
    rows = board["run"]["gates"] if board["run"] else []
    by_choice = {gate.name for gate in known_gates()} - {"command", GATE}
    off = sorted(by_choice - ({row["name"] for row in rows} if board["run"] else UNASKED))
    if json:
        write_json([*rows, *({"name": name, "state": "off"} for name in off if every)])
        return
    if board["run"]:
        _print_gates(rows)
        _print_quarantined(board["run"])
    else:
        write(f"nothing is measured yet: `kaizen run PATH` measures {', '.join(sorted(UNASKED))}")
    for row in rows:
        if row["measured"] and row["value"] is None:
            write(f"  {row['name']} is unmeasurable: {row['detail']}")
    if off:
        write(f"  off: {', '.join(off)}; `[gates.NAME]` in kaizen.toml switches one on")


def checkpoints(project: ProjectOption = None, *, json: JsonOption = False) -> None:
    """List the checkpoints one can go back to, oldest first."""
    found = answered(project, lambda d, place: d.get(f"{place}/checkpoints"))["checkpoints"]
    if json:
        write_json(found)
        return
    if not found:
        write("no checkpoints yet: a run makes the first when it has measured")
        return
    rows = [
        (
            row["id"], str(row["position"]), _when(row["at"]), row["commit"][:10], f"{row['score']:.0f}",
            row["title"] + (" (here)" if row["current"] else ""),
        )
        for row in found
    ]  # fmt: skip
    write_table(("id", "position", "when", "commit", "score", "what"), rows)


def log(
    project: ProjectOption = None,
    *,
    json: JsonOption = False,
    after: Annotated[int, typer.Option(min=0, help="Only events after this position.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many events, counted from the newest.")] = 50,
    kind: Annotated[str | None, typer.Option(help="Only events of this kind, e.g. PatchLanded.")] = None,
    grep: Annotated[str | None, typer.Option(help="Only events that contain this text.")] = None,
) -> None:
    """Show the ledger's events."""
    asked = {"kind": kind, "q": grep}
    wanted = {name: value for name, value in asked.items() if value}
    rows = answered(project, lambda d, place: newest(d, place, after, limit, wanted))
    for row in rows:
        if json:
            write_json(row)
        else:
            rest = {k: v for k, v in row.items() if k not in _ENVELOPE and v not in ("", [], {}, None)}
            said = cut(" ".join(f"{name}={_short(value)}" for name, value in rest.items()), 160)
            write(f"{row['position']:>6} {_when(row['at'])} {row['kind']:<20} {said}".rstrip())
    if not rows and not json:
        write("no event fits")


def projects(*, json: JsonOption = False) -> None:
    """List the projects of this home."""
    with one_line_errors():
        known = known_projects(load(os.environ).home)
        rows = [_project(each) for each in known]
    if json:
        write_json(rows)
        return
    if not rows:
        write(NO_PROJECT)
    for row in rows:
        write(f"{row['name']:<24} {row['repository'] or row['problem']}")


def _project(known: Known) -> dict[str, str]:
    """Return what is known of a project; a ledger that cannot be read hides none of the others."""
    row = {"id": known.id, "name": known.name, "repository": "", "ledger": str(known.ledger), "problem": ""}
    try:
        return row | {"repository": str(repository_of(known, time.time))}
    except LedgerError as error:
        return row | {"problem": str(error)}


async def newest(d: Door, place: str, after: int, limit: int, wanted: dict[str, str]) -> Collection[dict[str, Any]]:
    """Return the last events above a position."""
    events = f"{place}/events"
    if not wanted:
        head = (await d.get(events, limit=1))["head"]
        after = max(after, head - limit)
    rows: deque[dict[str, Any]] = deque(maxlen=limit)
    position: int | None = after
    while position is not None:
        found = await d.get(events, after=position, limit=PAGE, **wanted)
        rows.extend(found["events"])
        position = found["next"]
    return rows


async def follow_events(
    d: Door, place: str, after: int, show: Callable[[Recorded], None], until: Callable[[Recorded], bool]
) -> Recorded | None:
    """Show events above a position as they come; return the first for which `until` holds.

    None is returned at the head when nobody is at work: nothing comes while the home is held only to look.
    """
    while True:
        found = await d.get(f"{place}/events", after=after, limit=PAGE)
        for row in found["events"]:
            recorded = recorded_of(row)
            after = recorded.position
            show(recorded)
            if until(recorded):
                return recorded
        if len(found["events"]) < PAGE:
            if d.brief:
                return None
            await asyncio.sleep(PACE)


_ENVELOPE = frozenset({"position", "at", "kind", "run", "stream", "actor", "version", "cause", "link"})


def recorded_of(row: dict[str, Any]) -> Recorded:
    """Return the event behind the flat object the API shows."""
    event = msgspec.convert(row, AnyEvent)
    return Recorded(
        position=row["position"], stream=row["stream"], version=0, at=row["at"], actor=row["actor"], cause=0,
        event=event, link="",
    )  # fmt: skip


async def _board(d: Door, place: str) -> Any:
    return (await d.get(f"{place}/snapshot"))["board"]


def _costs(run: dict[str, Any]) -> str:
    """Return what the run has spent on models, and while it is at work what it will likely spend yet."""
    forecast = run["forecast"]
    if forecast is None or run["ended_at"] is not None:
        return f"  models: {run['cost']:.4f} USD" if run["cost"] else ""
    low, likely, high = (forecast[name] for name in ("low", "likely", "high"))
    return f"  models: {run['cost']:.4f} USD so far, likely {likely:.4f} more ({low:.4f} to {high:.4f})"


def _print_gates(rows: list[dict[str, Any]]) -> None:
    cells = []
    for row in rows:
        target = ("≥ " if row["better"] == "higher" else "≤ ") + f"{row['target']:g}{row['unit']}"
        met = "yes" if row["met"] else "no" if row["value"] is not None else "unmeasurable" if row["measured"] else "-"
        values = figure(row["before"]), figure(row["value"])
        cells.append((row["name"], *values, target, met, str(row["findings"]), row["tool"]))
    write_table(("gate", "start", "now", "target", "met", "findings", "measured by"), cells)


def _print_quarantined(run: dict[str, Any]) -> None:
    for flaky in run["quarantined"]:
        write(f"  in quarantine: {flaky['test']} passes and fails on the same tree ({flaky['said']})")


def _short(value: object) -> str:
    """Return one field of an event as a person reads it."""
    if isinstance(value, str):
        return value if " " not in value else jsonlib.dumps(value, ensure_ascii=False)
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list | dict) and len(value) > 2:
        return f"({len(value)})"
    return jsonlib.dumps(value, ensure_ascii=False)


def figure(value: float | None) -> str:
    """Return what a gate measured as people read it."""
    return "unmeasurable" if value is None else f"{value:g}"


def _when(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
