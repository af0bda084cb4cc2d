"""Small programs with one bug each, read from the text files beside this one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

FILES = ("functions.txt", "more.txt")
RARE = "more.txt"


class Program(NamedTuple):
    """A module `code_.py` with a bug, its tests, and what the mended module must hold."""

    name: str
    runner: str
    code: str
    tests: str
    conftest: str
    right: tuple[str, ...]
    """One of these must stand in the best patch; alternatives do the same."""
    rare: bool


def programs() -> dict[str, Program]:
    """Return every program by name."""
    found: dict[str, Program] = {}
    for file in FILES:
        text = (Path(__file__).parent / file).read_text(encoding="utf-8")
        for head, body in re.findall(r"^=== (.*)\n((?:(?!=== ).*\n)*)", text, flags=re.MULTILINE):
            name, runner = head.split()
            parts = dict(re.findall(r"^--- (\w+)\n((?:(?!--- ).*\n)*)", body, flags=re.MULTILINE))
            right = tuple(one.strip("\n") for one in parts["right"].split("-- or\n"))
            found[name] = Program(
                name, runner, parts["code"], parts["tests"], parts.get("conftest", ""), right, file == RARE
            )
    return found
