"""Whole answers as models write them, each with the exact bytes it must lead to, or the reason for a refusal.

In a file of `answers/` a line `§ name` begins an answer; below it stands what is expected, then the answer itself:
`§= count` or `§= ["path", "old", "new"]` a change (old null: a new file, new null: a file gone), `§! words` a refusal
that says so, `§0` nothing at all, `§: tool {arguments}` a call that is asked for, `§+ ["id", "tool", "arguments"]` a
call the provider handed over, `§~ crlf` what is done to the text.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from agents.ports import ToolCall

FOLDER = Path(__file__).parent / "answers"
CART = '''"""A cart of a shop."""

from decimal import Decimal


class Cart:
    """Holds lines until they are paid."""

    def __init__(self, rate):
        self.rate = rate
        self.lines = []

    def add(self, name, price, count=1):
        if count < 0:
            raise ValueError("count must be positive")
        self.lines.append((name, Decimal(price), count))

    def total(self):
        total = Decimal(0)
        for name, price, count in self.lines:
            total += price
        return total

    def is_empty(self):
        return not self.lines

    def tax(self):
        total = self.total()
        return total * self.rate
'''
PROJECT: dict[str, bytes] = {
    "src/shop/__init__.py": b"",
    "src/shop/cart.py": CART.encode(),
    "src/shop/old.py": b"OLD = 1\n",
    "src/shop/words.py": 'GREETING = "Grüß Gott – schön"\nPARTING = "bye"\n'.encode(),
    "src/old_encoding.py": "# -*- coding: latin-1 -*-\nNAME = 'Müller'\n".encode("latin-1"),
    "tests/test_cart.py": b"from shop.cart import Cart\n\n\ndef test_empty():\n    assert Cart(1).is_empty()\n",
    "README.md": b"# Shop\n\nAdds up.\n\n```\nshop add tea 2\n```\n",
    "docs/how to buy.md": b"# Buy\n\nPay.\n",
    "docs/terms.md": b"- Pay.\n- Go.\n- Pay.\n",
    "docs/guide.rst": b"Guide\n=======\nOld.\n",
    "docs/list.sql": b"-- old note\nselect 1;\n",
    "Makefile": b"test:\n\tpython -m pytest -q\n",
    "conf/dos.ini": b"[web]\r\nport=80\r\n",
    "notes.txt": b"first\nsecond",
    "package.json": b'{"name": "shop", "version": "1.0"}\n',
    "analysis.ipynb": b'{"cells": [{"cell_type": "code", "source": ["print(1)"]}], "nbformat": 4}\n',
    "logo.png": b"\x89PNG\x00\x01",
}
_COUNT = ("src/shop/cart.py", "            total += price\n", "            total += price * count\n")
_POSITIVE = ("src/shop/cart.py", "        if count < 0:\n", "        if count < 1:\n")
_NAMED = {"count": (_COUNT,), "both": (_COUNT, _POSITIVE)}
_DONE: dict[str, Callable[[str], str]] = {
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "nbsp": lambda text: text.replace("    ", "\u00a0" * 4),
    "nfd": lambda text: unicodedata.normalize("NFD", text),
}


@dataclass
class Answer:
    """One answer and what is expected of it."""

    name: str
    text: str = ""
    calls: list[ToolCall] = field(default_factory=list)
    """Calls that the provider handed over."""
    after: dict[str, bytes] = field(default_factory=lambda: dict(PROJECT))
    refused: str | None = None
    asked: list[tuple[str, object]] = field(default_factory=list)
    """Calls of other tools than those that write files."""


def answers() -> list[Answer]:
    """Return all answers."""
    found = []
    for file in sorted(FOLDER.glob("*.txt")):
        for piece in file.read_text("utf-8").split("§ ")[1:]:
            name, _, rest = piece.partition("\n")
            found.append(_answer(f"{file.stem}: {name}", rest))
    return found


def _answer(name: str, rest: str) -> Answer:
    answer = Answer(name)
    done = []
    while rest.startswith("§"):
        line, _, rest = rest.partition("\n")
        mark, said = line[1], line[2:].strip()
        if mark == "=":
            for path, old, new in _NAMED.get(said) or (json.loads(said),):
                _change(answer.after, path, old, new)
        elif mark == "!":
            answer.refused = said
        elif mark == ":":
            tool, _, arguments = said.partition(" ")
            answer.asked.append((tool, json.loads(arguments)))
        elif mark == "+":
            answer.calls.append(ToolCall(*json.loads(said)))
        elif mark == "~":
            done.append(_DONE[said])
        else:
            assert mark == "0", line
    for each in done:
        rest = each(rest)
    answer.text = rest
    return answer


def _change(files: dict[str, bytes], path: str, old: str | None, new: str | None) -> None:
    if old is None:
        assert path not in files and new is not None
        files[path] = _raw(new)
    elif new is None:
        assert files.pop(path) == _raw(old)
    else:
        assert files[path].count(_raw(old)) == 1, (path, old)
        files[path] = files[path].replace(_raw(old), _raw(new))


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
