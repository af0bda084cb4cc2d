"""How a command ends: its exit statuses, and the one line a failure is told in."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import typer

from director.host import REFUSALS, PortTaken
from director.settings import SettingsError, home_of, load, secrets_of
from ledger.events import RunEnded
from ledger.masking import Masker

COMPLETED, INTERNAL, USAGE, STALLED, EXHAUSTED, STOPPED, UNDELIVERED, INTERRUPTED = 0, 1, 2, 3, 4, 5, 6, 130
STATUS = {"completed": COMPLETED, "stalled": STALLED, "exhausted": EXHAUSTED, "stopped": STOPPED, "failed": INTERNAL}
"""Exit status of a run, by the state it ended in."""

EXPECTED = (PortTaken, *REFUSALS)


def status_of(ended: RunEnded) -> int:
    """Return the exit status of a run; one that could measure nothing is the repository's fault, not ours.

    Where all went well but the branch is not where the user will look for it, that is no success.
    """
    if ended.state == "failed" and ended.gates and all(g.before is None for g in ended.gates):
        return USAGE
    if ended.state == "completed" and ended.undelivered:
        return UNDELIVERED
    return STATUS[ended.state]


class Refused(Exception):
    """The command cannot do what was asked; the message is one line with what to do."""


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn what is somebody's to mend into one line on standard error and exit status 2."""
    try:
        yield
    except (Refused, *EXPECTED) as error:
        say_error(str(error))
        raise typer.Exit(USAGE) from error


def say_usage(error: typer.TyperException) -> int:
    """Say in one line what is wrong with the words of a command, and return the exit status."""
    context = getattr(error, "ctx", None)
    command = f"kaizen {context.info_name}" if context is not None and context.parent is not None else "kaizen"
    message = error.format_message().rstrip(".")
    if message:  # without one the help was written, which nobody asked for by its name
        say_error(f"{message}: see `{command} --help`")
    return error.exit_code


_NOT_OURS = frozenset({
    errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOMEM, errno.EMFILE, errno.ENFILE,
    errno.EIO,
})  # fmt: skip
"""What the machine refuses anybody: no space, no right, no memory."""


def say_fault(error: Exception) -> int:
    """Say in one line what nobody expected, and return the exit status; what a report of a fault of ours needs is kept.

    What the machine refused is none.
    """
    if isinstance(error, OSError) and error.errno in _NOT_OURS:
        place = f"{error.filename}: " if error.filename else ""
        say_error(f"{place}{error.strerror}: make room or give the right to it, then try again; nothing landed is lost")
        return INTERNAL
    masker = _masker()
    told = masker.text("".join(traceback.format_exception(error)))
    try:
        file = home_of(os.environ) / "logs" / "faults.log"
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(f"{datetime.now(UTC).isoformat()} {masker.text(str(sys.argv[1:]))}\n{told}\n")
        kept = f"report it with what {file} says"
    except (OSError, SettingsError) as closed:
        kept = f"how it came to it cannot be kept ({closed})"
    say_error(f"a fault of Kaizen, {type(error).__name__}: {error}; {kept}")
    return INTERNAL


def _masker() -> Masker:
    """Return what knows the user's secrets: all of them, as far as the settings can be read."""
    try:
        return Masker(load(os.environ).secrets)
    except SettingsError:
        return Masker(dict(secrets_of(os.environ)))


def say_error(message: str) -> None:
    """Write one line to standard error."""
    masker = _masker()
    line = masker.text(" ".join("".join(c if c.isprintable() else " " for c in message).split()))
    sys.stderr.write(f"kaizen: {line}\n")
