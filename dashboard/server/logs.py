"""Logs as JSON lines with levels, ours and those of the libraries alike."""

from __future__ import annotations

import logging
from typing import TextIO

import structlog

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure_logs(level: str, stream: TextIO) -> None:
    """Write one JSON object per line to the stream: `{at, level, logger, event, …}`; raise ValueError for a level.

    Everything that logs through `logging` comes out so; until this is called nothing below a warning comes out at all.
    """
    if level not in LEVELS:
        raise ValueError(f"no log level is called {level}: take one of {', '.join(LEVELS)}")
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.format_exc_info,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(LEVELS[level])
    for loud in ("uvicorn.error", "httpx", "asyncio"):
        logging.getLogger(loud).setLevel(max(logging.WARNING, LEVELS[level]))
