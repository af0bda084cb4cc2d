"""Commands that ask a director for something: stop, pause, resume, rollback."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import suppress
from typing import Annotated, Any

import typer

from director.bootstrap import Known
from director.cli.door import PATIENCE, Door, Unreachable, choose_project, door
from director.cli.errors import one_line_errors
from director.cli.output import write, write_json
from director.cli.reading import JsonOption, ProjectOption, figure
from director.settings import Settings, load
from ledger.errors import Locked


def stop(project: ProjectOption = None, *, json: JsonOption = False) -> None:
    """End the run in good order; what landed is kept and delivered."""
    _wish(project, "stop", json)


def pause(project: ProjectOption = None, *, json: JsonOption = False) -> None:
    """Begin no new work until `kaizen resume`."""
    _wish(project, "pause", json)


def resume(project: ProjectOption = None, *, json: JsonOption = False) -> None:
    """Go on with a paused run."""
    _wish(project, "resume", json)


def checkpoint(
    title: Annotated[str, typer.Argument(help="What to call it.")] = "by request",
    project: ProjectOption = None,
    *,
    json: JsonOption = False,
) -> None:
    """Make a checkpoint of Kaizen's branch as it stands."""
    _wish(project, "checkpoint", json, title=title)


def rollback(
    checkpoint: Annotated[str, typer.Argument(help="Id of the checkpoint, see `kaizen checkpoints`.")],
    project: ProjectOption = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without this it is only shown.")] = False,
    json: JsonOption = False,
) -> None:
    """Show what going back to a checkpoint undoes; with --yes, do it.

    Kaizen's branch gets the checkpoint's tree again as a new commit; nothing is lost, and it can be undone.
    """
    with one_line_errors():
        settings = load(os.environ)
        known = choose_project(settings, project)

        async def go() -> None:
            async with door(settings, known, act=yes) as d:
                await _roll_back(d, known, checkpoint, yes, json)

        asyncio.run(go())


async def _roll_back(d: Door, known: Known, checkpoint: str, yes: bool, json: bool) -> None:
    project = f"/api/v1/projects/{known.name}"
    plan = await d.get(f"{project}/checkpoints/{checkpoint}/rollback")
    answer, notices = "", []
    if yes:
        head = (await d.get(f"{project}/events", limit=1))["head"]
        answer = await d.wish(known.name, what="rollback", checkpoint=checkpoint, head=plan["head"])
        said = await d.get(f"{project}/events", after=head, kind="NoticeRaised")
        notices = [row["message"] for row in said["events"]]
    if json:
        found = {"preview": plan, "done": yes, "created": answer or None, "notices": notices}
        write_json(found)
        return
    for line in (*_preview_lines(plan), *notices):
        write(line)
    if yes:
        write(f"done: the branch is back at {checkpoint}; checkpoint {answer} was made, `kaizen rollback` can undo it")
    else:
        write("nothing was changed; add --yes to do it")


def _preview_lines(plan: dict[str, Any]) -> list[str]:
    lines = [f"going back to checkpoint {plan['checkpoint']}"]
    lines += [f"  undoes      {a['attempt']}  {a['title']}" for a in plan["undone"]]
    lines += [f"  brings back {a['attempt']}  {a['title']}" for a in plan["redone"]]
    lines += [f"  changes     {f['path']}  +{f['added']} -{f['removed']} lines" for f in plan["files"]]
    lines += [f"  {g['gate']:<11} {figure(g['now'])} -> {figure(g['then'])}" for g in plan["gates"]]
    return lines if len(lines) > 1 else [*lines, "  undoes nothing: the branch is there already"]


def _wish(project: str | None, what: str, json: bool, **more: str) -> None:
    with one_line_errors():
        settings = load(os.environ)
        known = choose_project(settings, project)

        async def ask() -> str:
            async with door(settings, known, act=True) as d:
                request = await d.ask(known.name, what=what, **more)
                with suppress(Unreachable):
                    return await d.answer(known.name, request)
            return await _answer_in_the_ledger(settings, known, request)

        note = asyncio.run(ask())
    if json:
        write_json({"what": what, "note": note})
    else:
        write(f"{what}: done{f' ({note})' if note else ''}")


async def _answer_in_the_ledger(settings: Settings, known: Known, request: str) -> str:
    """Return the answer of a director that ended with it: who was asked to stop may be gone before it is read."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            async with door(settings, known) as d:
                return await d.answer(known.name, request)
        except (Unreachable, Locked):
            if time.monotonic() > until:
                raise
        await asyncio.sleep(0.2)
