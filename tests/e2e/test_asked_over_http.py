"""An agent is asked over HTTP and a model answers, with a server of the user's own among its tools."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from agents.models.script import Line, Script, ScriptedCall
from agents.models.server.app import Counter
from agents.models.server.serve import serving
from tests.e2e.command import ROOT, Kaizen
from tests.e2e.test_conversation_survives import REPAIRED, TESTS
from tests.support.repositories import FAST, make

pytestmark = pytest.mark.slow

SERVER = ROOT / "tests" / "tools" / "mcp_server.py"
PLAIN = FAST + "[gates.lint]\nenabled = false\n"
PATIENCE = 240.0


def does(name: str, **arguments: Any) -> tuple[ScriptedCall, ...]:
    return (ScriptedCall(name=name, arguments=arguments),)


SAYS = [
    Line(contains="what this project is for", tool_calls=does("finish", summary="It makes words fit for addresses.")),
    Line(turn=0, tool_calls=does("other_tool", tool="mcp_sums_add", arguments={"a": 20, "b": 22})),
    Line(turn=1, last="42", tool_calls=does("finish", summary="Together they are 42.")),
]


async def until(look: Callable[[], Awaitable[Any]]) -> Any:
    """Return what a look finds, as soon as it finds something."""
    late = time.monotonic() + PATIENCE
    while not (found := await look()):
        assert time.monotonic() < late, "it never came"
        await asyncio.sleep(0.2)
    return found


async def test_what_is_asked_over_http_a_model_answers_and_a_server_of_the_users_waits_for_a_person(
    fresh: Kaizen, tmp_path: Path
) -> None:
    """Nothing of the road is left out: daemon, run, conversation, policy, approval by command, server, answer."""
    repository = make(tmp_path / "words", {"words.py": REPAIRED, "tests/test_words.py": TESTS, "kaizen.toml": PLAIN})
    (fresh.home / "kaizen.toml").write_text(
        f'[[mcp]]\nname = "sums"\ncommand = {json.dumps([sys.executable, str(SERVER)])}\n'
    )
    counter = Counter(Script(tuple(SAYS)))
    async with serving(counter) as model:
        more = {
            "KAIZEN_API_BASE": model.address, "KAIZEN_MODEL": "openai/scripted", "OPENAI_API_KEY": "none",
            "KAIZEN_ALLOW_UNKNOWN_PRICE": "true", "KAIZEN_OFFLINE": "true", "KAIZEN_REQUESTS_PER_ADDRESS": "2",
        }  # fmt: skip
        daemon = fresh.start("up", "--foreground", "--port", "0", **more)
        await until(lambda: asyncio.to_thread((fresh.home / "daemon.json").exists))
        door = json.loads((fresh.home / "daemon.json").read_text())
        bearer = {"Authorization": f"Bearer {door['token']}"}
        base = f"http://127.0.0.1:{door['port']}"
        async with httpx.AsyncClient(base_url=base, headers=bearer, timeout=PATIENCE, trust_env=False) as http:
            await http.post("/api/v1/runs", json={"path": str(repository)})

            told = await until(lambda: _executed(http, "Say what this project is for."))
            answer = await until(lambda: _done(http, told.json()["task_id"]))
            asked = await http.post(
                "/agents/analyzer/execute", params={"wait": 0}, json={"task": "Add 20 and 22.", "apply": "none"}
            )
            (call,) = await until(lambda: _waiting(http))
            stale = await asyncio.to_thread(
                lambda: fresh("approve", call["approval"], "--yes", "--digest", "0" * 64, "-p", "words", **more)
            )
            await http.post(f"/approvals/{call['approval']}/approve", json={"digest": call["digest"]})
            summed = await until(lambda: _done(http, asked.json()["task_id"]))
            async with httpx.AsyncClient(base_url=base, trust_env=False) as nobody:
                unknown = [(await nobody.get("/tasks")).status_code for _ in range(3)]
        daemon.terminate()
        await asyncio.to_thread(daemon.communicate, timeout=PATIENCE)

    assert told.status_code in (200, 202) and not answer["error"], (told.text, answer["error"])
    assert (answer["state"], answer["agent"]) == ("done", "coder")
    assert answer["result"] == "It makes words fit for addresses."
    assert (call["tool"], call["risk"], call["role"]) == ("mcp_sums_add", "network", "analyzer")
    assert stale.status == 2 and re.search("digest|shown", stale.one_line)
    assert (summed["state"], summed["result"], summed["patches"]) == ("done", "Together they are 42.", [])
    assert unknown == [401, 401, 429]


async def _executed(http: httpx.AsyncClient, task: str) -> httpx.Response | None:
    """Ask as a program does that knows no more than the page of the API: what is not there yet may be soon."""
    answer = await http.post("/execute", params={"wait": 30}, json={"task": task})
    begun = answer.status_code not in (404, 503)
    assert begun or answer.json()["error"]["code"] in ("starting", "unknown_project"), answer.text
    return answer if begun else None


async def _waiting(http: httpx.AsyncClient) -> Any:
    return (await http.get("/approvals")).json()["approvals"]


async def _done(http: httpx.AsyncClient, task: str) -> Any:
    found = (await http.get(f"/tasks/{task}", params={"wait": 30})).json()
    return found if found["state"] in ("done", "failed") else None
