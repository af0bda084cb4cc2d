"""The `kaizen` command: one file per group of commands."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from director import __version__
from director.cli import agents, approving, asking, checks, daemon, reading
from director.cli.errors import say_fault, say_usage
from director.cli.keys import keys
from director.cli.mcp import mcp
from director.cli.model_server import model_server
from director.cli.output import write
from director.cli.referee import referee
from director.cli.run import run
from director.cli.sandbox import sandbox
from director.cli.shred import shred
from director.cli.watching import watch

app = typer.Typer(
    name="kaizen",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _say_version(asked: bool) -> None:
    if asked:
        write(f"kaizen {__version__}")
        raise typer.Exit


@app.callback()
def kaizen(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Write the version.")
    ] = False,
) -> None:
    """Keeps improving a software project until its quality gates pass."""


app.command("run")(run)
app.command("up")(daemon.up)
app.command("down")(daemon.down)
app.command("open")(daemon.open_page)
app.command("projects")(reading.projects)
app.command("status")(reading.status)
app.command("gates")(reading.gates)
app.command("log")(reading.log)
app.command("watch")(watch)
app.command("stop")(asking.stop)
app.command("pause")(asking.pause)
app.command("resume")(asking.resume)
app.command("checkpoints")(reading.checkpoints)
app.command("checkpoint")(asking.checkpoint)
app.command("rollback")(asking.rollback)
app.command("approvals")(approving.approvals)
app.command("approve")(approving.approve)
app.command("deny")(approving.deny)
app.command("agents")(agents.agents)
app.command("tools")(agents.tools)
app.command("keys")(keys)
app.command("mcp")(mcp)
app.command("referee")(referee)
app.command("verify")(checks.verify)
app.command("shred")(shred)
app.command("doctor")(checks.doctor)
app.command("model-server")(model_server)
app.command("sandbox", context_settings={"allow_interspersed_args": False})(sandbox)


def main() -> None:
    """Run the command line: whatever goes wrong is one line, and letters a stream cannot hold are spelled out."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = app(standalone_mode=False)
    except typer.TyperException as error:
        sys.exit(say_usage(error))
    except Exception as error:  # noqa: BLE001 - the edge: nobody is above who could mend it
        sys.exit(say_fault(error))
    sys.exit(status)
