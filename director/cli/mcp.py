"""The command that offers Kaizen's tools to another program."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from agents.workspace.source import commit_of, locate
from director.bootstrap import sandbox_of
from director.cli.errors import one_line_errors
from director.settings import load


def mcp(path: Annotated[Path, typer.Argument(help="A git repository, or a directory in one.")] = Path()) -> None:
    """Offer Kaizen's tools that read, and its run, status and gates, to another program over standard input and output.

    Speaks the Model Context Protocol. The approvals of your kaizen.toml hold; what they say must be asked about is
    refused, because nobody can be asked here.
    """
    from director.cli.mcp_desk import Desk

    with one_line_errors():
        settings = load(os.environ)
        top, prefix = locate(path)
        commit_of(top)
        sandbox = sandbox_of(settings, example=False)
        with tempfile.TemporaryDirectory(prefix="kaizen-mcp-") as folder:
            asyncio.run(Desk(settings, sandbox, top, prefix, Path(folder)).serve())
