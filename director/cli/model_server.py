"""`kaizen model-server`: a model that says what a script says, over real HTTP, faults included."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from agents.ports import AgentError
from director.bootstrap import serve_script
from director.cli.errors import INTERRUPTED, Refused, one_line_errors


def model_server(
    script: Annotated[
        Path | None, typer.Argument(help="Answers and faults: JSON lines, or TOML with a table `line` for each.")
    ] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 takes a free one.")] = 0,
    log: Annotated[
        Path | None, typer.Option("--log", help="Add each request to this file, one JSON line, with its bytes.")
    ] = None,
) -> None:
    """Serve a scripted model on 127.0.0.1 that speaks as OpenAI does, streamed and with tools, until Ctrl-C.

    For trying out agents and how they bear faults, without a provider and without paying. The first line that fits a
    request answers it; a model named `fault-NAME` always has that fault. `docs/models.md` shows the script and every
    fault. `GET /requests` tells what was asked and how many bytes came.
    """
    with one_line_errors():
        try:
            interrupted = asyncio.run(_until_told(serve_script(script, log, port, _tell)))
        except AgentError as error:
            raise Refused(str(error)) from error
    if interrupted:
        raise typer.Exit(INTERRUPTED)


async def _until_told(serve: Coroutine[Any, Any, None]) -> bool:
    """Serve until a signal ends it, also where the shell that started it ignores Ctrl-C; return whether it was that."""
    serving = asyncio.create_task(serve)
    heard: list[int] = []

    def end(number: int) -> None:
        heard.append(number)
        serving.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end, number)
    try:
        await serving
    except asyncio.CancelledError:
        if not heard:
            raise
    return signal.SIGINT in heard


def _tell(address: str) -> None:
    sys.stdout.write(f"listening on {address}; use it with KAIZEN_API_BASE={address} KAIZEN_MODEL=scripted\n")
    sys.stdout.flush()
