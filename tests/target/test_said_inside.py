"""What tests write to the channel of their runner, whatever it is, is data: it ends no run and fills no memory."""

from __future__ import annotations

import itertools
import json
import time

import msgspec

from agents.ports import Completed, InsideRun
from agents.tools.suite_result import suite_result
from agents.tools.target import messages_in

ODD = (
    "null", "true", "-1", "1e999", "-1e999", "NaN", "Infinity", "9" * 400, "9" * 5000, '""', '"\\ud800"', '"\\u0000"',
    '"²"', '"9-1,²-3,5"', '"0-999999999"', "[]", "{}", "[[]]", '[["a", 1e999, null]]', '{"a": 1}', '{"a": "1-9,"}',
)  # fmt: skip
KINDS = {
    "test": ("id", "outcome", "seconds", "exception", "message", "frames", "text"),
    "broken": ("id", "frames"),
    "file": ("path", "lines", "executed", "branches"),
    "lines": ("id", "files"),
    "usage": ("message", "conftest", "unknown"),
    "collected": ("ids",),
    "started": ("id",),
    "runner": ("runner", "tool"),
    "note": ("text",),
}


def told(*lines: str) -> bytes:
    """Fold the lines of a channel and write down what they gave, as the ledger would."""
    run = InsideRun(Completed("exited", 1, b"", b""), messages_in("\n".join(lines).encode()))
    result = suite_result(run, (), "/copy")
    return msgspec.json.encode([test.seconds for test in result.tests] + [file.lines for file in result.coverage])


def test_no_line_that_is_written_there_is_a_fault_of_ours() -> None:
    wrong = []
    fields = [(kind, field) for kind, names in KINDS.items() for field in names]
    for (kind, field), value in itertools.product(fields, ODD):
        try:
            told(f'{{"kind": "{kind}", "{field}": {value}}}', '{"kind": "end"}', '{"kind": "done"}')
        except Exception as error:  # noqa: BLE001 - the table names them all
            wrong.append((kind, field, value[:20], type(error).__name__))

    assert wrong == []


def test_a_few_letters_do_not_become_a_million_numbers_again_and_again() -> None:
    many = json.dumps(",".join(["0-900000"] * 50))
    paths = json.dumps("/a" * 500_000)
    began = time.process_time()

    (lines,) = json.loads(told(f'{{"kind": "file", "path": "a.py", "lines": {many}}}'))
    told(f'{{"kind": "test", "id": "a", "outcome": "failed", "text": {paths}}}')

    assert len(lines) < 1_000_000
    assert time.process_time() - began < 3
