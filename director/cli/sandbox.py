"""`kaizen sandbox`: run one command exactly as the commands of a project are run."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from agents.ports import Command, Completed, Limits, SandboxBroken
from agents.workspace.started import STARTED_BY_THEMSELVES
from director.bootstrap import sandbox_in_layer
from director.cli.errors import say_error
from director.settings import SettingsError, load, secrets_of
from ledger.masking import Masker

TIME, BROKEN, LIMIT = 124, 125, 126
NAMED = 8
"""Files named of those that run by themselves and are new."""
OUTPUT = 64 * 1024 * 1024
"""Bytes passed on of each of stdout and stderr."""
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_SIZE = re.compile(r"(\d+)([KMG]?)(?:I?B)?", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]")
"""What a terminal obeys rather than shows; a tab and the end of a line are harmless."""


def sandbox(
    command: Annotated[
        list[str], typer.Argument(help="The command with its arguments, after `--`.", metavar="COMMAND")
    ],
    *,
    worktree: Annotated[Path, typer.Option("--worktree", help="Directory the command runs in and may write to.")],
    layer: Annotated[
        str,
        typer.Option("--layer", help="bubblewrap, landlock, container or none; by default the one a run would use."),
    ] = "",
    wall: Annotated[float, typer.Option("--wall", min=0.1, help="Seconds on the clock.")] = 600.0,
    cpu: Annotated[float | None, typer.Option("--cpu", min=0.1, help="Processor seconds of all its processes.")] = None,
    memory: Annotated[
        str | None, typer.Option("--memory", help="Memory of all its processes, in bytes, e.g. 512M.")
    ] = None,
    processes: Annotated[int | None, typer.Option("--processes", min=1, help="Processes and threads at once.")] = None,
    written: Annotated[str | None, typer.Option("--written", help="Bytes it may write, e.g. 1G.")] = None,
    readable: Annotated[list[Path] | None, typer.Option("--readable", help="Another directory it may read.")] = None,
    accept_no_sandbox: Annotated[
        bool, typer.Option("--i-accept-no-sandbox", help="Run it with your own rights where no sandbox is available.")
    ] = False,
) -> None:
    """Run any command in exactly the sandbox a project's commands run in.

    Its output is passed on when it has ended; the last line on standard error says the level in force and how it
    ended. Exit status: 124 time is up, 125 the sandbox could not be built, 126 another limit is reached, else the
    command's own (128 and the signal's number for one that a signal ended).
    """
    limits = Limits(wall, cpu, _bytes(memory), processes, _bytes(written), OUTPUT)
    stood = _run_by_themselves(worktree)
    try:
        chosen = sandbox_in_layer(load(os.environ), layer, accept_no_sandbox)
        done = asyncio.run(chosen.run(_command(command, worktree, tuple(readable or ()), limits)))
    except (SandboxBroken, SettingsError) as error:
        _broken(str(error))
    _pass_on(done)
    new = sorted(_run_by_themselves(worktree) - stood)
    if new:
        more = f" and {len(new) - NAMED} more" if len(new) > NAMED else ""
        say_error(
            f"new in {worktree}: {', '.join(new[:NAMED])}{more}; your own programs run what stands there: "
            "look before you go in"
        )
    say_error(f"sandbox {chosen.level.adapter} ({chosen.level.rank}): {_said(done)}; {chosen.level.detail}")
    raise typer.Exit(_status(done))


def _run_by_themselves(place: Path) -> set[str]:
    # At any depth, and repositories without a work tree: git takes the orders of one whose folder you enter.
    found: set[str] = set()
    waiting = [str(place)]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                names = {entry.name: entry for entry in entries}
        except OSError:
            continue
        mine = [names[name].path for name in STARTED_BY_THEMSELVES & names.keys()]
        bare = [folder] if {"HEAD", "objects", "refs"} <= names.keys() else []
        found.update(os.path.relpath(path, place) for path in (*mine, *bare))
        inside = (entry for name, entry in names.items() if name not in STARTED_BY_THEMSELVES and not bare)
        waiting += [entry.path for entry in inside if entry.is_dir(follow_symlinks=False)]
    return found


def _command(argv: list[str], worktree: Path, readable: tuple[Path, ...], limits: Limits) -> Command:
    base = Path(sys.base_prefix)
    own = () if base.is_relative_to("/usr") else (base,)
    env = {
        "PATH": ":".join(["/usr/local/bin", "/usr/bin", "/bin", *(f"{place}/bin" for place in own)]),
        "HOME": "/tmp", "TMPDIR": "/tmp", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONNOUSERSITE": "1",
    }  # fmt: skip
    place = worktree.resolve()
    shown = tuple(path.resolve() for path in readable)
    return Command(argv=argv, cwd=place, env=env, readable=(*own, *shown), writable=[place], limits=limits)


def _bytes(text: str | None) -> int | None:
    if text is None:
        return None
    size = _SIZE.fullmatch(text.strip())
    if size is None:
        raise typer.BadParameter(f"{text!r} is not a size; write bytes or e.g. 512M")
    return int(size[1]) * _UNITS[size[2].upper()]


def _pass_on(done: Completed) -> None:
    masker = Masker(dict(secrets_of(os.environ)))
    for stream, content in ((sys.stdout, done.stdout), (sys.stderr, done.stderr)):
        # To a file or a pipe the bytes as they came, your secrets aside; no terminal is made to obey.
        content = masker.known(content)
        stream.buffer.write(_CONTROL.sub(b"?", content) if stream.isatty() else content)
        if stream is sys.stderr and content and not content.endswith(b"\n"):
            stream.buffer.write(b"\n")
        stream.flush()


def _said(done: Completed) -> str:
    cut = f"; of its output only the first {OUTPUT >> 20} MiB are shown" if done.truncated else ""
    match done.outcome:
        case "exited":
            return f"the command exited with {done.exit}{cut}"
        case "killed":
            return f"the command was ended by signal {-done.exit}{cut}"
        case "wall" | "cpu":
            return f"LIMIT: its time was up ({done.outcome}){cut}"
        case "memory" | "output":
            what = "memory" if done.outcome == "memory" else "written bytes, files or output"
            return f"LIMIT: it reached its limit of {what}{cut}"


def _status(done: Completed) -> int:
    match done.outcome:
        case "exited":
            return done.exit
        case "killed":
            return 128 - done.exit
        case "wall" | "cpu":
            return TIME
        case "memory" | "output":
            return LIMIT


def _broken(why: str) -> NoReturn:
    say_error(f"sandbox not built: {why}")
    raise typer.Exit(BROKEN)
