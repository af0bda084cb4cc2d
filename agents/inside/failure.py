"""Turns an exception of the target into plain values: its type, first line, frames inside the project, text."""

from __future__ import annotations

import os
import traceback
from types import TracebackType
from typing import Any

MESSAGE = 500
TEXT = 8 * 1024
FRAMES = 50
FOREIGN = ("site-packages", "dist-packages", ".venv", "venv")


def project_path(filename: str, root: str) -> str:
    """Return the path relative to the project, or nothing when the file is not the project's own, or no file."""
    if filename.startswith("<"):
        return ""
    path = os.path.realpath(filename)
    if not path.startswith(root + os.sep):
        return ""
    relative = os.path.relpath(path, root)
    return "" if any(part in FOREIGN for part in relative.split(os.sep)) else relative.replace(os.sep, "/")


def frames_of(error: BaseException, trace: TracebackType | None, root: str) -> list[list[Any]]:
    """Return the project's own frames as [path, line, function], innermost last."""
    frames: list[list[Any]] = []
    for frame, line in traceback.walk_tb(trace):
        path = project_path(frame.f_code.co_filename, root)
        if path:
            frames.append([path, line, frame.f_code.co_name])
    if isinstance(error, SyntaxError) and error.filename:
        path = project_path(error.filename, root)
        if path:
            frames.append([path, error.lineno or 0, "<module>"])
    return frames[-FRAMES:]


def said_by(error: BaseException) -> str:
    """Return what the exception says; an exception that cannot say it must not end the run."""
    try:
        return str(error)
    except BaseException as broken:
        return f"<its message raised {type(broken).__name__}>"


def shortened(text: str, limit: int = TEXT) -> str:
    """Keep the beginning and, for the larger part, the end: that is where a failure says what failed."""
    if len(text) <= limit:
        return text
    head = limit // 4
    return text[:head] + "\n[...]\n" + text[len(text) - (limit - head - 7) :]


def described(error: BaseException, trace: TracebackType | None, root: str, text: str = "") -> dict[str, Any]:
    """Return the parts of a message that tell how something failed."""
    said = said_by(error)
    if not text:
        try:
            text = "".join(traceback.format_exception(type(error), error, trace, limit=-20))
        except Exception:
            text = type(error).__name__ + ": " + said[:MESSAGE]
    first = said.strip().splitlines()[0] if said.strip() else ""
    return {
        "exception": type(error).__name__,
        "message": first[:MESSAGE],
        "frames": frames_of(error, trace, root),
        "text": shortened(text),
    }
