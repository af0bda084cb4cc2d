"""`kaizen run`: improve a repository until its gates pass."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from director.cli.door import PATIENCE, Daemon, Unreachable, find_daemon, was_run
from director.cli.errors import Refused, one_line_errors
from director.cli.here import RunHere
from director.cli.live import Live
from director.cli.output import plain, write
from director.cli.report import JsonLines, Lines, Shows
from director.cli.through import Last, RunThrough
from director.host import require_usable
from director.settings import RUN_OPTIONS, load

GoalOption = Annotated[str | None, typer.Option(help="What the run should achieve, in words.")]
ModelOption = Annotated[str | None, typer.Option(help="Models to think with, separated by commas, the cheapest first.")]
CostOption = Annotated[float | None, typer.Option(min=0, help="Spend at most this many USD on models.")]
TokensOption = Annotated[int | None, typer.Option(min=1, help="Spend at most this many tokens.")]
CallsOption = Annotated[int | None, typer.Option(min=1, help="Make at most this many calls to models.")]
UnknownPriceOption = Annotated[bool, typer.Option("--allow-unknown-price", help="Allow models whose price is unknown.")]
RecordOption = Annotated[Path | None, typer.Option(help="Record the answers of models in this file.")]
ReplayOption = Annotated[
    Path | None, typer.Option(help="Replay the answers from this file; no model is asked.", exists=True, dir_okay=False)
]


def run(
    path: Annotated[Path, typer.Argument(help="A git repository, or a directory in one.")] = Path(),
    *,
    json: Annotated[bool, typer.Option("--json", help="Write every event as one JSON line, and nothing else.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Measure, say what would be tried, change nothing.")
    ] = False,
    deliver: Annotated[
        bool, typer.Option("--deliver/--no-deliver", help="Add the branch kaizen/run-N to the repository at the end.")
    ] = True,
    iterations: Annotated[int | None, typer.Option(min=1, help="Spend at most this many iterations.")] = None,
    minutes: Annotated[float | None, typer.Option(min=0.01, help="Spend at most this many minutes.")] = None,
    parallel: Annotated[int | None, typer.Option(min=1, max=16, help="How many attempts work at once.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed for everything random.")] = None,
    goal: GoalOption = None,
    model: ModelOption = None,
    cost: CostOption = None,
    tokens: TokensOption = None,
    calls: CallsOption = None,
    allow_unknown_price: UnknownPriceOption = False,
    record: RecordOption = None,
    replay: ReplayOption = None,
    stay: Annotated[bool, typer.Option("--stay", help="Keep serving the page after the run, until Ctrl-C.")] = False,
    page: Annotated[bool, typer.Option("--page/--no-page", help="Serve the page while running.")] = True,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port of the page; 0 takes a free one.")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Do not fetch the target's dependencies.")] = False,
    accept_no_sandbox: Annotated[
        bool, typer.Option("--i-accept-no-sandbox", help="Run the project's code with your own rights.")
    ] = False,
    example: Annotated[bool, typer.Option("--bundled-example", hidden=True)] = False,
) -> None:
    """Improve a repository until its gates pass.

    Works in its own place; at the end one new branch is added. Exit status: 0 completed, 1 internal error,
    2 bad usage or unusable repository, 3 stalled, 4 exhausted, 5 stopped, 6 completed but the branch could not be
    added, 130 on Ctrl-C.
    """
    overrides = {
        "parallel": parallel, "seed": seed, "port": port, "iterations": iterations, "minutes": minutes,
        "deliver": None if deliver else False, "offline": offline or None,
        "accept_no_sandbox": accept_no_sandbox or None, "goal": goal, "model": model, "cost": cost, "tokens": tokens,
        "calls": calls, "allow_unknown_price": allow_unknown_price or None,
        "record": str(record.resolve()) if record else None, "replay": str(replay.resolve()) if replay else None,
    }  # fmt: skip
    stated = {name: value for name, value in overrides.items() if value is not None}
    with one_line_errors():
        settings = load(os.environ, stated)
        require_usable(path, settings)
        with _showing(json) as (shows, say):
            here = RunHere(settings, path.resolve(), shows, say, page=page, stay=stay, example=example)
            daemon = find_daemon(settings.home)
            if daemon is not None:
                options = _for_daemon(stated, dry_run=dry_run, stay=stay)
                status = _through(daemon, here, options)
            else:
                status = asyncio.run(here.dry() if dry_run else here.whole())
    raise typer.Exit(status)


def _through(daemon: Daemon, here: RunHere, options: Mapping[str, str]) -> int:
    """Run through the process that holds the home, and return the status.

    When that was there for a run of its own, and ends before this one does, this one goes on here.
    """
    last = Last(here.shows)
    try:
        return asyncio.run(RunThrough(daemon, here.path, options, last, here.say).whole())
    except Unreachable:
        if find_daemon(here.settings.home) is not None or not was_run(here.settings.home, daemon):
            raise
    here.say(f"{'daemon':<12} process {daemon.pid} has ended: the run goes on here")
    here.shows, here.patience = last, PATIENCE
    return asyncio.run(here.whole())


def _for_daemon(stated: Mapping[str, object], *, dry_run: bool, stay: bool) -> dict[str, str]:
    """Return the options a run of a daemon may have; raise Refused for what only its own start decides."""
    asked = {"dry-run": dry_run, "stay": stay}
    asked |= {name.replace("_", "-"): True for name in stated if name not in RUN_OPTIONS}
    foreign = [f"--{name}" for name, there in asked.items() if there]
    if foreign:
        raise Refused(f"a daemon is running, and it cannot take {' and '.join(foreign)}: `kaizen down` first")
    return {name: str(value) for name, value in stated.items()}


@contextmanager
def _showing(json: bool) -> Iterator[tuple[Shows, Callable[[str], None]]]:
    """Return what shows events, and where everything else is said."""
    if json:
        yield JsonLines(sys.stdout), _to_stderr
    elif sys.stdout.isatty():
        with Live(sys.stdout) as live:
            yield live, live.say
    else:
        yield Lines(write), write


def _to_stderr(line: str) -> None:
    sys.stderr.write(plain(line) + "\n")
