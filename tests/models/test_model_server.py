"""`kaizen model-server` as a user runs it, asked without any library between."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from agents.models.script import ScriptError, read_script
from tests.e2e.command import ROOT

SCRIPT = """\
{"last": "weather", "tool_calls": [{"name": "look", "arguments": {"where": "window"}}], "times": 0}
{"fault": "rate_limit", "retry_after": 2, "contains": "hurry"}
{"every": 3, "fault": "503", "contains": "third", "times": 0}
{"text": "It is all right.", "usage": [100, 60, 20], "times": 0}
"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A server in a process of its own; ends with Ctrl-C."""
    script = tmp_path / "script.jsonl"
    script.write_text(SCRIPT)
    command = [sys.executable, "-P", "-m", "director", "model-server", str(script), "--log", str(tmp_path / "log")]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "KAIZEN_HOME": str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env, cwd="/") as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[2].rstrip(";")
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 130
        finally:
            process.kill()


@pytest.mark.slow
def test_the_script_is_said_over_http(address: str, tmp_path: Path) -> None:
    def ask(text: str, **more: object) -> httpx.Response:
        body = {"model": "any", "messages": [{"role": "user", "content": text}], **more}
        return httpx.post(f"{address}/chat/completions", json=body, timeout=30)

    plain, hurried = ask("hello").json(), ask("hurry")
    events = [line for line in ask("the weather", stream=True).text.split("\n\n") if line]
    thirds = [ask("third").status_code for _ in range(6)]
    broken = ask("hello", model="fault-context").json()

    assert plain["choices"][0]["message"]["content"] == "It is all right."
    assert plain["usage"]["prompt_tokens_details"]["cached_tokens"] == 60
    assert (hurried.status_code, hurried.headers["retry-after"]) == (429, "2")
    assert events[-1] == "data: [DONE]"
    assert json.loads(events[-2].removeprefix("data: "))["choices"][0]["finish_reason"] == "tool_calls"
    assert thirds == [200, 200, 503, 200, 200, 503]
    assert broken["error"]["code"] == "context_length_exceeded"

    log = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    asked = httpx.get(address.replace("/v1", "/requests")).json()
    assert [row["nth"] for row in log] == list(range(1, 11))
    assert asked["bytes"] == sum(row["bytes"] for row in log)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl", '{"text": "a"}\n{"txt": "b"}', "a.jsonl:2: txt"),
        ("a.jsonl", '{"text": ', "a.jsonl:1 is not JSON"),
        ("a.jsonl", '{"fault": "bored"}', "no fault 'bored'; known are rate_limit"),
        ("a.toml", "[[line]\n", "not valid TOML"),
        ("a.toml", '[[line]]\ntimes = -1', "line 1: times"),
    ],
)  # fmt: skip
def test_a_script_that_is_wrong_says_where(tmp_path: Path, name: str, content: str, said: str) -> None:
    file = tmp_path / name
    file.write_text(content)

    with pytest.raises(ScriptError) as raised:
        read_script(file)

    assert said in str(raised.value)


def test_a_script_can_be_toml(tmp_path: Path) -> None:
    file = tmp_path / "script.toml"
    file.write_text('[[line]]\nturn = 1\ntext = "second"\ntimes = 0\n\n[[line]]\ntext = "first"\ntimes = 0\n')
    script = read_script(file)
    question, answer = {"role": "user", "content": "?"}, {"role": "assistant", "content": "!"}

    said = [script.answer("m", messages) for messages in ([question], [question, answer, question])]

    assert [line.text for line in said if line] == ["first", "second"]
