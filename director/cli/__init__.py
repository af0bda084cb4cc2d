"""The `kaizen` command: one file per group of commands."""

from __future__ import annotations

import typer

from director.cli.run import run

app = typer.Typer(
    name="kaizen",
    help="Keeps improving a software project until its quality gates pass.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("run")(run)


def main() -> None:
    """Run the command line."""
    app()
