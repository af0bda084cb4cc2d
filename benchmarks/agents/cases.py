"""PURE: the small repository and the cases, each a few steps of the scripted model."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.agents.contents import Step

BROKEN = 're.escape(text).join(("", ""))'
MENDED = 're.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")'
WRONG = 're.sub(r"[^a-z]+", "_", text)'
TEST = "tests/test_words.py"
ASSERTED = '    assert [slug(text) for text in ("Hello World!", "--a  b--")] == ["hello-world", "a-b"]'
WORDS = f'''"""Words in addresses."""

import re


def slug(text):
    """Return the text as it may stand in an address."""
    return {BROKEN}
'''
NAME = "test_words_are_joined_and_nothing_is_left_at_the_ends"
NOTES = [f"{nth}: what was said about the words of address number {nth}\n" for nth in range(1, 1001)]
FILES = {
    "words.py": WORDS,
    TEST: f"from words import slug\n\n\ndef {NAME}():\n{ASSERTED}\n",
    "notes.txt": "".join(NOTES),
    ".gitignore": "__pycache__/\n.pytest_cache/\n.aider*\n",
    "kaizen.toml": "[gates.coverage]\nenabled = false\n[gates.lint]\nenabled = false\n",
}
SLOW = 25.0
"""Seconds the answer takes that the kill falls into."""
BEFORE = 4
"""Pieces of the notes that were read before it."""
LONG = 100
"""Answers of the long conversation."""


def noted(step: int) -> str:
    """Return the ten lines of the notes that a step is about."""
    return "".join(NOTES[step * 10 : step * 10 + 10])


def _reading(step: int) -> Step:
    return Step("read", "notes.txt", first=step * 10 + 1, last=step * 10 + 10)


def _mending(new: str = MENDED, delay: float = 0.0) -> Step:
    return Step("edit", "words.py", f"    return {BROKEN}", f"    return {new}", delay=delay)


def _turns(*steps: Step) -> tuple[Step, ...]:
    """Return steps that answer by their place in a conversation, however often one is begun."""
    return tuple(step if step.endless else replace(step, turn=turn) for turn, step in enumerate(steps))


READ, TESTED, DONE = Step("read", "words.py"), Step("test"), Step("done", endless=True)
CASES: dict[str, tuple[Step, ...]] = {
    "mend": _turns(READ, _mending(), TESTED, DONE),
    "long": (
        *map(_reading, range(LONG)),
        _mending(),
        DONE,
    ),
    "never mends": _turns(READ, _mending(WRONG), TESTED, DONE),
    "weakens the test": _turns(READ, Step("edit", TEST, ASSERTED, "    assert slug"), TESTED, DONE),
    "deletes the test": _turns(READ, Step("delete", TEST), TESTED, DONE),
    "no edit applies": (Step("edit", "words.py", "    return text.slugged()", f"    return {MENDED}", endless=True),),
    "killed": _turns(
        READ,
        *map(_reading, range(BEFORE)),
        _mending(delay=SLOW),
        TESTED,
        DONE,
    ),
}
