"""What commands write on standard output: lines for people, JSON for programs."""

from __future__ import annotations

import json
import sys


def write(line: str) -> None:
    """Write a line at once, so that whoever reads along sees it."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def write_json(what: object, *, indent: int | None = None) -> None:
    """Write a value as JSON, on one line without `indent`."""
    write(json.dumps(what, ensure_ascii=False, indent=indent))
