"""`kaizen shred`: destroy one payload that should never have been kept."""

from __future__ import annotations

import os
import sys
import time
from typing import Annotated

import typer

from director.bootstrap import shred_blob
from director.cli.door import choose_project
from director.cli.errors import one_line_errors
from director.cli.reading import ProjectOption
from director.settings import load


def shred(
    blob: Annotated[str, typer.Argument(help="Name of the blob: 64 hexadecimal digits, as its event shows them.")],
    project: ProjectOption = None,
) -> None:
    """Destroy one blob of a project for ever, e.g. a diff with a secret in it; no daemon may be at work.

    The ledger's chain holds digests alone and stays whole; that the blob was shredded becomes an event.
    """
    with one_line_errors():
        settings = load(os.environ)
        shred_blob(choose_project(settings, project), settings, blob, time.time)
    sys.stdout.write(f"shredded {blob}; `kaizen verify` finds the chain whole; backups and git keep what they hold\n")
