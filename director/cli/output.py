"""What commands write on standard output: lines for people, JSON for programs."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable

from agents.tools.project_files import plain as plain

_STEERS = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What JSON leaves as it is and a terminal obeys."""
_WIDE = 200
"""Columns where there is no terminal to say how many it has."""


def write(line: str) -> None:
    """Write a line at once, so that whoever reads along sees it; what could steer the terminal is shown as its code."""
    sys.stdout.write(plain(line) + "\n")
    sys.stdout.flush()


def write_table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Write rows below the names of their columns, each on one line; every cell is taken as it stands."""
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns, box=None)
    for column in table.columns:
        column.no_wrap = True
    for row in rows:
        table.add_row(*map(on_one_line, row))
    width = None if sys.stdout.isatty() else _WIDE
    console = Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)
    with console.capture() as drawn:
        console.print(table)
    for line in drawn.get().splitlines():
        sys.stdout.write(f"{line.rstrip()}\n")


def write_json(what: object) -> None:
    """Write a value as one line of JSON."""
    write(as_json_text(what))


def as_json_text(what: object) -> str:
    """Return a value as one line of JSON that steers no terminal; every character is meant as it stands."""
    text = json.dumps(what, ensure_ascii=False)
    return _STEERS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def on_one_line(text: str) -> str:
    """Return a text without line ends, so that nothing in it looks like a line of ours."""
    return plain(text.replace("\n", " "))
