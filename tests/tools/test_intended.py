"""Answers made from known edits: each file is exactly as it was meant or exactly as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from agents.tools.edits import apply, read_edits
from agents.tools.spoken import spoken
from tests.tool_bench import contents
from tests.tools.intended import FILES, Answer, answers

TOOLS = ("edit_file", "run_command", "read_file", "write_file", "delete_file")
BEFORE = {name: text.encode() for name, text in FILES.items()}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("meant")


def restored(root: Path) -> Path:
    held = contents(root)
    for name in held.keys() - BEFORE.keys():
        (root / name).unlink()
    for name, content in BEFORE.items():
        if held.get(name) != content:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content)
    return root


def carried_out(root: Path, text: str) -> tuple[dict[str, bytes], list[str]]:
    """Do what an answer asks for; return the files afterwards and all reasons."""
    found = spoken(text, TOOLS)
    reasons = [each.why for each in (*found.refused, *found.passed_over)]
    for call in found.calls:
        if call.name == "edit_file":
            reasons += apply(read_edits(json.loads(call.arguments)["text"]), root).refused
    return contents(root), reasons


def strange(answer: Answer, after: dict[str, bytes]) -> list[str]:
    """Return the files that are neither as they were nor as they were meant to be."""
    meant = {name: None if text is None else text.encode() for name, text in answer.meant.items()}
    return [
        name
        for name in sorted({*after, *BEFORE, *meant})
        if after.get(name) not in (BEFORE.get(name), meant.get(name, BEFORE.get(name)))
    ]


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(answer=answers())
def test_every_file_is_as_it_was_meant_or_as_it_was(root: Path, answer: Answer) -> None:
    after, _ = carried_out(restored(root), answer.text)

    assert strange(answer, after) == [], answer.told


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(answer=answers(cut=True))
def test_an_answer_that_is_cut_anywhere_leads_to_nothing_else(root: Path, answer: Answer) -> None:
    after, _ = carried_out(restored(root), answer.text)

    assert strange(answer, after) == [], answer.told


@pytest.mark.soak
@settings(max_examples=30_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(answer=answers(), cut=answers(cut=True))
def test_many_answers(root: Path, answer: Answer, cut: Answer) -> None:
    applied = carried_out(restored(root), answer.text)[0]
    assert strange(answer, applied) == [], answer.told
    assert strange(cut, carried_out(restored(root), cut.text)[0]) == [], cut.told
