"""What commands write on standard output: lines for people, JSON for programs."""

from __future__ import annotations

import json
import re
import sys

from agents.tools.project_files import plain as plain

_STEERS = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What JSON leaves as it is and a terminal obeys."""


def write(line: str) -> None:
    """Write a line at once, so that whoever reads along sees it; what could steer the terminal is shown as its code."""
    sys.stdout.write(plain(line) + "\n")
    sys.stdout.flush()


def write_json(what: object) -> None:
    """Write a value as one line of JSON."""
    write(as_json_text(what))


def as_json_text(what: object) -> str:
    """Return a value as one line of JSON in which nothing steers a terminal and every character is meant as it stands."""
    text = json.dumps(what, ensure_ascii=False)
    return _STEERS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def on_one_line(text: str) -> str:
    """Return a text without line ends, so that nothing in it looks like a line of ours."""
    return plain(text.replace("\n", " "))
