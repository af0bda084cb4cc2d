"""An attempt that thinks with a model can be followed step by step."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.dashboard.serving import Clock, MemoryLedgers, Served, serving, tell
from tests.dashboard.thinking import ATTEMPT, scheduled, steps, waiting

HERE = f"/api/v1/projects/ranges/attempts/{ATTEMPT}"

pytestmark = pytest.mark.slow


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    ledgers = MemoryLedgers("ranges", clock=Clock())
    opened = ledgers.open(ledgers.names()[0])
    tell(opened, [*scheduled(), *steps(opened.blobs), *waiting(opened.blobs, ledgers.clock.now + 60)])
    async with serving(ledgers) as running:
        yield running


async def test_each_step_shows_prompt_answer_tools_and_cost(served: Served) -> None:
    said = (await served.get(f"{HERE}/conversation")).json()

    first, second = said["steps"]
    assert [m["role"] for m in first["messages"]] == ["system", "user"] and first["offered"] == ["read_file"]
    assert first["answer"]["text"] == "I read it." and first["answer"]["tool_calls"][0]["name"] == "read_file"
    assert (first["call"]["cost"], first["call"]["state"]) == (0.001, "done")
    assert first["call"]["tries"][0]["fault"] == "rate_limited"
    assert (first["tools"][0]["state"], first["tools"][0]["arguments"]["text"]) == ("done", '{"path": "a.py"}')
    assert first["notes"][0] == {
        "at": first["notes"][0]["at"], "what": "nudge", "pattern": "same action", "told": "Try another way.",
    }  # fmt: skip
    assert second["answer"]["text"] == "not json" and second["call"]["answered_by"] == "other"
    assert (second["tools"][0]["state"], second["tools"][0]["stage"]) == ("vetoed", "schema")
    assert said["totals"] | {"cost": 0.001, "unpriced": 1, "calls": 2, "failed": 1, "tools": 2} == said["totals"]
    assert said["approvals"][0]["state"] == "open" and said["role"] == "coder"


async def test_a_long_text_is_cut_and_its_whole_is_one_request_away(served: Served) -> None:
    result = (await served.get(f"{HERE}/conversation")).json()["steps"][0]["tools"][0]["result"]
    whole = await served.get(f"{HERE}/texts/{result['blob']}")
    strange = served.project().blobs.put(b"of another attempt")

    assert result["truncated"] and result["bytes"] == 20_000 and len(result["text"]) == 16 * 1024
    assert whole.text == "x" * 20_000 and whole.headers["content-type"].startswith("text/plain")
    assert (await served.get(f"{HERE}/texts/{strange}")).status_code == 404


async def test_steps_come_in_pages(served: Served) -> None:
    page = (await served.get(f"{HERE}/conversation", limit=1)).json()
    rest = (await served.get(f"{HERE}/conversation", limit=1, after=page["next"])).json()

    assert ([s["nth"] for s in page["steps"]], page["next"], page["steps_total"]) == ([1], 1, 2)
    assert ([s["nth"] for s in rest["steps"]], rest["next"]) == ([2], None)


async def test_a_text_that_is_gone_is_said_and_hides_nothing_else(served: Served) -> None:
    blobs = served.project().blobs
    blobs._contents.pop(next(name for name, content in blobs._contents.items() if b"You mend code" in content))

    said = (await served.get(f"{HERE}/conversation")).json()["steps"][0]

    assert said["messages"][0]["problem"] and said["messages"][1]["text"] == "Mend."


async def test_an_unknown_attempt_is_told_which_there_are(served: Served) -> None:
    answer = await served.get("/api/v1/projects/ranges/attempts/r9/conversation")

    assert answer.status_code == 404 and ATTEMPT in answer.json()["error"]["message"]
