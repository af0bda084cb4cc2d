"""PURE: what the scripted model says, once, and the three shapes in which the tools want to hear it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Line = dict[str, Any]
TASK = "The test in tests/test_words.py fails. Mend the cause in words.py, so that it passes."
TYPED = "Read this."
"""What a person types before some notes, to a tool that reads no files by itself."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the model does, whatever the tool calls it."""

    does: str
    """`read`, `edit`, `delete`, `test` or `done`."""
    path: str = ""
    old: str = ""
    new: str = ""
    first: int = 1
    last: int = 400
    delay: float = 0.0
    """Seconds the answer takes."""
    endless: bool = False
    """Whether it answers every request, whatever came before."""
    turn: int | None = None
    """Which answer of a conversation it is; left out: the next one, whoever asks."""


def kaizen(steps: Iterable[Step]) -> list[Line]:
    """Return the steps as calls of its own tools."""

    def call(step: Step) -> Line:
        named: dict[str, tuple[str, Line]] = {
            "read": ("read_file", {"path": step.path, "start": step.first, "end": step.last}),
            "edit": ("edit_file", {"path": step.path, "old_text": step.old, "new_text": step.new}),
            "delete": ("delete_file", {"path": step.path}),
            "test": ("run_tests", {}),
            "done": ("finish", {"summary": WORDS["done"]}),
        }
        name, arguments = named[step.does]
        return {"text": WORDS[step.does], "tool_calls": [{"name": name, "arguments": arguments}]}

    return _lines(steps, call)


def mini(steps: Iterable[Step]) -> list[Line]:
    """Return the steps as shell commands."""

    def call(step: Step) -> Line:
        commands = {
            "read": f"sed -n {step.first},{step.last}p {step.path}",
            "edit": _replacing(step),
            "delete": f"rm {step.path}",
            "test": "python -m pytest -q",
            "done": "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT",
        }
        named = {"name": "bash", "arguments": {"command": commands[step.does]}}
        return {"text": WORDS[step.does], "tool_calls": [named]}

    return _lines(steps, call)


def aider(steps: Iterable[Step]) -> list[Line]:
    """Return the steps as SEARCH/REPLACE blocks; it sends the files and runs tests by itself.

    Its prompt holds example answers, so lines are told apart by the message they answer: what was typed to be read,
    the task, or what it says after an edit. It asks for a commit message too.
    """
    lines: list[Line] = [
        {"contains": "Git commit messages", "text": "fix: mend slugs", "times": 0},
        {"last": TYPED, "text": WORDS["read"], "times": 0},
    ]
    for step in steps:
        if step.does == "edit":
            block = f"{step.path}\n```python\n<<<<<<< SEARCH\n{step.old}\n=======\n{step.new}\n>>>>>>> REPLACE\n```\n"
            answers = {} if step.endless else {"last": TASK}
            lines.append({"text": f"{WORDS['edit']}\n\n{block}", "times": 0, "delay": step.delay} | answers)
    return [*lines, {"text": WORDS["done"], "times": 0}]


WORDS = {
    "read": "I look at it first.",
    "edit": "The pattern is never used, so nothing is joined: this line is the cause.",
    "delete": "This test is in the way.",
    "test": "I run the tests.",
    "done": "Slugs have small letters alone, and nothing is left at their ends.",
}
SHAPES: dict[str, Callable[[Iterable[Step]], list[Line]]] = {"kaizen": kaizen, "mini-swe-agent": mini, "aider": aider}


def _lines(steps: Iterable[Step], call: Callable[[Step], Line]) -> list[Line]:
    lines = []
    for step in steps:
        fits: Line = {"times": 1}
        if step.turn is not None:
            fits = {"times": 0, "turn": step.turn}
        elif step.endless:
            fits = {"times": 0}
        lines.append(call(step) | fits | ({"delay": step.delay} if step.delay else {}))
    return lines


def _replacing(step: Step) -> str:
    """Return a command that fails when the old text is not there, as a careful model writes it."""
    code = (
        "import pathlib, sys\n"
        f"path, old, new = {json.dumps([step.path, step.old, step.new])}\n"
        "text = pathlib.Path(path).read_text()\n"
        "if old not in text: sys.exit('the old text is not there')\n"
        "pathlib.Path(path).write_text(text.replace(old, new))"
    )
    return f"python -c {shlex.quote(code)}"
