"""An attempt that thinks is killed in mid-answer and while a person is asked: it goes on, and pays nothing twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import Kaizen
from tests.support.repositories import FAST, git, make

pytestmark = pytest.mark.slow

WORDS = '''"""Words in addresses."""

import re


def slug(text):
    """Return the text as it may stand in an address."""
    return {body}
'''
TESTS = """from words import slug


def test_words_are_joined_and_nothing_is_left_at_the_ends():
    assert [slug(text) for text in ("Hello World!", "--a  b--")] == ["hello-world", "a-b"]
"""
REPAIRED = WORDS.format(body=r're.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")')
BROKEN = WORDS.format(body='re.escape(text).join(("", ""))')
SLOW = 6.0
"""Seconds the second answer takes: time to strike."""


def script() -> list[dict[str, Any]]:
    return [
        {"turn": 0, "times": 0, "tool_calls": [{"name": "read_file", "arguments": {"path": "words.py"}}]},
        {
            "turn": 1,
            "times": 0,
            "delay": SLOW,
            "tool_calls": [{"name": "write_file", "arguments": {"path": "words.py", "content": REPAIRED}}],
        },
        {"times": 0, "tool_calls": [{"name": "finish", "arguments": {"summary": "Slugs have small letters alone."}}]},
    ]


def test_killed_in_mid_answer_and_while_a_person_is_asked_a_conversation_goes_on_and_no_answer_is_paid_twice(
    fresh: Kaizen, tmp_path: Path
) -> None:
    repository = make(tmp_path / "words", {"words.py": BROKEN, "tests/test_words.py": TESTS, "kaizen.toml": FAST})
    (fresh.home / "kaizen.toml").write_text('[[approvals]]\nverdict = "ask"\ntool = "write_file"\n')
    log = tmp_path / "asked.jsonl"
    with served(tmp_path, log) as address:
        more = {
            "KAIZEN_API_BASE": address, "KAIZEN_MODEL": "openai/scripted", "KAIZEN_ALLOW_UNKNOWN_PRICE": "true",
            "OPENAI_API_KEY": "sk-of-nobody-at-all-0123456789", "KAIZEN_ATTEMPT_SECONDS": "5",
        }  # fmt: skip

        struck(fresh, repository, more, lambda: len(turns(log)) == 2)
        question: list[Any] = []

        def is_asked() -> bool:
            question[:] = json.loads(fresh("approvals", "--json", "-p", "words", **more).out or "[]")
            return bool(question)

        struck(fresh, repository, more, lambda: len(turns(log)) == 3 and is_asked())
        before = turns(log)
        (call,) = question
        running = fresh.start("run", repository, "--json", "--no-page", **more)
        until((fresh.home / "daemon.json").exists)  # before that, an answer would take the home for itself
        until(lambda: fresh("approve", call["approval"], "--yes", "-p", "words", **more).status == 0)
        out, err = running.communicate(timeout=300)

    assert running.returncode == 0, err
    assert json.loads(out.splitlines()[-1])["state"] == "completed"
    assert (call["tool"], call["risk"]) == ("write_file", "write")
    assert "words.py" in call["arguments"]["text"]
    assert Counter(before) == {0: 1, 1: 2}, "only the answer that was cut off by the kill is asked for again"
    assert Counter(turns(log))[0] == 1 and Counter(turns(log))[1] == 2
    assert git(repository, "show", "kaizen/run-1:words.py") == REPAIRED.strip()
    granted = fresh("log", "-p", "words", "--json", "--kind", "ApprovalGranted", **more).events
    assert [event["by"] for event in granted] == [granted[0]["by"]] and granted[0]["by"]


def struck(kaizen: Kaizen, repository: Path, more: dict[str, str], is_time: Callable[[], bool]) -> None:
    """Run until it is time, and kill the whole process group."""
    running = kaizen.start("run", repository, "--json", "--no-page", **more)
    try:
        until(is_time, lambda: running.poll() is None)
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate()


def until(holds: Callable[[], bool], may_go_on: Callable[[], bool] = lambda: True, seconds: float = 300.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert may_go_on(), "it ended by itself"
        assert time.monotonic() < end, "it did not come so far in time"
        time.sleep(0.7)


def turns(log: Path) -> list[int]:
    """Return how many answers of the model stood in each request, in order."""
    rows = [json.loads(line) for line in log.read_text("utf-8").splitlines()] if log.exists() else []
    return [sum(m["role"] == "assistant" for m in row["body"]["messages"]) for row in rows]


@contextmanager
def served(place: Path, log: Path) -> Iterator[str]:
    """Serve the script as `kaizen model-server` does; yield its address."""
    file = place / "script.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in script()))
    server = Kaizen(place).start("model-server", file, "--log", log)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().split()[2].rstrip(";")
    finally:
        server.terminate()
        try:
            server.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.communicate()
