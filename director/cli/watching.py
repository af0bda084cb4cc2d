"""`kaizen watch`: follow a project's events, whoever is at work on it, and hold the home only to look."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated

import typer

from director.bootstrap import Known
from director.cli.door import Unreachable, choose_project, door, find_daemon
from director.cli.errors import INTERRUPTED, one_line_errors
from director.cli.output import write
from director.cli.reading import JsonOption, ProjectOption, follow_events, newest
from director.cli.report import JsonLines, Lines
from director.settings import Settings, load
from ledger.events.recorded import Recorded

LOOK_AGAIN = 1.0
"""Seconds between two looks whether somebody is at work."""


def watch(
    project: ProjectOption = None,
    *,
    json: JsonOption = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Also every call to a model and every tool.")
    ] = False,
) -> None:
    """Follow a project's events from its last run on, as they come, until Ctrl-C."""
    shows = JsonLines(sys.stdout) if json else Lines(write, verbose=verbose)
    with one_line_errors():
        settings = load(os.environ)
        known = choose_project(settings, project)
        try:
            asyncio.run(_watch(settings, known, shows.show, (lambda line: None) if json else write))
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None


async def _watch(
    settings: Settings, known: Known, show: Callable[[Recorded], None], say: Callable[[str], None]
) -> None:
    """Show what there is, then what comes: while nobody is at work the home is free for a run to begin."""
    place, seen = f"/api/v1/projects/{known.name}", -1

    def shown(recorded: Recorded) -> None:
        nonlocal seen
        show(recorded)
        seen = recorded.position

    while True:
        with suppress(Unreachable):  # whoever was at work has ended
            async with door(settings, known) as d:
                if seen < 0:
                    began = next(iter(await newest(d, place, 0, 1, {"kind": "RunStarted"})), None)
                    seen = began["position"] - 1 if began else 0
                await follow_events(d, place, seen, shown, lambda recorded: False)
        say(f"{'waits':<12} nothing is running: `kaizen run` or `kaizen up` continues")
        while await asyncio.to_thread(find_daemon, settings.home) is None:
            await asyncio.sleep(LOOK_AGAIN)
